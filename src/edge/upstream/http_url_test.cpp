#include "edge/upstream/http_url.hpp"

#include <gtest/gtest.h>

namespace doorward::edge {
namespace {

TEST(HttpUrl, IsSplit) {
  const auto url = parse_http_url("http://id.example:8090/.well-known/jwks.json?a=b");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->endpoint, (Endpoint{"id.example", 8090}));
  EXPECT_EQ(url->target, "/.well-known/jwks.json?a=b");
  EXPECT_FALSE(url->tls);
  EXPECT_EQ(parse_http_url("http://id.example")->target, "/");
  const auto secure = parse_http_url("https://id.example/keys");
  ASSERT_TRUE(secure);
  EXPECT_TRUE(secure->tls);
  EXPECT_EQ(secure->endpoint, (Endpoint{"id.example", 443}));
  EXPECT_EQ(secure->target, "/keys");
  EXPECT_EQ(parse_http_url("https://[::1]:8443/")->endpoint, (Endpoint{"::1", 8443}));
  for (const char* bad : {"", "id.example", "ftp://id.example/", "https:///x", "http:///x",
                          "http://id.example/a b", "http://id.example/#a", "http://a@b/"})
    EXPECT_FALSE(parse_http_url(bad)) << bad;
}

}  // namespace
}  // namespace doorward::edge
