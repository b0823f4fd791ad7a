#include "core/route/route.hpp"

#include <gtest/gtest.h>

namespace doorward::route {
namespace {

Route make(std::string name, std::vector<std::string> hosts, std::vector<std::string> paths,
           std::vector<std::string> methods = {}) {
  Route route;
  route.name = std::move(name);
  route.match = {std::move(hosts), std::move(paths), std::move(methods)};
  return route;
}

RouteTable shop() {
  return RouteTable({
      make("site", {}, {"/**"}),
      make("buy", {}, {"/buy", "/buy/**"}),
      make("item", {}, {"/item/*"}),
      make("post-order", {}, {"/order"}, {"POST"}),
      make("get-order", {}, {"/order"}, {"GET"}),
      make("buy-free", {}, {"/buy/terms"}),
      make("buy-api", {"api.example"}, {"/buy/**"}),
      make("buy-sub", {"*.example"}, {"/buy/**"}),
      make("buy-deep", {"*.deep.example"}, {"/buy/**"}),
      make("buy-port", {"api.example:8443"}, {"/buy/**"}),
      make("second", {}, {"/buy/**"}),
      make("cafe", {}, {"/Caf%C3%A9/**"}),
      make("odd", {"odd.example"}, {}),
  });
}

struct Row {
  const char *method, *host, *path, *route;  // route: "-" for none
};

class Shop : public testing::TestWithParam<Row> {};
TEST_P(Shop, FindsTheRoute) {
  static const RouteTable table = shop();
  const auto& [method, host, path, expected] = GetParam();
  const Route* found = table.find(host, path, method);
  EXPECT_EQ(found ? found->name : "-", expected) << method << " " << host << " " << path;
}

INSTANTIATE_TEST_SUITE_P(
    Plain, Shop,
    testing::Values(
        Row{"GET", "h", "/", "site"}, Row{"GET", "h", "/x", "site"}, Row{"GET", "h", "/buy", "buy"},
        Row{"GET", "h", "/buy/x", "buy"}, Row{"GET", "h", "/buy/x/y", "buy"},
        Row{"GET", "h", "/buyer", "site"}, Row{"GET", "h", "/buy.html", "site"},
        Row{"GET", "h", "/item", "site"}, Row{"GET", "h", "/item/7", "item"},
        Row{"GET", "h", "/item/7/x", "site"}, Row{"GET", "h", "/buy/terms", "buy-free"},
        Row{"GET", "h", "/buy/terms/x", "buy"}, Row{"POST", "h", "/order", "post-order"},
        Row{"GET", "h", "/order", "get-order"}, Row{"HEAD", "h", "/order", "get-order"},
        Row{"PUT", "h", "/order", "site"}, Row{"get", "h", "/order", "get-order"},
        Row{"post", "h", "/order", "post-order"}, Row{"pOsT", "h", "/order", "post-order"},
        Row{"hEAD", "h", "/order", "get-order"}, Row{"POSTS", "h", "/order", "site"},
        Row{"GET", "h", "/caf%c3%a9/x", "cafe"}, Row{"GET", "h", "/caf\xc3\xa9", "cafe"},
        Row{"GET", "odd.example", "/x", "odd"}, Row{"GET", "odd.example", "/", "odd"},
        Row{"GET", "odd.example", "/buy", "buy"}));

INSTANTIATE_TEST_SUITE_P(Hosts, Shop,
                         testing::Values(Row{"GET", "api.example", "/buy/x", "buy-api"},
                                         Row{"GET", "API.EXAMPLE", "/buy/x", "buy-api"},
                                         Row{"GET", "api.example.", "/buy/x", "buy-api"},
                                         Row{"GET", "api.example:80", "/buy/x", "buy-api"},
                                         Row{"GET", "api.example.:80", "/buy/x", "buy-api"},
                                         Row{"GET", "api.example:8443", "/buy/x", "buy-port"},
                                         Row{"GET", "www.example", "/buy/x", "buy-sub"},
                                         Row{"GET", "a.b.example", "/buy/x", "buy-sub"},
                                         Row{"GET", "a.deep.example", "/buy/x", "buy-deep"},
                                         Row{"GET", "deep.example", "/buy/x", "buy-sub"},
                                         Row{"GET", "example", "/buy/x", "buy"},
                                         Row{"GET", ".example", "/buy/x", "buy"},
                                         Row{"GET", "notexample", "/buy/x", "buy"},
                                         Row{"GET", "", "/buy/x", "buy"},
                                         Row{"GET", "[::1]:8080", "/buy/x", "buy"},
                                         // The exact path wins over the exact host.
                                         Row{"GET", "api.example", "/buy", "buy"},
                                         Row{"GET", "api.example", "/buy/terms", "buy-free"}));

INSTANTIATE_TEST_SUITE_P(
    Disguised, Shop,
    testing::Values(Row{"GET", "h", "/BUY", "buy"}, Row{"GET", "h", "/Buy/X", "buy"},
                    Row{"GET", "h", "/%62uy", "buy"}, Row{"GET", "h", "/%42%55%59", "buy"},
                    Row{"GET", "h", "//buy", "buy"}, Row{"GET", "h", "///buy//x", "buy"},
                    Row{"GET", "h", "/buy/", "buy"}, Row{"GET", "h", "/./buy", "buy"},
                    Row{"GET", "h", "/x/../buy", "buy"}, Row{"GET", "h", "/x/%2e%2e/buy", "buy"},
                    Row{"GET", "h", "/x/.%2E/BUY/", "buy"}, Row{"GET", "h", "/../buy", "buy"},
                    Row{"GET", "h", "/buy/../x", "site"}, Row{"GET", "h", "/buy/terms/../x", "buy"},
                    Row{"GET", "h", "/buy/x/..", "buy"}, Row{"GET", "h", "/b%75y%2e", "-"},
                    Row{"GET", "h", "/ITEM/%37", "item"}, Row{"GET", "h", "/item//7/", "item"}));

// Several readings: the same route by all of them, or none.
INSTANTIATE_TEST_SUITE_P(
    Doubtful, Shop,
    testing::Values(Row{"GET", "h", "/buy;x=1", "-"}, Row{"GET", "h", "/buy%3bx", "-"},
                    Row{"GET", "h", "/buy%253bx", "-"}, Row{"GET", "h", "/x;v=1", "site"},
                    Row{"GET", "h", "/buy/x;v=1", "buy"}, Row{"GET", "h", "/buy;jsession=1/x", "-"},
                    Row{"GET", "h", "/x/..;/buy", "-"}, Row{"GET", "h", "/;/buy", "-"},
                    Row{"GET", "h", "/buy%2fx", "-"}, Row{"GET", "h", "/x%2fy", "site"},
                    Row{"GET", "h", "/x%2f..%2fbuy", "-"}, Row{"GET", "h", "/buy/..%2fx", "-"},
                    Row{"GET", "h", "/buy/a%2fb", "buy"}, Row{"GET", "h", "/item/a%2fb", "-"},
                    Row{"GET", "h", "/\\buy", "-"}, Row{"GET", "h", "/%5cbuy", "-"},
                    Row{"GET", "h", "/x\\..\\buy", "-"}, Row{"GET", "h", "/x\\y", "site"},
                    Row{"GET", "h", "/a/..;/buy/b%2F..%2F..", "-"},
                    Row{"GET", "h", "/buy/terms;x", "-"}, Row{"GET", "h", "/buy/terms%2f..", "buy"},
                    Row{"GET", "h", "/buy.", "-"}, Row{"GET", "h", "/BUY%20/x", "-"},
                    Row{"GET", "h", "/x./y", "site"}, Row{"GET", "h", "/x/..%20/buy", "-"},
                    Row{"GET", "h", "/buy/terms.", "-"}, Row{"GET", "h", "/buy/x.", "buy"}));

INSTANTIATE_TEST_SUITE_P(
    Refused, Shop,
    testing::Values(
        Row{"GET", "h", "", "-"}, Row{"OPTIONS", "h", "*", "-"}, Row{"GET", "h", "/buy%", "-"},
        Row{"GET", "h", "/%6", "-"}, Row{"GET", "h", "/%zz", "-"}, Row{"GET", "h", "/buy%00", "-"},
        Row{"GET", "h", "/buy%0d%0a", "-"}, Row{"GET", "h", "/buy#x", "-"},
        Row{"GET", "h", "/.doorward", "-"}, Row{"GET", "h", "/.doorward/", "-"},
        Row{"GET", "h", "/.doorward/v1/x", "-"}, Row{"GET", "h", "/.DOORWARD/v1", "-"},
        Row{"GET", "h", "/%2edoorward/v1", "-"}, Row{"GET", "h", "//.doorward/v1", "-"},
        Row{"GET", "h", "/x/../.doorward/v1", "-"}, Row{"GET", "h", "/.doorward;x/v1", "-"},
        Row{"GET", "h", "/.doorward%2fv1", "-"}, Row{"GET", "h", "/.doorwards", "site"}));

TEST(RouteTable, WithoutRoutesFindsNothing) {
  EXPECT_EQ(RouteTable().find("h", "/", "GET"), nullptr);
}

TEST(RouteTable, ARouteWithoutPathsTakesWhatNoPatternTakes) {
  const RouteTable table({make("rest", {}, {}), make("a", {}, {"/a"})});
  EXPECT_EQ(table.find("h", "/b", "GET")->name, "rest");
  EXPECT_EQ(table.find("h", "/a", "GET")->name, "a");
}

TEST(RouteTable, AHostWithoutAPathWinsOverThePathOfAllWithoutAHost) {
  for (const char* all : {"/**", ""}) {
    std::vector<std::string> paths;
    if (*all != '\0') paths.emplace_back(all);
    const RouteTable table({make("site", {}, paths), make("one", {"one.example"}, {}),
                            make("below", {"*.example"}, {}), make("late", {}, {})});
    for (const char* path : {"/", "/x", "/x/y"}) {
      EXPECT_EQ(table.find("one.example", path, "GET")->name, "one") << path;
      EXPECT_EQ(table.find("two.example", path, "GET")->name, "below") << path;
      EXPECT_EQ(table.find("h", path, "GET")->name, "site") << path;
    }
  }
}

TEST(RouteTable, ATenantsRoomOfAHostIsNotLeftForAnothersRoomThatNamesNoHost) {
  const auto gated = [](Route route, std::string room) {
    route.room = std::move(room);
    return route;
  };
  const RouteTable table({gated(make("shop", {}, {"/checkout/**"}), "sale"),
                          gated(make("acme", {"shop.acme"}, {}), "acme/sale"),
                          gated(make("acme-vip", {}, {"/vip"}), "acme/vip"),
                          gated(make("named", {"*.acme"}, {"/named"}), "sale"),
                          make("health", {}, {"/health"}), make("site", {}, {"/**"})});
  const auto found = [&](const char* host, const char* path) {
    return table.find(host, path, "GET")->name;
  };
  EXPECT_EQ(found("shop.acme", "/checkout/1"), "acme");
  EXPECT_EQ(found("shop.acme", "/vip"), "acme-vip");   // of the same tenant: by path
  EXPECT_EQ(found("shop.acme", "/named"), "named");    // it names the host, too
  EXPECT_EQ(found("shop.acme", "/health"), "health");  // no room: excepted by path, as ever
  EXPECT_EQ(found("shop.acme", "/x"), "acme");
  EXPECT_EQ(found("h", "/checkout/1"), "shop");
}

TEST(RouteTable, TheEarlierOfEqualsWinsAndALongerPrefixBeatsALaterWildcard) {
  const RouteTable table(
      {make("one", {}, {"/a/*"}), make("deep", {}, {"/a/b/**"}), make("again", {}, {"/a/*"})});
  EXPECT_EQ(table.find("h", "/a/x", "GET")->name, "one");
  EXPECT_EQ(table.find("h", "/a/b", "GET")->name, "deep");
}

TEST(RouteTable, ACopyFindsItsOwnRoutes) {
  const RouteTable copy = RouteTable(shop());
  EXPECT_EQ(copy.find("h", "/item/1", "GET"), &copy.routes()[2]);
}

TEST(Patterns, FaultsAreNamed) {
  for (const char* good : {"/", "/buy", "/buy/", "/*", "/**", "/buy/*", "/Buy/%62/**", "/\xc3\xa9"})
    EXPECT_FALSE(fault_in_path_pattern(good)) << good;
  for (const char* bad : {"", "buy", "*", "/a*", "/*/b", "/a/***", "/a?x", "/a;b", "/a%2", "/a#b",
                          "/.doorward/**", "/x/../.Doorward"})
    EXPECT_TRUE(fault_in_path_pattern(bad)) << bad;
  for (const char* good : {"h", "shop.example", "*.shop.example", "h:80", "[::1]:80"})
    EXPECT_FALSE(fault_in_host_pattern(good)) << good;
  for (const char* bad : {"", "*.", "*", "a.*.b", "http://h", "h/x", "u@h"})
    EXPECT_TRUE(fault_in_host_pattern(bad)) << bad;
}

TEST(RouteTable, ThePathsLengthAndReadingsAddNoLookUps) {
  const RouteTable table = shop();
  const auto look_ups = [&](const std::string& path) {
    std::size_t count = 0;
    (void)table.find("h", path, "GET", &count);
    return count;
  };
  std::string deep;
  for (int i = 0; i < 3'990; ++i) deep += "a/";
  const std::size_t plain = look_ups("/x/y/z/buy");
  EXPECT_EQ(table.find("h", "/buy/" + deep, "GET")->name, "buy");
  EXPECT_LE(look_ups("/buy/" + deep), plain + 4);
  EXPECT_LE(look_ups("/zz/" + deep + "%25b"), 2 * (plain + 4));
}

}  // namespace
}  // namespace doorward::route
