#include "wire/rfc3339.hpp"

#include <gtest/gtest.h>

namespace doorward::wire {
namespace {

TEST(Rfc3339, WritesUtcWithMillisecondsAndReadsItBack) {
  const std::pair<std::int64_t, const char*> table[] = {
      {0, "1970-01-01T00:00:00.000Z"},
      {1'767'225'600'123, "2026-01-01T00:00:00.123Z"},
      {1'709'251'199'999, "2024-02-29T23:59:59.999Z"},
      {-1, "1969-12-31T23:59:59.999Z"},
  };
  for (const auto& [millis, text] : table) {
    EXPECT_EQ(format_rfc3339(LogTime{Millis{millis}}), text);
    EXPECT_EQ(parse_rfc3339(text).value(), LogTime{Millis{millis}});
  }
}

TEST(Rfc3339, WritesEachTimeWhateverWasWrittenBefore) {
  std::string text;
  for (const int millis : {61'001, 61'999, 62'000, 61'000, -1})
    append_rfc3339(text, LogTime{Millis{millis}});
  EXPECT_EQ(text,
            "1970-01-01T00:01:01.001Z1970-01-01T00:01:01.999Z1970-01-01T00:01:02.000Z"
            "1970-01-01T00:01:01.000Z1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, WritesTheNearestThatFourDigitsOfAYearCanSay) {
  EXPECT_EQ(format_rfc3339(LogTime::max()), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(format_rfc3339(LogTime::min()), "0000-01-01T00:00:00.000Z");
}

TEST(Rfc3339, ReadsOffsetsAndFractions) {
  const LogTime expected{Millis{1'767'225'600'000}};
  for (const char* text :
       {"2026-01-01T00:00:00Z", "2026-01-01t00:00:00z", "2026-01-01T09:00:00+09:00",
        "2025-12-31T19:30:00.000-04:30", "2026-01-01T00:00:00.0009Z"})
    EXPECT_EQ(parse_rfc3339(text).value(), expected) << text;
}

TEST(Rfc3339, RefusesEverythingElse) {
  for (const char* text :
       {"", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-02-30T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+9:00", "2026-01-01T00:00:00Zx",
        "26-01-01T00:00:00Z", "1767225600", "2026-01-01T00:00:00.0000000000Z",
        "2026-01-01T00:00:00+24:00"})
    EXPECT_TRUE(parse_rfc3339(text).has_error()) << text;
}

}  // namespace
}  // namespace doorward::wire
