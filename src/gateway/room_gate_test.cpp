#include "gateway/room_gate.hpp"

#include "gateway/room_gate_test_support.hpp"

namespace doorward::gateway {
namespace {

TEST_F(RoomGateTest, APreflightPassesAndTakesNoPlace) {
  desk_.set_capacity("sale", 0);
  const Fields preflight = {{"Origin", "https://app.example"},
                            {"Access-Control-Request-Method", "POST"}};
  const Asked asked = ask(preflight, "OPTIONS");
  EXPECT_EQ(asked.verdict, Verdict::pass);
  EXPECT_EQ(asked.fields.size(), 0U);
  EXPECT_FALSE(asked.to_backend.contains("X-Doorward-Room"));
  EXPECT_EQ(desk_.shard->room("sale")->view.joined_total, 0U);
  EXPECT_EQ(ask({{"Origin", "https://app.example"}}, "OPTIONS").status, 429U) << "no preflight";
  EXPECT_EQ(ask(preflight, "POST").status, 429U);
  Fields with_upgrade = preflight;
  with_upgrade.emplace_back("Upgrade", "websocket");
  EXPECT_EQ(ask(with_upgrade, "OPTIONS").status, 429U);
  for (const char* credential : {"Cookie", "Authorization"}) {
    Fields with_credential = preflight;
    with_credential.emplace_back(credential, "a=b");
    EXPECT_NE(ask(with_credential, "OPTIONS").verdict, Verdict::pass) << credential;
  }
}

TEST_F(RoomGateTest, WhoeverOnlyLooksTakesNoPlace) {
  desk_.set_capacity("sale", 1);
  const std::vector<Fields> ahead = {{{"Sec-Purpose", "prefetch;prerender"}},
                                     {{"Purpose", "prefetch"}}};
  for (const Fields& fields : ahead) EXPECT_EQ(ask(fields).status, 429U);
  const Asked head = ask({}, "HEAD");
  EXPECT_EQ(head.status, 429U);
  EXPECT_TRUE(head.fields.contains("Retry-After"));
  EXPECT_EQ(cookies_of(head.fields), "");
  EXPECT_EQ(desk_.shard->room("sale")->view.joined_total, 0U);
  const Fields inside = {{"Cookie", cookies_of(ask({}).fields)}};
  EXPECT_EQ(ask(inside, "HEAD").verdict, Verdict::pass);
  EXPECT_EQ(ask({inside[0], ahead[0][0]}).verdict, Verdict::pass);
}

TEST_F(RoomGateTest, ARouteWithoutARoomAndARoomInBypassLetEverybodyPass) {
  route_.room.clear();
  EXPECT_EQ(ask({}).verdict, Verdict::pass);
  route_.room = "sale";
  room::Policy policy;
  policy.capacity = 0;
  policy.mode = room::Mode::bypass;
  desk_.set_room("sale", policy);
  EXPECT_EQ(ask({}).verdict, Verdict::pass);
}

TEST_F(RoomGateTest, WhereThereIsRoomAVisitorGoesInAtOnceWithAPass) {
  desk_.set_capacity("sale", 1);
  const Asked first = ask({});
  EXPECT_EQ(first.verdict, Verdict::pass);
  EXPECT_TRUE(first.watched);
  EXPECT_EQ(first.to_backend.find("X-Doorward-Room"), "sale");
  const std::string cookies = cookies_of(first.fields);
  EXPECT_NE(cookies.find("doorward_pass_sale="), std::string::npos);
  const Asked again = ask_with(cookies);
  EXPECT_EQ(again.verdict, Verdict::pass);
  EXPECT_EQ(cookies_of(again.fields), "");
  EXPECT_EQ(desk_.shard->room("sale")->view.joined_total, 1U);
}

TEST_F(RoomGateTest, AProgramThatMustWaitGetsItsTicketAndKeepsItsPlace) {
  desk_.set_capacity("sale", 0);
  const Asked first = ask({});
  EXPECT_EQ(first.verdict, Verdict::answered);
  EXPECT_EQ(first.status, 429U);
  EXPECT_EQ(first.fields.find("Content-Type"), "application/json");
  EXPECT_TRUE(first.fields.contains("Retry-After"));
  EXPECT_EQ(json(first).at("state").as_string(), "waiting");
  EXPECT_EQ(json(first).at("position").as_int64(), 1);
  for (int tab = 0; tab < 50; ++tab)
    EXPECT_EQ(json(ask_with(cookies_of(first.fields))).at("ticket"), json(first).at("ticket"));
  EXPECT_EQ(desk_.shard->room("sale")->view.waiting, 1U);
  const std::string token(json(first).at("token").as_string());
  EXPECT_EQ(json(ask({{"Authorization", "Bearer " + token}})).at("ticket"),
            json(first).at("ticket"));
}

TEST_F(RoomGateTest, ABrowserThatMustWaitGetsThePageThatGoesOnToWhatWasAskedFor) {
  desk_.set_capacity("sale", 0);
  const Asked asked = ask(browser(""));
  EXPECT_EQ(asked.status, 200U);
  EXPECT_EQ(asked.fields.find("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(asked.fields.find("Cache-Control"), "no-store");
  EXPECT_NE(asked.body.find("/buy?x=1"), std::string::npos);
  EXPECT_EQ(asked.body.find("eyJ"), std::string::npos) << "the page holds no token";
  const Asked script = ask({{"Accept", "text/html"}, {"Sec-Fetch-Mode", "cors"}});
  EXPECT_EQ(script.status, 429U);
}

TEST_F(RoomGateTest, TheWaitingPageSaysHowLongItIsUntilTheRoomOpens) {
  room::Policy policy;
  policy.opens_at = desk_.places.now() + 12min;
  desk_.set_room("sale", policy);
  EXPECT_NE(ask(browser("")).body.find(">About 12 minutes</span>"), std::string::npos);
}

TEST_F(RoomGateTest, APostThatMustWaitIsSaidNotToBePassedOn) {
  desk_.set_capacity("sale", 0);
  const Asked program = ask({}, "POST");
  EXPECT_EQ(program.status, 429U);
  EXPECT_NE(json(program).at("detail").as_string().find("not passed on"), std::string::npos);
  const Asked page = ask(browser(""), "POST");
  EXPECT_EQ(page.body.find("/buy?x=1"), std::string::npos)
      << "a POST is not asked for again as a GET";
}

TEST_F(RoomGateTest, OnceAdmittedThePlaceTurnsIntoAPassAndAnEndedSessionIntoANewPlace) {
  desk_.set_capacity("sale", 1);
  const Place inside = desk_.join("sale", "first");
  const std::string cookies = cookies_of(ask({}).fields);
  EXPECT_EQ(ask_with(cookies).status, 429U);
  desk_.submit(engine::Finish{inside.view.id});
  const Asked entered = ask_with(cookies);
  EXPECT_EQ(entered.verdict, Verdict::pass);
  const std::string with_pass = cookies + "; " + cookies_of(entered.fields);
  EXPECT_EQ(ask_with(with_pass).verdict, Verdict::pass);

  const auto ticket = parse_id<TicketId>(*entered.to_backend.find("X-Doorward-Ticket"));
  desk_.submit(engine::Finish{*ticket});
  desk_.join("sale", "next");
  const Asked after = ask_with(with_pass);
  EXPECT_EQ(after.status, 429U);
  EXPECT_NE(json(after).at("ticket").as_string(), to_string(*ticket));
}

TEST_F(RoomGateTest, TheFirstEntryIsWrittenAsTheArrival) {
  room::Policy policy;
  policy.capacity = 1;
  policy.claim_ttl = 60s;
  desk_.set_room("sale", policy);
  ask({});
  const auto handle = desk_.shard->find("sale", desk_.join("sale", "other").view.id.is_null()
                                                    ? SubjectKey{}
                                                    : desk_.identities.device("other").key);
  EXPECT_TRUE(handle);
  EXPECT_EQ(desk_.shard->room("sale")->view.inside, 1U);
}

TEST_F(RoomGateTest, WhoComesTooLateForTheirTurnDoesNotGoInBesideTheNext) {
  room::Policy policy;
  policy.capacity = 1;
  policy.claim_ttl = 1s;
  desk_.set_room("sale", policy);
  const Place late = desk_.join("sale", "late");
  ASSERT_EQ(late.view.state, room::TicketState::admitted);
  const Place next = desk_.join("sale", "next");
  desk_.clock.advance(2s);
  const std::string ticket = "doorward_ticket_sale=" + desk_.places.token_for(late);
  const std::string pass = "doorward_pass_sale=" + desk_.places.pass_for(late);
  for (const std::string& cookies : {ticket, pass}) {
    const Asked asked = ask_with(cookies);
    EXPECT_EQ(asked.status, 429U) << cookies;
    EXPECT_NE(json(asked).at("ticket").as_string(), to_string(late.view.id)) << cookies;
  }
  const auto handle = desk_.shard->find(next.view.id);
  ASSERT_TRUE(handle);
  EXPECT_EQ(desk_.shard->read(*handle)->state, room::TicketState::admitted);
}

TEST_F(RoomGateTest, PassesOfOtherRoomsOtherKeysAndEndedTicketsDoNotOpen) {
  desk_.set_capacity("sale", 0);
  desk_.set_capacity("other", 1);
  const Place inside = desk_.join("other", "d");
  const std::string pass = desk_.places.pass_for(inside);
  Tokens stranger(split_keys(
      wire::jose::KeySet({wire::jose::Key::generate(wire::jose::Algorithm::es256, "p1").value(),
                          test_keys().keys()[1]})));
  const std::string forged = stranger.issue(
      Pass{inside.view.id, "sale", "d", {}, desk_.places.now() + 1h}, desk_.places.now());
  const std::string unknown = desk_.tokens.issue(
      Pass{TicketId{9, 9}, "sale", "d", {}, desk_.places.now() + 1h}, desk_.places.now());
  for (const std::string& token : {pass, forged, unknown, std::string("x"), std::string()})
    EXPECT_EQ(ask_with("doorward_pass_sale=" + token).status, 429U) << token;
}

TEST_F(RoomGateTest, ANodeThatIsBehindBelievesThePassAndTellsTheBackendOfIt) {
  desk_.set_capacity("sale", 0);
  ports::LogPosition ahead = desk_.shard->applied();
  ahead.major += 1'000;
  const LogTime ends = desk_.places.now() + 1h;
  const TicketId ticket{9, 9};
  const std::string pass =
      desk_.tokens.issue(Pass{ticket, "sale", "d", ahead, ends}, desk_.places.now());
  const Asked asked = ask_with("doorward_pass_sale=" + pass);
  EXPECT_EQ(asked.verdict, Verdict::pass);
  EXPECT_EQ(asked.to_backend.find("X-Doorward-Room"), "sale");
  EXPECT_EQ(asked.to_backend.find("X-Doorward-Ticket"), to_string(ticket));
  EXPECT_TRUE(asked.watched);
  EXPECT_TRUE(asked.tunnel_goes_on);
}

TEST_F(RoomGateTest, ATicketOfAnEndedPlaceIsAnsweredWithTheReason) {
  desk_.set_capacity("sale", 0);
  const Place place = desk_.join("sale", "d");
  const std::string token = desk_.places.token_for(place);
  desk_.submit(engine::Leave{place.view.id});
  const Asked asked = ask({{"Authorization", "Bearer " + token}});
  EXPECT_EQ(asked.status, 410U);
  EXPECT_EQ(json(asked).at("reason").as_string(), "left");
}

TEST_F(RoomGateTest, ABearerTokenForTheBackendDoesNotStandInTheWay) {
  desk_.set_capacity("sale", 1);
  EXPECT_EQ(ask({{"Authorization", "Bearer opaque-token-of-the-shop"}}).verdict, Verdict::pass);
}

TEST_F(RoomGateTest, AUserHasOnePlaceOnEveryDevice) {
  desk_.set_capacity("sale", 0);
  const std::string bearer = "Bearer " + desk_.user_token("ann");
  const Asked first = ask({{"Authorization", bearer}});
  EXPECT_EQ(cookies_of(first.fields), "");
  EXPECT_EQ(json(ask({{"Authorization", bearer}})).at("ticket"), json(first).at("ticket"));
}

TEST_F(RoomGateTest, WhereOnlyUsersEnterTheirOwnPlaceDecidesAndNobodyIsGivenOne) {
  desk_.set_capacity("sale", 1);
  route_.entry = route::Entry::user;
  const auto as = [&](std::string_view subject) {
    return Fields{{"Authorization", "Bearer " + desk_.user_token(subject)}};
  };
  EXPECT_EQ(ask({}).status, 401U);
  const Asked stranger = ask(as("ann"));
  EXPECT_EQ(stranger.status, 403U);
  EXPECT_EQ(json(stranger).at("type").as_string(), "urn:doorward:problem:not-in-line");
  EXPECT_EQ(desk_.shard->room("sale")->view.joined_total, 0U);

  const auto join = [&](std::string_view subject) {
    ExchangeDouble exchange;
    exchange.head.fields.append("Authorization", "Bearer " + desk_.user_token(subject));
    auto who = desk_.identities.identify(exchange.head, desk_.places.now());
    return desk_.run(desk_.places.join({"sale", *std::move(who.subject), {}})).value();
  };
  const Place inside = join("ann");
  join("bob");
  EXPECT_EQ(ask(as("ann")).verdict, Verdict::pass);
  const Asked waiting = ask(as("bob"));
  EXPECT_EQ(waiting.status, 429U);
  EXPECT_EQ(json(waiting).at("position").as_int64(), 1);
  // Somebody else's pass opens nothing.
  Fields with_pass = as("bob");
  with_pass.emplace_back("Cookie", "doorward_pass_sale=" + desk_.places.pass_for(inside));
  EXPECT_EQ(ask(with_pass).status, 429U);
  desk_.submit(engine::Leave{inside.view.id});
  EXPECT_EQ(ask(as("bob")).verdict, Verdict::pass);
  EXPECT_EQ(ask(as("ann")).status, 403U);
}

TEST_F(RoomGateTest, AClosedAFullAndAMissingRoomSaySo) {
  EXPECT_EQ(ask({}).status, 404U);
  room::Policy policy;
  policy.mode = room::Mode::closed;
  desk_.set_room("sale", policy);
  EXPECT_EQ(ask({}).status, 409U);
  const Asked closed = ask(browser(""));
  EXPECT_EQ(closed.fields.find("Retry-After"), "60");
  EXPECT_NE(closed.body.find(R"(http-equiv="refresh" content="60")"), std::string::npos);
  policy.mode = room::Mode::paused;
  policy.max_waiting = 1;
  desk_.set_room("sale", policy);
  EXPECT_EQ(ask({}).status, 429U);
  const Asked full = ask({});
  EXPECT_EQ(full.status, 503U);
  EXPECT_EQ(json(full).at("type").as_string(), "urn:doorward:problem:room-full");
}

TEST_F(RoomGateTest, WhileTheLogCannotBeWrittenThoseInsideGoOnAndOthersAreToldToComeBack) {
  desk_.set_capacity("sale", 1);
  const std::string cookies = cookies_of(ask({}).fields);
  desk_.log.refuse_appends(true);
  EXPECT_EQ(ask_with(cookies).verdict, Verdict::pass);
  const Asked other = ask({});
  EXPECT_EQ(other.status, 503U);
  EXPECT_TRUE(other.fields.contains("Retry-After"));
  EXPECT_EQ(ask(browser("")).fields.find("Content-Type"), "text/html; charset=utf-8");
  const std::string device = cookies_of(other.fields);
  EXPECT_TRUE(device.starts_with("doorward_device=")) << "a retry is no other visitor";
  EXPECT_EQ(device.find("doorward_ticket"), std::string::npos);
  desk_.log.refuse_appends(false);
  desk_.wait_until_writable();
  const Asked again = ask_with(device);
  EXPECT_EQ(again.status, 429U);
  EXPECT_EQ(cookies_of(again.fields).find("doorward_device"), std::string::npos);
}

}  // namespace
}  // namespace doorward::gateway
