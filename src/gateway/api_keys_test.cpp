// Whose key it is, and that its use is remembered.
#include "gateway/api_keys.hpp"

#include <gtest/gtest.h>

namespace doorward::gateway {
namespace {

using namespace std::chrono_literals;

constexpr LogTime kNow{Millis{1'700'000'000'000}};

struct KeysTest : testing::Test {
  std::shared_ptr<const tenant::TenantSet> tenants = std::make_shared<tenant::TenantSet>(
      std::vector<tenant::Tenant>{{.name = "acme", .keys = {{"web", hash_of("key-of-acme"), {}}}}});
  std::vector<ApiKey> own{{"shop", tenant::to_hex(hash_of("key-of-shop"))}};
  ApiKeys keys{own, [this] { return tenants; }};
};

TEST_F(KeysTest, AKeyIsTheDefaultTenantsOrAnothers) {
  EXPECT_EQ(keys.owner_of("key-of-shop", kNow)->tenant->name, "");
  EXPECT_EQ(keys.owner_of("key-of-shop", kNow)->key->name, "shop");
  EXPECT_EQ(keys.owner_of("key-of-acme", kNow)->tenant->name, "acme");
  EXPECT_EQ(keys.owner_of("key-of-acme", kNow)->key->name, "web");
  for (const char* none : {"", "key-of-acm", "key-of-acme ", "web"})
    EXPECT_FALSE(keys.owner_of(none, kNow)) << none;
}

TEST_F(KeysTest, AKeyThatIsTakenAwayIsNobodysAtOnce) {
  tenants = std::make_shared<tenant::TenantSet>();
  EXPECT_FALSE(keys.owner_of("key-of-acme", kNow));
}

TEST_F(KeysTest, AKeyThatPagesCarryIsABusinesssAndNoBackends) {
  tenants = std::make_shared<tenant::TenantSet>(
      std::vector<tenant::Tenant>{{.name = "acme",
                                   .keys = {{"business-id", hash_of("of-pages"), {}},
                                            {"business-id-2", hash_of("of-pages-too"), {}},
                                            {"web", hash_of("of-a-backend"), {}}}}});
  own.push_back({"business-id", tenant::to_hex(hash_of("of-the-operator"))});
  const ApiKeys all(own, [this] { return tenants; });
  for (const char* key : {"of-pages", "of-pages-too"}) {
    EXPECT_FALSE(all.owner_of(key, kNow)) << key;
    ASSERT_TRUE(all.business_of(key, kNow)) << key;
    EXPECT_EQ(all.business_of(key, kNow)->tenant->name, "acme");
    EXPECT_EQ(all.last_used(hash_of(key)), kNow);
  }
  EXPECT_TRUE(all.owner_of("of-a-backend", kNow) && all.business_of("of-a-backend", kNow));
  EXPECT_TRUE(all.owner_of("of-the-operator", kNow)) << "no business, so in no page";
  EXPECT_FALSE(all.business_of("none", kNow));
}

TEST_F(KeysTest, TheLastUseIsKeptWhileTheKeyIs) {
  const auto hash = hash_of("key-of-acme");
  EXPECT_FALSE(keys.last_used(hash));
  EXPECT_FALSE(keys.take_changed());
  keys.owner_of("key-of-acme", kNow);
  EXPECT_EQ(keys.last_used(hash), kNow);
  EXPECT_TRUE(keys.take_changed());
  keys.owner_of("key-of-acme", kNow + 999ms);
  EXPECT_FALSE(keys.take_changed()) << "not more than once a second";
  ApiKeys again(own, [this] { return tenants; });
  ASSERT_TRUE(again.load(keys.save()));
  EXPECT_EQ(again.last_used(hash), kNow);
  tenants = std::make_shared<tenant::TenantSet>();
  EXPECT_EQ(again.save(), "{}\n");
  EXPECT_FALSE(again.load("broken"));
}

}  // namespace
}  // namespace doorward::gateway
