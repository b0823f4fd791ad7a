#include "wire/clip.hpp"

#include <gtest/gtest.h>

namespace doorward::wire {
namespace {

TEST(Clip, NeverCutsWithinALetter) {
  EXPECT_EQ(clip("abc", 3), "abc");
  EXPECT_EQ(clip("abc", 2), "ab");
  EXPECT_EQ(clip("a\xc3\xa9", 2), "a");
  EXPECT_EQ(clip("a\xc3\xa9", 3), "a\xc3\xa9");
  EXPECT_EQ(clip("\xed\x95\x9c\xed\x95\x9c", 5), "\xed\x95\x9c");
  EXPECT_EQ(clip("\xf0\x9f\x8e\xab", 3), "");
  EXPECT_EQ(clip("", 0), "");
}

}  // namespace
}  // namespace doorward::wire
