#include "wire/rate_limit/refusal.hpp"

#include "wire/duration.hpp"
#include "wire/rate_limit/dialects.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include <array>

namespace doorward::wire {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

struct Kind {
  const char* name;
  unsigned status;
  const char* title;
};

constexpr std::array<Kind, 3> kKinds{
    {{"quota-exceeded", 429, "Request cannot be satisfied as assigned quota has been exceeded"},
     {"temporary-reduced-capacity", 503,
      "Request cannot be satisfied due to temporary server capacity constraints"},
     {"abnormal-usage-detected", 429,
      "Request not satisfied due to detection of abnormal request pattern"}}};

std::string described(const LimitReport& report) {
  const limit::Quota& quota = *report.quota;
  if (quota.algorithm == limit::Algorithm::concurrency) {
    return fmt::format("The limit \"{}\" allows {} at once.", report.policy, quota.limit);
  }
  const auto window = std::chrono::ceil<Millis>(quota.window);
  return fmt::format("The limit \"{}\" allows {} in {}.", report.policy, quota.limit,
                     format_duration(window));
}

std::string detail_of(RefusalKind kind, std::span<const LimitReport> reports) {
  std::string detail;
  if (!reports.empty() && kind == RefusalKind::quota_exceeded)
    detail = described(tightest(reports));
  if (!reports.empty() && tightest(reports).decision.never_passes()) {
    return detail + " This call costs more than that; waiting does not help.";
  }
  if (const auto wait = retry_after_seconds(reports)) {
    fmt::format_to(std::back_inserter(detail), "{}Try again in {} s.", detail.empty() ? "" : " ",
                   *wait);
  }
  return detail;
}

}  // namespace

Problem rate_limit_problem(RefusalKind kind, std::span<const LimitReport> reports) {
  const Kind& row = kKinds[static_cast<std::size_t>(kind)];
  Problem problem(row.status, detail_of(kind, reports));
  problem.type(fmt::format("https://iana.org/assignments/http-problem-types#{}", row.name),
               row.title);
  if (kind == RefusalKind::abnormal_usage) return problem;
  json::array violated;
  for (const LimitReport& report : reports) {
    if (!report.decision.allowed) violated.emplace_back(json::string(report.policy));
  }
  problem.with("violated-policies", std::move(violated));
  return problem;
}

std::string rate_limiter_refusal(std::span<const LimitReport> reports, limit::Time now) {
  const std::uint64_t wait = retry_after_seconds(reports).value_or(
      std::max<std::uint64_t>(1, ceil_seconds(shown_reset(tightest(reports)))));
  // The instant of X-RateLimit-Reset.
  const std::uint64_t at = reset_epoch_seconds(tightest(reports), now);
  const LogTime reset{seconds(static_cast<std::int64_t>(at))};
  return fmt::format(R"({{"error":"Rate limit exceeded","retry_after":{},"reset_time":"{}"}})",
                     wait, format_rfc3339(reset));
}

}  // namespace doorward::wire
