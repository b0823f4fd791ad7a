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

TEST(Forwarded, OfMoreHopsThanTheBoundTheLastAreKept) {
  for (const std::size_t extra : {0U, 1U, 63U, 64U, 65U, 1'000U}) {
    std::string value;
    for (std::size_t i = 0; i < extra; ++i) value += "for=visitor,";
    for (std::size_t i = 1; i < kMaxHops; ++i) value += "for=a,";
    value += "for=last";
    const auto elements = parse_forwarded(value);
    ASSERT_TRUE(elements) << extra;
    ASSERT_EQ(elements->size(), kMaxHops) << extra;
    EXPECT_EQ(elements->front().for_node, "a") << extra;
    EXPECT_EQ(elements->back().for_node, "last") << extra;
    const auto hops = split_hops(value);
    ASSERT_EQ(hops.size(), kMaxHops) << extra;
    EXPECT_EQ(hops.front(), "for=a") << extra;
    EXPECT_EQ(hops.back(), "for=last") << extra;
  }
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
  EXPECT_THAT(split_hops(" 1.2.3.4 ,\t5.6.7.8"), ElementsAre("1.2.3.4", "5.6.7.8"));
  EXPECT_THAT(split_hops("a,,b,"), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split_hops(""), ElementsAre(""));
}

}  // namespace
}  // namespace doorward::wire
