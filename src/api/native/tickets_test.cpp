#include "api/api_test_support.hpp"

namespace doorward::api {
namespace {

using namespace std::chrono_literals;
using gateway::cookies_of;
using Said = TestApi::Said;

constexpr const char* kJoin = "/v1/rooms/sale/tickets";
constexpr const char* kSelf = "/v1/rooms/sale/tickets/self";

TEST(Tickets, AJoinAnswersTheTicketWithAllItsMembers) {
  TestApi api;
  api.desk.set_capacity("sale", 1);
  const Said inside = api.call("POST", kJoin);
  EXPECT_EQ(inside.status, 201U);
  EXPECT_EQ(inside.fields.find("Location"), kSelf);
  EXPECT_EQ(inside.fields.find("Cache-Control"), "no-store");
  EXPECT_EQ(inside.text("state"), "admitted");
  EXPECT_NE(inside.text("pass"), "");
  const Said waiting = api.call("POST", kJoin);
  const char* members[] = {"ticket",       "room",  "state",     "position",    "ahead",
                           "waiting",      "eta",   "joined_at", "admitted_at", "expires_at",
                           "poll_after_s", "token", "pass",      "reason"};
  const auto ticket = waiting.json();
  EXPECT_EQ(ticket.size(), std::size(members));
  for (const char* member : members) EXPECT_TRUE(ticket.contains(member)) << member;
  EXPECT_EQ(ticket.at("position").as_int64(), 1);
  EXPECT_EQ(ticket.at("ahead").as_int64(), 0);
  EXPECT_TRUE(ticket.at("pass").is_null());
  EXPECT_TRUE(ticket.at("reason").is_null());
  EXPECT_EQ(waiting.text("joined_at"), "2023-11-14T22:13:20.000Z");
}

TEST(Tickets, TheSameDeviceHasOnePlaceAndAnotherItsOwn) {
  TestApi api;
  api.desk.set_capacity("sale", 0);
  const Said first = api.call("POST", kJoin);
  const Said again = api.call("POST", kJoin, {{"Cookie", cookies_of(first.fields)}});
  EXPECT_EQ(again.status, 200U);
  EXPECT_EQ(again.text("ticket"), first.text("ticket"));
  EXPECT_NE(api.call("POST", kJoin).text("ticket"), first.text("ticket"));
}

TEST(Tickets, ARetriedFirstJoinFindsItsTicketByKeyAndAddress) {
  TestApi api;
  api.desk.set_capacity("sale", 0);
  const TestApi::Fields key{{"Idempotency-Key", "\"0123456789abcdef\""}};
  const Said first = api.call("POST", kJoin, key);
  const Said retry = api.call("POST", kJoin, {{"Idempotency-Key", "0123456789abcdef"}});
  EXPECT_EQ(retry.status, 200U);
  EXPECT_EQ(retry.text("ticket"), first.text("ticket"));
  api.client.address = boost::asio::ip::make_address("192.0.2.2");
  EXPECT_NE(api.call("POST", kJoin, key).text("ticket"), first.text("ticket"));
}

TEST(Tickets, ARetryDoesNotSendToTheBackButAJoinAnewDoes) {
  TestApi api;
  room::Policy policy;
  policy.capacity = 0;
  policy.rejoin = room::Rejoin::to_back;
  api.desk.set_room("sale", policy);
  const TestApi::Fields key{{"Idempotency-Key", "0123456789abcdef"}};
  const Said first = api.call("POST", kJoin, key);
  api.call("POST", kJoin);
  EXPECT_EQ(api.call("POST", kJoin, key).json().at("position").as_int64(), 1);
  const Said anew = api.call("POST", kJoin, {{"Cookie", cookies_of(first.fields)}});
  EXPECT_EQ(anew.text("ticket"), first.text("ticket"));
  EXPECT_EQ(anew.json().at("position").as_int64(), 2);
}

TEST(Tickets, AJoinAnewIsWrittenOnlyWhereItChangesSomething) {
  TestApi api;
  api.desk.places.services().is_log_shared = false;
  room::Policy policy;
  policy.capacity = 1;
  policy.liveness_silence = std::chrono::seconds{30};
  api.desk.set_room("sale", policy);
  const TestApi::Fields inside{{"Cookie", cookies_of(api.call("POST", kJoin).fields)}};
  const Said first = api.call("POST", kJoin);
  const TestApi::Fields waiting{{"Cookie", cookies_of(first.fields)}};
  const auto writes_with = [&](const TestApi::Fields& fields) {
    const ports::LogPosition before = api.desk.shard->applied();
    EXPECT_EQ(api.call("POST", kJoin, fields).status, 200U);
    return api.desk.shard->applied() != before;
  };
  EXPECT_TRUE(writes_with(waiting)) << "a sign of life";
  EXPECT_FALSE(writes_with(waiting));
  EXPECT_FALSE(writes_with(inside));
  api.desk.clock.advance(std::chrono::seconds{10});
  EXPECT_TRUE(writes_with(waiting)) << "a third of the time that one may be silent";
  const TestApi::Fields key{{"Idempotency-Key", "0123456789abcdef"}};
  EXPECT_EQ(api.call("POST", kJoin, key).status, 201U);
  EXPECT_FALSE(writes_with(key)) << "a retry is no sign of life";
  policy.rejoin = room::Rejoin::to_back;
  api.desk.set_room("sale", policy);
  EXPECT_TRUE(writes_with(waiting));
  EXPECT_FALSE(writes_with(key)) << "nor does it move anybody";
  api.desk.places.services().is_log_shared = true;
  EXPECT_TRUE(writes_with(inside)) << "another node may have ended it";
}

TEST(Tickets, WhereOnlyUsersTakePlacesADeviceIsGivenNone) {
  ApiOptions options;
  options.users_only = [] { return true; };
  TestApi api(std::move(options));
  api.desk.set_capacity("sale", 1);
  EXPECT_EQ(api.call("POST", "/v1/rooms/sale/tickets").problem(), "no-token");
  const auto user = TestApi::bearer(api.desk.user_token("ann"));
  EXPECT_EQ(api.call("POST", "/v1/rooms/sale/tickets", {user}).status, 201U);
}

TEST(Tickets, ABackendJoinsForWhomItNamesAndInWhichLane) {
  TestApi api;
  room::Policy policy;
  policy.capacity = 0;
  policy.lanes = {{"all", 1}, {"vip", 3}};
  api.desk.set_room("sale", policy);
  const TestApi::Fields key{{"X-API-Key", std::string(gateway::kApiKey)}};
  const Said first = api.call("POST", kJoin, key, R"({"subject":"ann","lane":"vip"})");
  EXPECT_EQ(first.status, 201U);
  EXPECT_EQ(cookies_of(first.fields), "");
  EXPECT_EQ(api.call("POST", kJoin, key, R"({"subject":"ann"})").text("ticket"),
            first.text("ticket"));
  EXPECT_EQ(api.call("POST", kJoin, key, R"({"subject":"bob","lane":"none"})").status, 422U);
  EXPECT_EQ(api.call("POST", kJoin, key).status, 422U);
  EXPECT_EQ(api.call("POST", kJoin, {}, R"({"subject":"ann"})").status, 403U);
}

TEST(Tickets, AUsersTokenMayNameALane) {
  TestApi api;
  room::Policy policy;
  policy.capacity = 0;
  policy.lanes = {{"all", 1}, {"vip", 3}};
  api.desk.set_room("sale", policy);
  EXPECT_EQ(api.call("POST", kJoin, {TestApi::bearer(api.desk.user_token("ann", "vip"))}).status,
            201U);
}

TEST(Tickets, AClaimThatNamesNoLaneOfTheRoomIsAsNone) {
  TestApi api;
  room::Policy policy;
  policy.capacity = 0;
  policy.lanes = {{"all", 1}, {"vip", 3}};
  api.desk.set_room("lanes", policy);
  api.desk.set_capacity("plain", 0);
  const auto join = [&](const std::string& room, const std::string& user, const std::string& lane) {
    return api.call("POST", "/v1/rooms/" + room + "/tickets",
                    {TestApi::bearer(api.desk.user_token(user, lane))});
  };
  int position = 0;
  for (const std::string& lane :
       {std::string("xyz"), std::string("default"), std::string(200, 'a'), std::string("all")}) {
    const Said joined = join("lanes", "in " + lane, lane);
    EXPECT_EQ(joined.status, 201U) << lane;
    EXPECT_EQ(joined.json().at("position").as_int64(), ++position) << lane;
  }
  EXPECT_EQ(join("lanes", "member", "vip").json().at("position").as_int64(), 1);
  EXPECT_EQ(join("plain", "ann", "vip").status, 201U);
  EXPECT_EQ(join("plain", "bob", "default").json().at("position").as_int64(), 2);
}

TEST(Tickets, SelfIsReadByTokenByCookieAndByIdentity) {
  TestApi api;
  api.desk.set_capacity("sale", 0);
  const Said joined = api.call("POST", kJoin);
  const Said by_token = api.call("GET", kSelf, {TestApi::bearer(joined.text("token"))});
  EXPECT_EQ(by_token.status, 200U);
  EXPECT_EQ(by_token.text("ticket"), joined.text("ticket"));
  EXPECT_TRUE(by_token.fields.contains("Retry-After"));
  EXPECT_EQ(api.call("GET", kSelf, {{"Cookie", cookies_of(joined.fields)}}).text("ticket"),
            joined.text("ticket"));
  const Said user = api.call("POST", kJoin, {TestApi::bearer(api.desk.user_token("ann"))});
  EXPECT_EQ(api.call("GET", kSelf, {TestApi::bearer(api.desk.user_token("ann"))}).text("ticket"),
            user.text("ticket"));
  EXPECT_EQ(api.call("GET", "/.doorward/v1/rooms/sale/tickets/self",
                     {TestApi::bearer(joined.text("token"))})
                .status,
            200U);
}

TEST(Tickets, SelfWithoutAGoodTokenIsRefusedByName) {
  TestApi api;
  api.desk.set_capacity("sale", 0);
  api.desk.set_capacity("other", 0);
  const std::string token = api.call("POST", kJoin).text("token");
  const std::string elsewhere = api.call("POST", "/v1/rooms/other/tickets").text("token");
  gateway::Tokens stranger(gateway::split_keys(
      wire::jose::KeySet({gateway::test_keys().keys()[0],
                          wire::jose::Key::generate(wire::jose::Algorithm::hs256, "s1").value()})));
  const std::string forged =
      stranger.issue(gateway::TicketToken{{1, 1}, "sale", "x", {}}, api.desk.places.now());
  const std::string ahead = api.desk.tokens.issue(
      gateway::TicketToken{{1, 1}, "sale", "x", {9, 9, 9}}, api.desk.places.now());
  struct Row {
    std::string token;
    unsigned status;
    const char* problem;
  };
  const Row table[] = {
      {token, 200, ""},
      {elsewhere, 401, "bad-token"},
      {forged, 401, "bad-token"},
      {token.substr(0, token.size() - 3), 401, "bad-token"},
      {token.substr(0, token.find('.')), 401, "bad-token"},
      {"eyJhbGciOiJub25lIn0.e30.", 401, "bad-token"},
      {"x", 401, "bad-token"},
      {ahead, 503, "behind"},
  };
  for (const Row& row : table) {
    const Said said = api.call("GET", kSelf, {TestApi::bearer(row.token)});
    EXPECT_EQ(said.status, row.status) << row.token;
    EXPECT_EQ(said.problem(), row.problem) << row.token;
  }
  api.desk.places.services().is_log_shared = false;
  EXPECT_EQ(api.call("GET", kSelf, {TestApi::bearer(ahead)}).text("reason"), "forgotten")
      << "of a log that is gone: nobody else writes this one";
  const Said none = api.call("GET", kSelf);
  EXPECT_EQ(none.status, 401U);
  EXPECT_EQ(none.problem(), "no-token");
  EXPECT_EQ(none.fields.find("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(api.call("GET", kSelf, {TestApi::bearer(api.desk.user_token("nobody"))}).problem(),
            "no-such-ticket");
  api.desk.clock.advance(std::chrono::hours{24 * 7});
  EXPECT_EQ(api.call("GET", kSelf, {TestApi::bearer(token)}).problem(), "bad-token") << "expired";
}

TEST(Tickets, LeavingTakesTheTokenIsDoneOnceAndIsSaidAfterwards) {
  TestApi api;
  api.desk.set_capacity("sale", 0);
  const std::string token = api.call("POST", kJoin).text("token");
  EXPECT_EQ(api.call("DELETE", kSelf).status, 401U);
  EXPECT_EQ(api.call("DELETE", kSelf, {TestApi::bearer(token)}).status, 204U);
  EXPECT_EQ(api.call("DELETE", kSelf, {TestApi::bearer(token)}).status, 204U) << "a retry";
  const Said over = api.call("GET", kSelf, {TestApi::bearer(token)});
  EXPECT_EQ(over.status, 410U);
  EXPECT_EQ(over.text("reason"), "left");
  EXPECT_EQ(api.desk.shard->room("sale")->view.waiting, 0U);
}

TEST(Tickets, AFinishedTicketCannotBeLeft) {
  TestApi api;
  api.desk.set_capacity("sale", 1);
  const Said joined = api.call("POST", kJoin);
  EXPECT_EQ(api.admin("DELETE", "/v1/sessions/" + joined.text("ticket")).status, 204U);
  const Said left = api.call("DELETE", kSelf, {TestApi::bearer(joined.text("token"))});
  EXPECT_EQ(left.status, 410U);
  EXPECT_EQ(left.text("reason"), "finished");
}

TEST(Tickets, OtherSitesMayNeitherJoinNorLeaveNorListenByCookie) {
  TestApi api;
  api.desk.set_capacity("sale", 0);
  const std::pair<std::string, std::string> evil{"Origin", "https://evil.example"};
  EXPECT_EQ(api.call("POST", kJoin, {evil}).problem(), "wrong-origin");
  const Said joined = api.call("POST", kJoin, {{"Origin", "http://shop.example"}});
  const std::pair<std::string, std::string> cookies{"Cookie", cookies_of(joined.fields)};
  EXPECT_EQ(api.call("DELETE", kSelf, {cookies, evil}).problem(), "wrong-origin");
  EXPECT_EQ(api.call("GET", std::string(kSelf) + "/events", {cookies, evil}).problem(),
            "wrong-origin");
  EXPECT_EQ(api.call("GET", std::string(kSelf) + "/socket",
                     {TestApi::bearer(joined.text("token")),
                      evil,
                      {"Upgrade", "websocket"},
                      {"Sec-WebSocket-Key", "x"}})
                .problem(),
            "wrong-origin");
  EXPECT_EQ(api.call("DELETE", kSelf, {TestApi::bearer(joined.text("token")), evil}).status, 204U);
}

TEST(Tickets, ThePagesFormLeavesAndShowsThePage) {
  TestApi api;
  api.desk.set_capacity("sale", 0);
  const Said joined = api.call("POST", kJoin);
  const Said left =
      api.call("POST", "/.doorward/v1/rooms/sale/tickets/self/leave",
               {{"Cookie", cookies_of(joined.fields)}, {"Referer", "http://shop.example/buy?x=1"}});
  EXPECT_EQ(left.status, 200U);
  EXPECT_EQ(left.fields.find("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(left.body.find("/buy?x=1"), std::string::npos);
  EXPECT_EQ(api.desk.shard->room("sale")->view.waiting, 0U);
}

TEST(Tickets, WhileTheLogCannotBeWrittenJoinsAreRefusedAndReadingGoesOn) {
  TestApi api;
  api.desk.set_capacity("sale", 0);
  const std::string token = api.call("POST", kJoin).text("token");
  api.desk.log.refuse_appends(true);
  const Said refused = api.call("POST", kJoin);
  EXPECT_EQ(refused.status, 503U);
  EXPECT_TRUE(refused.fields.contains("Retry-After"));
  EXPECT_TRUE(cookies_of(refused.fields).starts_with("doorward_device=")) << "for the retry";
  EXPECT_EQ(api.call("GET", kSelf, {TestApi::bearer(token)}).status, 200U);
  EXPECT_TRUE(api.call("GET", std::string(kSelf) + "/events", {TestApi::bearer(token)}).parked);
  api.desk.log.refuse_appends(false);
}

TEST(Tickets, RoomsThatAreClosedFullOrMissingSaySo) {
  TestApi api;
  EXPECT_EQ(api.call("POST", kJoin).problem(), "no-such-room");
  room::Policy policy;
  policy.mode = room::Mode::closed;
  api.desk.set_room("sale", policy);
  EXPECT_EQ(api.call("POST", kJoin).problem(), "room-closed");
  policy.mode = room::Mode::paused;
  policy.max_waiting = 1;
  api.desk.set_room("sale", policy);
  EXPECT_EQ(api.call("POST", kJoin).status, 201U);
  const Said full = api.call("POST", kJoin);
  EXPECT_EQ(full.problem(), "room-full");
  EXPECT_TRUE(full.fields.contains("Retry-After"));
}

TEST(Tickets, AJoinAndAPollSayThatTheRoomIsPaused) {
  TestApi api;
  room::Policy policy;
  policy.mode = room::Mode::paused;
  api.desk.set_room("sale", policy);
  const Said joined = api.call("POST", kJoin);
  EXPECT_EQ(joined.text("reason"), "paused");
  const auto token = TestApi::bearer(joined.text("token"));
  EXPECT_EQ(api.call("GET", kSelf, {token}).text("reason"), "paused");
  policy.mode = room::Mode::open;
  policy.capacity = 0;
  api.desk.set_room("sale", policy);
  EXPECT_TRUE(api.call("GET", kSelf, {token}).json().at("reason").is_null());
}

TEST(Tickets, BadBodiesAndKeysAreRefusedByName) {
  TestApi api;
  api.desk.set_capacity("sale", 0);
  struct Row {
    TestApi::Fields fields;
    std::string body;
    unsigned status;
    const char* problem;
  };
  const std::pair<std::string, std::string> json{"Content-Type", "application/json; charset=utf-8"};
  const Row table[] = {
      {{json}, "{}", 201, ""},
      {{json}, "", 201, ""},
      {{{"Content-Type", "text/plain"}}, "{}", 415, "not-json"},
      {{{"Content-Type", "application/x-www-form-urlencoded"}}, "a=b", 415, "not-json"},
      {{json}, "{", 400, "malformed-request"},
      {{json}, "[]", 400, "malformed-request"},
      {{json}, "null", 400, "malformed-request"},
      {{json}, "{} x", 400, "malformed-request"},
      {{json}, R"({"subject":"a","subject":"b"})", 400, "malformed-request"},
      {{json}, "{\"subject\":\"\xff\"}", 400, "malformed-request"},
      {{json}, std::string(200, '[') + std::string(200, ']'), 400, "malformed-request"},
      {{json}, R"({"sobject":"a"})", 422, "invalid-value"},
      {{json}, "{\"subject\":\"" + std::string(kMaxBody, 'a') + "\"}", 413, "body-too-large"},
      {{{"Idempotency-Key", "short"}}, "", 400, "malformed-request"},
      {{{"Idempotency-Key", ""}}, "", 400, "malformed-request"},
      {{{"Idempotency-Key", std::string(256, 'a')}}, "", 400, "malformed-request"},
      {{{"Idempotency-Key", "0123456789 abcdef"}}, "", 400, "malformed-request"},
      {{{"X-API-Key", "wrong"}}, "", 401, "bad-token"},
      {{{"Authorization", "Bearer x"}}, "", 401, "bad-token"},
  };
  for (const Row& row : table) {
    const Said said = api.call("POST", kJoin, row.fields, row.body);
    EXPECT_EQ(said.status, row.status) << row.body.substr(0, 40);
    EXPECT_EQ(said.problem(), row.problem) << row.body.substr(0, 40);
  }
}

}  // namespace
}  // namespace doorward::api
