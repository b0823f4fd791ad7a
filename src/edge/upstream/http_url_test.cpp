#include "edge/upstream/http_url.hpp"

#include <gtest/gtest.h>

namespace doorward::edge {
namespace {

TEST(HttpUrl, IsSplit) {
  const auto url = parse_http_url("http://id.example:8090/.well-known/jwks.json?a=b");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->endpoint, (Endpoint{"id.example", 8090}));
  EXPECT_EQ(url->target, "/.well-known/jwks.json?a=b");
  EXPECT_EQ(parse_http_url("http://id.example")->target, "/");
  for (const char* bad : {"", "id.example", "ftp://id.example/", "https://id.example/", "http:///x",
                          "http://id.example/a b", "http://id.example/#a", "http://a@b/"})
    EXPECT_FALSE(parse_http_url(bad)) << bad;
}

}  // namespace
}  // namespace doorward::edge
