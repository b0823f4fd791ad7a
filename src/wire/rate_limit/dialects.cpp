#include "wire/rate_limit/dialects.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <numeric>
#include <utility>

namespace doorward::wire {
namespace {

using limit::Nanos;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kNanosInSecond = 1'000'000'000;
__extension__ using Wide = unsigned __int128;

void set_number(Fields& fields, std::string_view name, std::uint64_t value) {
  std::string text;
  append_parameter(text, {}, value);
  fields.set(name, text);
}

// Kong's names of windows.
constexpr std::array<std::pair<Nanos, std::string_view>, 5> kPeriods{{{seconds(1), "Second"},
                                                                      {minutes(1), "Minute"},
                                                                      {hours(1), "Hour"},
                                                                      {hours(24), "Day"},
                                                                      {hours(24 * 30), "Month"}}};

// The names begin "X-RateLimit-".
void set_period(Fields& fields, const LimitReport& report) {
  for (const auto& [window, name] : kPeriods) {
    if (report.quota->window != window) continue;
    const std::string period(name);
    set_number(fields, "X-RateLimit-Limit-" + period, report.decision.limit);
    set_number(fields, "X-RateLimit-Remaining-" + period, report.decision.remaining);
  }
}

std::uint64_t saturated_product(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::uint64_t>(
      std::min(static_cast<Wide>(a) * b, static_cast<Wide>(999'999'999'999'999)));
}

}  // namespace

void append_parameter(std::string& out, std::string_view name, std::uint64_t value) {
  constexpr std::size_t kMostDigits = 20;
  char text[40];
  assert(name.size() + kMostDigits <= sizeof text);
  char* at = std::copy(name.begin(), name.end(), text);
  out.append(text, std::to_chars(at, at + kMostDigits, value).ptr);
}

Allowance allowance(const limit::Quota& quota) {
  const std::uint64_t whole = limit::capacity(quota);
  if (whole <= quota.limit) return {quota.limit, quota.window};
  const auto window = static_cast<Wide>(quota.window.count());
  return {whole,
          Nanos(static_cast<std::int64_t>((window * whole + quota.limit - 1) / quota.limit))};
}

std::uint64_t reset_epoch_seconds(const LimitReport& report, limit::Time now) {
  // `bounded` leaves room for 36 years above it.
  const Nanos reset = std::min<Nanos>(shown_reset(report), hours(24 * 365 * 30));
  return ceil_seconds(limit::bounded(now).time_since_epoch() + reset);
}

void set_x_ratelimit(Fields& fields, const LimitReport& report, limit::Time now) {
  set_number(fields, "X-RateLimit-Limit", report.decision.limit);
  set_number(fields, "X-RateLimit-Remaining", report.decision.remaining);
  set_number(fields, "X-RateLimit-Reset", reset_epoch_seconds(report, now));
}

void set_envoy(Fields& fields, std::span<const LimitReport> reports) {
  const LimitReport& first = tightest(reports);
  std::string limits;
  append_parameter(limits, {}, first.decision.limit);
  for (const LimitReport& report : reports) {
    const Allowance all = allowance(*report.quota);
    append_parameter(limits, ", ", all.units);
    append_parameter(limits, ";w=", ceil_seconds(all.window));
    limits += ";name=\"";
    for (const char c : report.policy) limits += c >= ' ' && c <= '~' && c != '"' ? c : '?';
    limits += '"';
  }
  fields.set("X-RateLimit-Limit", limits);
  set_number(fields, "X-RateLimit-Remaining", first.decision.remaining);
  set_number(fields, "X-RateLimit-Reset", ceil_seconds(shown_reset(first)));
}

void set_kong(Fields& fields, std::span<const LimitReport> reports) {
  const LimitReport& first = tightest(reports);
  set_number(fields, "RateLimit-Limit", first.decision.limit);
  set_number(fields, "RateLimit-Remaining", first.decision.remaining);
  set_number(fields, "RateLimit-Reset", ceil_seconds(shown_reset(first)));
  for (const LimitReport& report : reports) set_period(fields, report);
}

// Spring counts tokens, of which a whole number comes each second. A rate that has none is told as
// Spring's own users configure it: 30 a minute are one token a second, and a request takes two.
void set_spring(Fields& fields, const LimitReport& report) {
  const limit::Quota& quota = *report.quota;
  const std::uint64_t in_second = quota.limit * kNanosInSecond;
  const auto window = static_cast<std::uint64_t>(quota.window.count());
  const std::uint64_t common = std::gcd(in_second, window);
  const std::uint64_t tokens = common == 0 ? 1 : window / common;  // of one unit
  set_number(fields, "X-RateLimit-Remaining", saturated_product(report.decision.remaining, tokens));
  set_number(fields, "X-RateLimit-Replenish-Rate", common == 0 ? 0 : in_second / common);
  set_number(fields, "X-RateLimit-Burst-Capacity",
             saturated_product(report.decision.limit, tokens));
  set_number(fields, "X-RateLimit-Requested-Tokens", saturated_product(report.cost, tokens));
}

}  // namespace doorward::wire
