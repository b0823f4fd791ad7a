#include "wire/rate_limit/refusal.hpp"

#include "wire/duration.hpp"
#include "wire/rate_limit/dialects.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace doorward::wire {
namespace {

using std::chrono::seconds;

struct Kind {
  std::string_view name;
  unsigned status;
  std::string_view title;
};

constexpr std::array<Kind, 3> kKinds{
    {{"quota-exceeded", 429, "Request cannot be satisfied as assigned quota has been exceeded"},
     {"temporary-reduced-capacity", 503,
      "Request cannot be satisfied due to temporary server capacity constraints"},
     {"abnormal-usage-detected", 429,
      "Request not satisfied due to detection of abnormal request pattern"}}};

// Whoever is refused is often refused: this is put together by hand.
void append_json(std::string& out, std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
  if (std::any_of(text.begin(), text.end(), is_control)) {
    out += boost::json::serialize(boost::json::string(text));
    return;
  }
  out += '"';
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '"' && text[i] != '\\') continue;
    out.append(text.substr(done, i - done)) += '\\';
    done = i;
  }
  out.append(text.substr(done)) += '"';
}

void append_described(std::string& out, const LimitReport& report) {
  const limit::Quota& quota = *report.quota;
  out.append("The limit \"").append(report.policy);
  append_parameter(out, "\" allows ", quota.limit);
  if (quota.algorithm == limit::Algorithm::concurrency) {
    out.append(" at once.");
  } else {
    out.append(" in ").append(format_duration(std::chrono::ceil<Millis>(quota.window)));
    out.append(".");
  }
}

std::string detail_of(RefusalKind kind, std::span<const LimitReport> reports) {
  constexpr std::size_t kUsual = 96;
  std::string detail;
  detail.reserve(kUsual);
  if (!reports.empty() && kind == RefusalKind::quota_exceeded)
    append_described(detail, tightest(reports));
  if (!reports.empty() && tightest(reports).decision.never_passes()) {
    return detail + " This call costs more than that; waiting does not help.";
  }
  if (const auto wait = retry_after_seconds(reports)) {
    append_parameter(detail, detail.empty() ? "Try again in " : " Try again in ", *wait);
    detail.append(" s.");
  }
  return detail;
}

}  // namespace

RefusalText rate_limit_problem(RefusalKind kind, std::span<const LimitReport> reports) {
  constexpr std::size_t kUsual = 400;
  const Kind& row = kKinds[static_cast<std::size_t>(kind)];
  std::string text;
  text.reserve(kUsual);
  text.append(R"({"title":")").append(row.title);
  append_parameter(text, R"(","status":)", row.status);
  if (const std::string detail = detail_of(kind, reports); !detail.empty()) {
    text.append(R"(,"detail":)");
    append_json(text, detail);
  }
  text.append(R"(,"type":"https://iana.org/assignments/http-problem-types#)").append(row.name);
  text += '"';
  if (kind != RefusalKind::abnormal_usage) {
    text.append(R"(,"violated-policies":[)");
    for (const LimitReport& report : reports) {
      if (report.decision.allowed) continue;
      if (text.back() != '[') text += ',';
      append_json(text, report.policy);
    }
    text += ']';
  }
  text += '}';
  return {row.status, std::move(text)};
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
