#include "wire/quota_text.hpp"

#include "base/time.hpp"
#include "wire/clip.hpp"
#include "wire/duration.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace doorward::wire {
namespace {

constexpr std::size_t kShown = 40;

constexpr std::pair<std::string_view, std::string_view> kUnits[] = {
    {"ms", "1ms"},    {"s", "1s"},      {"m", "1m"},    {"h", "1h"},  {"d", "1d"},
    {"second", "1s"}, {"minute", "1m"}, {"hour", "1h"}, {"day", "1d"}};

Error not_a_quota(std::string_view text) {
  return error(Errc::invalid,
               fmt::format("\"{}\" is not a quota: write a number, '/' and a time, as in \"10/s\", "
                           "\"100/1h\" or \"1000/day\"",
                           clip(text, kShown)));
}

}  // namespace

Result<limit::Quota> parse_quota(std::string_view text) {
  limit::Quota quota;
  quota.algorithm = kDefaultAlgorithm;
  const char* end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, quota.limit);
  if (fault != std::errc() || at == end || *at != '/') return not_a_quota(text);
  std::string_view window(at + 1, static_cast<std::size_t>(end - at - 1));
  for (const auto& [word, length] : kUnits)
    if (window == word) window = length;
  const auto parsed = parse_duration(window);
  if (parsed.has_error()) return not_a_quota(text);
  quota.window = *parsed;
  return quota;
}

std::string quota_name(const limit::Quota& quota) {
  if (quota.algorithm == limit::Algorithm::concurrency) return "concurrency";
  return format_duration(std::chrono::duration_cast<Millis>(quota.window));
}

}  // namespace doorward::wire
