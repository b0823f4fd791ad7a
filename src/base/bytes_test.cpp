#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace doorward {
namespace {

constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();

TEST(Bytes, WhatWasWrittenReadsBack) {
  ByteWriter out;
  out.u8(0xfe);
  out.u16(0xfedc);
  out.u32(0xfedcba98);
  out.u64(0xfedcba9876543210);
  out.i64(-2);
  out.boolean(true);
  out.text("lane");
  out.raw("xyz");

  ByteReader in(out.view());
  EXPECT_EQ(in.u8(), 0xfe);
  EXPECT_EQ(in.u16(), 0xfedc);
  EXPECT_EQ(in.u32(), 0xfedcba98);
  EXPECT_EQ(in.u64(), 0xfedcba9876543210);
  EXPECT_EQ(in.i64(), -2);
  EXPECT_TRUE(in.boolean());
  EXPECT_EQ(in.text(4), "lane");
  EXPECT_EQ(in.raw(3), "xyz");
  EXPECT_TRUE(in.finished());
}

TEST(Bytes, FixedWordsAreLittleEndian) {
  ByteWriter out;
  out.u32(0x04030201);
  EXPECT_EQ(out.view(), "\x01\x02\x03\x04");
  out.patch_u32(0, 0x44434241);
  EXPECT_EQ(out.take(), "ABCD");
  EXPECT_EQ(out.size(), 0u);
}

TEST(Bytes, VarintsOfEveryLengthReadBack) {
  for (unsigned shift = 0; shift < 64; ++shift) {
    for (std::uint64_t v :
         {std::uint64_t{1} << shift, (std::uint64_t{1} << shift) - 1, kMax >> shift}) {
      ByteWriter out;
      out.varint(v);
      ByteReader in(out.view());
      EXPECT_EQ(in.varint(), v);
      EXPECT_TRUE(in.finished()) << v;
    }
  }
}

TEST(Bytes, VarintsHaveOneEncoding) {
  const std::string overlong("\x81\x00", 2);
  const std::string eleven(11, '\x80');
  const std::string sixty_five_bits = std::string(9, '\xff') + '\x02';
  for (const auto& bytes :
       {overlong, eleven, sixty_five_bits, std::string("\x80"), std::string()}) {
    ByteReader in(bytes);
    EXPECT_EQ(in.varint(), 0u);
    EXPECT_FALSE(in.ok());
  }
}

TEST(Bytes, AFailedReadStaysFailed) {
  ByteReader in("abc");
  EXPECT_EQ(in.u32(), 0u);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u8(), 0u);
  EXPECT_EQ(in.raw(1), "");
  EXPECT_FALSE(in.finished());
}

TEST(Bytes, RefusesWhatIsAboveTheGivenBound) {
  ByteWriter out;
  out.text("12345");
  ByteReader text(out.view());
  EXPECT_EQ(text.text(4), "");
  EXPECT_FALSE(text.ok());
  ByteReader two("\x02");
  EXPECT_FALSE(two.boolean());
  EXPECT_FALSE(two.ok());
}

TEST(Bytes, EveryCutOfAMessageFailsWithoutReadingPastIt) {
  ByteWriter out;
  out.varint(300);
  out.text("room");
  out.u64(7);
  for (std::size_t cut = 0; cut < out.size(); ++cut) {
    const std::string part(out.view().substr(0, cut));
    ByteReader in(part);
    in.varint();
    in.text(64);
    in.u64();
    EXPECT_FALSE(in.ok()) << cut;
  }
}

}  // namespace
}  // namespace doorward
