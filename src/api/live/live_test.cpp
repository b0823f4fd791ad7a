// As whom a client is shown to those who watch.
#include "api/live/live.hpp"

#include "api/api_test_support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace doorward::api {
namespace {

class NamesOfClients : public testing::Test {
 protected:
  // Whether a client that `part` tells apart by `value` is shown by that value.
  bool is_shown(const std::string& part, const std::string& value) {
    const auto made =
        api_.admin("PUT", "/v1/admin/rules/r",
                   fmt::format(R"({{"key":["{}"],"quotas":[{{"limit":9,"window":"1h"}}]}})", part));
    EXPECT_LT(made.status, 300U) << made.body;
    const auto said =
        api_.admin("POST", "/v1/limits/check",
                   fmt::format(R"({{"rule":"r","descriptors":{{"{}":"{}"}}}})", part, value));
    EXPECT_EQ(said.status, 200U) << said.body;
    return api_.live.clients().status(value, api_.live.now()).has_value();
  }

  TestApi api_;
};

TEST_F(NamesOfClients, AreHiddenWhereTheyMaySignSomebodyIn) {
  for (const char* name :
       {"Authorization", "business_id", "Business-Id", "jwt", "X-Auth", "X-Session-Id", "X-Api-Key",
        "X-Passport", "X-Signature", "X-Csrf-Token", "Client-Secret", "Proxy-Credentials"})
    EXPECT_FALSE(is_shown(std::string("header:") + name, "s3cret-of-a-client")) << name;
  EXPECT_FALSE(is_shown("cookie:shop", "s3cret-of-a-client"));
}

TEST_F(NamesOfClients, AreShownElsewhere) {
  for (const char* part : {"header:X-Client-ID", "header:User-Agent", "user", "claim:plan"})
    EXPECT_TRUE(is_shown(part, std::string("client of ") + part)) << part;
}

}  // namespace
}  // namespace doorward::api
