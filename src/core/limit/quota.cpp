#include "core/limit/quota.hpp"

#include <array>
#include <string>
#include <utility>

namespace doorward::limit {
namespace {

constexpr std::array<std::pair<Algorithm, const char*>, 6> kNames{{
    {Algorithm::fixed_window, "fixed_window"},
    {Algorithm::sliding_log, "sliding_log"},
    {Algorithm::sliding_counter, "sliding_counter"},
    {Algorithm::token_bucket, "token_bucket"},
    {Algorithm::gcra, "gcra"},
    {Algorithm::concurrency, "concurrency"},
}};

// In the largest unit that divides it: "90s", "30d".
std::string text(Nanos time) {
  struct Unit {
    std::int64_t ns;
    const char* name;
  };
  static constexpr std::array<Unit, 6> kUnits{{{86'400'000'000'000, "d"},
                                               {3'600'000'000'000, "h"},
                                               {60'000'000'000, "m"},
                                               {1'000'000'000, "s"},
                                               {1'000'000, "ms"},
                                               {1'000, "us"}}};
  const std::int64_t ns = time.count();
  for (const Unit& unit : kUnits) {
    if (ns != 0 && ns % unit.ns == 0) return std::to_string(ns / unit.ns) + unit.name;
  }
  return std::to_string(ns) + "ns";
}

Error out_of_bounds(const char* field, const std::string& value, const std::string& least,
                    const std::string& most) {
  return error(Errc::invalid,
               std::string(field) + ": is " + value + "; choose from " + least + " to " + most);
}

std::uint64_t most_limit(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::sliding_log: return kMaxLogLimit;
    case Algorithm::concurrency: return kMaxHolders;
    default: return kMaxLimit;
  }
}

Result<> validate_limit(const Quota& quota) {
  const std::uint64_t most = most_limit(quota.algorithm);
  if (quota.limit >= 1 && quota.limit <= most) return {};
  Error found = out_of_bounds("limit", std::to_string(quota.limit), "1", std::to_string(most));
  if (quota.algorithm == Algorithm::sliding_log && quota.limit > most) {
    found.what += ", or the algorithm sliding_counter";
  }
  return found;
}

Result<> validate_burst(const Quota& quota) {
  if (quota.burst == 0) return {};
  if (!is_bucket(quota.algorithm)) {
    return error(Errc::invalid, std::string("burst: means nothing to ") +
                                    to_string(quota.algorithm) +
                                    "; leave it out, or choose token_bucket or gcra");
  }
  if (quota.burst > kMaxLimit) {
    return out_of_bounds("burst", std::to_string(quota.burst), "1", std::to_string(kMaxLimit));
  }
  const auto windows = static_cast<std::uint64_t>(kMaxRefill / quota.window);
  const std::uint64_t most = windows * quota.limit;
  if (quota.burst <= most) return {};
  return error(Errc::invalid, "burst: would take more than ten years to refill; choose at most " +
                                  std::to_string(most) + ", or a higher limit");
}

}  // namespace

Result<> validate(const Quota& quota) {
  if (auto r = validate_limit(quota); !r) return r;
  if (quota.window < kMinWindow || quota.window > kMaxWindow) {
    return out_of_bounds("window", text(quota.window), text(kMinWindow), text(kMaxWindow));
  }
  if (quota.count_refused && quota.algorithm == Algorithm::concurrency) {
    return error(Errc::invalid,
                 "count_refused: means nothing to concurrency, which counts holders; leave it out");
  }
  return validate_burst(quota);
}

const char* to_string(Algorithm algorithm) {
  for (const auto& [value, name] : kNames) {
    if (value == algorithm) return name;
  }
  return "unknown";
}

std::optional<Algorithm> parse_algorithm(std::string_view name) {
  for (const auto& [value, known] : kNames) {
    if (name == known) return value;
  }
  return std::nullopt;
}

}  // namespace doorward::limit
