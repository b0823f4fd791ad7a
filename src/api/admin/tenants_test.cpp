// Tenants by the admin API: what the calls do, and that nothing of one is another's.
#include "api/api_test_support.hpp"

namespace doorward::api {
namespace {

using Said = TestApi::Said;
using Fields = TestApi::Fields;

constexpr const char* kTenants = "/v1/admin/tenants";

struct TenantsTest : testing::Test {
  TestApi api;
  std::string key_of(const std::string& tenant) {
    EXPECT_EQ(api.admin("POST", kTenants, R"({"name":")" + tenant + "\"}").status, 201U);
    const Said made =
        api.admin("POST", "/v1/admin/tenants/" + tenant + "/keys", R"({"name":"web"})");
    EXPECT_EQ(made.status, 201U) << made.body;
    return made.text("key");
  }
  Said as(const std::string& key, std::string_view method, std::string_view path,
          std::string_view body = {}) {
    return api.call(method, path, Fields{{"X-API-Key", key}}, body);
  }
};

TEST_F(TenantsTest, ATenantIsMadeChangedListedAndRemoved) {
  const Said made = api.admin("POST", kTenants, R"({"name":"acme","max_waiting":5})");
  ASSERT_EQ(made.status, 201U) << made.body;
  EXPECT_EQ(*made.fields.find("Location"), "/v1/admin/tenants/acme");
  EXPECT_EQ(made.json().at("settings").at("max_waiting"), 5);
  const Said changed = api.admin("PATCH", "/v1/admin/tenants/acme", R"({"rooms":2})");
  EXPECT_EQ(changed.json().at("settings").at("max_waiting"), 5) << "PATCH keeps the rest";
  EXPECT_EQ(changed.json().at("settings").at("rooms"), 2);
  EXPECT_EQ(api.admin("GET", kTenants).json().at("tenants").as_array().size(), 1U);
  EXPECT_EQ(api.admin("DELETE", "/v1/admin/tenants/acme").status, 204U);
  EXPECT_EQ(api.admin("GET", "/v1/admin/tenants/acme").problem(), "no-such-tenant");
}

TEST_F(TenantsTest, AKeyIsShownOnceAndRevokedAtOnce) {
  const std::string key = key_of("acme");
  EXPECT_EQ(key.size(), 43U);
  const Said shown = api.admin("GET", "/v1/admin/tenants/acme");
  EXPECT_EQ(shown.body.find(key), std::string::npos);
  EXPECT_TRUE(shown.json().at("keys").at(0).at("last_used_at").is_null());
  EXPECT_EQ(as(key, "GET", "/v1/admin/rooms").status, 200U);
  const Said used = api.admin("GET", "/v1/admin/tenants/acme");
  EXPECT_TRUE(used.json().at("keys").at(0).at("last_used_at").is_string());
  EXPECT_EQ(api.admin("DELETE", "/v1/admin/tenants/acme/keys/web").status, 204U);
  EXPECT_EQ(as(key, "GET", "/v1/admin/rooms").problem(), "admin-only");
}

TEST_F(TenantsTest, AKeyActsOnItsTenantsRoomsByTheirPlainNames) {
  const std::string key = key_of("acme");
  api.desk.set_capacity("sale", 1);
  const Said made = as(key, "PUT", "/v1/admin/rooms/sale", R"({"capacity":7})");
  ASSERT_EQ(made.status, 201U) << made.body;
  EXPECT_EQ(made.text("room"), "sale");
  EXPECT_EQ(api.desk.shard->room("acme/sale")->view.policy.capacity, 7U);
  EXPECT_EQ(api.desk.shard->room("sale")->view.policy.capacity, 1U);
  EXPECT_EQ(as(key, "GET", "/v1/admin/rooms").json().at("rooms").as_array().size(), 1U);
  EXPECT_EQ(api.admin("GET", "/v1/admin/rooms").json().at("rooms").as_array().size(), 1U);
  const Said joined = as(key, "POST", "/v1/rooms/sale/tickets", R"({"subject":"ann"})");
  ASSERT_EQ(joined.status, 201U) << joined.body;
  EXPECT_EQ(joined.text("room"), "sale");
  EXPECT_EQ(joined.body.find("acme"), std::string::npos);
  EXPECT_EQ(api.desk.shard->room("acme/sale")->view.inside, 1U);
  const Said by_path = api.admin("GET", "/v1/tenants/acme/admin/rooms/sale");
  EXPECT_EQ(by_path.json().at("policy").at("capacity"), 7) << "the operator goes by the path";
}

TEST_F(TenantsTest, AVisitorReachesATenantsRoomByItsPath) {
  key_of("acme");
  ASSERT_EQ(api.admin("PUT", "/v1/tenants/acme/admin/rooms/sale", "{}").status, 201U);
  const Said joined = api.call("POST", "/.doorward/v1/tenants/acme/rooms/sale/tickets");
  ASSERT_EQ(joined.status, 201U) << joined.body;
  EXPECT_EQ(*joined.fields.find("Location"), "/.doorward/v1/tenants/acme/rooms/sale/tickets/self");
  const Fields cookies{{"Cookie", gateway::cookies_of(joined.fields)}};
  EXPECT_NE(cookies[0].second.find("doorward_ticket_acme~sale="), std::string::npos);
  const std::string self = "/.doorward/v1/tenants/acme/rooms/sale/tickets/self";
  EXPECT_EQ(api.call("GET", self, cookies).text("ticket"), joined.text("ticket"));
  EXPECT_EQ(api.call("GET", "/v1/rooms/sale/tickets/self", cookies).status, 404U);
  EXPECT_EQ(api.call("POST", "/v1/tenants/none/rooms/sale/tickets").problem(), "no-such-tenant");
}

TEST_F(TenantsTest, NothingOfOneTenantIsAnothers) {
  const std::string a = key_of("a");
  const std::string b = key_of("b");
  as(a, "PUT", "/v1/admin/rooms/sale", "{}");
  as(a, "POST", "/v1/admin/rules", R"({"name":"api","quota":"1/h"})");
  const Said joined = as(a, "POST", "/v1/rooms/sale/tickets", R"({"subject":"ann"})");
  const std::string session = "/v1/sessions/" + joined.text("ticket");
  const std::string pass = R"({"pass":")" + joined.text("pass") + "\"}";
  EXPECT_EQ(as(b, "GET", "/v1/rooms/sale").problem(), "no-such-room");
  EXPECT_EQ(as(b, "GET", "/v1/tenants/a/rooms/sale").problem(), "no-such-tenant");
  EXPECT_EQ(as(b, "GET", "/v1/tenants/a/admin/rooms").problem(), "no-such-tenant");
  EXPECT_EQ(as(b, "GET", "/v1/tenants/none/admin/rooms").body,
            as(b, "GET", "/v1/tenants/a/admin/rooms").body)
      << "whether there is one is not told";
  EXPECT_EQ(as(b, "GET", "/v1/admin/rules/api").problem(), "no-such-rule");
  EXPECT_EQ(as(b, "POST", "/v1/limits/check", R"({"rule":"api","key":"192.0.2.1"})").problem(),
            "invalid-value");
  EXPECT_EQ(as(b, "DELETE", session).problem(), "no-such-ticket");
  EXPECT_EQ(as(std::string(gateway::kApiKey), "DELETE", session).problem(), "no-such-ticket");
  for (const std::string& other : {b, std::string(gateway::kApiKey)})
    EXPECT_EQ(as(other, "POST", "/v1/passes/verify", pass).text("reason"), "wrong_audience");
  EXPECT_EQ(api.call("POST", "/v1/passes/verify", {}, pass).text("reason"), "wrong_audience");
  EXPECT_TRUE(as(a, "POST", "/v1/passes/verify", pass).json().at("valid").as_bool());
  EXPECT_EQ(as(a, "DELETE", session).status, 204U);
  for (const char* operators : {"/v1/admin/tenants", "/v1/admin/stats", "/v1/admin/tenants/a"})
    EXPECT_EQ(as(a, "GET", operators).problem(), "admin-only") << operators;
  EXPECT_EQ(as(std::string(gateway::kApiKey), "GET", "/v1/admin/rooms").problem(), "admin-only")
      << "the default tenant's rooms are the operator's";
}

TEST_F(TenantsTest, ATenantThatCallsTooOftenIsToldWhenToComeBack) {
  const std::string a = key_of("a");
  const std::string b = key_of("b");
  api.admin("PATCH", "/v1/admin/tenants/a", R"({"calls":{"count":2,"every":"1m"}})");
  EXPECT_EQ(as(a, "GET", "/v1/admin/rooms").status, 200U);
  EXPECT_EQ(as(a, "GET", "/v1/admin/rules").status, 200U);
  const Said refused = as(a, "GET", "/v1/admin/rooms");
  EXPECT_EQ(refused.problem(), "too-many-calls");
  EXPECT_TRUE(refused.fields.contains("Retry-After"));
  EXPECT_EQ(as(b, "GET", "/v1/admin/rooms").status, 200U);
  EXPECT_EQ(api.admin("GET", "/v1/tenants/a/admin/rooms").status, 200U) << "not the operator";
}

TEST_F(TenantsTest, StrangersKeepATenantsBackendOutOfNothing) {
  const std::string a = key_of("a");
  api.admin("PATCH", "/v1/admin/tenants/a", R"({"calls":{"count":2,"every":"1m"}})");
  const std::string_view none = "/v1/tenants/a/rooms/none";
  for (int i = 0; i < 2; ++i) EXPECT_EQ(api.call("GET", none).status, 404U);
  EXPECT_EQ(api.call("GET", none).problem(), "too-many-calls");
  EXPECT_EQ(as(a, "GET", "/v1/admin/rooms").status, 200U);
  EXPECT_EQ(as(a, "GET", none).status, 404U);
  EXPECT_EQ(as(a, "GET", none).problem(), "too-many-calls");
}

TEST_F(TenantsTest, APublicListenerTellsNobodyTheAdminToken) {
  TestApi publicly({std::string(kAdminToken), [] { return false; }});
  publicly.peer.admin_listener = true;
  const std::string_view tenant = R"({"name":"a","calls":{"count":1,"every":"1m"}})";
  ASSERT_EQ(publicly.admin("POST", kTenants, tenant).status, 201U);
  const std::string_view none = "/v1/tenants/a/rooms/none";
  EXPECT_EQ(publicly.admin("GET", none).status, 404U);
  EXPECT_EQ(publicly.admin("GET", none).status, 404U);
  publicly.peer.admin_listener = false;
  EXPECT_EQ(publicly.admin("GET", none).status, 404U);
  EXPECT_EQ(publicly.admin("GET", none).problem(), "too-many-calls") << "as with any other token";
}

TEST_F(TenantsTest, WrongCallsAreAnsweredExactly) {
  key_of("acme");
  struct Row {
    const char* method;
    const char* path;
    const char* body;
    const char* problem;
    const char* detail;
  };
  constexpr const char* kName =
      "name: must be 1 to 32 of a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit";
  constexpr const char* kKeyName =
      "name: must be 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit";
  const Row table[] = {
      {"POST", kTenants, R"({"name":"acme"})", "tenant-exists",
       "There is a tenant \"acme\" already; change it by PATCH."},
      {"POST", kTenants, "{}", "invalid-value", kName},
      {"POST", kTenants, R"({"name":"a/b"})", "invalid-value", kName},
      {"POST", kTenants, R"({"name":7})", "invalid-value", "name: expected text"},
      {"POST", kTenants, R"({"name":"b","rooms":0})", "invalid-value",
       "rooms: choose from 1 to 1000"},
      {"PATCH", "/v1/admin/tenants/none", "{}", "no-such-tenant", "There is no tenant \"none\"."},
      {"POST", "/v1/admin/tenants/acme/keys", R"({"name":"web"})", "key-exists",
       "There is a key \"web\" already; remove it first."},
      {"POST", "/v1/admin/tenants/acme/keys", R"({"name":"a b"})", "invalid-value", kKeyName},
      {"POST", "/v1/admin/tenants/none/keys", R"({"name":"web"})", "no-such-tenant",
       "There is no tenant \"none\"."},
      {"DELETE", "/v1/admin/tenants/acme/keys/none", "", "no-such-key",
       "There is no key \"none\"."},
      {"DELETE", "/v1/admin/tenants/%2e", "", "no-such-tenant", "There is no tenant \"%2e\"."},
      {"PUT", "/v1/tenants/acme/admin/rooms/a%2fb", "{}", "invalid-value",
       "A room's name has 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins with a letter or "
       "digit."},
      {"POST", "/v1/tenants/acme/admin/rules", R"({"name":"b/api","quota":"1/s"})", "invalid-value",
       "name: must be 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit"},
      {"GET", "/v1/tenants/acme/admin/tenants", "", "no-such-endpoint",
       "See /.doorward/v1/openapi.json for what there is."},
  };
  for (const Row& row : table) {
    const Said said = api.admin(row.method, row.path, row.body);
    EXPECT_EQ(said.problem(), row.problem) << row.method << ' ' << row.path << ' ' << row.body;
    EXPECT_EQ(said.text("detail"), row.detail) << row.path;
  }
}

}  // namespace
}  // namespace doorward::api
