// Commands that happen only where the thing is what was seen.
#include "engine/digest.hpp"

#include "engine/record.hpp"
#include "engine/record_test_support.hpp"
#include "engine/world_test_support.hpp"

namespace doorward::engine {
namespace {

room::Policy capacity(std::uint32_t count) {
  room::Policy policy;
  policy.capacity = count;
  return policy;
}

reserve::Inventory count(std::uint32_t units) {
  reserve::Inventory inventory;
  inventory.count = units;
  return inventory;
}

tenant::Settings rooms(std::uint32_t most) {
  tenant::Settings settings;
  settings.rooms = most;
  return settings;
}

limit::Rule rule_of(std::string name, std::uint64_t most) {
  limit::Rule rule = small_rule();
  rule.name = std::move(name);
  rule.quotas[0].quota.limit = most;
  return rule;
}

tenant::KeyHash hash(std::uint8_t first) { return {first}; }

// A command under a condition, and what makes what it is about as it was seen, or another.
struct Conditional {
  Command command;
  Command seen;
  Command another;
};

std::vector<Conditional> conditionals() {
  const Digest rule = digest_of(rule_of("api", 1));
  const Digest inventory = digest_of(count(1));
  return {
      {SetRule{rule_of("api", 3), {}, {}, rule}, SetRule{rule_of("api", 1)},
       SetRule{rule_of("api", 2)}},
      {SetRule{rule_of("acme/api", 3), {}, {}, rule}, SetRule{rule_of("acme/api", 1)},
       SetRule{rule_of("acme/api", 2)}},
      {RemoveRule{"api", rule}, SetRule{rule_of("api", 1)}, SetRule{rule_of("api", 2)}},
      {SetInventory{"i", count(3), {}, inventory}, SetInventory{"i", count(1)},
       SetInventory{"i", count(2)}},
      {RemoveInventory{"i", inventory}, SetInventory{"i", count(1)}, SetInventory{"i", count(2)}},
      {SetTenant{"t", {}, {}, rooms(3), digest_of(rooms(1))}, SetTenant{"t", {}, {}, rooms(1)},
       SetTenant{"t", {}, {}, rooms(2)}},
      {RemoveTenant{"t", digest_of(rooms(1))}, SetTenant{"t", {}, {}, rooms(1)},
       SetTenant{"t", {}, {}, rooms(2)}},
      {RemoveTenantKey{"acme", "web", digest_of(hash(1))}, SetTenantKey{"acme", "web", hash(1)},
       SetTenantKey{"acme", "web", hash(2)}},
      {RemoveRoom{"r", digest_of(capacity(1))}, SetRoom{"r", capacity(1)},
       SetRoom{"r", capacity(2)}},
  };
}

class DigestTest : public StateTest {
 protected:
  DigestTest() { do_one(SetTenant{"acme", {}, {}, {}}); }
};

TEST_F(DigestTest, ACommandHappensOnlyWhereTheThingIsWhatWasSeen) {
  for (const Conditional& row : conditionals()) {
    const char* name = name_of(row.command);
    EXPECT_EQ(do_one(row.command).status, Status::changed) << name << ": there is none";
    ASSERT_EQ(do_one(row.another).status, Status::done) << name;
    EXPECT_EQ(do_one(row.command).status, Status::changed) << name;
    EXPECT_EQ(do_one(row.another).status, Status::already) << name << ": nothing happened";
    ASSERT_EQ(do_one(row.seen).status, Status::done) << name;
    restore();
    EXPECT_EQ(do_one(row.command).status, Status::done) << name;
    EXPECT_EQ(do_one(row.command).status, Status::changed) << name << ": it is done";
    for (const Command& removal : std::vector<Command>{RemoveRule{"api"}, RemoveInventory{"i"},
                                                       RemoveTenant{"t"}, RemoveRoom{"r"}})
      do_one(removal);
  }
}

// So that a log means the same to every program that reads it.
TEST(Digest, IsOfTheBytesThatTheRecordHas) {
  const auto of_record = [](const Command& command, std::size_t from, std::size_t to) {
    const std::string bytes = encode({1, 1, kBegin}, {command});
    return siphash128(SipKey{}, std::string_view(bytes).substr(0, bytes.size() - to).substr(from));
  };
  // After the head of the batch, type and length, name and source.
  EXPECT_EQ(digest_of(newest_policy()), of_record(SetRoom{"r", newest_policy()}, 40 + 2 + 3, 0));
  EXPECT_EQ(digest_of(full_settings()),
            of_record(SetTenant{"t", {}, {}, full_settings()}, 40 + 2 + 4, 0));
  EXPECT_EQ(digest_of(full_inventory()),
            of_record(SetInventory{"i", full_inventory()}, 40 + 2 + 3, 0));
  EXPECT_EQ(digest_of(full_rule()), of_record(SetRule{full_rule()}, 40 + 3, 2));
}

}  // namespace
}  // namespace doorward::engine
