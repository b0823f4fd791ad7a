#include "api/api_test_support.hpp"

#include <gmock/gmock.h>

namespace doorward::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Said = TestApi::Said;

// The address in the first `attribute="…"` of the page.
std::string first(const std::string& page, const std::string& attribute) {
  const std::size_t begin = page.find(attribute + "=\"");
  if (begin == std::string::npos) return {};
  const std::size_t from = begin + attribute.size() + 2;
  return page.substr(from, page.find('"', from) - from);
}

TEST(Dashboard, ThePageIsThereUnderBothPathsAndAllowsNothingInline) {
  TestApi api;
  for (const char* path : {"/dashboard", "/.doorward/dashboard", "/.doorward/dashboard/"}) {
    const Said said = api.call("GET", path);
    ASSERT_EQ(said.status, 200U) << path;
    EXPECT_EQ(said.fields.find("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(said.fields.find("Cache-Control"), "no-cache");
    EXPECT_THAT(said.body, Not(HasSubstr("<style")));
    EXPECT_THAT(said.body, Not(HasSubstr("http://")));
    const std::string policy(*said.fields.find("Content-Security-Policy"));
    EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  }
}

TEST(Dashboard, ItsPartsAreKeptByTheirNameForever) {
  TestApi api;
  const std::string script = first(api.call("GET", "/dashboard").body, "src");
  EXPECT_THAT(script, HasSubstr("/.doorward/dashboard/assets/"));
  const Said said = api.call("GET", script);
  EXPECT_EQ(said.status, 200U);
  EXPECT_EQ(said.fields.find("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_THAT(std::string(*said.fields.find("Cache-Control")), HasSubstr("immutable"));
}

TEST(Dashboard, NothingElseIsThere) {
  TestApi api;
  for (const char* path : {"/.doorward/dashboard/assets/none.js", "/.doorward/dashboard/../x"})
    EXPECT_EQ(api.call("GET", path).problem(), "no-such-endpoint") << path;
  EXPECT_EQ(api.call("GET", "/dashboards").problem(), "no-such-endpoint");
  const Said said = api.call("POST", "/dashboard");
  EXPECT_EQ(said.problem(), "method-not-allowed");
  EXPECT_EQ(said.fields.find("Allow"), "GET, HEAD");
}

}  // namespace
}  // namespace doorward::api
