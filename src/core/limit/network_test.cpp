#include "core/limit/network.hpp"

#include <gtest/gtest.h>

namespace doorward::limit {
namespace {

TEST(Network, HoldsTheAddressesOfItsBlock) {
  struct Row {
    const char* network;
    const char* address;
    bool inside;
  };
  const Row table[] = {
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "192.0.2.2", false},
      {"192.0.2.128/25", "192.0.2.127", false},
      {"192.0.2.128/25", "192.0.2.200", true},
      {"0.0.0.0/0", "203.0.113.9", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"::/0", "203.0.113.9", true},
      {"2001:db8::/32", "2001:db8:ffff::1", true},
      {"2001:db8::/32", "2001:db9::", false},
      {"::1", "::1", true},
      {"::ffff:10.0.0.0/104", "10.1.2.3", true},
  };
  for (const auto& [network, address, inside] : table) {
    const auto block = parse_network(network);
    const auto at = parse_address(address);
    ASSERT_TRUE(block && at) << network << ' ' << address;
    EXPECT_EQ(block->contains(*at), inside) << network << ' ' << address;
  }
}

TEST(Network, WhatIsNoneIsRefused) {
  for (const char* text : {"",
                           "/",
                           "10",
                           "10.0.0",
                           "10.0.0.0.0",
                           "10.0.0.256",
                           "10.0.0.01",
                           "10.0.0.0/",
                           "10.0.0.0/33",
                           "10.0.0.0/-1",
                           "10.0.0.0/8/8",
                           "10.0.0.1/8",
                           "10.0.0.0 /8",
                           ":",
                           ":::",
                           "1::2::3",
                           "1:2:3",
                           "1:2:3:4:5:6:7:8:9",
                           "12345::",
                           "::/129",
                           "2001:db8::1/32",
                           "g::",
                           "1:",
                           ":1",
                           "::1.2.3",
                           "1.2.3.4::",
                           "1:2:3:4:5:6:7::8:9",
                           "fe80::1%eth0",
                           "example"})
    EXPECT_FALSE(parse_network(text)) << text;
}

TEST(Network, WaysToWriteOneAddressAreOne) {
  EXPECT_EQ(parse_address("2001:DB8:0:0:0:0:0:1"), parse_address("2001:db8::1"));
  EXPECT_EQ(parse_address("::ffff:192.0.2.1"), parse_address("192.0.2.1"));
  EXPECT_EQ(parse_address("::ffff:c000:201"), parse_address("192.0.2.1"));
  EXPECT_EQ(parse_address("1:2:3:4:5:6:7::"), parse_address("1:2:3:4:5:6:7:0"));
}

}  // namespace
}  // namespace doorward::limit
