#include "wire/percent.hpp"

#include <gtest/gtest.h>

#include <array>

namespace doorward::wire {
namespace {

TEST(Percent, DecodesEveryEscapeAndNothingElse) {
  struct Row {
    const char* text;
    const char* plain;
  };
  constexpr std::array<Row, 6> kRows{{{"", ""},
                                      {"a+b", "a+b"},
                                      {"%41%7a", "Az"},
                                      {"order%3A1", "order:1"},
                                      {"%e2%82%AC", "\xe2\x82\xac"},
                                      {"%2541", "%41"}}};
  for (const Row& row : kRows) EXPECT_EQ(percent_decode(row.text), row.plain) << row.text;
}

TEST(Percent, ABrokenEscapeIsNoText) {
  for (const char* text : {"%", "%4", "a%", "%g1", "%1g", "%%41", "% 1", "%-1", "%+1"})
    EXPECT_FALSE(percent_decode(text)) << text;
}

}  // namespace
}  // namespace doorward::wire
