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

// What may stand between the quotes of a JSON string.
void append_json(std::string& out, std::string_view text) {
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) >= ' ' && c != '"' && c != '\\';
  };
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    out.append(text);
    return;
  }
  const std::string quoted = boost::json::serialize(boost::json::string(text));
  out.append(quoted, 1, quoted.size() - 2);
}

void append_described(std::string& out, const LimitReport& report) {
  const limit::Quota& quota = *report.quota;
  out.append(R"(The limit \")");
  append_json(out, report.policy);
  append_parameter(out, R"(\" allows )", quota.limit);
  if (quota.algorithm == limit::Algorithm::concurrency) {
    out.append(" at once.");
  } else {
    out.append(" in ").append(format_duration(std::chrono::ceil<Millis>(quota.window)));
    out.append(".");
  }
}

// Whoever is refused is often refused: this is put together by hand, as JSON at once.
void append_detail(std::string& out, RefusalKind kind, std::span<const LimitReport> reports) {
  constexpr std::string_view kMember = R"(,"detail":")";
  const std::size_t before = out.size();
  out.append(kMember);
  const std::size_t begin = out.size();
  if (!reports.empty() && kind == RefusalKind::quota_exceeded)
    append_described(out, tightest(reports));
  if (!reports.empty() && tightest(reports).decision.never_passes()) {
    out.append(" This call costs more than that; waiting does not help.");
  } else if (const auto wait = retry_after_seconds(reports)) {
    append_parameter(out, out.size() == begin ? "Try again in " : " Try again in ", *wait);
    out.append(" s.");
  }
  if (out.size() == begin) return out.resize(before);
  out += '"';
}

}  // namespace

RefusalText rate_limit_problem(RefusalKind kind, std::span<const LimitReport> reports) {
  constexpr std::size_t kUsual = 400;
  const Kind& row = kKinds[static_cast<std::size_t>(kind)];
  std::string text;
  text.reserve(kUsual);
  text.append(R"({"title":")").append(row.title);
  append_parameter(text, R"(","status":)", row.status);
  append_detail(text, kind, reports);
  text.append(R"(,"type":"https://iana.org/assignments/http-problem-types#)").append(row.name);
  text += '"';
  if (kind != RefusalKind::abnormal_usage) {
    text.append(R"(,"violated-policies":[)");
    for (const LimitReport& report : reports) {
      if (report.decision.allowed) continue;
      text.append(text.back() == '[' ? R"(")" : R"(,")");
      append_json(text, report.policy);
      text += '"';
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
