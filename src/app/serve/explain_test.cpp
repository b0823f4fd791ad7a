#include "app/serve/explain.hpp"

#include "app/config/load.hpp"

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

TEST(Explain, SaysWhereNoRouteMatches) {
  EXPECT_THAT(explain(demo(), "GET", "", "/").value(), HasSubstr("no route"));
}

}  // namespace
}  // namespace doorward::app
