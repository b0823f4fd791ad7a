#include "wire/duration.hpp"

#include <gtest/gtest.h>

namespace doorward::wire {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsAWholeNumberAndAUnit) {
  const std::pair<const char*, Millis> table[] = {
      {"250ms", 250ms},        {"5s", 5s}, {"4m", 4min}, {"1h", 1h}, {"7d", 168h}, {"0s", 0ms},
      {"3650d", kMaxDuration},
  };
  for (const auto& [text, value] : table) EXPECT_EQ(parse_duration(text).value(), value) << text;
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* text :
       {"", "5", "s", "-5s", "+5s", "5 s", " 5s", "5s ", "1.5s", "5S", "5sec", "1h30m", "3651d",
        "99999999999999999999s", "9223372036854775807d", "0x5s"}) {
    EXPECT_TRUE(parse_duration(text).has_error()) << text;
  }
}

TEST(Duration, IsWrittenInTheLargestUnitThatDividesIt) {
  const std::pair<const char*, Millis> table[] = {{"0s", 0ms},  {"1500ms", 1500ms}, {"90s", 90s},
                                                  {"4m", 240s}, {"2h", 120min},     {"7d", 168h}};
  for (const auto& [text, value] : table) {
    EXPECT_EQ(format_duration(value), text);
    EXPECT_EQ(parse_duration(format_duration(value)).value(), value);
  }
}

}  // namespace
}  // namespace doorward::wire
