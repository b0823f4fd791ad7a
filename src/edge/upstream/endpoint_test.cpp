#include "edge/upstream/endpoint.hpp"

#include <gtest/gtest.h>

namespace doorward::edge {
namespace {

TEST(Endpoints, AreParsed) {
  EXPECT_EQ(*parse_endpoint("http://shop:8080"), (Endpoint{"shop", 8080}));
  EXPECT_EQ(*parse_endpoint("http://shop/"), (Endpoint{"shop", 80}));
  EXPECT_EQ(*parse_endpoint("http://[::1]:81"), (Endpoint{"::1", 81}));
  EXPECT_EQ(parse_endpoint("http://[::1]")->authority(), "[::1]:80");
  for (const char* bad :
       {"", "shop:80", "https://shop", "http://", "http://shop:0", "http://shop:x",
        "http://shop:70000", "http://shop/x", "http://u@shop", "http://:80"})
    EXPECT_FALSE(parse_endpoint(bad)) << bad;
}

}  // namespace
}  // namespace doorward::edge
