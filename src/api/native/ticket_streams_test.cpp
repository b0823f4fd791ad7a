#include "api/native/ticket_streams.hpp"

#include "api/api_test_support.hpp"
#include "wire/rfc3339.hpp"

namespace doorward::api {
namespace {

using namespace std::chrono_literals;
using edge::ParkedStream;
using edge::StreamKind;

// A room, its visitors, and what their streams say.
class TicketStreamsTest : public testing::Test {
 protected:
  struct Heard {
    std::string event;
    std::string id;
    boost::json::object data;
    edge::StreamSource::Next next;
  };

  ParkedStream open(const gateway::Place& place) {
    gateway::Place found = place;
    found.handle = *api_.desk.shard->find(place.view.id);
    return api_.streams.open(found);
  }
  Heard hear(ParkedStream& stream) {
    std::string out;
    Heard heard;
    heard.next = api_.streams.render(stream, StreamKind::event_stream, out);
    if (out.empty()) return heard;
    EXPECT_TRUE(out.ends_with("\n\n"));
    heard.id = line_of(out, "id: ");
    heard.event = line_of(out, "event: ");
    heard.data = boost::json::parse(line_of(out, "data: ")).as_object();
    return heard;
  }
  static std::string line_of(const std::string& out, std::string_view name) {
    const auto at = out.find(name);
    return at == std::string::npos
               ? ""
               : out.substr(at + name.size(), out.find('\n', at) - at - name.size());
  }
  gateway::Place join(int n) { return api_.desk.join("sale", "d" + std::to_string(n)); }
  void leave(const gateway::Place& place) { api_.desk.submit(engine::Leave{place.view.id}); }

  std::optional<room::TicketView> view_of(const gateway::Place& place) {
    return api_.desk.shard->read(*api_.desk.shard->find(place.view.id));
  }
  static room::Policy paused(room::Policy policy) {
    policy.mode = room::Mode::paused;
    return policy;
  }

  void forget_wakes() {
    const std::lock_guard lock(api_.lots.mutex);
    api_.lots.woken.clear();
  }

  TestApi api_;
};

TEST_F(TicketStreamsTest, SaysThePlaceAtOnceAndThenOnlyWhatChanged) {
  api_.desk.set_capacity("sale", 0);
  const auto first = join(1);
  ParkedStream stream = open(join(2));
  const Heard start = hear(stream);
  EXPECT_EQ(start.event, "position");
  EXPECT_EQ(start.data.at("position").as_int64(), 2);
  EXPECT_TRUE(gateway::parse_position(start.id));
  api_.desk.clock.advance(1s);
  EXPECT_EQ(hear(stream).event, "");
  leave(first);
  EXPECT_EQ(hear(stream).data.at("position").as_int64(), 1);
}

TEST_F(TicketStreamsTest, AtMostOnePlaceASecondNearTheFront) {
  api_.desk.set_capacity("sale", 0);
  const auto first = join(1);
  ParkedStream stream = open(join(2));
  EXPECT_EQ(hear(stream).next.again_in, 1s);
  leave(first);
  api_.desk.clock.advance(400ms);
  const Heard early = hear(stream);
  EXPECT_EQ(early.event, "");
  EXPECT_EQ(early.next.again_in, 600ms);
  api_.desk.clock.advance(600ms);
  EXPECT_EQ(hear(stream).event, "position");
}

TEST_F(TicketStreamsTest, AndOneInFiveSecondsBehind) {
  api_.desk.set_capacity("sale", 0);
  const auto first = join(0);
  for (int n = 1; n <= 100; ++n) join(n);
  const auto place = join(101);
  EXPECT_EQ(place.view.position, 102U);
  ParkedStream stream = open(place);
  EXPECT_EQ(hear(stream).next.again_in, 5s);
}

TEST_F(TicketStreamsTest, AHeartbeatComesWithinAThirdOfTheSilenceAndWithinFifteenSeconds) {
  const std::pair<std::optional<Millis>, Millis> table[] = {
      {std::nullopt, 15s}, {9s, 3s}, {120s, 15s}};
  for (const auto& [silence, expected] : table) {
    TestApi api;
    room::Policy policy;
    policy.capacity = 0;
    policy.liveness_silence = silence;
    api.desk.set_room("sale", policy);
    auto place = api.desk.join("sale", "d");
    place.handle = *api.desk.shard->find(place.view.id);
    ParkedStream stream = api.streams.open(place);
    std::string out;
    api.streams.render(stream, StreamKind::event_stream, out);
    Millis waited{};
    for (out.clear(); out.empty() && waited < 60s;) {
      const Millis step = api.streams.render(stream, StreamKind::event_stream, out).again_in;
      if (!out.empty()) break;
      api.desk.clock.advance(step);
      waited += step;
    }
    EXPECT_NE(out.find("event: heartbeat"), std::string::npos);
    EXPECT_EQ(waited, expected);
  }
}

TEST_F(TicketStreamsTest, APauseAndItsEndAreSaidAtOnceToThoseWhoWaitThere) {
  api_.desk.set_capacity("sale", 0);
  ParkedStream stream = open(join(1));
  EXPECT_TRUE(hear(stream).data.at("reason").is_null());
  room::Policy policy;
  policy.capacity = 0;
  for (const bool is_paused : {true, false}) {
    forget_wakes();
    api_.desk.set_room("sale", is_paused ? paused(policy) : policy);
    ASSERT_TRUE(api_.lots.was_woken(stream.key)) << is_paused;
    const Heard heard = hear(stream);
    EXPECT_EQ(heard.event, "position");
    EXPECT_EQ(heard.data.at("position").as_int64(), 1);
    EXPECT_EQ(heard.data.at("reason"), is_paused ? boost::json::value("paused") : nullptr);
    EXPECT_EQ(hear(stream).event, "") << "once";
  }
}

TEST_F(TicketStreamsTest, AnotherChangeOfTheRoomWakesNobody) {
  api_.desk.set_capacity("sale", 0);
  ParkedStream stream = open(join(1));
  hear(stream);
  forget_wakes();
  room::Policy policy;
  policy.capacity = 0;
  policy.claim_ttl = 2min;
  api_.desk.set_room("sale", policy);
  join(2);  // answered once the news of what came before is out
  const std::lock_guard lock(api_.lots.mutex);
  EXPECT_FALSE(std::ranges::count(api_.lots.woken, stream.key));
}

TEST_F(TicketStreamsTest, BeforeADrawTheReasonIsTheDrawAndAPauseComesBeforeIt) {
  room::Policy policy;
  policy.order = room::Order::draw;
  policy.opens_at = api_.desk.places.now() + 1h;
  api_.desk.set_room("sale", policy);
  ParkedStream stream = open(join(1));
  EXPECT_EQ(hear(stream).data.at("reason"), "draw");
  api_.desk.set_room("sale", paused(policy));
  ASSERT_TRUE(api_.lots.was_woken(stream.key));
  EXPECT_EQ(hear(stream).data.at("reason"), "paused");
}

TEST_F(TicketStreamsTest, ADrawAndItsPlacesAreSaidAtOnce) {
  api_.desk.set_capacity("sale", 0);
  ParkedStream stream = open(join(1));
  EXPECT_EQ(hear(stream).data.at("position").as_int64(), 1);
  room::Policy policy;
  policy.capacity = 0;
  for (const bool awaits_draw : {true, false}) {
    forget_wakes();
    policy.order = awaits_draw ? room::Order::draw : room::Order::fifo;
    api_.desk.set_room("sale", policy);
    ASSERT_TRUE(api_.lots.was_woken(stream.key)) << awaits_draw;
    const Heard heard = hear(stream);
    EXPECT_EQ(heard.event, "position");
    EXPECT_EQ(heard.data.at("position").is_null(), awaits_draw);
    EXPECT_EQ(hear(stream).event, "") << "once";
  }
}

TEST_F(TicketStreamsTest, AnEventTellsWhenTheRoomOpensAsItIsNow) {
  const LogTime first = api_.desk.places.now() + 1h;
  room::Policy policy;
  policy.opens_at = first;
  policy.capacity = 0;
  api_.desk.set_room("sale", policy);
  ParkedStream stream = open(join(1));
  EXPECT_EQ(hear(stream).data.at("opens_at"), wire::format_rfc3339(first).c_str());
  policy.opens_at = first + 1h;
  api_.desk.set_room("sale", policy);
  api_.desk.clock.advance(15s);
  const Heard later = hear(stream);
  EXPECT_EQ(later.event, "heartbeat");
  EXPECT_EQ(later.data.at("opens_at"), wire::format_rfc3339(first + 1h).c_str());
  api_.desk.clock.advance(2h);
  EXPECT_TRUE(hear(stream).data.at("opens_at").is_null()) << "it is open";
}

TEST_F(TicketStreamsTest, AHeartbeatTellsTheNumbersThatMoveWhileThePlaceStandsStill) {
  api_.desk.set_capacity("sale", 0);
  ParkedStream stream = open(join(1));
  EXPECT_EQ(hear(stream).data.at("waiting").as_int64(), 1);
  join(2);
  api_.desk.clock.advance(1s);
  EXPECT_EQ(hear(stream).event, "") << "the place is the same";
  api_.desk.clock.advance(14s);
  const Heard heard = hear(stream);
  EXPECT_EQ(heard.event, "heartbeat");
  EXPECT_EQ(heard.data.at("waiting").as_int64(), 2);
  EXPECT_TRUE(heard.data.contains("eta"));
}

TEST_F(TicketStreamsTest, AdmissionWakesTheStreamGivesThePassAndEndsIt) {
  api_.desk.set_capacity("sale", 1);
  const auto inside = join(1);
  ParkedStream stream = open(join(2));
  hear(stream);
  api_.desk.submit(engine::Finish{inside.view.id});
  EXPECT_TRUE(api_.lots.was_woken(stream.key));
  const Heard heard = hear(stream);
  EXPECT_EQ(heard.event, "admitted");
  EXPECT_TRUE(heard.next.end);
  EXPECT_EQ(heard.data.at("room").as_string(), "sale");
  const std::string pass(heard.data.at("pass").as_string());
  const auto read = api_.desk.tokens.read_pass(pass, "sale", api_.desk.places.now());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->subject, "device:d2");
}

TEST_F(TicketStreamsTest, TheEndIsSaidWithItsReason) {
  api_.desk.set_capacity("sale", 0);
  const auto place = join(1);
  ParkedStream stream = open(place);
  leave(place);
  const Heard heard = hear(stream);
  EXPECT_EQ(heard.event, "closed");
  EXPECT_EQ(heard.data.at("reason").as_string(), "left");
  EXPECT_TRUE(heard.next.end);
  ParkedStream unknown{0xffff'ffff'0000'0001, 0};
  EXPECT_EQ(hear(unknown).data.at("reason").as_string(), "forgotten");
}

TEST_F(TicketStreamsTest, AWebSocketSaysTheSameAsOneTextFrame) {
  api_.desk.set_capacity("sale", 0);
  ParkedStream stream = open(join(1));
  std::string out;
  api_.streams.render(stream, StreamKind::websocket, out);
  ASSERT_GT(out.size(), 2U);
  EXPECT_EQ(static_cast<unsigned char>(out[0]), 0x81);
  const auto message = boost::json::parse(std::string_view(out).substr(out.find('{'))).as_object();
  EXPECT_EQ(message.at("event").as_string(), "position");
  EXPECT_EQ(message.at("data").at("position").as_int64(), 1);
  std::string said;
  EXPECT_EQ(api_.streams.message(stream, "hello", said), edge::StreamSource::Heard::go_on);
  EXPECT_EQ(said, "");
}

TEST_F(TicketStreamsTest, AnOpenStreamKeepsAPlaceThatWouldBePassedOverAndItsEndLetsItGo) {
  room::Policy policy;
  policy.capacity = 1;
  policy.liveness_silence = 10s;
  api_.desk.set_room("sale", policy);
  const auto inside = join(1);
  const auto streaming = join(2);
  ParkedStream first = open(streaming);
  ParkedStream second = open(streaming);
  EXPECT_EQ(api_.streams.tickets(), 1U);
  api_.streams.gone(second);
  for (int i = 0; i < 10; ++i) {
    api_.desk.clock.advance(4s);
    api_.desk.submit(engine::Touch{inside.view.id});
  }
  api_.desk.submit(engine::Finish{inside.view.id});
  EXPECT_EQ(hear(first).event, "admitted");
  api_.streams.gone(first);
  EXPECT_EQ(api_.streams.tickets(), 0U);
}

TEST_F(TicketStreamsTest, APresenceThatTheLogRefusedIsWrittenOnceItTakesWrites) {
  room::Policy policy;
  policy.capacity = 1;
  policy.liveness_silence = 9s;
  api_.desk.set_room("sale", policy);
  const auto inside = join(1);
  const auto streaming = join(2);
  api_.desk.log.refuse_appends(true);
  ParkedStream stream = open(streaming);
  hear(stream);
  // Refused like the presence before it.
  (void)api_.desk.run(gateway::await_shard(*api_.desk.shard, engine::Tick{}));
  api_.desk.log.refuse_appends(false);
  api_.desk.wait_until_writable();
  api_.streams.write_missed();
  for (int i = 0; i < 10; ++i) {
    api_.desk.clock.advance(4s);
    api_.desk.submit(engine::Touch{inside.view.id});
  }
  api_.desk.submit(engine::Finish{inside.view.id});
  EXPECT_EQ(hear(stream).event, "admitted");
}

TEST_F(TicketStreamsTest, WhoWasPassedOverWithTheStreamOpenComesBack) {
  room::Policy policy;
  policy.capacity = 1;
  policy.liveness_silence = 10s;
  api_.desk.set_room("sale", policy);
  const auto inside = join(1);
  const auto streaming = join(2);
  ParkedStream stream = open(streaming);
  hear(stream);
  // As if this node had been held for dead.
  api_.desk.submit(engine::PresenceEnd{streaming.view.id});
  for (int i = 0; i < 3; ++i) {
    api_.desk.clock.advance(4s);
    api_.desk.submit(engine::Touch{inside.view.id});
  }
  api_.desk.submit(engine::Finish{inside.view.id});
  ASSERT_TRUE(view_of(streaming)->passed_over);
  api_.desk.set_room("sale", paused(policy));
  EXPECT_TRUE(hear(stream).data.at("position").is_null());
  api_.desk.submit(engine::Tick{});
  EXPECT_FALSE(view_of(streaming)->passed_over);
  api_.desk.set_room("sale", policy);
  EXPECT_EQ(hear(stream).event, "admitted");
}

TEST_F(TicketStreamsTest, EventsAreParkedWithTheirTokenAndFromWhatWasSeen) {
  api_.desk.set_capacity("sale", 0);
  const auto joined = api_.call("POST", "/v1/rooms/sale/tickets");
  const auto token = TestApi::bearer(joined.text("token"));
  const char* path = "/v1/rooms/sale/tickets/self/events";
  EXPECT_TRUE(api_.call("GET", path, {token}).parked);
  EXPECT_TRUE(api_.call("GET", path, {token, {"Last-Event-ID", "0-1-0"}}).parked);
  EXPECT_EQ(api_.call("GET", path, {token, {"Last-Event-ID", "9-1-0"}}).problem(), "behind");
  EXPECT_TRUE(api_.call("GET", path, {token, {"Last-Event-ID", "something"}}).parked);
  api_.desk.places.services().is_log_shared = false;
  EXPECT_TRUE(api_.call("GET", path, {token, {"Last-Event-ID", "9-1-0"}}).parked);
  EXPECT_EQ(api_.call("GET", path).problem(), "no-token");
  const char* socket = "/v1/rooms/sale/tickets/self/socket";
  EXPECT_EQ(api_.call("GET", socket, {token}).status, 426U);
  EXPECT_TRUE(
      api_.call("GET", socket, {token, {"Upgrade", "websocket"}, {"Sec-WebSocket-Key", "x"}})
          .parked);
}

}  // namespace
}  // namespace doorward::api
