// Names and times that no record holds, and names that are no text: refused where they are read,
// and the shard lives on.
#include "api/api_test_support.hpp"

namespace doorward::api {
namespace {

using Said = TestApi::Said;

const TestApi::Fields kBackend{{"X-API-Key", std::string(gateway::kApiKey)}};

std::string letters(std::size_t count) { return std::string(count, 'a'); }

class Bounds : public testing::Test {
 protected:
  void SetUp() override { api.desk.set_capacity("sale", 1); }
  // Else one such request would have been the shard's last.
  void TearDown() override {
    EXPECT_TRUE(api.desk.shard->health().writable);
    EXPECT_FALSE(api.desk.shard->health().broken);
    EXPECT_EQ(api.call("POST", "/v1/rooms/sale/tickets").status, 201U);
  }

  TestApi api;
};

TEST_F(Bounds, NothingIsThereUnderALongerNameThanAnyMayHave) {
  struct Row {
    const char* method;
    std::string path;
    const char* problem;
  };
  const Row rows[] = {
      {"POST", "/v1/rooms/" + letters(98) + "/tickets", "no-such-room"},
      {"POST", "/v1/rooms/" + letters(3'000) + "/tickets", "no-such-room"},
      {"POST", "/v1/tenants/acme/rooms/" + letters(93) + "/tickets", "no-such-room"},
      {"GET", "/v1/rooms/" + letters(98), "no-such-room"},
      {"DELETE", "/v1/admin/rooms/" + letters(200), "no-such-room"},
      {"POST", "/v1/admin/rooms/" + letters(200) + "/pause", "no-such-room"},
      {"DELETE", "/v1/admin/rules/" + letters(200), "no-such-rule"},
      {"DELETE", "/v1/admin/inventories/" + letters(200), "no-such-inventory"},
      {"GET", "/v1/inventories/" + letters(140), "no-such-inventory"},
  };
  for (const Row& row : rows) {
    const Said said = api.admin(row.method, row.path);
    EXPECT_EQ(said.status, 404U) << row.path;
    EXPECT_EQ(said.problem(), row.problem) << row.path;
  }
  const Said join = api.call("POST", "/v1/rooms/" + letters(97) + "/tickets");
  EXPECT_EQ(join.problem(), "no-such-room") << "as long as a full name may be";
  const Said hold = api.call("POST", "/v1/inventories/" + letters(140) + "/holds", kBackend,
                             R"({"subject":"u","count":1})");
  EXPECT_EQ(hold.status, 404U);
  EXPECT_EQ(hold.problem(), "no-such-inventory");
}

TEST_F(Bounds, WhoMakesSomethingIsToldWhatANameMayBe) {
  for (const std::size_t count : {65, 98, 200}) {
    for (const char* kind : {"rooms", "inventories", "rules"}) {
      const Said said =
          api.admin("PUT", "/v1/admin/" + std::string(kind) + "/" + letters(count),
                    kind == std::string_view("rules") ? R"({"quotas":["1/s"]})" : "{}");
      const bool fits = kind == std::string_view("rules") && count <= 128;
      EXPECT_EQ(said.status, fits ? 201U : 422U) << kind << ' ' << count << said.body;
    }
  }
}

TEST_F(Bounds, ALaneOfABackendOrATokenIsRefusedByItsName) {
  const std::string body = R"({"subject":"u","lane":")" + letters(65) + R"("})";
  const Said said = api.call("POST", "/v1/rooms/sale/tickets", kBackend, body);
  EXPECT_EQ(said.status, 422U);
  EXPECT_NE(said.text("detail").find("lane"), std::string::npos) << said.body;
  gateway::JoinRequest request{"sale", {{1, 2}, "u", letters(5'000)}, ""};
  const auto place = api.desk.run(api.desk.places.join(std::move(request)));
  ASSERT_TRUE(place.has_error());
  EXPECT_EQ(place.error().status(), 422U);
}

TEST_F(Bounds, AnAddressThatIsNoTextIsAnsweredWithOneThatIs) {
  for (const char* path : {"/status/%ff", "/status/a%ed%a0%80", "/admin/stats/%c3"}) {
    const Said said = api.admin("GET", path);
    EXPECT_EQ(said.status, 400U) << path;
    EXPECT_EQ(said.text("detail"), "The address is no text in UTF-8") << path;
  }
  EXPECT_EQ(api.call("GET", "/status/%c3%a9").text("user_id"), "\u00e9");
  EXPECT_EQ(api.call("GET", "/v1/rooms/%ff").problem(), "no-such-room");
}

TEST_F(Bounds, AUserOfGatekeeperWhomNoTokenCouldNameTakesNoPlace) {
  tenant::ApiKey key{"web", {}, {}};
  key.hash = wire::sha256("a-key-of-acme-0123456789");
  api.desk.submit(engine::SetTenant{"acme", {}, {}, {}});
  api.desk.submit(engine::SetTenantKey{"acme", key.name, key.hash});
  const auto enqueue = [&](const char* user) {
    return api.call("POST", "/queue/enqueue",
                    {{"business_id", "a-key-of-acme-0123456789"}, {"user_id", user}});
  };
  for (const char* user : {"\xe9", "a\xed\xa0\x80"}) {
    const Said said = enqueue(user);
    EXPECT_EQ(said.status, 422U) << said.body;
    EXPECT_NE(said.body.find("string_unicode"), std::string::npos) << said.body;
  }
  EXPECT_EQ(api.desk.shard->room("acme/queue")->view.waiting, 0U);
  EXPECT_NE(enqueue("\u00e9").text("jwt"), "");
}

TEST_F(Bounds, TimesBefore1970AreRefusedByTheNameOfTheField) {
  struct Row {
    std::string path;
    const char* body;
    const char* field;
  };
  const Row rows[] = {
      {"/v1/admin/rooms/sale", R"({"opens_at":"1969-12-31T23:59:59Z"})", "opens_at"},
      {"/v1/admin/rooms/sale", R"({"closes_at":"1969-12-31T23:59:59Z"})", "closes_at"},
      {"/v1/admin/rules/api", R"({"quotas":["1/s"],"starts_at":"0001-01-01T00:00:00Z"})",
       "starts_at"},
      {"/v1/admin/rules/api", R"({"quotas":["1/s"],"ends_at":"1969-12-31T23:59:59Z"})", "ends_at"},
  };
  for (const Row& row : rows) {
    const Said said = api.admin("PUT", row.path, row.body);
    EXPECT_EQ(said.status, 422U) << row.body;
    EXPECT_TRUE(said.text("detail").starts_with(row.field)) << said.body;
  }
}

}  // namespace
}  // namespace doorward::api
