#include "api/cut_api_test_support.hpp"

namespace doorward::api {
namespace {

using Said = TestApi::Said;

constexpr const char* kSale = "/v1/admin/rooms/sale";
constexpr const char* kPolicy =
    R"({"capacity":2,"admit":{"count":10,"every":"1s"},"session":{"ttl":"240s","renew":"use"},"claim":{"ttl":"60s"},"rejoin":"keep"})";

TEST(AdminRooms, ARoomIsMadeReadChangedAndRemoved) {
  TestApi api;
  const Said made = api.admin("PUT", kSale, kPolicy);
  EXPECT_EQ(made.status, 201U);
  EXPECT_EQ(api.admin("PUT", kSale, kPolicy).status, 200U);
  const Said read = api.admin("GET", kSale);
  EXPECT_EQ(read.json().at("policy").at("capacity").as_int64(), 2);
  EXPECT_EQ(read.json().at("policy").at("session").at("ttl").as_string(), "4m");
  EXPECT_EQ(read.text("source"), "admin");
  const Said changed = api.admin("PATCH", kSale, R"({"capacity":null,"claim":{"ttl":"30s"}})");
  EXPECT_TRUE(changed.json().at("policy").at("capacity").is_null());
  EXPECT_EQ(changed.json().at("policy").at("claim").at("ttl").as_string(), "30s");
  EXPECT_EQ(changed.json().at("policy").at("admit").at("count").as_int64(), 10);
  EXPECT_EQ(api.admin("PUT", kSale, "{}").json().at("policy").at("admit"), nullptr)
      << "PUT is the whole policy";
  EXPECT_EQ(api.admin("GET", "/v1/admin/rooms").json().at("rooms").as_array().size(), 1U);
  EXPECT_EQ(api.admin("DELETE", kSale).status, 204U);
  EXPECT_EQ(api.admin("GET", kSale).problem(), "no-such-room");
  EXPECT_EQ(api.admin("DELETE", kSale).problem(), "no-such-room");
  EXPECT_EQ(api.admin("PATCH", kSale, "{}").problem(), "no-such-room");
}

TEST(AdminRooms, WhatIsShownCanBeSentBack) {
  TestApi api;
  const Said made = api.admin("PUT", kSale, kPolicy);
  const std::string shown = boost::json::serialize(made.json().at("policy"));
  EXPECT_EQ(boost::json::serialize(api.admin("PUT", kSale, shown).json().at("policy")), shown);
}

TEST(AdminRooms, ModesAreSetByTheirName) {
  TestApi api;
  api.admin("PUT", kSale, kPolicy);
  const std::pair<const char*, const char*> table[] = {
      {"pause", "paused"}, {"close", "closed"}, {"bypass", "bypass"}, {"open", "open"}};
  for (const auto& [verb, mode] : table) {
    const Said said = api.admin("POST", std::string(kSale) + "/" + verb);
    EXPECT_EQ(said.status, 200U);
    EXPECT_EQ(said.text("mode"), mode);
  }
  EXPECT_EQ(api.admin("POST", "/v1/admin/rooms/none/open").problem(), "no-such-room");
}

TEST(AdminRooms, ADrawGivesPlacesOnce) {
  TestApi api;
  api.admin("PUT", kSale, R"({"mode":"paused","order":"draw"})");
  const Said joined = api.call("POST", "/v1/rooms/sale/tickets");
  ASSERT_EQ(joined.status, 201U) << joined.body;
  EXPECT_TRUE(joined.json().at("position").is_null());
  EXPECT_TRUE(api.admin("GET", kSale).json().at("awaits_draw").as_bool());
  const Said drawn = api.admin("POST", std::string(kSale) + "/draw");
  EXPECT_EQ(drawn.status, 200U);
  EXPECT_FALSE(drawn.json().at("awaits_draw").as_bool());
  const Said placed =
      api.call("GET", "/v1/rooms/sale/tickets/self", {TestApi::bearer(joined.text("token"))});
  EXPECT_EQ(placed.json().at("position").as_int64(), 1);
  EXPECT_EQ(api.admin("POST", std::string(kSale) + "/draw").status, 200U);
  api.admin("PUT", "/v1/admin/rooms/fifo", "{}");
  EXPECT_EQ(api.admin("POST", "/v1/admin/rooms/fifo/draw").problem(), "invalid-value");
}

TEST(AdminRooms, WhoWaitsInWhichLaneIsShown) {
  TestApi api;
  api.admin("PUT", kSale,
            R"({"mode":"paused","lanes":[{"name":"gold","share":3},{"name":"normal","share":1}]})");
  api.call("POST", "/v1/rooms/sale/tickets");
  EXPECT_EQ(boost::json::serialize(api.admin("GET", kSale).json().at("lanes")),
            R"([{"name":"gold","share":3,"waiting":1},{"name":"normal","share":1,"waiting":0}])");
  // Who waits in a lane that left the policy is not forgotten.
  api.admin("PATCH", kSale, R"({"lanes":[{"name":"normal","share":1}]})");
  const auto after = boost::json::serialize(api.admin("GET", kSale).json().at("lanes"));
  EXPECT_NE(after.find(R"("name":"gold","share":3,"waiting":1)"), std::string::npos) << after;
  api.admin("PUT", "/v1/admin/rooms/plain", "{}");
  EXPECT_TRUE(api.admin("GET", "/v1/admin/rooms/plain").json().at("lanes").as_array().empty());
}

TEST(AdminRooms, AnETagGuardsAgainstWhatAnotherChanged) {
  TestApi api;
  const std::string tag(*api.admin("PUT", kSale, kPolicy).fields.find("ETag"));
  const auto patch = [&](const std::string& match) {
    return api
        .call("PATCH", kSale, {TestApi::bearer(kAdminToken), {"If-Match", match}},
              R"({"capacity":3})")
        .status;
  };
  EXPECT_EQ(patch("\"other\""), 412U);
  EXPECT_EQ(patch(tag), 200U);
  EXPECT_EQ(patch(tag), 412U);
  EXPECT_EQ(patch("*"), 200U);
}

// A PATCH whose body takes so long that another changes the room before it is here.
class SlowPatch final : public gateway::ExchangeDouble {
 public:
  explicit SlowPatch(TestApi& api) : ExchangeDouble("PATCH", kSale), api_(api) {
    head.fields.append("Authorization", "Bearer " + std::string(kAdminToken));
    head.fields.append("Content-Type", "application/json");
    body.emplace_back(R"({"capacity":3})");
  }
  edge::Task<Result<std::string>> read_whole_body(std::size_t) override {
    room::Policy policy = api_.desk.shard->room("sale")->view.policy;
    policy.mode = room::Mode::paused;
    engine::Command command = engine::SetRoom{"sale", policy};
    const auto outcome = co_await gateway::await_shard(*api_.desk.shard, std::move(command));
    EXPECT_TRUE(outcome);
    co_return body.front();
  }

 private:
  TestApi& api_;
};

TEST(AdminRooms, ASlowChangeDoesNotUndoAPause) {
  TestApi api;
  api.admin("PUT", kSale, kPolicy);
  SlowPatch patch(api);
  const Said said = api.call(patch);
  EXPECT_EQ(said.status, 200U);
  EXPECT_EQ(said.text("mode"), "paused");
  EXPECT_EQ(said.json().at("policy").at("capacity").as_int64(), 3);
}

TEST(AdminRooms, AnETagGuardsAgainstWhatChangesWhileTheBodyComes) {
  TestApi api;
  const std::string tag(*api.admin("PUT", kSale, kPolicy).fields.find("ETag"));
  SlowPatch patch(api);
  patch.head.fields.append("If-Match", tag);
  EXPECT_EQ(api.call(patch).status, 412U);
}

// Calls between whose reading and writing another sets the room's policy.
class CutInOn : public testing::Test {
 protected:
  CutInOn() { cut_.uncut.admin("PUT", kSale, kPolicy); }

  Said call_while_set_to(room::Policy policy, std::string_view method, std::string_view path,
                         std::string_view body, std::string_view if_match = {}) {
    const auto set = [this, policy] { cut_.submit_aside(engine::SetRoom{"sale", policy}); };
    return cut_.call_while(set, method, path, body, if_match);
  }
  std::string tag() { return std::string(*cut_.uncut.admin("GET", kSale).fields.find("ETag")); }
  room::Policy present() { return cut_.uncut.desk.shard->room("sale")->view.policy; }

 private:
  CutApi cut_;
};

TEST_F(CutInOn, APauseUndoesNoChangeOfThePolicy) {
  room::Policy wider = present();
  wider.capacity = 7;
  const Said said = call_while_set_to(wider, "POST", std::string(kSale) + "/pause", "");
  EXPECT_EQ(said.text("mode"), "paused");
  EXPECT_EQ(said.json().at("policy").at("capacity").as_int64(), 7);
}

TEST_F(CutInOn, AChangeOfThePolicyUndoesNoPause) {
  room::Policy paused = present();
  paused.mode = room::Mode::paused;
  const Said said = call_while_set_to(paused, "PATCH", kSale, R"({"capacity":3})");
  EXPECT_EQ(said.text("mode"), "paused");
  EXPECT_EQ(said.json().at("policy").at("capacity").as_int64(), 3);
}

TEST_F(CutInOn, WhatIsGuardedByAnETagIsRefused) {
  room::Policy paused = present();
  paused.mode = room::Mode::paused;
  EXPECT_EQ(call_while_set_to(paused, "PATCH", kSale, R"({"capacity":3})", tag()).status, 412U);
  paused.capacity = 9;
  EXPECT_EQ(call_while_set_to(paused, "PUT", kSale, R"({"capacity":3})", tag()).status, 412U);
  paused.capacity = 10;
  EXPECT_EQ(call_while_set_to(paused, "DELETE", kSale, "", tag()).status, 412U);
  EXPECT_EQ(present(), paused);
  paused.capacity = 11;
  EXPECT_EQ(call_while_set_to(paused, "DELETE", kSale, "", "*").status, 204U);
}

TEST(AdminRooms, WhetherTheMainListenerTakesAdminCallsIsAskedAtEachCall) {
  bool on_main = true;
  TestApi api({std::string(kAdminToken), [&] { return on_main; }});
  EXPECT_EQ(api.admin("GET", "/v1/admin/rooms").status, 200U);
  on_main = false;
  EXPECT_EQ(api.admin("GET", "/v1/admin/rooms").problem(), "admin-elsewhere");
  on_main = true;
  EXPECT_EQ(api.admin("GET", "/v1/admin/rooms").status, 200U);
}

TEST(AdminRooms, PoliciesAndNamesOutOfBoundsAreRefusedByName) {
  TestApi api;
  struct Row {
    std::string path;
    std::string body;
    unsigned status;
    const char* detail;
  };
  const Row table[] = {
      {kSale, R"({"capasity":1})", 422, "capasity"},
      {kSale, R"({"capacity":-1})", 422, "capacity"},
      {kSale, R"({"session":{"ttl":"0s"}})", 422, "ttl"},
      {kSale, R"({"admit":{"count":0,"every":"1s"}})", 422, "count"},
      {kSale, R"({"lanes":[{"name":"a"},{"name":"a"}]})", 422, "lane"},
      {kSale, "[]", 400, "object"},
      {"/v1/admin/rooms/UPPER", "{}", 422, "name"},
      {"/v1/admin/rooms/.dot", "{}", 422, "name"},
      {"/v1/admin/rooms/%62uy", "{}", 422, "name"},
      {"/v1/admin/rooms/" + std::string(65, 'a'), "{}", 422, "name"},
  };
  for (const Row& row : table) {
    const Said said = api.admin("PUT", row.path, row.body);
    EXPECT_EQ(said.status, row.status) << row.path << row.body;
    EXPECT_NE(said.text("detail").find(row.detail), std::string::npos) << said.body;
  }
}

TEST(AdminRooms, OnlyTheAdminTokenOnTheRightListenerIsTaken) {
  TestApi api;
  api.admin("PUT", kSale, kPolicy);
  struct Row {
    TestApi::Fields fields;
    bool forwarded;
    bool admin_listener;
    unsigned status;
  };
  const auto token = TestApi::bearer(kAdminToken);
  const Row table[] = {
      {{token}, false, false, 200},
      {{token}, true, false, 403},
      {{token}, true, true, 200},
      {{}, false, false, 401},
      {{TestApi::bearer("wrong-token-0123456789")}, false, false, 401},
      {{TestApi::bearer(std::string(kAdminToken) + "x")}, false, false, 401},
      {{TestApi::bearer("")}, false, true, 401},
      {{{"X-API-Key", std::string(gateway::kApiKey)}}, false, false, 401},
  };
  const char* calls[][2] = {{"GET", "/v1/admin/rooms"},
                            {"GET", kSale},
                            {"PATCH", kSale},
                            {"POST", "/v1/admin/rooms/sale/open"}};
  for (const Row& row : table) {
    api.client.forwarded = row.forwarded;
    api.peer.admin_listener = row.admin_listener;
    for (const auto& [method, path] : calls)
      EXPECT_EQ(api.call(method, path, row.fields).status, row.status) << method << path;
  }
}

}  // namespace
}  // namespace doorward::api
