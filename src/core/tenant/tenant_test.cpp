// Names of tenants, what bounds them, and who an API key belongs to.
#include "core/tenant/tenant.hpp"

#include <gtest/gtest.h>

namespace doorward::tenant {
namespace {

using namespace std::chrono_literals;

KeyHash hash(std::uint8_t first, std::uint8_t last) {
  KeyHash made{};
  made.front() = first;
  made.back() = last;
  return made;
}

TEST(TenantName, AFullNameIsTakenApartAtItsFirstSlash) {
  EXPECT_EQ(full_name("acme", "sale"), "acme/sale");
  EXPECT_EQ(full_name("", "sale"), "sale");
  EXPECT_EQ(split("acme/sale").tenant, "acme");
  EXPECT_EQ(split("acme/sale").name, "sale");
  EXPECT_EQ(split("sale").tenant, "");
  EXPECT_EQ(plain("sale"), "sale");
  EXPECT_EQ(plain("acme/sale"), "sale");
}

TEST(TenantName, NoNameHasASlash) {
  for (const char* good : {"acme", "a", "0.b_c-d", "12345678901234567890123456789012"})
    EXPECT_TRUE(is_valid_name(good)) << good;
  for (const char* bad :
       {"", "Acme", "a/b", ".a", "-a", "a b", "ä", "a%2fb", "123456789012345678901234567890123"})
    EXPECT_FALSE(is_valid_name(bad)) << bad;
}

TEST(TenantSettings, BoundsAreNamed) {
  struct Row {
    Settings settings;
    const char* field;
  };
  const auto with = [](auto change) {
    Settings settings;
    change(settings);
    return settings;
  };
  const Row table[] = {
      {with([](Settings& s) { s.max_waiting = 0; }), "max_waiting"},
      {with([](Settings& s) {
         s.calls = room::Rate{0, 1s};
       }),
       "calls.count"},
      {with([](Settings& s) {
         s.calls = room::Rate{1, 99ms};
       }),
       "calls.every"},
      {with([](Settings& s) { s.rooms = 1'001; }), "rooms"},
      {with([](Settings& s) { s.rules = 0; }), "rules"},
      {with([](Settings& s) { s.locks = 10'001; }), "locks"},
      {with([](Settings& s) { s.units = 0; }), "units"},
      {with([](Settings& s) { s.holds = 10'000'001; }), "holds"},
      {with([](Settings& s) { s.token_ttl = 59s; }), "token_ttl"},
  };
  EXPECT_TRUE(validate({}));
  for (const Row& row : table) {
    const auto valid = validate(row.settings);
    ASSERT_FALSE(valid) << row.field;
    EXPECT_EQ(valid.error().what.find(row.field), 0U) << valid.error().what;
  }
}

TEST(TenantSet, AKeyIsFoundByItsWholeHash) {
  const TenantSet set({{.name = "a", .keys = {{"web", hash(1, 1), {}}, {"job", hash(1, 2), {}}}},
                       {.name = "b", .keys = {{"web", hash(1, 3), {}}}}});
  EXPECT_EQ(set.owner_of(hash(1, 2))->tenant->name, "a");
  EXPECT_EQ(set.owner_of(hash(1, 2))->key->name, "job");
  EXPECT_EQ(set.owner_of(hash(1, 3))->tenant->name, "b");
  EXPECT_FALSE(set.owner_of(hash(1, 4)));
  EXPECT_EQ(set.named("b")->name, "b");
  EXPECT_EQ(set.named("c"), nullptr);
}

TEST(KeyHash, IsReadAsItIsWritten) {
  const KeyHash some = hash(0xab, 0x0f);
  EXPECT_EQ(parse_hash(to_hex(some)), some);
  EXPECT_FALSE(parse_hash("ab"));
  EXPECT_FALSE(parse_hash(std::string(63, '0') + "G"));
}

}  // namespace
}  // namespace doorward::tenant
