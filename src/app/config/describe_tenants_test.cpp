// Tenants in a configuration: read, named in full, and refused with their place.
#include "app/config/businesses.hpp"
#include "app/config/load.hpp"

#include <gtest/gtest.h>

namespace doorward::app::config {
namespace {

const std::string kHash(64, 'a');

TEST(Tenants, TheirRoomsAndRulesHaveTheirFullNames) {
  const Loaded loaded = load_text(R"(
upstreams: { shop: "http://127.0.0.1:1" }
tenants:
  acme:
    api_keys: [{ name: web, sha256: )" +
                                      kHash + R"( }]
    max_waiting: 50
    calls: { count: 10 }
    rooms: { sale: { capacity: 5, match: { host: acme.example } } }
    rules: { api: 10/s }
routes: [{ path: /more, room: acme/sale, upstream: shop }]
)",
                                  "test.yaml", {});
  ASSERT_EQ(loaded.problems.text(), "");
  ASSERT_EQ(loaded.config.tenants.size(), 1U);
  const TenantSettings& tenant = loaded.config.tenants[0];
  EXPECT_EQ(tenant.settings.max_waiting, 50U);
  EXPECT_EQ(tenant.settings.calls, (room::Rate{10, std::chrono::seconds{1}}));
  EXPECT_EQ(tenant.api_keys[0].sha256, kHash);
  EXPECT_EQ(loaded.config.rooms[0].name, "acme/sale");
  EXPECT_EQ(loaded.config.rules[0].rule.name, "acme/api");
  EXPECT_EQ(loaded.config.routes[0].route.room, "acme/sale");
}

TEST(Tenants, EachKeyOfBusinessIdsIsATenant) {
  const std::string one = "a-key-that-is-long-enough";
  const std::string two = "another-key-long-enough";
  const Environment environment{{"BUSINESS_IDS", one + ":" + two + "::" + one}};
  const Loaded loaded = load_text("", "test.yaml", environment);
  ASSERT_EQ(loaded.problems.text(), "");
  ASSERT_EQ(loaded.config.tenants.size(), 2U);
  EXPECT_EQ(loaded.config.tenants[0].name, business_name(one));
  EXPECT_EQ(loaded.config.tenants[0].name.size(), std::string("business-").size() + 12);
  EXPECT_EQ(loaded.config.tenants[1].name, business_name(two));
  const Loaded turned = load_text("business_ids: " + two + ":" + one, "test.yaml", {});
  EXPECT_EQ(turned.config.tenants[1].name, business_name(one)) << "whatever the order";
  EXPECT_EQ(turned.config.tenants[1].api_keys, loaded.config.tenants[0].api_keys);
  EXPECT_FALSE(load_text("business_ids: short", "test.yaml", {}).problems.warnings().empty());
}

TEST(Tenants, WhatIsWrongIsSaidWithItsPlace) {
  const std::pair<const char*, const char*> table[] = {
      {"tenants: { Acme: {} }", "expected a tenant's name"},
      {"tenants: { a: { api_keys: [{ name: a/b, sha256: 00 }] } }", "api_keys[0].name"},
      {"tenants: { a: { api_keys: [{ name: web, sha256: 00 }] } }", "api_keys[0].sha256"},
      {"tenants: { a: { rooms: { b/c: {} } } }", "expected a room name"},
      {"tenants: { a: { max_rooms: 0 } }", "max_rooms"},
      {"tenants: { a: { token_ttl: 1h } }", "token_ttl"},
      {"rooms: { a/b: {} }", "expected a room name"},
      {"business_ids: \"a key\"", "visible"},
  };
  for (const auto& [text, part] : table) {
    const Loaded loaded = load_text(text, "test.yaml", {});
    EXPECT_TRUE(loaded.problems.any_errors()) << text;
    EXPECT_NE(loaded.problems.text().find(part), std::string::npos) << loaded.problems.text();
  }
}

TEST(Tenants, AKeyThatIsWrittenInPlaceOfItsHashIsNotShown) {
  const std::string key = "PGq0mJ-the-key-itself-3b1U";
  for (const std::string& text :
       {"tenants: { a: { api_keys: [{ name: web, sha256: " + key + " }] } }",
        "identity: { api_keys: [{ name: web, sha256: " + key + " }] }"}) {
    const Loaded loaded = load_text(text, "test.yaml", {});
    EXPECT_TRUE(loaded.problems.any_errors()) << text;
    EXPECT_NE(loaded.problems.text().find("sha256"), std::string::npos);
    EXPECT_EQ(loaded.problems.text().find(key), std::string::npos) << loaded.problems.text();
  }
}

}  // namespace
}  // namespace doorward::app::config
