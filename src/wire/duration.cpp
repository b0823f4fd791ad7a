#include "wire/duration.hpp"

#include "wire/clip.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace doorward::wire {
namespace {

struct Unit {
  std::string_view name;
  Millis length;
};
using namespace std::chrono_literals;
constexpr std::array<Unit, 5> kUnits{{{"d", 24h}, {"h", 1h}, {"m", 1min}, {"s", 1s}, {"ms", 1ms}}};

Error not_a_duration(std::string_view text) {
  return error(Errc::invalid,
               fmt::format("\"{}\" is not a duration: write a whole number and a unit (ms, s, m, h "
                           "or d), as in \"250ms\" or \"4m\"",
                           clip(text, 40)));
}

}  // namespace

Result<Millis> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (problem == std::errc::result_out_of_range)
    return error(Errc::invalid, "a duration is at most ten years");
  if (problem != std::errc{} || text.front() == '-') return not_a_duration(text);
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    if (count > kMaxDuration / unit.length)
      return error(Errc::invalid, "a duration is at most ten years");
    return count * unit.length;
  }
  return not_a_duration(text);
}

std::string format_duration(Millis duration) {
  if (duration == Millis::zero()) return "0s";
  for (const Unit& unit : kUnits) {
    if (duration % unit.length == Millis::zero())
      return std::to_string(duration / unit.length).append(unit.name);
  }
  return fmt::format("{}ms", duration.count());
}

}  // namespace doorward::wire
