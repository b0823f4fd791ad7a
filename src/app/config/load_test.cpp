#include "app/config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace doorward::app::config {
namespace {

using ::testing::HasSubstr;

Loaded load(std::string_view text, const Environment& environment = {}) {
  return load_text(text, "demo.yaml", environment);
}

constexpr std::string_view kCommon = R"(listen: 0.0.0.0:8080
admin: { listen: 127.0.0.1:9901 }
upstreams:
  shop: http://127.0.0.1:9000
rooms:
  sale: { capacity: 100, admit: {count: 10, every: 1s}, session: {ttl: 240s}, claim: {ttl: 60s} }
routes:
  - { path: /buy/**, room: sale, upstream: shop }
  - { path: /**, upstream: shop }
)";

TEST(Load, ReadsTheCommonCase) {
  const auto loaded = load(kCommon);
  ASSERT_EQ(loaded.problems.text(), "");
  const Config& c = loaded.config;
  EXPECT_EQ(c.listen, "0.0.0.0:8080");
  ASSERT_EQ(c.rooms.size(), 1u);
  EXPECT_EQ(c.rooms[0].name, "sale");
  EXPECT_EQ(c.rooms[0].policy.capacity, 100u);
  EXPECT_EQ(c.rooms[0].policy.admit, (room::Rate{10, Millis{1000}}));
  EXPECT_EQ(c.rooms[0].policy.session_ttl, Millis{240'000});
  EXPECT_EQ(c.rooms[0].policy.claim_ttl, Millis{60'000});
  ASSERT_EQ(c.upstreams.size(), 1u);
  EXPECT_EQ(c.upstreams[0].endpoints, std::vector<std::string>{"http://127.0.0.1:9000"});
  ASSERT_EQ(c.routes.size(), 2u);
  EXPECT_EQ(c.routes[0].route.match.paths, std::vector<std::string>{"/buy/**"});
  EXPECT_EQ(c.routes[0].route.room, "sale");
  EXPECT_EQ(c.routes[1].route.upstream, "shop");
}

TEST(Load, AnEmptyFileIsTheDefaults) {
  const auto loaded = load("# nothing yet\n");
  EXPECT_EQ(loaded.problems.text(), "");
  EXPECT_EQ(loaded.config.listen, "127.0.0.1:8080");
  EXPECT_EQ(loaded.config.data, "doorward-data");
}

TEST(Load, SaysWhichForwardingFieldTheProxySets) {
  EXPECT_FALSE(load("trusted_proxies: 10.0.0.0/8\n").config.prefer_forwarded);
  const auto loaded = load("forwarding_header: forwarded\n");
  EXPECT_EQ(loaded.problems.text(), "");
  EXPECT_TRUE(loaded.config.prefer_forwarded);
  EXPECT_FALSE(loaded.config.forwarded_host);
  EXPECT_TRUE(load("forwarded_host: true\n").config.forwarded_host);
  EXPECT_THAT(load("forwarding_header: via\n").problems.text(), HasSubstr("forwarding_header"));
}

TEST(Load, TheRedisProtocolNeedsAPasswordBeyondLoopback) {
  const auto alone = load("redis_listen: 127.0.0.1:6380\n");
  EXPECT_EQ(alone.problems.text(), "");
  EXPECT_EQ(alone.config.redis_listen.address, "127.0.0.1:6380");
  EXPECT_EQ(load("redis_listen: 0.0.0.0:6380\n").problems.text(),
            "error: demo.yaml:1:15: redis_listen.password: this setting, or identity.api_keys, "
            "is required where the address is not loopback\n");
  const auto guarded =
      load("redis_listen: {address: '0.0.0.0:6380', password: 0123456789abcdef, connections: 7}\n");
  EXPECT_EQ(guarded.problems.text(), "");
  EXPECT_EQ(guarded.config.redis_listen.connections, 7u);
}

TEST(Load, AMatchInARoomStandsForARoute) {
  const auto loaded = load(
      "upstreams: {shop: 'http://127.0.0.1:9000'}\n"
      "rooms: {sale: {match: {path: /buy}}}\n"
      "routes: [{path: /**, upstream: shop}]\n");
  ASSERT_EQ(loaded.problems.text(), "");
  ASSERT_EQ(loaded.config.routes.size(), 2u);
  EXPECT_EQ(loaded.config.routes[0].route.room, "sale");
  EXPECT_EQ(loaded.config.routes[0].route.upstream, "shop");
}

struct Wrong {
  std::string text;
  std::string said;
};

class LoadSays : public ::testing::TestWithParam<Wrong> {};

TEST_P(LoadSays, WhatIsWrongAndWhere) {
  EXPECT_THAT(load(GetParam().text).problems.text(), HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    Table, LoadSays,
    ::testing::Values(
        Wrong{"listen: 0.0.0.0:8080\nadmin: { open_on_loopback: true }\n",
              "error: demo.yaml:2:28: admin.open_on_loopback: expected listen on loopback, such as "
              "127.0.0.1:8080, found 0.0.0.0:8080; or set admin.listen to an address on loopback"},
        Wrong{"admin: { listen: '10.0.0.1:9901', open_on_loopback: true }\n",
              "admin.open_on_loopback: expected admin.listen on loopback"},
        Wrong{"trusted_proxies: 10.0.0.0/8\nadmin: { open_on_loopback: true }\n",
              "expected admin.listen on loopback beside trusted_proxies"},
        Wrong{"rooms:\n  sale: { capcity: 5 }\n",
              "error: demo.yaml:2:11: rooms.sale.capcity: unknown key; did you mean \"capacity\"?"},
        Wrong{"rooms: {sale: {display: {titles: {ko: a, fr: b}}}}",
              "rooms.sale.display.titles.fr: unknown key; known: en, ko, ja, zh, es\n"},
        Wrong{"rooms: {sale: {display: {titles: {cn: b}}}}", "unknown key; known: en, ko, ja"},
        Wrong{"rooms:\n  sale:\n    capacity: many\n",
              "error: demo.yaml:3:15: rooms.sale.capacity: expected a whole number from 1 to "
              "50000000, found \"many\""},
        Wrong{"rooms:\n  sale:\n    capacity: -1\n", "expected a whole number"},
        Wrong{"rooms:\n  sale:\n    capacity: \"5\"\n",
              "found \"5\"; in quotes it is text: take them away"},
        Wrong{"rooms: {sale: {capacity: \"x\"}}", "found \"x\"\n"},
        Wrong{"rules: {api: {quotas: 10/s}}",
              "rules.api.quotas: expected a list, found \"10/s\"; put it between [ and ]"},
        Wrong{"rules: {api: {quota: 1/s, plan_claim: plan, tiers: {gold: 2/s}}}",
              "warning: demo.yaml:1:9: rules.api.tiers: no request has a plan"},
        Wrong{
            "inventories: {seats: {count: 5}}\nrooms: {sale: {stock: {inventory: seets}}}",
            "rooms.sale.stock.inventory: there is no inventory \"seets\" in this file, so the room "
            "counts as sold out until the admin API makes it; did you mean \"seats\"?"},
        Wrong{
            "listen: 0.0.0.0:80\n",
            "warning: demo.yaml:1:9: listen: visitors come to 0.0.0.0:80, so admin calls, metrics "
            "and the dashboard are served nowhere"},
        Wrong{"trusted_proxies: 10.0.0.1\n",
              "visitors come to 127.0.0.1:8080 by trusted_proxies, so admin calls"},
        Wrong{"listen: 0.0.0.0:80\n",
              "compat: the calls of the compatible systems are open to whoever reaches 0.0.0.0:80"},
        Wrong{"rooms: {sale: {capacity: [1]}}", "found a list"},
        Wrong{"tenants:\n  acme: {max_rooms: 1, rooms: {a: {}, b: {}}}\n",
              "tenants.acme.max_rooms: expected at most 1 rooms of the tenant, found 2"},
        Wrong{"tenants: {acme: {max_rules: 1, rules: {a: 1/s, b: 1/s}}}",
              "tenants.acme.max_rules: expected at most 1 rules of the tenant, found 2"},
        Wrong{"tenants: {acme: {max_units: 2, inventories: {hall: {sections: [{name: A, rows: "
              "1, seats: 3}]}}}}",
              "tenants.acme.max_units: expected at most 2 seats of the tenant, found 3"},
        Wrong{"tenants:\n"
              "  a: {api_keys: [{name: w, sha256: " +
                  std::string(64, '1') +
                  "}]}\n  b: {api_keys: [{name: v, sha256: " + std::string(64, '1') + "}]}\n",
              "tenants.b.api_keys.v: this is also the key \"a/w\", and a key has one owner"},
        Wrong{"rooms: {sale: {session: {ttl: 5}}}",
              "rooms.sale.session.ttl: expected a duration from 1s to 7d, such as 250ms, 5s, 4m, "
              "found \"5\""},
        Wrong{"rooms: {sale: {admit: {every: 1s}}}",
              "rooms.sale.admit.count: this setting is required"},
        Wrong{"rooms: {SALE: {}}", "expected a room name"},
        Wrong{"rooms: {sale: {mode: opne}}", "expected one of open, paused, closed, bypass"},
        Wrong{"rooms: {sale: {opens_at: 2026-02-30T00:00:00Z}}", "expected a time with its zone"},
        Wrong{"rooms: {sale: }\nrooms: {x: }", "demo.yaml:2:1: rooms: this key stands here twice"},
        Wrong{"rooms: {a: {}, a: {}}", "rooms.a: this name stands here twice"},
        Wrong{"listen: here\n", "demo.yaml:1:9: listen: expected an address and port"},
        Wrong{"listen: 1.2.3.4:70000\n", "expected an address and port"},
        Wrong{"lissten: 1.2.3.4:80\n", "did you mean \"listen\"?"},
        Wrong{"trusted_proxies: [10.0.0.0/8, 10.0.0.0/33]",
              "demo.yaml:1:31: trusted_proxies[1]: expected a network"},
        Wrong{"upstreams: {shop: 'ftp://x'}", "expected http://HOST:PORT"},
        Wrong{"upstreams: {shop: {}}", "upstreams.shop.endpoints: this setting is required"},
        Wrong{"routes: [{path: buy}]", "routes[0].paths: expected a path pattern"},
        Wrong{"routes: [{path: /buy, paths: [/x]}]", "this is another name for \"paths\""},
        Wrong{"routes: [{path: /buy, room: slae}]\nrooms: {sale: {}}",
              "demo.yaml:1:29: routes[0].room: there is no room \"slae\"; did you mean \"sale\"?"},
        Wrong{"routes: [{path: /buy, upstream: shop}]",
              "there is no upstream \"shop\"; none is known here"},
        Wrong{"routes: [{path: /buy, upstream: 'http://127.0.0.1:9000'}]",
              "; give the address a name under upstreams, and say that name"},
        Wrong{"upstreams: {shop: 'https://x'}", "expected http://HOST:PORT (no TLS), or a list"},
        Wrong{"rooms: {sale: {claim: 60s}}",
              "rooms.sale.claim: expected a map of settings such as { ttl: … }, found \"60s\""},
        Wrong{"routes: [{path: /Buy}, {path: /buy, method: GET}]",
              "warning: demo.yaml:1:24: routes[1]: this route is never reached"},
        Wrong{"routes: [{path: /buy/, method: GET}, {path: /%62uy, method: GET}]",
              "routes[1]: this route is never reached"},
        Wrong{"rooms: {a: {match: {host: x.example}}, b: {match: {host: X.example, path: /**}}}",
              "rooms.b.match: this route is never reached"},
        Wrong{"listen: 127.0.0.1:8080\nadmin: {listen: 'localhost:8080'}",
              "demo.yaml:2:17: admin.listen: localhost:8080 is the address of listen too"},
        Wrong{"admin: {listen: 127.0.0.1:9901}\nredis_listen: 127.0.0.1:9901",
              "redis_listen: 127.0.0.1:9901 is the address of admin.listen too"},
        Wrong{"listen: 0.0.0.0:9\nadmin: {listen: 127.0.0.1:9}", "is the address of listen too"},
        Wrong{"upstreams: {shop: 'http://localhost:8080'}",
              "upstreams.shop: http://localhost:8080 is where Doorward itself listens"},
        Wrong{"listen: 0.0.0.0:80\nupstreams: {shop: 'http://127.0.0.1'}", "itself listens"},
        Wrong{"trusted_proxies: [10.0.0.0/8, 0.0.0.0/0]",
              "warning: demo.yaml:1:18: trusted_proxies: 0.0.0.0/0 is everybody"},
        Wrong{"admin: {listen: '0.0.0.0:9901'}",
              "warning: demo.yaml:1:17: admin.listen: 0.0.0.0:9901 is reached from other machines"},
        Wrong{"routes: [{path: /a, method: GTE}]",
              "routes[0].methods: \"GTE\" is no method that is known, and only requests with it "
              "are matched; did you mean \"GET\"?"},
        Wrong{"routes: [{name: a, path: /a}, {name: a, path: /b}]",
              "routes[1].name: \"a\" is the name of routes[0] too"},
        Wrong{"routes: [{path: /shop/**, strip_prefix: /shp}]",
              "routes[0].strip_prefix: no request for /shop/** begins with /shp"},
        Wrong{"routes: [{path: /shop, strip_prefix: /sho}]", "no request for /shop begins with"},
        Wrong{"routes: {path: /buy}", "routes: expected a list, found a map"},
        Wrong{"- 1\n- 2\n", "expected a map of settings, found a list"},
        Wrong{"rooms: {sale: {a: }", "demo.yaml:"},
        Wrong{"listen: ${NOWHERE}",
              "neither the environment nor a .env file has the variable NOWHERE; set it there"},
        Wrong{"{}\n---\n{}\n", "expected one YAML document"},
        Wrong{"log: {kind: sqlite, redis: 'redis://127.0.0.1:6379'}",
              "demo.yaml:1:28: log.redis: has no effect beside this kind"},
        Wrong{"log: mysql", "log.kind: expected one of sqlite, redis, memory"},
        Wrong{"limits: {head_bytes: 64MB}", "expected a size from 1KiB to 1MiB"}));

TEST(Load, SaysNothingOfWhatIsMeant) {
  for (const char* text :
       {"listen: 127.0.0.1:0\nadmin: {listen: '127.0.0.1:0'}",
        "listen: 127.0.0.1:8080\nadmin: {listen: '127.0.0.2:8080'}",
        "listen: 127.0.0.1:8080\nupstreams: {shop: 'http://127.0.0.1:8081'}",
        "listen: 127.0.0.1:8080\nupstreams: {shop: 'http://shop:8080'}",
        "routes: [{path: /Shop/x/**, strip_prefix: /shop}, {path: /**, strip_prefix: /shop}]",
        "routes: [{path: /a, methods: [GET, PROPFIND]}]"})
    EXPECT_EQ(load(text).problems.text(), "") << text;
}

TEST(Load, WarnsOfASaleThatIsOver) {
  const auto loaded = load("rooms: {sale: {closes_at: '2021-05-01T10:00:00Z'}}");
  EXPECT_EQ(loaded.problems.text(), "");  // a file outlives its sale
  const LogTime closed = *loaded.config.rooms.at(0).policy.closes_at;
  Problems problems;
  warn_of_the_past(loaded.config, closed - Millis{1}, problems);
  EXPECT_EQ(problems.text(), "");
  warn_of_the_past(loaded.config, closed, problems);
  EXPECT_THAT(problems.text(), HasSubstr("rooms.sale.closes_at: 2021-05-01T10:00:00"));
}

TEST(Load, WarnsOfAVariableThatIsNearlyOneOfOurs) {
  const auto said = [](const char* name) { return load("", {{name, "1"}}).problems.text(); };
  EXPECT_EQ(
      said("DOORWARD_LISTENN"),
      "warning: environment DOORWARD_LISTENN: has no effect; did you mean DOORWARD_LISTEN?\n");
  EXPECT_THAT(said("DOORWARD_ROOM__SALE__CAPACITY"),
              HasSubstr("did you mean DOORWARD_ROOMS__SALE__CAPACITY?"));
  EXPECT_THAT(said("DOORWARD_ADMIN_TOKENS"), HasSubstr("did you mean DOORWARD_ADMIN_TOKEN?"));
  for (const char* name : {"DOORWARD_PORT", "DOORWARD_SERVICE_HOST", "DOORWARD_PORT_80_TCP",
                           "DOORWARD_", "DOORWARD_BINARY", "DOORWARD_SOURCE"})
    EXPECT_EQ(said(name), "") << "a platform's own";
}

TEST(Load, SaysOfAWrongSettingNoMoreThanWhatIsWrong) {
  for (const char* text :
       {"rooms: {sale: {admit: {count: ten}}}", "rules: {api: 10 per second}",
        "rules: {api: {quotas: [10 per second]}}", "inventories: {seats: {count: ten}}",
        "routes: [{path: buy}, {path: /shop}]", "log: {kind: mysql, redis: 'redis://localhost'}"}) {
    const auto problems = load(text).problems;
    EXPECT_EQ(problems.errors().size(), 1U) << problems.text();
    EXPECT_EQ(problems.warnings().size(), 0U) << problems.text();
  }
}

TEST(Load, AnAddressOfRedisAloneMakesTheLogRedis) {
  const auto loaded = load("log: {redis: 'redis://10.0.0.5:6379'}");
  EXPECT_EQ(loaded.problems.text(), "");
  EXPECT_EQ(loaded.config.log.kind, LogKind::redis);
  EXPECT_EQ(load("log: {name: other}").config.log.kind, LogKind::sqlite);
  EXPECT_EQ(load("", {{"DOORWARD_LOG__REDIS", "redis://10.0.0.5:6379"}}).config.log.kind,
            LogKind::redis);
}

TEST(Load, WarnsOfAGatekeeperThatNobodyCanCallOrAnybodyCanForge) {
  const auto warnings = [](std::string_view text, const Environment& environment = {}) {
    return load(text, environment).problems.text();
  };
  const std::string secret(40, 's');
  const std::string on = "compat: {gatekeeper: {jwt_secret: " + secret + "}}\n";
  EXPECT_THAT(warnings(on), HasSubstr("compat.gatekeeper: no business has an API key here"));
  EXPECT_EQ(warnings(on, {{"BUSINESS_IDS", "a-key-of-more-than-16"}}), "");
  EXPECT_EQ(warnings("compat: {gatekeeper: false}\n"), "");
  EXPECT_EQ(warnings(""), "") << "it is on, but nobody asked for it";
  EXPECT_THAT(warnings("compat: {gatekeeper: {jwt_secret: your_super_secret_random_string_here}}"),
              HasSubstr("this is the secret of the example"));
}

TEST(Load, SaysEverythingAtOnceUpToABound) {
  std::string text = "rooms:\n";
  for (int i = 0; i < 30; ++i) text += "  r" + std::to_string(i) + ": { capcity: 1 }\n";
  const auto loaded = load(text);
  EXPECT_EQ(loaded.problems.errors().size(), Problems::kMaxKept);
  EXPECT_THAT(loaded.problems.text(), HasSubstr("and 10 more"));
}

TEST(Load, ReplacesReferencesToTheEnvironment) {
  const auto loaded =
      load("listen: 127.0.0.2:${PORT}\ndata: ${DATA:here}\nrooms: {a: {capacity: '${CAP}'}}",
           {{"PORT", "81"}, {"CAP", "7"}});
  ASSERT_EQ(loaded.problems.text(), "");
  EXPECT_EQ(loaded.config.listen, "127.0.0.2:81");
  EXPECT_EQ(loaded.config.data, "here");
  EXPECT_EQ(loaded.config.rooms[0].policy.capacity, 7u);
}

TEST(Load, AVariableCannotBringStructure) {
  const auto loaded = load("data: ${D}", {{"D", "x\nlisten: 0.0.0.0:1"}});
  ASSERT_EQ(loaded.problems.text(), "");
  EXPECT_EQ(loaded.config.listen, "127.0.0.1:8080");
}

TEST(Load, TheEnvironmentOverridesTheFile) {
  const auto loaded = load("listen: 1.1.1.1:1\nrooms: {big-sale: {capacity: 5}}",
                           {{"DOORWARD_LISTEN", "[::1]:2"},
                            {"DOORWARD_ROOMS__BIG_SALE__CAPACITY", "9"},
                            {"DOORWARD_ROOMS__NEW", "{capacity: 3}"},
                            {"DOORWARD_LOG_LEVEL", "debug"},
                            {"DOORWARD_ADMIN_TOKEN", "0123456789abcdef"},
                            {"DOORWARD_PORT_8080_TCP", "tcp://10.0.0.1:8080"},
                            {"UNRELATED", "1"}});
  ASSERT_EQ(loaded.problems.text(), "");
  EXPECT_EQ(loaded.config.listen, "[::1]:2");
  ASSERT_EQ(loaded.config.rooms.size(), 2u);
  EXPECT_EQ(loaded.config.rooms[0].policy.capacity, 9u);
  EXPECT_EQ(loaded.config.rooms[1].name, "new");
  EXPECT_EQ(loaded.config.logging.level, LogLevel::debug);
  EXPECT_EQ(loaded.config.admin.token, "0123456789abcdef");
}

TEST(Load, TakesTheWordsOfOtherProgramsForLevelAndDebug) {
  const auto read = [](const char* level, const char* debug) {
    return load("logging: { level: '${LOG_LEVEL:warn}' }\ndebug: ${DEBUG:false}",
                {{"LOG_LEVEL", level}, {"DEBUG", debug}});
  };
  EXPECT_EQ(read("INFO", "").config.logging.level, LogLevel::info);
  EXPECT_EQ(read("WARNING", "").config.logging.level, LogLevel::warn);
  EXPECT_EQ(read("Critical", "").config.logging.level, LogLevel::error);
  EXPECT_EQ(read("", "").config.logging.level, LogLevel::warn);
  EXPECT_FALSE(read("", "").config.debug);
  for (const char* yes : {"true", "True", "1", "yes", "on"})
    EXPECT_TRUE(read("", yes).config.debug);
  for (const char* no : {"false", "False", "0", "no", "off"}) {
    EXPECT_FALSE(read("", no).config.debug);
    EXPECT_EQ(read("", no).problems.text(), "");
  }
  EXPECT_THAT(read("loud", "").problems.text(), HasSubstr("expected one of debug, info"));
  EXPECT_THAT(read("", "maybe").problems.text(), HasSubstr("debug: expected true or false"));
}

TEST(Load, EachSystemCanBeSwitchedOff) {
  const auto all = load("");
  EXPECT_TRUE(all.config.compat.wait_queue.on);
  EXPECT_TRUE(all.config.compat.rate_limiter.on);
  const auto some = load("compat: { gatekeeper: false, rate_limiter: { on: false } }");
  EXPECT_EQ(some.problems.text(), "");
  EXPECT_TRUE(some.config.compat.ticketing_gateway.on);
  EXPECT_FALSE(some.config.compat.gatekeeper.on);
  EXPECT_FALSE(some.config.compat.rate_limiter.on);
}

TEST(Load, OtherOriginsAreNamedOrAnyButCookiesOnlyOfNamedOnes) {
  EXPECT_EQ(load("cors: '*'").config.cors.origins, std::vector<std::string>{"*"});
  const auto named =
      load("cors: { origins: [https://shop.example, 'http://[::1]:3000'], credentials: true }");
  EXPECT_EQ(named.problems.text(), "");
  EXPECT_EQ(named.config.cors.origins.size(), 2u);
  for (const char* origin :
       {"shop.example", "https://", "https://shop.example/", "null", "ftp://x"})
    EXPECT_THAT(load("cors: '" + std::string(origin) + "'").problems.text(),
                HasSubstr("cors.origins: expected an origin"));
  EXPECT_THAT(load("cors: { origins: '*', credentials: true }").problems.text(),
              HasSubstr("cors.credentials: stands beside the origin *"));
}

TEST(Load, NamesTheVariableThatIsWrong) {
  const auto loaded = load("", {{"DOORWARD_LISTEN", "x"}, {"DOORWARD_LIMITS__HEADBYTES", "1"}});
  EXPECT_THAT(loaded.problems.text(), HasSubstr("environment DOORWARD_LISTEN: listen: expected"));
  EXPECT_THAT(loaded.problems.text(), HasSubstr("did you mean \"head_bytes\"?"));
}

TEST(Load, AnEmptyVariableIsAsIfItWereNotSet) {
  const auto loaded = load("listen: 127.1.1.1:1", {{"DOORWARD_LISTEN", ""}});
  ASSERT_EQ(loaded.problems.text(), "");
  EXPECT_EQ(loaded.config.listen, "127.1.1.1:1");
}

TEST(Load, ASecretIsNeverShown) {
  const auto text = load("admin: {token: hush}").problems.text();
  EXPECT_THAT(text, HasSubstr("admin.token: expected at least 16 characters"));
  EXPECT_EQ(text.find("hush"), std::string::npos);
}

}  // namespace
}  // namespace doorward::app::config
