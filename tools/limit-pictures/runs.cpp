#include "runs.hpp"

#include "core/limit/leases.hpp"
#include "core/limit/sliding_log.hpp"

#include <algorithm>

namespace doorward::pictures {
namespace {

using namespace std::chrono_literals;
using limit::Algorithm;
using limit::CompiledQuota;
using limit::Decision;
using limit::Time;

constexpr Nanos kLength = 4s;

// A few calls, a storm over the edge between two windows, a stretch a little above the rate, a
// rest, and many at once.
std::vector<Nanos> arrivals() {
  std::vector<Nanos> times{100ms, 310ms, 520ms};
  for (Nanos at = 850ms; at < 1'150ms; at += 9ms) times.push_back(at);
  for (Nanos at = 1'160ms; at < 2'500ms; at += 80ms) times.push_back(at);
  for (Nanos at = 3'290ms; at < 3'305ms; at += 1ms) times.push_back(at);
  for (Nanos at = 3'420ms; at < kLength; at += 120ms) times.push_back(at);
  return times;
}

// `call(now, cost)` decides; with cost 0 it only looks.
template <class Decide>
void simulate(Run& run, Decide call) {
  const std::vector<Nanos> times = arrivals();
  auto next = times.begin();
  for (Nanos at{0}; at < run.length; at += kSample) {
    for (; next != times.end() && *next <= at; ++next) {
      run.calls.push_back({*next, call(Time{*next}, 1).allowed});
    }
    run.left.push_back(call(Time{at}, 0).remaining);
  }
}

Run small(std::string name, std::string title, Algorithm algorithm, std::uint64_t burst) {
  Run run{
      std::move(name), std::move(title), {algorithm, 10, 1s, burst, false}, kLength, {}, {}, {}};
  const CompiledQuota quota(run.quota);
  limit::State state;
  simulate(run, [&](Time now, std::uint64_t cost) { return decide(state, quota, now, cost); });
  return run;
}

Run sliding_log() {
  Run run{"limit-sliding-log", "Sliding log: 10 in any second", {}, kLength, {}, {}, {}};
  run.quota = {Algorithm::sliding_log, 10, 1s, 0, false};
  const CompiledQuota quota(run.quota);
  limit::SlidingLog log;
  simulate(run, [&](Time now, std::uint64_t cost) { return log.decide(quota, now, cost); });
  return run;
}

// A call under way: for how long it means to hold its slot, and whether it crashes halfway.
struct Visit {
  Nanos at;
  Nanos stays;
  bool crashes = false;
};
constexpr Visit kVisits[] = {
    {150ms, 500ms},   {300ms, 450ms, true}, {420ms, 600ms},   {500ms, 300ms},   {580ms, 300ms},
    {700ms, 550ms},   {860ms, 300ms},       {1'080ms, 420ms}, {1'300ms, 700ms}, {1'380ms, 300ms},
    {1'560ms, 600ms}, {1'680ms, 500ms},     {1'800ms, 300ms}, {2'060ms, 400ms}, {2'240ms, 350ms},
    {2'700ms, 300ms}, {2'900ms, 650ms},     {3'000ms, 500ms}, {3'080ms, 600ms}, {3'160ms, 300ms},
    {3'240ms, 300ms}, {3'560ms, 300ms},
};

Run concurrency() {
  Run run{"limit-concurrency", "Concurrency: 3 at once, lease 1 s", {}, kLength, {}, {}, {}};
  run.quota = {Algorithm::concurrency, 3, 1s, 0, false};
  const CompiledQuota quota(run.quota);
  limit::Leases leases;
  for (Nanos at{0}; at < run.length; at += kSample) {
    for (std::size_t i = 0; i < std::size(kVisits); ++i) {
      const Visit& visit = kVisits[i];
      if (visit.at + visit.stays == at && !visit.crashes) leases.release(quota, Time{at}, i);
      if (visit.at != at) continue;
      const bool passed = leases.acquire(quota, Time{at}, i, 1).allowed;
      run.calls.push_back({at, passed});
      const Nanos end = at + (visit.crashes ? Nanos{1s} : visit.stays);
      if (passed) run.bars.push_back({at, end, at + visit.stays});
    }
    run.left.push_back(leases.peek(quota, Time{at}, 0).remaining);
  }
  return run;
}

}  // namespace

std::vector<Run> runs() {
  std::vector<Run> all;
  all.push_back(
      small("limit-fixed-window", "Fixed window: 10 in each second", Algorithm::fixed_window, 0));
  all.push_back(sliding_log());
  all.push_back(small("limit-sliding-counter", "Sliding counter: about 10 a second",
                      Algorithm::sliding_counter, 0));
  all.push_back(small("limit-token-bucket", "Token bucket: 10 a second, burst 10",
                      Algorithm::token_bucket, 10));
  all.push_back(small("limit-gcra", "GCRA: 10 a second, burst 2", Algorithm::gcra, 2));
  all.push_back(concurrency());
  return all;
}

std::uint64_t most_in_a_window(const Run& run) {
  std::vector<Nanos> passed;
  for (const Call& call : run.calls) {
    if (call.passed) passed.push_back(call.at);
  }
  std::uint64_t most = 0;
  for (auto first = passed.begin(); first != passed.end(); ++first) {
    const auto end = std::lower_bound(first, passed.end(), *first + run.quota.window);
    most = std::max(most, static_cast<std::uint64_t>(end - first));
  }
  return most;
}

}  // namespace doorward::pictures
