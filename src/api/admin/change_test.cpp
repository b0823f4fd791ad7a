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

TEST_F(AdminChanges, OfNothingNothingIsTold) {
  api.admin("GET", "/v1/admin/rooms");
  api.admin("PATCH", "/v1/admin/rooms/none", R"({"capacity":7})");
  api.call("PUT", "/v1/admin/rooms/vip", {}, R"({"capacity":5})");
  EXPECT_THAT(take(), IsEmpty());
}

}  // namespace
}  // namespace doorward::api
