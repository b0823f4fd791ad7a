#include "api/admin/change.hpp"

#include "api/api_test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doorward::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AdminChanges : public testing::Test {
 protected:
  std::vector<std::string> take() { return std::exchange(told, {}); }
  static std::string line(const admin::Change& change) {
    return std::string(change.what) + "|" + change.name + "|" + change.fields + "|" + change.by;
  }
  ApiOptions options() {
    ApiOptions made{std::string(kAdminToken), [] { return true; }};
    made.on_change = [this](const admin::Change& change) { told.push_back(line(change)); };
    return made;
  }

  std::vector<std::string> told;
  TestApi api{options()};
};

TEST_F(AdminChanges, OfARoomAreToldWithTheFieldsAndByWhom) {
  api.admin("PUT", "/v1/admin/rooms/vip", R"({"capacity":5})");
  EXPECT_THAT(take(), ElementsAre("a room was created|vip|capacity|admin token"));
  api.admin("PATCH", "/.doorward/v1/admin/rooms/vip", R"({"capacity":7,"max_waiting":9})");
  EXPECT_THAT(take(), ElementsAre("a room was changed|vip|capacity,max_waiting|admin token"));
  for (const auto& [act, what] :
       {std::pair{"pause", "paused"}, {"open", "opened"}, {"close", "closed"}}) {
    api.admin("POST", std::string("/v1/admin/rooms/vip/") + act);
    EXPECT_THAT(take(), ElementsAre(std::string("a room was ") + what + "|vip||admin token"));
  }
  api.admin("POST", "/v1/admin/rooms/vip/bypass");
  EXPECT_THAT(take(), ElementsAre("a room was set to bypass|vip||admin token"));
  api.admin("DELETE", "/v1/admin/rooms/vip");
  EXPECT_THAT(take(), ElementsAre("a room was removed|vip||admin token"));
}

TEST_F(AdminChanges, OfRulesInventoriesTenantsAndKeysAreToldWithoutTheKey) {
  api.admin("POST", "/v1/admin/rules", R"({"name":"api","quotas":[{"limit":5,"window":"1s"}]})");
  EXPECT_THAT(take(), ElementsAre("a rule was created|api|name,quotas|admin token"));
  api.admin("PATCH", "/v1/admin/rules/api", R"({"dry_run":true})");
  EXPECT_THAT(take(), ElementsAre("a rule was changed|api|dry_run|admin token"));
  api.admin("PUT", "/v1/admin/inventories/hall", R"({"count":5})");
  EXPECT_THAT(take(), ElementsAre("an inventory was created|hall|count|admin token"));
  api.admin("POST", "/v1/admin/tenants", R"({"name":"acme"})");
  EXPECT_THAT(take(), ElementsAre("a tenant was created|acme|name|admin token"));
  const std::string key =
      api.admin("POST", "/v1/admin/tenants/acme/keys", R"({"name":"web"})").text("key");
  EXPECT_THAT(take(), ElementsAre("a tenant's key was created|acme/web|name|admin token"));
  api.call("PUT", "/v1/admin/rooms/sale", {{"X-API-Key", key}}, R"({"capacity":5})");
  EXPECT_THAT(take(), ElementsAre("a room was created|acme/sale|capacity|key acme/web"));
  api.admin("DELETE", "/v1/admin/tenants/acme/keys/web");
  EXPECT_THAT(take(), ElementsAre("a tenant's key was removed|acme/web||admin token"));
  api.admin("DELETE", "/v1/admin/tenants/acme");
  EXPECT_THAT(take(), ElementsAre("a tenant was removed|acme||admin token"));
}

TEST_F(AdminChanges, ByCompatibleCallsAreToldToo) {
  api.admin("POST", "/admin/configs",
            R"({"endpoint":"/x","requests_per_window":5,"window_seconds":60})");
  const std::vector<std::string> made = take();
  ASSERT_EQ(made.size(), 1U);
  const std::string rule = made.front().substr(std::string("a rule was created|").size());
  const std::string name = rule.substr(0, rule.find('|'));
  EXPECT_EQ(rule, name + "|endpoint,requests_per_window,window_seconds|admin token");
  EXPECT_EQ(api.admin("GET", "/v1/admin/rules/" + name).status, 200U);
  api.admin("PUT", "/admin/configs/x", R"({"is_active":false})");
  EXPECT_THAT(take(), ElementsAre("a rule was changed|" + name + "|is_active|admin token"));
  api.admin("PUT", "/admin/configs/x", R"({"window_seconds":0})");
  EXPECT_THAT(take(), IsEmpty());
  api.admin("DELETE", "/admin/configs/x");
  EXPECT_THAT(take(), ElementsAre("a rule was removed|" + name + "||admin token"));

  api.admin("POST", "/v1/admin/tenants", R"({"name":"acme"})");
  const std::string key =
      api.admin("POST", "/v1/admin/tenants/acme/keys", R"({"name":"business-id"})").text("key");
  take();
  api.call("GET", "/config", {{"business_id", key}});
  EXPECT_THAT(take(), IsEmpty());
  api.call("POST", "/config", {{"business_id", key}}, R"({"admission_limit":5,"x":1})");
  EXPECT_THAT(take(),
              ElementsAre("a business was changed|acme|admission_limit|key acme/business-id"));

  api.call("POST", "/reserve");
  EXPECT_THAT(take(), IsEmpty());
  api.admin("POST", "/process_queue");
  EXPECT_THAT(take(), ElementsAre("a queue was processed|train-reservation||admin token"));
  api.admin("POST", "/admin/reset");
  EXPECT_THAT(take(), ElementsAre("an inventory and its queue were emptied|train||"
                                  "admin token"));
}

TEST_F(AdminChanges, OfARetryNothingIsTold) {
  const TestApi::Fields fields{TestApi::bearer(kAdminToken),
                               {"Idempotency-Key", "0123456789abcdef"}};
  api.admin("PUT", "/v1/admin/rooms/vip", "{}");
  api.call("POST", "/v1/admin/rooms/vip/pause", fields);
  api.admin("POST", "/v1/admin/rooms/vip/open");
  take();
  EXPECT_EQ(api.call("POST", "/v1/admin/rooms/vip/pause", fields).status, 200U);
  EXPECT_THAT(take(), IsEmpty()) << "the room is open";
}

TEST_F(AdminChanges, OfNothingNothingIsTold) {
  api.admin("GET", "/v1/admin/rooms");
  api.admin("PATCH", "/v1/admin/rooms/none", R"({"capacity":7})");
  api.call("PUT", "/v1/admin/rooms/vip", {}, R"({"capacity":5})");
  EXPECT_THAT(take(), IsEmpty());
}

}  // namespace
}  // namespace doorward::api
