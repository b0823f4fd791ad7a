// How a session is kept by use: of requests, of tunnels, during a bypass.
#include "gateway/room_gate.hpp"
#include "gateway/room_gate_test_support.hpp"

namespace doorward::gateway {
namespace {

class RoomGateSessionTest : public RoomGateTest {
 protected:
  RoomGateSessionTest() { set_ttl(10s); }

  void set_ttl(Millis ttl) {
    room::Policy policy;
    policy.capacity = 1;
    policy.session_ttl = ttl;
    desk_.set_room("sale", policy);
  }
  // For forty seconds, with a request every four.
  void expect_to_stay(const Fields& cookies) {
    for (int i = 0; i < 10; ++i) {
      desk_.clock.advance(4s);
      desk_.submit(engine::Tick{});
      EXPECT_EQ(ask(cookies).verdict, Verdict::pass) << i;
      desk_.submit(engine::Tick{});  // behind what the use wrote
    }
    EXPECT_EQ(desk_.shard->room("sale")->view.joined_total, 1U);
  }
};

TEST_F(RoomGateSessionTest, AUseCountsAlsoOnceTheClockWasPutBack) {
  const Fields cookies{{"Cookie", cookies_of(ask({}).fields)}};
  desk_.clock.set_wall(desk_.clock.wall_now() - 1h);
  expect_to_stay(cookies);
}

TEST_F(RoomGateSessionTest, ALongerOneHoldsFromTheNextUse) {
  const Fields cookies{{"Cookie", cookies_of(ask({}).fields)}};
  set_ttl(1h);
  expect_to_stay(cookies);
}

TEST_F(RoomGateSessionTest, AShortOneIsKeptByQuickUseToo) {
  set_ttl(1s);
  const Fields cookies{{"Cookie", cookies_of(ask({}).fields)}};
  for (int i = 0; i < 40; ++i) {
    desk_.clock.advance(350ms);
    desk_.submit(engine::Tick{});
    ASSERT_EQ(ask(cookies).verdict, Verdict::pass) << i;
    desk_.submit(engine::Tick{});  // behind what the use wrote
  }
  EXPECT_EQ(desk_.shard->room("sale")->view.joined_total, 1U);
}

TEST_F(RoomGateSessionTest, ItIsKeptByUseDuringABypassToo) {
  const Fields cookies{{"Cookie", cookies_of(ask({}).fields)}};
  desk_.set_mode("sale", room::Mode::bypass);
  expect_to_stay(cookies);
  EXPECT_TRUE(ask(cookies).to_backend.contains("X-Doorward-Ticket"));
  const Asked stranger = ask({});
  EXPECT_EQ(stranger.verdict, Verdict::pass);
  EXPECT_FALSE(stranger.to_backend.contains("X-Doorward-Ticket"));
  desk_.set_mode("sale", room::Mode::open);
  EXPECT_EQ(ask({}).status, 429U);
  EXPECT_EQ(ask(cookies).verdict, Verdict::pass);
}

TEST_F(RoomGateSessionTest, ItIsKeptByUseDuringABypassWhereOnlyUsersEnter) {
  const Fields ann{{"Authorization", "Bearer " + desk_.user_token("ann")}};
  ASSERT_EQ(ask(ann).verdict, Verdict::pass);
  route_.entry = route::Entry::user;
  desk_.set_mode("sale", room::Mode::bypass);
  expect_to_stay(ann);
  EXPECT_EQ(ask({}).verdict, Verdict::pass);
}

TEST_F(RoomGateTest, WhoWaitedAndEntersByABypassTakesUpTheClaim) {
  room::Policy policy;
  policy.capacity = 0;
  policy.claim_ttl = 5s;
  desk_.set_room("sale", policy);
  const Fields cookies{{"Cookie", cookies_of(ask({}).fields)}};
  desk_.set_mode("sale", room::Mode::bypass);
  const Asked entered = ask(cookies);
  EXPECT_EQ(entered.verdict, Verdict::pass);
  EXPECT_NE(cookies_of(entered.fields).find("doorward_pass_sale="), std::string::npos);
  for (int i = 0; i < 5; ++i) {
    desk_.clock.advance(4s);
    desk_.submit(engine::Tick{});
  }
  desk_.set_mode("sale", room::Mode::open);
  EXPECT_EQ(ask(cookies).verdict, Verdict::pass);
}

TEST_F(RoomGateTest, ABypassPassesEverybodyAlsoWhileTheLogCannotBeWritten) {
  room::Policy policy;
  policy.capacity = 0;
  policy.claim_ttl = 5s;
  desk_.set_room("sale", policy);
  const Fields cookies{{"Cookie", cookies_of(ask({}).fields)}};
  desk_.set_mode("sale", room::Mode::bypass);
  desk_.log.refuse_appends(true);
  EXPECT_EQ(ask(cookies).verdict, Verdict::pass);
  desk_.log.refuse_appends(false);
  desk_.wait_until_writable();
}

TEST_F(RoomGateTest, ATunnelIsClosedOnceItsSessionHasEnded) {
  desk_.set_capacity("sale", 1);
  ExchangeDouble exchange("GET", "/buy");
  Context context{exchange};
  context.route = &route_;
  ASSERT_EQ(desk_.run(gate_.run(context)), Verdict::pass);
  EXPECT_TRUE(context.session->look());
  desk_.submit(
      engine::Finish{*parse_id<TicketId>(*exchange.head.fields.find("X-Doorward-Ticket"))});
  EXPECT_FALSE(context.session->look());
}

TEST_F(RoomGateSessionTest, ATunnelFollowsThePolicyThatIsInForce) {
  room::Policy policy = desk_.shard->room("sale")->view.policy;
  policy.session_ttl = 40s;
  policy.renew = room::Renew::never;
  desk_.submit(engine::SetRoom{"sale", policy});
  ExchangeDouble exchange("GET", "/buy");
  Context context{exchange};
  context.route = &route_;
  ASSERT_EQ(desk_.run(gate_.run(context)), Verdict::pass);
  EXPECT_EQ(context.session->interval(), 10s);
  policy.session_ttl = 10s;
  policy.renew = room::Renew::use;
  desk_.submit(engine::SetRoom{"sale", policy});
  for (int i = 0; i < 30; ++i) {
    desk_.clock.advance(2s);
    desk_.submit(engine::Tick{});
    ASSERT_TRUE(context.session->look()) << i;
    desk_.submit(engine::Tick{});  // behind what the use wrote
  }
  EXPECT_EQ(context.session->interval(), 2'500ms);
}

}  // namespace
}  // namespace doorward::gateway
