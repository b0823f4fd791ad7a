#include "edge/address_limits.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace doorward::edge {
namespace {

using boost::asio::ip::make_address;

TEST(AddressLimits, CountsEachAddressAndAll) {
  AddressLimits limits(3, 2);
  std::vector<AddressLimits::Pass> passes;
  const auto enter = [&](const char* address) {
    auto pass = limits.enter(make_address(address));
    if (pass) passes.push_back(std::move(*pass));
    return pass.has_value();
  };
  EXPECT_TRUE(enter("192.0.2.1"));
  EXPECT_TRUE(enter("192.0.2.1"));
  EXPECT_FALSE(enter("192.0.2.1"));
  EXPECT_TRUE(enter("192.0.2.2"));
  EXPECT_FALSE(enter("192.0.2.3")) << "three in all";
  EXPECT_EQ(limits.connections(), 3u);
  passes.clear();
  EXPECT_EQ(limits.connections(), 0u);
  EXPECT_TRUE(enter("192.0.2.1"));
}

TEST(AddressLimits, TakesAnIpv6NetworkOf64BitsAsOneClient) {
  AddressLimits limits(9, 1);
  const auto one = limits.enter(make_address("2001:db8::1"));
  EXPECT_TRUE(one);
  EXPECT_FALSE(limits.enter(make_address("2001:db8::ffff:2")));
  EXPECT_TRUE(limits.enter(make_address("2001:db8:0:1::1")));
}

TEST(AddressLimits, HoldsASharedAddressToTheNumberInAllAlone) {
  AddressLimits limits(2, 1);
  const auto one = limits.enter(make_address("192.0.2.1"), true);
  const auto two = limits.enter(make_address("192.0.2.1"), true);
  EXPECT_TRUE(one);
  EXPECT_TRUE(two);
  EXPECT_TRUE(limits.full());
  EXPECT_FALSE(limits.enter(make_address("192.0.2.1"), true));
}

TEST(AddressLimits, ChangedOnesHoldForThoseWhoComeLater) {
  AddressLimits limits(1, 1);
  const auto one = limits.enter(make_address("192.0.2.1"));
  EXPECT_FALSE(limits.enter(make_address("192.0.2.1")));
  limits.set(2, 2);
  const auto two = limits.enter(make_address("192.0.2.1"));
  EXPECT_TRUE(two);
  limits.set(1, 1);
  EXPECT_EQ(limits.connections(), 2u);
  EXPECT_FALSE(limits.enter(make_address("192.0.2.2")));
}

}  // namespace
}  // namespace doorward::edge
