#include "gateway/renew_session.hpp"

#include "gateway/desk_test_support.hpp"

namespace doorward::gateway {
namespace {

using namespace std::chrono_literals;

class RenewSessionTest : public testing::Test {
 protected:
  RenewSessionTest() {
    room::Policy policy;
    policy.capacity = 1;
    policy.session_ttl = 100s;
    desk_.set_room("sale", policy);
    route_.renews = "sale";
  }
  void ask(const std::string& token) {
    ExchangeDouble exchange;
    if (!token.empty()) exchange.head.fields.append("Authorization", "Bearer " + token);
    Context context{exchange};
    context.route = &route_;
    if (!filter_.run_now(context)) {
      EXPECT_EQ(desk_.run(filter_.run(context)), Verdict::pass);
    }
    desk_.submit(engine::Tick{});  // behind what nobody waits for
  }
  Place join(std::string_view subject) {
    ExchangeDouble exchange;
    exchange.head.fields.append("Authorization", "Bearer " + desk_.user_token(subject));
    auto who = desk_.identities.identify(exchange.head, desk_.places.now());
    return desk_.run(desk_.places.join({"sale", *std::move(who.subject), {}})).value();
  }
  LogTime ends(const Place& place) {
    return *desk_.shard->read(*desk_.shard->find(place.view.id))->expires_at;
  }
  TestDesk desk_;
  RenewSession filter_{desk_.places};
  route::Route route_;
};

TEST_F(RenewSessionTest, ARequestOfOneWhoIsInsideIsAUse) {
  const Place place = join("ann");
  const LogTime before = ends(place);
  for (int i = 0; i < 2; ++i) {
    desk_.clock.advance(4s);
    desk_.submit(engine::Tick{});
  }
  ask(desk_.user_token("ann"));
  const LogTime too_early = ends(place);
  EXPECT_GE(too_early, before);
  for (int i = 0; i < 4; ++i) {
    desk_.clock.advance(4s);
    desk_.submit(engine::Tick{});
  }
  ask(desk_.user_token("ann"));
  EXPECT_GT(ends(place), before + 10s);
}

TEST_F(RenewSessionTest, ARequestIsAUseForAsLongAsItIsUnderWay) {
  const Place place = join("ann");
  ExchangeDouble exchange;
  exchange.head.fields.append("Authorization", "Bearer " + desk_.user_token("ann"));
  Context context{exchange};
  context.route = &route_;
  ASSERT_EQ(desk_.run(filter_.run(context)), Verdict::pass);
  ASSERT_EQ(context.watches.size(), 1U);
  EXPECT_EQ(context.session, nullptr) << "a tunnel here does not end with the session";
  for (int i = 0; i < 50; ++i) {
    desk_.clock.advance(4s);
    desk_.submit(engine::Tick{});
    ASSERT_TRUE(context.watches[0]->look()) << i;
    desk_.submit(engine::Tick{});  // behind what the use wrote
  }
  desk_.submit(engine::Finish{place.view.id});
  EXPECT_FALSE(context.watches[0]->look());
}

TEST_F(RenewSessionTest, OthersChangeNothingAndAreNotStopped) {
  const Place place = join("ann");
  join("bob");
  const LogTime before = ends(place);
  for (int i = 0; i < 5; ++i) {
    desk_.clock.advance(4s);
    desk_.submit(engine::Tick{});
  }
  for (const std::string& token :
       {std::string(), std::string("opaque"), desk_.user_token("bob"), desk_.user_token("eve")})
    ask(token);
  route_.renews = "none";
  ask(desk_.user_token("ann"));
  EXPECT_EQ(ends(place), before);
  EXPECT_EQ(desk_.shard->room("sale")->view.waiting, 1U);
}

}  // namespace
}  // namespace doorward::gateway
