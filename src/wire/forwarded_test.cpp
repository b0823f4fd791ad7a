#include "wire/forwarded.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doorward::wire {
namespace {

using testing::ElementsAre;
using Elements = std::vector<ForwardedElement>;

struct Row {
  const char* value;
  Elements elements;
};

class Reads : public testing::TestWithParam<Row> {};
TEST_P(Reads, TheElements) {
  const auto read = parse_forwarded(GetParam().value);
  ASSERT_TRUE(read) << GetParam().value;
  EXPECT_EQ(*read, GetParam().elements) << GetParam().value;
}
INSTANTIATE_TEST_SUITE_P(
    Forwarded, Reads,
    testing::Values(
        Row{"for=192.0.2.43", {{"192.0.2.43", "", "", ""}}},
        Row{"For=\"[2001:db8:cafe::17]:4711\"", {{"[2001:db8:cafe::17]:4711", "", "", ""}}},
        Row{"for=192.0.2.60;proto=http;by=203.0.113.43",
            {{"192.0.2.60", "203.0.113.43", "", "http"}}},
        Row{"for=192.0.2.43, for=198.51.100.17",
            {{"192.0.2.43", "", "", ""}, {"198.51.100.17", "", "", ""}}},
        Row{"for=unknown;HOST=\"a.b:80\" ; proto=https", {{"unknown", "", "a.b:80", "https"}}},
        Row{"for=_gazonk;ext=\"x;y,z\"", {{"_gazonk", "", "", ""}}},
        Row{"for=\"a\\\"b\"", {{"a\"b", "", "", ""}}},
        Row{"for=1.2.3.4:80", {{"1.2.3.4:80", "", "", ""}}},
        Row{"for=[::1]", {{"[::1]", "", "", ""}}}, Row{"", {{}}},
        Row{"for=a,,for=b", {{"a", "", "", ""}, {}, {"b", "", "", ""}}},
        Row{"for=a;", {{"a", "", "", ""}}}));

TEST(Forwarded, RefusesWhatIsMalformed) {
  for (const char* bad : {"for", "for=", "for=\"a", "for=\"a\\", "for=a;for=b", "for =a", "for= a",
                          "for=a b", "=a", "for=a\x01", "for=\"a\x01\"", "for=\"a\"b", "(x)=1"})
    EXPECT_FALSE(parse_forwarded(bad)) << bad;
}

TEST(Forwarded, RefusesMoreHopsThanTheBound) {
  std::string value = "for=a";
  for (std::size_t i = 1; i < kMaxHops; ++i) value += ",for=a";
  EXPECT_EQ(parse_forwarded(value)->size(), kMaxHops);
  EXPECT_EQ(parse_forwarded(value + ",for=a").error().code, Errc::too_large);
  EXPECT_EQ(split_hops(value)->size(), kMaxHops);
  EXPECT_EQ(split_hops(value + ",").error().code, Errc::too_large);
}

TEST(Forwarded, WhatIsBuiltReadsBack) {
  const ForwardedElement element{"[2001:db8::1]", "_us", "shop.example:8080", "https"};
  const std::string built = build_forwarded(element);
  EXPECT_EQ(built, "for=\"[2001:db8::1]\";by=_us;host=\"shop.example:8080\";proto=https");
  EXPECT_EQ(*parse_forwarded(built), Elements{element});
  const ForwardedElement odd{"a\"\\b", "", "", ""};
  EXPECT_EQ(*parse_forwarded(build_forwarded(odd)), Elements{odd});
}

TEST(Nodes, AddressesAreFreedOfPortsAndBrackets) {
  EXPECT_EQ(node_address("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(node_address("192.0.2.1:4711"), "192.0.2.1");
  EXPECT_EQ(node_address("[2001:db8::1]"), "2001:db8::1");
  EXPECT_EQ(node_address("[2001:db8::1]:80"), "2001:db8::1");
  EXPECT_EQ(node_address("2001:db8::1"), "2001:db8::1");
  for (const char* none : {"", "unknown", "_hidden", "[2001"}) EXPECT_EQ(node_address(none), "");
  EXPECT_EQ(node_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(node_of("::1"), "[::1]");
}

TEST(Hops, AreTrimmedAndEmptyOnesAreKept) {
  EXPECT_THAT(*split_hops(" 1.2.3.4 ,\t5.6.7.8"), ElementsAre("1.2.3.4", "5.6.7.8"));
  EXPECT_THAT(*split_hops("a,,b,"), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(*split_hops(""), ElementsAre(""));
}

}  // namespace
}  // namespace doorward::wire
