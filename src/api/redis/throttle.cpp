#include "api/redis/throttle.hpp"

#include "wire/rate_limit/headers.hpp"
#include "wire/resp/reply.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace doorward::api::redis {
namespace {

namespace resp = wire::resp;
using limit::Decision;

// As redis-cell begins its own.
Error refused(std::string_view what) {
  return error(Errc::invalid, fmt::format("Cell error: Store error: {}", what));
}

struct Bounds {
  const char* name;
  std::int64_t low;
  std::int64_t high;
};
constexpr auto kLargest = static_cast<std::int64_t>(limit::kMaxLimit);
constexpr Bounds kBurst{"max_burst", 0, kLargest - 1};
constexpr Bounds kCount{"count per period", 1, kLargest};
constexpr Bounds kPeriod{
    "period", 1, std::chrono::duration_cast<std::chrono::seconds>(limit::kMaxWindow).count()};
constexpr Bounds kQuantity{"quantity", 0, INT64_MAX};

// As Rust reads an i64: a sign and digits, nothing else.
Result<std::int64_t> read_number(std::string_view text) {
  const char* from = text.data();
  const char* const end = text.data() + text.size();
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') ++from;
  std::int64_t value = 0;
  const auto [last, failed] = std::from_chars(from, end, value);
  if (failed != std::errc() || last != end) {
    return refused(fmt::format("Couldn't parse as integer: {}", text.substr(0, 64)));
  }
  return value;
}

std::optional<Error> out_of(const Bounds& bounds, std::int64_t value) {
  if (value >= bounds.low && value <= bounds.high) return std::nullopt;
  return refused(
      fmt::format("{} is {}; choose from {} to {}", bounds.name, value, bounds.low, bounds.high));
}

}  // namespace

Result<ThrottleCall> parse_throttle(std::span<const std::string_view> arguments) {
  if (arguments.size() != 5 && arguments.size() != 6) {
    return refused("Usage: cl.throttle <key> <max_burst> <count per period> <period> [<quantity>]");
  }
  std::int64_t numbers[4] = {0, 0, 0, 1};
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    const Result<std::int64_t> number = read_number(arguments[i]);
    if (!number) return number.error();
    numbers[i - 2] = *number;
  }
  const auto [burst, count, period, quantity] = numbers;
  if (count == 0 || period == 0) return refused("Zero rates are not supported");
  for (const auto& [bounds, value] : {std::pair(kBurst, burst), std::pair(kCount, count),
                                      std::pair(kPeriod, period), std::pair(kQuantity, quantity)}) {
    if (auto wrong = out_of(bounds, value)) return *std::move(wrong);
  }
  ThrottleCall call;
  call.key = arguments[1];
  call.quota = {limit::Algorithm::gcra, static_cast<std::uint64_t>(count),
                std::chrono::seconds(period), static_cast<std::uint64_t>(burst) + 1};
  call.quantity = static_cast<std::uint64_t>(quantity);
  if (const Result<> valid = limit::validate(call.quota); !valid)
    return refused(valid.error().what);
  return call;
}

Decision throttle(ports::CounterStore& store, const SipKey& keys, const ThrottleCall& call,
                  limit::Time now, std::string& out) {
  const limit::CompiledQuota quota(call.quota);
  const ports::Hit hit{siphash128(keys, call.key), &quota, call.quantity};
  const Decision decision = store.decide(hit, now);
  const bool waits = !decision.allowed && !decision.never_passes();
  resp::append_array(out, 5);
  resp::append_integer(out, decision.allowed ? 0 : 1);
  resp::append_integer(out, static_cast<std::int64_t>(decision.limit));
  resp::append_integer(out, static_cast<std::int64_t>(decision.remaining));
  resp::append_integer(
      out, waits ? static_cast<std::int64_t>(wire::ceil_seconds(decision.retry_after)) : -1);
  resp::append_integer(out, static_cast<std::int64_t>(wire::ceil_seconds(decision.reset)));
  return decision;
}

}  // namespace doorward::api::redis
