#include "base/ids.hpp"

#include <gtest/gtest.h>

namespace doorward {
namespace {

TEST(Ids, TextIsThirtyTwoHexDigitsAndReadsBack) {
  const TicketId id{0x0123456789abcdefULL, 0xfedcba9876543210ULL};
  EXPECT_EQ(to_string(id), "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(parse_id<TicketId>(to_string(id)), id);
}

TEST(Ids, RefusesOtherLengthsUpperCaseAndOtherLetters) {
  EXPECT_FALSE(parse_id<TicketId>(""));
  EXPECT_FALSE(parse_id<TicketId>("0123456789abcdeffedcba987654321"));
  EXPECT_FALSE(parse_id<TicketId>("0123456789ABCDEFfedcba9876543210"));
  EXPECT_FALSE(parse_id<TicketId>("0123456789abcdeffedcba987654321g"));
}

}  // namespace
}  // namespace doorward
