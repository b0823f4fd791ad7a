#include "api/api_test_support.hpp"

#include <gmock/gmock.h>

#include <regex>

namespace doorward::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Said = TestApi::Said;

std::vector<std::string> parts_of(const std::string& page) {
  const std::regex part("(?:src|href)=\"(/\\.doorward/docs/[^\"]+)\"");
  std::vector<std::string> paths;
  for (std::sregex_iterator it(page.begin(), page.end(), part), end; it != end; ++it)
    paths.push_back((*it)[1]);
  return paths;
}

TEST(Docs, BothPagesAreThereAndAllowNothingInlineNorFromElsewhere) {
  TestApi api;
  for (const char* path : {"/docs", "/redoc", "/.doorward/docs", "/.doorward/redoc"}) {
    EXPECT_TRUE(api.api.owns(path)) << path;
    const Said said = api.call("GET", path);
    ASSERT_EQ(said.status, 200U) << path;
    EXPECT_EQ(said.fields.find("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(said.fields.find("Content-Encoding"), std::nullopt);
    EXPECT_THAT(said.body, HasSubstr("</html>"));
    EXPECT_THAT(said.body, Not(HasSubstr("://")));
    EXPECT_THAT(said.body, Not(HasSubstr("{{")));
    const std::string policy(*said.fields.find("Content-Security-Policy"));
    EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
    EXPECT_THAT(policy, Not(HasSubstr("http")));
  }
}

TEST(Docs, TheirPartsAreCompressedAndKeptByNameForever) {
  TestApi api;
  for (const char* page : {"/docs", "/redoc"}) {
    const auto parts = parts_of(api.call("GET", page).body);
    EXPECT_GE(parts.size(), 4U);
    for (const std::string& part : parts) {
      const Said packed = api.call("GET", part, {{"Accept-Encoding", "br, gzip"}});
      const Said plain = api.call("GET", part);
      ASSERT_EQ(packed.status, 200U) << part;
      EXPECT_EQ(packed.fields.find("Content-Encoding"), "gzip");
      EXPECT_EQ(packed.fields.find("Vary"), "Accept-Encoding");
      EXPECT_EQ(packed.body.substr(0, 2), "\x1f\x8b");
      EXPECT_THAT(std::string(*packed.fields.find("Cache-Control")), HasSubstr("immutable"));
      EXPECT_EQ(plain.fields.find("Content-Encoding"), std::nullopt);
      EXPECT_FALSE(plain.body.empty());
    }
  }
}

TEST(Docs, NothingElseIsThere) {
  TestApi api;
  for (const char* path : {"/.doorward/docs/none.js", "/.doorward/docs/docs.html.gz"})
    EXPECT_EQ(api.call("GET", path).problem(), "no-such-endpoint") << path;
  EXPECT_FALSE(api.api.owns("/docs/x"));
  const Said said = api.call("POST", "/docs");
  EXPECT_EQ(said.problem(), "method-not-allowed");
  EXPECT_EQ(said.fields.find("Allow"), "GET, HEAD");
}

}  // namespace
}  // namespace doorward::api
