#include "app/serve/explain.hpp"

#include "app/config/load.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doorward::app {
namespace {

using ::testing::HasSubstr;

config::Config demo() {
  auto loaded = config::load_text(
      "upstreams: {shop: 'http://127.0.0.1:9000'}\n"
      "rooms: {sale: {capacity: 5}}\n"
      "routes:\n"
      "  - {name: buy, path: /buy/**, room: sale, upstream: shop}\n"
      "  - {name: api, path: /v1/**, upstream: shop}\n"
      "rules:\n"
      "  all: 10/s\n"
      "  buying: {match: {paths: [/buy/**], headers: {X-Plan: free}}, key: [user], "
      "quotas: [{limit: 5, window: 1m}], deny: [192.0.2.0/24]}\n"
      "  other: {match: {paths: [/other/**]}, quota: 1/s}\n",
      "demo.yaml", {});
  EXPECT_EQ(loaded.problems.text(), "");
  return loaded.config;
}

TEST(Explain, NamesThePhasesInTheirOrder) {
  const auto lines = explain(demo(), "GET", "shop.example", "/BUY/1");
  ASSERT_TRUE(lines) << lines.error().what;
  const auto address = lines->find("client_address:"), route = lines->find("route:"),
             who = lines->find("authenticate:"), gate = lines->find("room_gate:"),
             proxy = lines->find("proxy:");
  ASSERT_NE(proxy, std::string::npos) << *lines;
  EXPECT_LT(address, route);
  EXPECT_LT(route, who);
  EXPECT_LT(who, gate);
  EXPECT_LT(gate, proxy);
  EXPECT_THAT(*lines, HasSubstr("sale"));
  EXPECT_THAT(*lines, HasSubstr("shop"));
}

TEST(Explain, TakesTheQueryOff) {
  EXPECT_EQ(explain(demo(), "GET", "", "/buy?x=/1").value(),
            explain(demo(), "GET", "", "/buy").value());
}

TEST(Explain, SaysThatARoomIsNotAsItIsAsARule) {
  const auto said = [](const char* more) {
    const auto loaded = config::load_text(
        fmt::format("rooms: {{sale: {{{}, match: {{path: /buy}}}}}}", more), "demo.yaml", {});
    return explain(loaded.config, "GET", "", "/buy").value();
  };
  EXPECT_THAT(said("mode: closed"), HasSubstr("note: room sale is closed, so nobody goes in\n"));
  EXPECT_THAT(said("closes_at: '2021-05-01T10:00:00Z'"), HasSubstr("closes_at is over\n"));
  EXPECT_THAT(said("mode: paused"), HasSubstr("note: room sale is paused"));
  EXPECT_THAT(said("mode: bypass"), HasSubstr("note: room sale is in bypass"));
  EXPECT_THAT(said("opens_at: '9021-05-01T10:00:00Z'"), HasSubstr("note: room sale opens at"));
  EXPECT_EQ(said("mode: open").find("note:"), std::string::npos);
}

TEST(Explain, ARoomOfAHostAloneGatesBesideThePathOfAll) {
  const auto loaded = config::load_text(
      "upstreams: {shop: 'http://127.0.0.1:9000'}\n"
      "rooms: {sale: {match: {path: /checkout/**}}}\n"
      "tenants: {acme: {rooms: {sale: {match: {host: shop.acme.example}}}}}\n"
      "routes: [{path: /**, upstream: shop}]\n",
      "demo.yaml", {});
  EXPECT_EQ(loaded.problems.text(), "");
  for (const char* path : {"/", "/x", "/checkout/1"})
    EXPECT_THAT(explain(loaded.config, "GET", "shop.acme.example", path).value(),
                HasSubstr("room acme/sale"))
        << path;
}

TEST(Explain, NamesTheRulesThatApplyAfterTheRoute) {
  const std::string lines = explain(demo(), "GET", "", "/buy/1").value();
  EXPECT_THAT(lines,
              HasSubstr("route: route \"buy\"\nrate_rules: buying (5 in 1m for each user, if "
                        "X-Plan is free, refused for the networks of deny); all (10 in 1s for "
                        "each client)\n"));
  EXPECT_THAT(explain(demo(), "GET", "", "/").value(),
              HasSubstr("rate_rules: all (10 in 1s for each client)\n"));
  EXPECT_THAT(explain({}, "GET", "", "/").value(),
              HasSubstr("rate_rules: none of the configuration applies\n"));
}

TEST(Explain, WarnsWhereARouteTakesWhatIsDoorwardsOwn) {
  EXPECT_THAT(explain(demo(), "GET", "", "/v1/rooms/sale").value(),
              HasSubstr("note: /v1/rooms/sale would be Doorward's own; this route takes it to the "
                        "backend. Doorward's own calls stay at /.doorward/v1/rooms/sale\n"));
  for (const char* path : {"/buy/1", "/metrics", "/.doorward/v1/rooms/sale"})
    EXPECT_EQ(explain(demo(), "GET", "", path).value().find("note:"), std::string::npos) << path;
}

TEST(Explain, SaysWhoAnswersWhereNoRouteMatches) {
  const std::pair<const char*, const char*> cases[] = {
      {"/nothing", "no route: 404\n"},
      {"/", "no route: a call that the compatible systems share\n"},
      {"/dashboard", "no route: Doorward's own call\n"},
      {"/.doorward/v1/rooms/sale", "no route: Doorward's own call\n"},
      {"/api/v1/queue/status", "no route: a call of compat.ticketing_gateway\n"},
      {"/reserve", "no route: a call of compat.train_reservation\n"},
      {"/reserve/", "no route: 307 to the path that differs by its last slash"}};
  for (const auto& [path, told] : cases)
    EXPECT_THAT(explain(demo(), "GET", "", path).value(), HasSubstr(told)) << path;
  config::Config users = demo();
  users.identity.required = true;
  EXPECT_THAT(explain(users, "GET", "", "/nothing").value(),
              HasSubstr("no route: 401 without a user, else 404\n"));
}

TEST(Explain, DecidesForThePathThatIsAskedWhetherAUserIsNeeded) {
  config::Config config = demo();
  config.identity.required = true;
  EXPECT_THAT(explain(config, "GET", "", "/buy/1").value(),
              HasSubstr("X-User-Id; others get 401\n"));
  config.identity.open.push_back({{"/buy/1"}, {"GET"}});
  EXPECT_THAT(explain(config, "GET", "", "/buy/1").value(), HasSubstr("X-User-Id\n"));
  EXPECT_THAT(explain(config, "POST", "", "/buy/1").value(),
              HasSubstr("X-User-Id; others get 401\n"));
  EXPECT_THAT(explain(config, "GET", "", "/buy/2").value(),
              HasSubstr("X-User-Id; others get 401\n"));
}

TEST(Explain, NamesTheOriginsOfOtherPagesWhereRoutesTakeThem) {
  config::Config config = demo();
  config.cors.origins = {"https://shop.example"};
  EXPECT_EQ(explain(config, "OPTIONS", "", "/buy/1").value().find("cors:"), std::string::npos);
  config.cors.routes = true;
  EXPECT_THAT(explain(config, "OPTIONS", "", "/buy/1").value(),
              HasSubstr("route: route \"buy\"\ncors: pages of the origins of `cors` may call\n"
                        "rate_rules: "));
}

}  // namespace
}  // namespace doorward::app
