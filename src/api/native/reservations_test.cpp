// Inventories, holds, seats and locks, as they are called.
#include "api/api_test_support.hpp"

namespace doorward::api {
namespace {

using Fields = TestApi::Fields;
using Said = TestApi::Said;

const Fields kBackend{{"X-API-Key", std::string(gateway::kApiKey)}};
constexpr std::string_view kHall =
    R"({"sections":[{"name":"A","price":9900,"rows":2,"seats":3}],"currency":"EUR","max_per_hold":3})";

class ReservationsApi : public testing::Test {
 protected:
  Said make(std::string_view name, std::string_view settings) {
    return api.admin("PUT", "/v1/admin/inventories/" + std::string(name), settings);
  }
  Said hold(std::string_view body, Fields fields = kBackend) {
    return api.call("POST", "/v1/inventories/hall/holds", fields, body);
  }
  Said act(std::string_view method, const std::string& hold, std::string_view what,
           std::string_view body = {}, const Fields& fields = kBackend) {
    return api.call(method, "/v1/inventories/hall/holds/" + hold + std::string(what), fields, body);
  }
  // What a parked stream of seats is sent next.
  std::string rendered(edge::ParkedStream& stream) {
    std::string out;
    api.streams.render(stream, edge::StreamKind::event_stream, out);
    return out;
  }
  // A device that was admitted to the room: its cookies.
  Fields visitor(std::string_view room) {
    const Said joined = api.call("POST", "/v1/rooms/" + std::string(room) + "/tickets",
                                 {{"Sec-Fetch-Site", "same-origin"}});
    return {{"Cookie", gateway::cookies_of(joined.fields)}, {"Sec-Fetch-Site", "same-origin"}};
  }

  TestApi api;
};

TEST_F(ReservationsApi, AnInventoryIsMadeShownChangedAndRemoved) {
  EXPECT_EQ(make("hall", kHall).status, 201U);
  const Said again = make("hall", kHall);
  EXPECT_EQ(again.status, 200U);
  EXPECT_EQ(again.json().at("settings").at("max_per_hold").as_int64(), 3);
  const std::string tag(again.fields.find("ETag").value_or(""));
  const Said status = api.call("GET", "/v1/inventories/hall");
  EXPECT_EQ(status.json().at("available").as_int64(), 6);
  EXPECT_EQ(status.text("kind"), "seats");
  EXPECT_EQ(api.admin("PATCH", "/v1/admin/inventories/hall", R"({"currency":"KRW"})").status, 200U);
  const Said stale = api.call("PATCH", "/v1/admin/inventories/hall",
                              {TestApi::bearer(kAdminToken), {"If-Match", tag}}, "{}");
  EXPECT_EQ(stale.problem(), "changed-meanwhile");
  EXPECT_EQ(make("x", R"({"rows":3})").problem(), "invalid-value");
  EXPECT_EQ(make("x", R"({"sections":[{"name":"A","rows":0,"seats":1}]})").problem(),
            "invalid-value");
  EXPECT_EQ(make("No", "{}").problem(), "invalid-value");
  EXPECT_EQ(api.admin("DELETE", "/v1/admin/inventories/hall").status, 204U);
  EXPECT_EQ(api.call("GET", "/v1/inventories/hall").problem(), "no-such-inventory");
  EXPECT_EQ(api.call("PUT", "/v1/admin/inventories/hall", {}, "{}").status, 401U);
}

TEST_F(ReservationsApi, SeatsAreHeldConfirmedAndGivenBack) {
  make("hall", kHall);
  const Said held = hold(R"({"subject":"ann","units":["A-1-1","A-1-2"]})");
  ASSERT_EQ(held.status, 201U) << held.body;
  EXPECT_EQ(held.json().at("amount").as_int64(), 19'800);
  const std::string id = held.text("hold");
  EXPECT_EQ(held.fields.find("Location"), "/v1/inventories/hall/holds/" + id);
  const Said taken = hold(R"({"subject":"bob","units":["A-1-3","A-1-2"]})");
  EXPECT_EQ(taken.problem(), "unit-taken");
  EXPECT_EQ(taken.json().at("units").as_array().size(), 1U);
  EXPECT_EQ(act("POST", id, "/extend", R"({"ttl":"10m"})").status, 200U);
  EXPECT_EQ(act("POST", id, "/confirm", R"({"fence":999})").problem(), "wrong-fence");
  const Said bought = act("POST", id, "/confirm");
  EXPECT_EQ(bought.text("state"), "confirmed");
  EXPECT_EQ(act("POST", id, "/confirm").body, bought.body);
  EXPECT_EQ(act("POST", id, "/extend").problem(), "hold-confirmed");
  EXPECT_EQ(act("GET", id, "").body, bought.body);
  EXPECT_EQ(act("DELETE", id, "").status, 204U);
  EXPECT_EQ(act("DELETE", id, "").status, 204U) << "a retry";
  const Said late = act("POST", id, "/confirm");
  EXPECT_EQ(late.problem(), "hold-over");
  EXPECT_EQ(late.text("reason"), "cancelled");
}

TEST_F(ReservationsApi, AKeyFindsItsHold) {
  make("hall", kHall);
  const Fields with_key{kBackend[0], {"Idempotency-Key", "\"0123456789abcdef\""}};
  const Said first = hold(R"({"subject":"ann","units":["A-1-1"]})", with_key);
  const Said second = hold(R"({"subject":"ann","units":["A-1-1"]})", with_key);
  EXPECT_EQ(first.status, 201U);
  EXPECT_EQ(second.status, 200U);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(hold(R"({"subject":"ann","units":["A-1-2"]})", with_key).problem(), "key-reused");
  EXPECT_EQ(hold(R"({"subject":"bob","units":["A-1-2"]})", with_key).status, 201U);
  EXPECT_EQ(
      hold(R"({"subject":"ann","units":["A-2-1"]})", {kBackend[0], {"Idempotency-Key", "short"}})
          .problem(),
      "malformed-request");
}

TEST_F(ReservationsApi, WhatCannotBeHeldIsSaid) {
  make("hall", kHall);
  struct Row {
    const char* body;
    const char* problem;
  };
  const Row table[] = {
      {R"({"subject":"ann"})", "invalid-value"},
      {R"({"subject":"ann","count":1,"units":["A-1-1"]})", "invalid-value"},
      {R"({"subject":"ann","count":-1})", "invalid-value"},
      {R"({"subject":"ann","units":"A-1-1"})", "invalid-value"},
      {R"({"subject":"ann","units":[7]})", "invalid-value"},
      {R"({"subject":"ann","units":["A-1-1"],"ttl":"soon"})", "invalid-value"},
      {R"({"units":["A-1-1"]})", "invalid-value"},
      {R"({"subject":"ann","count":1})", "no-such-unit"},
      {R"({"subject":"ann","units":["A-9-9"]})", "no-such-unit"},
      {R"({"subject":"ann","units":["A-1-1","A-1-2","A-1-3","A-2-1"]})", "too-many-units"},
      {R"({"subject":"ann","seats":["A-1-1"]})", "invalid-value"},
  };
  for (const Row& row : table) EXPECT_EQ(hold(row.body).problem(), row.problem) << row.body;
  EXPECT_EQ(hold(R"({"subject":"ann","units":["A-1-1"],"ttl":20})").text("detail"),
            "ttl: expected a duration, such as 30s");
  EXPECT_EQ(hold(R"({"units":["A-1-1"]})", {}).problem(), "no-token");
  EXPECT_EQ(act("POST", "nothing", "/confirm").problem(), "no-such-hold");
  EXPECT_EQ(
      api.call("POST", "/v1/inventories/none/holds", kBackend, R"({"subject":"ann","count":1})")
          .problem(),
      "no-such-inventory");
}

TEST_F(ReservationsApi, AUserHoldsAndConfirmsOnlyTheirOwn) {
  make("hall", kHall);
  const Fields ann{TestApi::bearer(api.desk.user_token("ann"))};
  const Fields bob{TestApi::bearer(api.desk.user_token("bob"))};
  EXPECT_EQ(hold(R"({"subject":"bob","units":["A-1-1"]})", ann).problem(), "not-yours");
  const std::string id = hold(R"({"units":["A-1-1"]})", ann).text("hold");
  EXPECT_EQ(act("POST", id, "/confirm", {}, bob).problem(), "no-such-hold");
  EXPECT_EQ(act("GET", id, "", {}, bob).problem(), "no-such-hold");
  EXPECT_EQ(act("DELETE", id, "", {}, bob).problem(), "no-such-hold");
  EXPECT_EQ(act("POST", id, "/confirm", {}, ann).status, 200U);
  EXPECT_EQ(act("DELETE", id, "", {}, ann).problem(), "hold-confirmed");
}

TEST_F(ReservationsApi, WhoWasAdmittedToARoomThatSellsItMayHold) {
  make("hall", kHall);
  room::Policy policy;
  policy.capacity = 1;
  policy.stock = room::Stock{"hall", 0};
  api.desk.set_room("sale", policy);
  const Fields inside = visitor("sale");
  const Fields waiting = visitor("sale");
  EXPECT_EQ(hold(R"({"units":["A-1-1"]})", waiting).problem(), "not-admitted");
  const Said held = hold(R"({"units":["A-1-1"]})", inside);
  EXPECT_EQ(held.status, 201U) << held.body;
  const Fields elsewhere{inside[0], {"Sec-Fetch-Site", "cross-site"}};
  EXPECT_EQ(act("POST", held.text("hold"), "/confirm", {}, elsewhere).problem(), "wrong-origin");
  EXPECT_EQ(act("POST", held.text("hold"), "/confirm", {}, inside).status, 200U);
}

TEST_F(ReservationsApi, APassHoldsWhileItsSessionLives) {
  make("hall", kHall);
  api.desk.set_capacity("sale", 1);
  const Said joined = api.call("POST", "/v1/rooms/sale/tickets", kBackend, R"({"subject":"ann"})");
  const Fields pass{TestApi::bearer(joined.text("pass"))};
  EXPECT_EQ(hold(R"({"units":["A-1-1"]})", pass).status, 201U);
  api.call("DELETE", "/v1/sessions/" + joined.text("ticket"), kBackend);
  EXPECT_EQ(hold(R"({"units":["A-1-2"]})", pass).problem(), "not-admitted");
}

TEST_F(ReservationsApi, SoldOutClosesTheRoomAndTellsWhoWaits) {
  make("show", R"({"count":1})");
  room::Policy policy;
  policy.capacity = 1;
  policy.stock = room::Stock{"show", 0};
  api.desk.set_room("sale", policy);
  visitor("sale");
  const Said waiting = api.call("POST", "/v1/rooms/sale/tickets", kBackend, R"({"subject":"w"})");
  const Fields token{TestApi::bearer(waiting.text("token"))};
  const auto reason = [&] {
    return api.call("GET", "/v1/rooms/sale/tickets/self", token).text("reason");
  };
  EXPECT_EQ(reason(), "");
  const std::string path = "/v1/inventories/show/holds";
  const Said held = api.call("POST", path, kBackend, R"({"subject":"ann","count":1})");
  EXPECT_EQ(held.status, 201U);
  EXPECT_EQ(api.call("POST", path, kBackend, R"({"subject":"bob","count":1})").problem(),
            "sold-out");
  EXPECT_EQ(reason(), "sold_out");
  EXPECT_EQ(api.call("POST", "/v1/rooms/sale/tickets", kBackend, R"({"subject":"new"})").problem(),
            "sold-out");
  EXPECT_TRUE(api.call("GET", "/v1/rooms/sale").json().at("sold_out").as_bool());
}

TEST_F(ReservationsApi, ALiveMapSendsItselfAndThenWhatChanges) {
  make("hall", kHall);
  EXPECT_EQ(api.call("GET", "/v1/inventories/hall/seats").json().at("sections").at(0).at("states"),
            "aaaaaa");
  gateway::ExchangeDouble exchange("GET", "/v1/inventories/hall/seats/events");
  EXPECT_TRUE(api.call(exchange).parked);
  edge::ParkedStream stream = exchange.stream;
  EXPECT_NE(rendered(stream).find(R"("states":"aaaaaa")"), std::string::npos);
  EXPECT_EQ(rendered(stream), "");
  hold(R"({"subject":"ann","units":["A-1-2"]})");
  std::string changed;
  for (int i = 0; i < 3'000 && changed.empty(); ++i) {
    // The shard tells its listener after it answered the command.
    api.desk.submit(engine::Tick{});
    changed = rendered(stream);
  }
  EXPECT_NE(changed.find(R"("units":{"A-1-2":"h"})"), std::string::npos) << changed;
  EXPECT_NE(changed.find(R"("available":5)"), std::string::npos) << changed;
  api.admin("DELETE", "/v1/admin/inventories/hall");
  std::string out;
  bool ended = false;
  for (int i = 0; i < 3'000 && !ended; ++i) {
    api.desk.submit(engine::Tick{});
    ended = api.streams.render(stream, edge::StreamKind::event_stream, out).end;
  }
  EXPECT_TRUE(ended);
  api.streams.gone(stream);
  EXPECT_EQ(api.streams.seats().count(), 0U);
}

TEST_F(ReservationsApi, ALiveMapThatShrinksIsSentAnew) {
  make("hall", kHall);
  // As a call that is under way has it.
  const auto before = api.desk.shard->inventory("hall");
  gateway::ExchangeDouble exchange("GET", "/v1/inventories/hall/seats/events");
  EXPECT_TRUE(api.call(exchange).parked);
  edge::ParkedStream stream = exchange.stream;
  EXPECT_NE(rendered(stream).find(R"("states":"aaaaaa")"), std::string::npos);
  make("hall", R"({"sections":[{"name":"B","units":["B1","B2"]}]})");
  const engine::UnitChange last{before->number, 5, reserve::UnitState::available};
  api.streams.seats().changed({&last, 1});
  const std::string anew = rendered(stream);
  EXPECT_NE(anew.find(R"("states":"aa")"), std::string::npos) << anew;
  api.streams.seats().changed({&last, 1});
  const engine::UnitChange there{before->number, 1, reserve::UnitState::held};
  api.streams.seats().changed({&there, 1});
  const std::string changed = rendered(stream);
  EXPECT_NE(changed.find(R"("units":{"B2":"h"})"), std::string::npos) << changed;
  api.streams.gone(stream);
}

TEST_F(ReservationsApi, ALockIsForOneBackendAtATime) {
  const std::string path = "/v1/locks/order:17";
  EXPECT_EQ(api.call("POST", path).status, 401U);
  EXPECT_EQ(api.call("GET", path, kBackend).problem(), "no-such-lock");
  const Fields with_key{kBackend[0], {"Idempotency-Key", "0123456789abcdef"}};
  const Said first = api.call("POST", path, with_key, R"({"lease":"30s"})");
  ASSERT_EQ(first.status, 200U) << first.body;
  EXPECT_EQ(api.call("POST", path, with_key, R"({"lease":"30s"})").body, first.body);
  const Said busy = api.call("POST", path, kBackend, "{}");
  EXPECT_EQ(busy.problem(), "lock-busy");
  EXPECT_EQ(busy.fields.find("Retry-After"), "1");
  EXPECT_EQ(busy.text("expires_at"), first.text("expires_at"));
  const std::string holder = first.text("holder");
  const std::string renew = R"({"lease":"1m","holder":")" + holder + R"("})";
  EXPECT_EQ(api.call("PUT", path, kBackend, renew).status, 200U);
  EXPECT_EQ(api.call("PATCH", path, kBackend, renew).status, 200U);
  EXPECT_EQ(api.call("DELETE", path + "?holder=" + std::string(32, '0'), kBackend).problem(),
            "lock-lost");
  EXPECT_EQ(api.call("DELETE", path + "?holder=" + holder, kBackend).status, 204U);
  const Said second = api.call("POST", path, kBackend, "{}");
  EXPECT_GT(second.json().at("fence").as_int64(), first.json().at("fence").as_int64());
  for (const char* body : {R"({"lease":"1ms"})", R"({"wait":"2m"})", R"({"lease":5})"})
    EXPECT_EQ(api.call("POST", path, kBackend, body).problem(), "invalid-value") << body;
  EXPECT_EQ(api.call("POST", "/v1/locks/-", kBackend, "{}").problem(), "invalid-value");
}

// A caller for a lock who waits, hangs up, or calls again, while the test goes on.
class LockCaller {
 public:
  explicit LockCaller(TestApi& api, std::string_view key = "") : api_(api) {
    exchange.head.fields.append(kBackend[0].first, kBackend[0].second);
    if (!key.empty()) exchange.head.fields.append("Idempotency-Key", key);
    exchange.head.fields.append("Content-Type", "application/json");
    exchange.body.emplace_back(R"({"lease":"1h","wait":"30s"})");
    done_ = boost::asio::co_spawn(api.desk.loop, serve(), boost::asio::use_future);
  }
  bool is_done() const {
    return done_.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
  }

  gateway::ExchangeDouble exchange{"POST", "/v1/locks/door"};

 private:
  edge::Task<int> serve() {
    gateway::Context context{exchange, api_.client};
    co_await api_.api.serve(context);
    co_return 0;
  }
  TestApi& api_;
  std::future<int> done_;
};

class LocksApi : public ReservationsApi {
 protected:
  // Runs the loop until that is so.
  template <class F>
  bool eventually(F&& is_so) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!is_so() && std::chrono::steady_clock::now() < give_up) {
      api.desk.loop.restart();
      api.desk.loop.run_for(std::chrono::milliseconds{10});
    }
    return is_so();
  }
  std::size_t waiting() { return api.desk.shard->stats().lock_waiters; }
  std::size_t held() { return api.desk.shard->stats().locks; }
  // By a backend that is no part of the test.
  reserve::LockId hold_door() {
    const reserve::LockId id{9, 9};
    EXPECT_EQ(api.desk.submit(engine::AcquireLock{"door", id, Millis{3'600'000}, {}}).status,
              engine::Status::done);
    return id;
  }
};

TEST_F(LocksApi, WhoHangsUpWhileWaitingWaitsNoMore) {
  hold_door();
  LockCaller caller(api);
  ASSERT_TRUE(eventually([&] { return waiting() == 1; }));
  caller.exchange.gone = true;
  EXPECT_TRUE(eventually([&] { return caller.is_done() && waiting() == 0; }));
  EXPECT_FALSE(caller.exchange.answered());
}

TEST_F(LocksApi, ALockIsNotGivenToOneWhoHungUp) {
  LockCaller caller(api);
  caller.exchange.gone = true;
  EXPECT_TRUE(eventually([&] { return caller.is_done() && held() == 0; }));
}

TEST_F(LocksApi, TheEndOfAFirstCallLeavesTheSecondItsPlace) {
  const reserve::LockId holder = hold_door();
  LockCaller first(api, "0123456789abcdef");
  ASSERT_TRUE(eventually([&] { return waiting() == 1; }));
  LockCaller second(api, "0123456789abcdef");
  first.exchange.gone = true;
  ASSERT_TRUE(eventually([&] { return first.is_done(); }));
  api.desk.shard->submit(engine::ReleaseLock{"door", holder, 0});
  ASSERT_TRUE(eventually([&] { return second.is_done(); }));
  EXPECT_EQ(second.exchange.answer.status, 200U) << second.exchange.answer_body;
  EXPECT_EQ(held(), 1U);
}

TEST_F(LocksApi, NoCallWaitsLongerThanItSaidThoughTheLogIsAway) {
  hold_door();
  LockCaller caller(api);
  ASSERT_TRUE(eventually([&] { return waiting() == 1; }));
  api.desk.log.refuse_appends(true);
  api.desk.clock.advance(std::chrono::seconds{31});
  ASSERT_TRUE(eventually([&] { return caller.is_done(); }));
  EXPECT_EQ(caller.exchange.answer.status, 409U);
}

}  // namespace
}  // namespace doorward::api
