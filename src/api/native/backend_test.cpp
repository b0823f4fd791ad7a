#include "api/api_test_support.hpp"

namespace doorward::api {
namespace {

using namespace std::chrono_literals;
using Said = TestApi::Said;

Said verify(TestApi& api, const std::string& pass, const std::string& room = "") {
  boost::json::object body{{"pass", pass}};
  if (!room.empty()) body["room"] = room;
  return api.call("POST", "/v1/passes/verify", {}, boost::json::serialize(body));
}

std::string verdict(const Said& said) {
  if (said.status != 200) return "status " + std::to_string(said.status);
  return said.json().at("valid").as_bool() ? "valid" : said.text("reason");
}

TEST(Backend, APassIsValidAsLongAsItsSessionLives) {
  TestApi api;
  room::Policy policy;
  policy.capacity = 1;
  policy.session_ttl = 60s;
  api.desk.set_room("sale", policy);
  const Said joined =
      api.call("POST", "/v1/rooms/sale/tickets", {TestApi::bearer(api.desk.user_token("ann"))});
  const std::string pass = joined.text("pass");
  const Said said = verify(api, pass, "sale");
  EXPECT_EQ(verdict(said), "valid");
  EXPECT_EQ(said.text("subject"), "ann");
  EXPECT_EQ(said.text("room"), "sale");
  EXPECT_EQ(said.text("ticket"), joined.text("ticket"));
  EXPECT_EQ(verdict(verify(api, pass, "other")), "wrong_audience");
  // Used again and again, the session goes on beyond the pass's own end.
  for (int i = 0; i < 8; ++i) {
    api.desk.clock.advance(4s);
    api.desk.submit(engine::Tick{});
    EXPECT_EQ(verdict(verify(api, pass)), "valid");
  }
  EXPECT_EQ(api.admin("DELETE", "/v1/sessions/" + joined.text("ticket")).status, 204U);
  EXPECT_EQ(verdict(verify(api, pass)), "finished");
}

TEST(Backend, WhatIsNoPassIsSaidToBeNone) {
  TestApi api;
  api.desk.set_capacity("sale", 1);
  const Said joined = api.call("POST", "/v1/rooms/sale/tickets");
  const std::string unknown = api.desk.tokens.issue(
      gateway::Pass{{1, 1}, "sale", "x", {}, api.desk.places.now() + 60s}, api.desk.places.now());
  const std::string pass = joined.text("pass");
  const std::pair<std::string, std::string> table[] = {
      {pass, "valid"},
      {joined.text("token"), "unknown_key"},
      {pass.substr(0, pass.size() - 6), "bad_signature"},
      {"eyJhbGciOiJub25lIn0.e30.", "unknown_algorithm"},
      {"x", "malformed"},
      {unknown, "forgotten"},
      {"", "status 422"},
  };
  for (const auto& [token, expected] : table)
    EXPECT_EQ(verdict(verify(api, token)), expected) << token;
  EXPECT_EQ(api.call("POST", "/v1/passes/verify", {}, R"({"pass":1})").problem(), "invalid-value");
  EXPECT_EQ(api.call("POST", "/v1/passes/verify", {}, R"({"token":"x"})").problem(),
            "invalid-value");
}

TEST(Backend, VerifyingTakesNoKeyOrARightOne) {
  TestApi api;
  api.desk.set_capacity("sale", 1);
  const std::string body = boost::json::serialize(
      boost::json::object{{"pass", api.call("POST", "/v1/rooms/sale/tickets").text("pass")}});
  const char* path = "/v1/passes/verify";
  EXPECT_EQ(verdict(api.call("POST", path, {}, body)), "valid");
  EXPECT_EQ(verdict(api.call("POST", path, {{"X-API-Key", std::string(gateway::kApiKey)}}, body)),
            "valid");
  for (const char* wrong : {"wrong", ""}) {
    const Said said = api.call("POST", path, {{"X-API-Key", wrong}}, body);
    EXPECT_EQ(said.status, 401U) << wrong;
    EXPECT_EQ(said.problem(), "backend-only") << wrong;
  }
}

TEST(Backend, TheFirstUseOfAPassIsTheArrival) {
  TestApi api;
  room::Policy policy;
  policy.capacity = 1;
  policy.session_ttl = 600s;
  policy.claim_ttl = 10s;
  api.desk.set_room("sale", policy);
  const Said joined = api.call("POST", "/v1/rooms/sale/tickets");
  const std::string claim_ends = joined.text("expires_at");
  const Said said = verify(api, joined.text("pass"));
  EXPECT_EQ(verdict(said), "valid");
  EXPECT_GT(said.text("expires_at"), claim_ends);
}

TEST(Backend, FinishingTakesAnApiKeyOrTheAdminToken) {
  TestApi api;
  api.desk.set_capacity("sale", 2);
  const std::string path =
      "/v1/sessions/" + api.call("POST", "/v1/rooms/sale/tickets").text("ticket");
  EXPECT_EQ(api.call("DELETE", path).problem(), "backend-only");
  EXPECT_EQ(api.call("DELETE", path, {{"X-API-Key", "wrong"}}).problem(), "backend-only");
  for (const char* open : {"/v1/rooms/sale", "/v1/keys", "/v1/inventories/x",
                           "/v1/inventories/x/seats", "/v1/inventories/x/seats/events"}) {
    EXPECT_EQ(api.call("GET", open, {{"X-API-Key", "wrong"}}).problem(), "backend-only") << open;
    EXPECT_NE(api.call("GET", open, {{"X-API-Key", std::string(gateway::kApiKey)}}).status, 401U);
  }
  EXPECT_EQ(api.call("DELETE", path, {TestApi::bearer("wrong")}).problem(), "admin-only");
  EXPECT_EQ(api.call("DELETE", path, {{"X-API-Key", std::string(gateway::kApiKey)}}).status, 204U);
  EXPECT_EQ(api.admin("DELETE", path).status, 204U) << "a retry";
  EXPECT_EQ(api.admin("DELETE", "/v1/sessions/00000000000000000000000000000001").problem(),
            "no-such-ticket");
  EXPECT_EQ(api.admin("DELETE", "/v1/sessions/x").problem(), "no-such-ticket");
}

TEST(Backend, ARoomsPublicStatusCountsAndTheKeysArePublished) {
  TestApi api;
  api.desk.set_capacity("sale", 1);
  api.call("POST", "/v1/rooms/sale/tickets");
  api.call("POST", "/v1/rooms/sale/tickets");
  const Said status = api.call("GET", "/v1/rooms/sale");
  EXPECT_EQ(status.status, 200U);
  EXPECT_EQ(status.json().at("waiting").as_int64(), 1);
  EXPECT_EQ(status.json().at("inside").as_int64(), 1);
  EXPECT_EQ(status.text("mode"), "open");
  EXPECT_FALSE(status.json().contains("policy"));
  EXPECT_EQ(api.call("GET", "/v1/rooms/none").problem(), "no-such-room");
  for (const char* path : {"/.well-known/jwks.json", "/v1/keys", "/.doorward/v1/keys"})
    EXPECT_EQ(api.call("GET", path).json().at("keys").as_array().size(), 1U) << path;
}

}  // namespace
}  // namespace doorward::api
