#include "wire/rate_limit/headers.hpp"

#include "wire/base64.hpp"
#include "wire/rate_limit/dialects.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace doorward::wire {
namespace {

using limit::Nanos;

constexpr std::uint64_t kMostInteger = 999'999'999'999'999;

bool is_tighter(const LimitReport& a, const LimitReport& b) {
  if (a.decision.allowed != b.decision.allowed) return !a.decision.allowed;
  if (a.decision.allowed) return a.decision.remaining < b.decision.remaining;
  return a.decision.retry_after > b.decision.retry_after;
}

// A String of RFC 9651.
void append_name(std::string& out, std::string_view name) {
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
  out += '"';
  if (std::all_of(name.begin(), name.end(), is_plain)) [[likely]] {
    out.append(name);
  } else {
    for (const char c : name) {
      if (c == '"' || c == '\\') out += '\\';
      out += c >= ' ' && c <= '~' ? c : '?';
    }
  }
  out += '"';
}

void append_partition(std::string& out, const LimitReport& report) {
  if (report.partition_key.empty()) return;
  std::string text = base64url_encode(report.partition_key);
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.resize((text.size() + 3) / 4 * 4, '=');
  out.append(";pk=:").append(text).append(":");
}

// What is said of a quota to everybody: `"api";q=10;w=1`.
struct Promise {
  std::string policy;
  limit::Quota quota;
  std::string text;
  std::size_t name_size = 0;  // of `"api"`

  std::string_view name() const { return std::string_view(text).substr(0, name_size); }
};

Promise promise_for(std::string_view policy, const limit::Quota& quota) {
  Promise made{.policy = std::string(policy), .quota = quota, .text = {}};
  append_name(made.text, policy);
  made.name_size = made.text.size();
  if (quota.algorithm == limit::Algorithm::concurrency) {
    append_parameter(made.text, ";q=", quota.limit);
    made.text += ";qu=\"concurrent-requests\"";
  } else {
    const Allowance all = allowance(quota);
    append_parameter(made.text, ";q=", all.units);
    append_parameter(made.text, ";w=", ceil_seconds(all.window));
  }
  return made;
}

// The same few quotas are told again and again: each thread keeps what it wrote of them, found by
// where they lie, and good as long as they say the same.
const Promise& promise_of(const LimitReport& report) {
  static thread_local std::array<Promise, 64> all;
  constexpr std::size_t kApart = 64;  // bytes, that quotas lie at least
  const auto place = reinterpret_cast<std::uintptr_t>(report.quota) / kApart;
  Promise& kept = all[place % all.size()];
  if (kept.text.empty() || kept.policy != report.policy || kept.quota != *report.quota)
    kept = promise_for(report.policy, *report.quota);
  return kept;
}

void append_policy(std::string& out, const LimitReport& report) {
  out.append(promise_of(report).text);
  append_partition(out, report);
}

void append_limit(std::string& out, const LimitReport& report) {
  out.append(promise_of(report).name());
  append_parameter(out, ";r=", report.decision.remaining);
  // A slot comes back when a request ends, which no clock foretells.
  if (report.quota->algorithm != limit::Algorithm::concurrency) {
    append_parameter(out, ";t=", ceil_seconds(shown_reset(report)));
  }
  append_partition(out, report);
}

void set_ietf(Fields& fields, std::span<const LimitReport> reports) {
  static thread_local std::string text;  // its room is kept
  const auto set = [&](std::string_view name, auto append) {
    text.clear();
    for (const LimitReport& report : reports) {
      if (&report != &reports.front()) text += ", ";
      append(text, report);
    }
    fields.set(name, text);
  };
  set("RateLimit-Policy", append_policy);
  set("RateLimit", append_limit);
}

}  // namespace

void set_rate_limit_fields(Fields& fields, limit::Dialect dialect,
                           std::span<const LimitReport> reports, limit::Time now) {
  if (reports.empty()) return;
  switch (dialect) {
    case limit::Dialect::ietf: return set_ietf(fields, reports);
    case limit::Dialect::x_ratelimit: return set_x_ratelimit(fields, tightest(reports), now);
    case limit::Dialect::envoy: return set_envoy(fields, reports);
    case limit::Dialect::kong: return set_kong(fields, reports);
    case limit::Dialect::spring: return set_spring(fields, tightest(reports));
    case limit::Dialect::none: return;
  }
}

std::optional<std::uint64_t> retry_after_seconds(std::span<const LimitReport> reports) {
  std::optional<std::uint64_t> longest;
  for (const LimitReport& report : reports) {
    if (report.decision.allowed) continue;
    if (report.decision.never_passes()) return std::nullopt;
    longest = std::max({longest.value_or(1), ceil_seconds(shown_reset(report))});
  }
  return longest;
}

const LimitReport& tightest(std::span<const LimitReport> reports) {
  return *std::min_element(reports.begin(), reports.end(), is_tighter);
}

Nanos shown_reset(const LimitReport& report) {
  const limit::Decision& decision = report.decision;
  const bool waits = !decision.allowed && !decision.never_passes();
  const Nanos wait = waits ? decision.retry_after : decision.reset;
  return wait + std::clamp(report.jitter, Nanos{}, Nanos::max() - std::max(wait, Nanos{}));
}

std::uint64_t ceil_seconds(Nanos duration) {
  if (duration <= Nanos{}) return 0;
  const auto seconds = (duration.count() - 1) / 1'000'000'000 + 1;
  return std::min(static_cast<std::uint64_t>(seconds), kMostInteger);
}

}  // namespace doorward::wire
