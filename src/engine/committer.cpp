#include "engine/committer.hpp"

#include "engine/door.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace doorward::engine {
namespace {

// Deadlines are gathered in steps of this.
constexpr Millis kTickStep{50};
// The longest that a change of the agenda could go unseen, if its wake-up were lost.
constexpr Millis kLongestWait{100};
constexpr Millis kHeardEvery = NodeTable::kLease / 3;

LogTime rounded_up(LogTime t) {
  const auto steps = (t.time_since_epoch() + kTickStep - Millis(1)) / kTickStep;
  return LogTime(steps * kTickStep);
}

Draw drawn_by(ports::Entropy& entropy, std::string room) {
  const auto seed = ports::draw<std::array<std::uint64_t, 2>>(entropy);
  return Draw{std::move(room), seed[0], seed[1]};
}

void answer(const Submitted& item, Status status) {
  if (item.completion != nullptr) item.completion->complete(Outcome{status, std::nullopt, {}});
}

// The batch as it may be written again once it was said that nothing of `refused` is sure. If it
// stands in the log after all, its counters are taken and this one changes nothing; else it is as
// if nobody had asked. What nobody waited for shall happen still.
std::string without(std::string bytes, const std::vector<Pending::Waiting>& refused) {
  auto batch = decode(bytes);
  if (!batch) return bytes;
  for (const Pending::Waiting& one : refused)
    batch->commands[one.counter - batch->header.first_counter] = Tick{};
  return encode(batch->header, batch->commands);
}

}  // namespace

void Committer::run() {
  while (!core_.queue.is_closed()) step(wait(), gather());
  std::vector<Submitted> left;
  do {
    left = core_.queue.pop_batch(core_.options.batch_limit, Millis(0));
    refuse(left);
  } while (!left.empty());
  refuse_doubts();
}

void Committer::step(Millis wait, Gather gather) {
  if (!unknown_.empty()) return retry_unknown(wait);
  std::vector<Submitted> items = core_.queue.pop_batch(core_.options.batch_limit, wait, gather);
  last_taken_ = items.size();
  if (core_.broken || core_.queue.is_closed()) {
    refuse_doubts();
    return refuse(items);
  }
  const Agenda agenda = core_.agenda();
  is_full_ = agenda.tickets >= core_.options.max_tickets;
  if (!is_in_flight(agenda)) add_own(agenda);
  const std::vector<Submitted> again = doubts_.take(agenda.applied_counter);
  items.insert(items.begin(), again.begin(), again.end());
  for (std::size_t i = 0; i < items.size(); ++i) {
    add(items[i], i < again.size());
    const bool is_full = writer_.size() + kMaxCommandBytes > ports::CommandLog::kMaxBatchBytes;
    if (is_full) flush();
    if (!unknown_.empty())
      return refuse({items.begin() + static_cast<std::ptrdiff_t>(i) + 1, items.end()});
  }
  core_.in_doubt = !doubts_.is_empty();
  if (writer_.count() == 0 && tick_is_due(agenda)) add({Tick{}, nullptr});
  if (writer_.count() > 0) flush();
}

// What this node has to say of itself.
void Committer::add_own(const Agenda& agenda) {
  if (!agenda.started) {
    add({NodeStarted{core_.options.place, core_.options.remember_closed, kNewestRules}, nullptr});
  }
  if (agenda.draw) add({drawn_by(core_.entropy, *agenda.draw), nullptr});
}

void Committer::retry_unknown(Millis wait) {
  refuse(core_.queue.pop_batch(core_.options.batch_limit, wait));
  if (core_.queue.is_closed() || core_.broken) return;
  if (const auto appended = core_.log.append(unknown_); !appended)
    return count_failure(appended.error());
  unknown_.clear();
  core_.writable = true;
  core_.tell(Trouble::append_resumed, "");
}

Millis Committer::wait() const {
  if (!unknown_.empty()) return kRetry;
  const Agenda agenda = core_.agenda();
  if (is_in_flight(agenda)) return kLongestWait;
  const Millis now = core_.clock.steady_now();
  Millis left = until_doubts_are_due(now);
  if (agenda.due) left = std::min(left, rounded_up(*agenda.due) - agenda.log_now(now));
  return std::clamp(left, Millis(0), kLongestWait);
}

Millis Committer::until_doubts_are_due(Millis now) const {
  if (!doubts_.has_new()) return kLongestWait;
  return core_.options.is_log_shared ? last_append_ + kTickStep - now : Millis(0);
}

Gather Committer::gather() const {
  if (last_taken_ < kMany) return {};
  const std::size_t soon = core_.queue.size() + last_taken_;
  return {std::min(soon, core_.options.batch_limit), kGatherTime};
}

bool Committer::tick_is_due(const Agenda& agenda) const {
  if (is_in_flight(agenda)) return false;
  const Millis now = core_.clock.steady_now();
  if (agenda.holds_presences && now - last_append_ >= kHeardEvery) return true;
  if (until_doubts_are_due(now) <= Millis(0)) return true;
  return agenda.due && agenda.log_now(now) >= rounded_up(*agenda.due);
}

void Committer::add(const Submitted& item, bool again) {
  const Asked asked = ask_at_door(core_, item.command, is_full_);
  if (asked.status != Status::done) {
    const bool is_sure = again || !(core_.options.is_log_shared || asked.may_change);
    if (is_sure) return answer(item, asked.status);
    return doubts_.add(item) ? void() : answer(item, Status::unavailable);
  }
  if (!writer_.add(item.command)) return answer(item, Status::malformed);
  const std::uint64_t counter = last_counter_ + writer_.count();
  if (item.completion != nullptr) waiting_.push_back({counter, item.completion});
}

// The waiting are registered first, since the applier may be faster than the return of `append`.
void Committer::flush() {
  const Millis now = core_.clock.steady_now();
  const LogTime written_at = std::max(core_.log_now(), core_.clock.wall_now());
  const std::uint64_t count = writer_.count();
  const std::uint64_t first = last_counter_ + 1;
  std::string bytes = writer_.finish({core_.node, first, written_at});
  core_.pending.add(waiting_);
  const std::vector<Pending::Waiting> waited = std::exchange(waiting_, {});
  last_counter_ += count;
  last_append_ = now;
  doubts_.appended(last_counter_);
  const auto appended = core_.log.append(bytes);
  if (appended) {
    ++core_.batches;
    core_.commands += count;
    if (core_.broken) answer_unavailable(core_.pending.take(first, count));
    return;
  }
  core_.writable = false;
  // Also what the applier has answered so meanwhile.
  unknown_ = without(std::move(bytes), waited);
  answer_unavailable(core_.pending.take(first, count));
  refuse_doubts();
  count_failure(appended.error());
}

void Committer::count_failure(const Error& error) {
  ++core_.append_failures;
  core_.tell(Trouble::append_failed, error.what);
}

void Committer::refuse(const std::vector<Submitted>& items) {
  for (const Submitted& item : items) answer(item, Status::unavailable);
}

void Committer::refuse_doubts() {
  refuse(doubts_.take_all());
  core_.in_doubt = false;
}

}  // namespace doorward::engine
