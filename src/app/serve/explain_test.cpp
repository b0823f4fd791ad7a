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
      "routes: [{name: buy, path: /buy/**, room: sale, upstream: shop}]\n",
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

TEST(Explain, SaysWhereNoRouteMatches) {
  EXPECT_THAT(explain(demo(), "GET", "", "/").value(), HasSubstr("no route"));
}

}  // namespace
}  // namespace doorward::app
