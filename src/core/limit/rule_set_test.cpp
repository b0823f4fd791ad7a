#include "core/limit/rule_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace doorward::limit {
namespace {

using namespace std::chrono_literals;

struct Headers final : HeaderSource {
  std::multimap<std::string, std::string, std::less<>> values;
  std::optional<std::string_view> header(std::string_view name, std::size_t n) const override {
    auto [found, end] = values.equal_range(name);
    while (found != end && n-- > 0) ++found;
    return found == end ? std::nullopt : std::optional<std::string_view>(found->second);
  }
};

struct Asked {
  std::string host = "shop.example";
  std::string path = "/";
  std::string method = "GET";
  std::string route = {};
  Headers headers = {};
  std::string client = "192.0.2.1";
  LogTime now{};
};

FoundRules ask(const RuleSet& set, const Asked& asked) {
  FoundRules found;
  set.find({asked.host, asked.path, asked.method, asked.route, asked.headers,
            parse_address(asked.client).value(), asked.now},
           found);
  return found;
}

std::string names(const RuleSet& set, const Asked& asked) {
  std::string list;
  for (const Applied& applied : ask(set, asked).rules) {
    list += (list.empty() ? "" : " ") + applied.rule->rule().name + (applied.denied ? "!" : "");
  }
  return list;
}

Rule rule(std::string name, std::vector<std::string> paths = {}) {
  Rule made;
  made.name = std::move(name);
  made.match.paths = std::move(paths);
  NamedQuota quota{"second", {}};
  quota.quota.limit = 10;
  made.quotas = {quota};
  return made;
}

template <class Change>
Rule rule(std::string name, std::vector<std::string> paths, Change change) {
  Rule made = rule(std::move(name), std::move(paths));
  change(made);
  return made;
}

RuleSet set_of(const std::vector<Rule>& rules) {
  std::vector<RulePtr> all;
  for (const Rule& one : rules)
    all.push_back(std::make_shared<CompiledRule>(RuleEntry{one, all.size() + 1, {}, {}, {}}));
  return RuleSet(std::move(all));
}

TEST(RuleSet, FindsByPathTheMostSpecificFirst) {
  const RuleSet set =
      set_of({rule("any"), rule("root", {"/"}), rule("all", {"/**"}), rule("buy", {"/buy"}),
              rule("buy-one", {"/buy/*"}), rule("buy-all", {"/buy/**"}),
              rule("deep", {"/buy/x/**", "/other"}), rule("two", {"/buy/**", "/buy"})});
  const std::pair<const char*, const char*> table[] = {
      {"/", "root all any"},
      {"/buy", "buy two buy-all all any"},
      {"/buy/x", "buy-one deep buy-all two all any"},
      {"/buy/x/y", "deep buy-all two all any"},
      {"/other", "deep all any"},
      {"/BUY/", "buy two buy-all all any"},
      {"/%62uy", "buy two buy-all all any"},
      {"/x/../buy", "buy two buy-all all any"},
      {"/buyer", "all any"},
      {"*", "any"},
      {"/a%zz", "any"},
  };
  for (const auto& [path, expected] : table)
    EXPECT_EQ(names(set, {.path = path}), expected) << path;
}

TEST(RuleSet, CountsAPathByEveryReadingOfIt) {
  const RuleSet set = set_of({rule("buy", {"/buy"}), rule("other", {"/x/**"})});
  for (const char* path : {"/buy;a=1", "/x;/../buy", "/y%2f..%2fbuy", "/buy.", "/buy%20",
                           "/buy%3bx", "/buy%3Bx=1", "/buy%253bx"})
    EXPECT_NE(names(set, {.path = path}).find("buy"), std::string::npos) << path;
  EXPECT_EQ(ask(set, {.path = "/buy;a=1"}).endpoint, "/buy");
  EXPECT_EQ(ask(set, {.path = "/buy;a=2"}).endpoint, "/buy");
  EXPECT_EQ(ask(set, {.path = "/Buy/"}).endpoint, "/buy");
  EXPECT_EQ(ask(set, {.path = "/"}).endpoint, "/");
}

TEST(RuleSet, DoorwardsOwnCallsCountByTheirShortPath) {
  const RuleSet set = set_of({rule("join", {"/v1/rooms/**"})});
  EXPECT_EQ(names(set, {.path = "/v1/rooms/sale/tickets"}), "join");
  EXPECT_EQ(names(set, {.path = "/.doorward/v1/rooms/sale/tickets"}), "join");
  EXPECT_EQ(ask(set, {.path = "/.doorward/v1/keys"}).endpoint, "/v1/keys");
}

TEST(RuleSet, FindsByHost) {
  const auto on = [](std::vector<std::string> hosts) {
    return [hosts](Rule& r) { r.match.hosts = hosts; };
  };
  const RuleSet set = set_of(
      {rule("any"), rule("shop", {}, on({"shop.example"})), rule("wide", {}, on({"*.example"})),
       rule("narrow", {}, on({"*.shop.example"})), rule("port", {}, on({"shop.example:8080"}))});
  const std::pair<const char*, const char*> table[] = {
      {"shop.example", "shop wide any"},
      {"SHOP.example.", "shop wide any"},
      {"shop.example:8080", "port shop wide any"},
      {"shop.example:81", "shop wide any"},
      {"www.shop.example", "narrow wide any"},
      {"example", "any"},
      {".example", "any"},
      {"", "any"},
      {"[::1]:80", "any"},
  };
  for (const auto& [host, expected] : table)
    EXPECT_EQ(names(set, {.host = host}), expected) << host;
}

TEST(RuleSet, EveryListMustMatch) {
  const RuleSet set =
      set_of({rule("get", {"/a"}, [](Rule& r) { r.match.methods = {"GET"}; }),
              rule("post", {"/a"},
                   [](Rule& r) {
                     r.match.methods = {"POST", "PUT"};
                   }),
              rule("gold", {},
                   [](Rule& r) {
                     r.match.headers = {{"X-Plan", "go*"}, {"X-Any", "*"}};
                   }),
              rule("exact", {},
                   [](Rule& r) {
                     r.match.headers = {{"X-Plan", "gold"}};
                   }),
              rule("routed", {},
                   [](Rule& r) {
                     r.match.routes = {"shop", "cart"};
                   }),
              rule("routed-path", {"/a"}, [](Rule& r) { r.match.routes = {"cart"}; })});
  EXPECT_EQ(names(set, {.path = "/a"}), "get");
  EXPECT_EQ(names(set, {.path = "/a", .method = "HEAD"}), "get");
  EXPECT_EQ(names(set, {.path = "/a", .method = "PUT"}), "post");
  EXPECT_EQ(names(set, {.path = "/a", .method = "put"}), "post") << "letter case is no way around";
  EXPECT_EQ(names(set, {.path = "/a", .method = "DELETE"}), "");
  Asked asked{.path = "/b"};
  asked.headers.values = {{"X-Plan", "gold"}};
  EXPECT_EQ(names(set, asked), "exact");
  asked.headers.values = {{"X-Plan", "silver"}, {"X-Plan", "gold"}};
  EXPECT_EQ(names(set, asked), "exact") << "another before it is no way around";
  asked.headers.values = {{"X-Plan", "gone"}, {"X-Any", ""}};
  EXPECT_EQ(names(set, asked), "gold");
  EXPECT_EQ(names(set, {.path = "/b", .route = "shop"}), "routed");
  EXPECT_EQ(names(set, {.path = "/b", .route = "cart"}), "routed");
  EXPECT_EQ(names(set, {.path = "/a", .method = "PATCH", .route = "cart"}), "routed-path routed");
}

TEST(RuleSet, PriorityComesFirstAndStopEndsTheList) {
  const auto prior = [](int priority, bool stop) {
    return [=](Rule& r) { r.priority = priority, r.stop = stop; };
  };
  const RuleSet set = set_of({rule("exact", {"/a"}), rule("first", {}, prior(10, false)),
                              rule("second", {"/**"}, prior(5, true)),
                              rule("last", {"/b"}, prior(-1, false)), rule("b", {"/b"})});
  EXPECT_EQ(names(set, {.path = "/a"}), "first second");
  const RuleSet without = set_of({rule("exact", {"/a"}), rule("first", {}, prior(10, false)),
                                  rule("last", {"/a"}, prior(-1, true)), rule("b", {"/**"})});
  EXPECT_EQ(names(without, {.path = "/a"}), "first exact b last");
}

TEST(RuleSet, AFallbackAppliesWhereNoOtherRuleDoes) {
  const RuleSet set = set_of({rule("default", {}, [](Rule& r) { r.fallback = true; }),
                              rule("default-api", {"/api/**"}, [](Rule& r) { r.fallback = true; }),
                              rule("data", {"/api/data"}),
                              rule("off", {"/off"}, [](Rule& r) { r.active = false; })});
  EXPECT_EQ(names(set, {.path = "/"}), "default");
  EXPECT_EQ(names(set, {.path = "/api/x"}), "default-api default");
  EXPECT_EQ(names(set, {.path = "/api/data"}), "data");
  EXPECT_EQ(names(set, {.path = "/off"}), "default");
}

TEST(RuleSet, ARuleIsOnFromItsStartUntilItsEnd) {
  const RuleSet set = set_of({rule("sale", {}, [](Rule& r) {
    r.starts_at = LogTime{Millis{100}};
    r.ends_at = LogTime{Millis{200}};
  })});
  const std::pair<int, const char*> table[] = {{0, ""},       {99, ""},  {100, "sale"},
                                               {199, "sale"}, {200, ""}, {300, ""}};
  for (const auto& [now, expected] : table)
    EXPECT_EQ(names(set, {.now = LogTime{Millis{now}}}), expected) << now;
}

TEST(RuleSet, NetworksAreExemptOrDenied) {
  const RuleSet set =
      set_of({rule("a", {"/a"},
                   [](Rule& r) {
                     r.allow = {"10.0.0.0/8"};
                     r.deny = {"10.6.0.0/16", "2001:db8::/32"};
                   }),
              rule("b", {"/b"},
                   [](Rule& r) {
                     r.allow = {"10.0.0.0/8"};
                     r.stop = true;
                   }),
              rule("any"), rule("default", {}, [](Rule& r) { r.fallback = true; })});
  EXPECT_EQ(names(set, {.path = "/a"}), "a any");
  EXPECT_EQ(names(set, {.path = "/a", .client = "10.1.1.1"}), "any");
  EXPECT_EQ(names(set, {.path = "/a", .client = "10.6.1.1"}), "a! any");
  EXPECT_EQ(names(set, {.path = "/a", .client = "2001:db8::7"}), "a! any");
  EXPECT_EQ(names(set, {.path = "/b", .client = "10.1.1.1"}), "") << "exempt, and still the last";
}

TEST(RuleSet, TenThousandRulesAreFoundEachByItsPathOrHost) {
  std::vector<Rule> rules;
  for (int i = 0; i < 5'000; ++i) {
    const std::string number = std::to_string(i);
    rules.push_back(rule("path-" + number, {"/api/" + number + "/**"}));
    rules.push_back(
        rule("host-" + number, {}, [&](Rule& r) { r.match.hosts = {"h" + number + ".example"}; }));
  }
  const RuleSet set = set_of(rules);
  EXPECT_EQ(set.rules().size(), kMaxRules);
  for (int i = 0; i < 5'000; i += 7) {
    const std::string number = std::to_string(i);
    const std::string other = std::to_string(4'999 - i);
    EXPECT_EQ(names(set, {.host = "h" + other + ".example", .path = "/api/" + number + "/x"}),
              "path-" + number + " host-" + other);
  }
  EXPECT_NE(set.named("path-77"), nullptr);
  EXPECT_EQ(set.named("path-5000"), nullptr);
}

TEST(RuleSet, ThePathsLengthAndReadingsAddNoLookUps) {
  const RuleSet set = set_of({rule("buy", {"/buy/**"}), rule("one", {"/buy/*"}),
                              rule("exact", {"/buy"}), rule("wide", {"/**"}, [](Rule& r) {
                                r.match.hosts = {"*.shop.example", "shop.example"};
                              })});
  std::string host, deep;
  for (int i = 0; i < 1'000; ++i) host += "a.";
  for (int i = 0; i < 3'990; ++i) deep += "a/";
  const std::size_t plain = ask(set, {.host = "w.shop.example", .path = "/buy/x"}).look_ups;
  EXPECT_EQ(names(set, {.host = host + "shop.example", .path = "/buy/" + deep}), "buy wide");
  EXPECT_LE(ask(set, {.host = host + "shop.example", .path = "/buy/" + deep}).look_ups, plain + 2);
  // Two texts are all that the sixteen readings give.
  EXPECT_LE(ask(set, {.path = "/zz/" + deep + "%25b"}).look_ups, 2 * plain);
}

TEST(CompiledRule, AQuotaKeepsItsIdentityUntilItIsAnother) {
  const auto identity = [](const Rule& r) {
    return CompiledRule(RuleEntry{r, 1, {}, {}, {}}).quotas()[0].identity;
  };
  const Rule base = rule("a", {"/a"});
  Rule same = base;
  same.match.paths = {"/b"};
  same.priority = 7;
  same.dry_run = true;
  EXPECT_EQ(identity(same), identity(base));
  same.quotas[0].quota.limit = 11;
  EXPECT_EQ(identity(same), identity(base)) << "goes on from the present count";
  Rule other = base;
  other.quotas[0].name = "other";
  EXPECT_NE(identity(other), identity(base));
  other = base;
  other.quotas[0].quota.algorithm = Algorithm::gcra;
  EXPECT_NE(identity(other), identity(base));
  other = base;
  other.name = "b";
  EXPECT_NE(identity(other), identity(base));
}

TEST(CompiledRule, APlanPicksItsTier) {
  Rule tiered = rule("a");
  NamedQuota gold{"second", {}};
  gold.quota.limit = 100;
  tiered.plan_claim = "plan";
  tiered.tiers = {{"gold", {gold}}, {"free-of-limits", {}}};
  const CompiledRule compiled(RuleEntry{tiered, 1, {}, {}, {}});
  EXPECT_EQ(compiled.quotas().at(0).compiled.limit(), 10U);
  EXPECT_EQ(compiled.quotas("gold").at(0).compiled.limit(), 100U);
  EXPECT_EQ(compiled.quotas("silver").at(0).compiled.limit(), 10U);
  EXPECT_TRUE(compiled.quotas("free-of-limits").empty());
  EXPECT_TRUE(compiled.needs_identity());
}

struct Values final : KeySource {
  std::map<std::string, std::string> values;
  std::string_view client() const override { return "192.0.2.1"; }
  std::optional<std::string_view> value(const KeyPart& part) const override {
    const auto found = values.find(to_string(part));
    return found == values.end() ? std::nullopt : std::optional<std::string_view>(found->second);
  }
};

TEST(KeyText, TellsCombinationsApart) {
  const auto key = [](std::vector<const char*> parts, std::map<std::string, std::string> values) {
    std::vector<KeyPart> wanted;
    for (const char* part : parts) wanted.push_back(parse_key_part(part).value());
    Values source;
    source.values = std::move(values);
    return key_text(wanted, source);
  };
  const std::string texts[] = {
      key({}, {}),
      key({"client"}, {}),
      key({"user"}, {}),
      key({"user"}, {{"user", "192.0.2.1"}}),
      key({"user"}, {{"user", ""}}),
      key({"header:a"}, {{"header:a", "x"}}),
      key({"header:b"}, {{"header:b", "x"}}),
      key({"cookie:a"}, {{"cookie:a", "x"}}),
      key({"header:a", "header:b"}, {{"header:a", "x"}, {"header:b", "yz"}}),
      key({"header:a", "header:b"}, {{"header:a", "xy"}, {"header:b", "z"}}),
      key({"header:a", "header:b"}, {{"header:a", "x"}, {"header:b", "1:yz"}}),
      key({"room"}, {}),
      key({"room"}, {{"room", "sale"}}),
  };
  for (const auto& one : texts) EXPECT_EQ(std::count(std::begin(texts), std::end(texts), one), 1);
}

TEST(KeyText, LeavingAHeaderOutCountsByTheAddress) {
  Values source;
  const std::vector<KeyPart> key{{KeyKind::header, "X-Client-ID"}};
  EXPECT_NE(key_text(key, source).find("192.0.2.1"), std::string::npos);
}

}  // namespace
}  // namespace doorward::limit
