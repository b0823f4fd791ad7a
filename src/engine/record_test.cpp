#include "engine/record.hpp"

#include "base/crc32c.hpp"

#include <gtest/gtest.h>

#include <random>

namespace doorward::engine {
namespace {

room::Policy full_policy() {
  room::Policy p;
  p.capacity = 70'000;
  p.admit = room::Rate{.count = 10, .every = Millis(1500)};
  p.session_ttl = Millis(240'000);
  p.renew = room::Renew::never;
  p.claim_ttl = Millis(60'000);
  p.order = room::Order::draw;
  p.lanes = {{"vip", 3}, {"all", 1}};
  p.rejoin = room::Rejoin::to_back;
  p.liveness_silence = Millis(45'000);
  p.liveness_grace = Millis(300'000);
  p.opens_at = LogTime(Millis(1'700'000'000'000));
  p.closes_at = LogTime(Millis(1'700'000'600'000));
  p.max_waiting = 12;
  p.mode = room::Mode::bypass;
  p.stock = room::Stock{"show", 1'500};
  return p;
}

room::Policy newest_policy() {
  room::Policy p = full_policy();
  p.admit->rounds = true;
  p.present_only = true;
  return p;
}

limit::Quota quota(limit::Algorithm algorithm, std::uint64_t limit, Millis window) {
  limit::Quota made;
  made.algorithm = algorithm;
  made.limit = limit;
  made.window = window;
  return made;
}

limit::Rule small_rule() {
  limit::Rule rule;
  rule.name = "api";
  rule.quotas = {{"1s", quota(limit::Algorithm::sliding_counter, 10, Millis(1'000))}};
  return rule;
}

limit::Rule full_rule() {
  limit::Rule rule = small_rule();
  rule.description = "All calls";
  rule.match = {{"shop.example"}, {"/api/**", "/b"}, {"POST"}, {{"X-Plan", "go*"}}, {"shop"}};
  rule.key = {{limit::KeyKind::client, {}}, {limit::KeyKind::header, "X-Client-ID"}};
  rule.quotas.push_back({"day", quota(limit::Algorithm::gcra, 1'000, Millis(86'400'000))});
  rule.quotas[1].quota.burst = 5;
  rule.quotas[1].quota.count_refused = true;
  rule.plan_claim = "plan";
  rule.tiers = {{"gold", {rule.quotas[1]}}, {"free", {}}};
  rule.allow = {"10.0.0.0/8"};
  rule.deny = {"192.0.2.1", "2001:db8::/32"};
  rule.dry_run = rule.stop = rule.fallback = true;
  rule.on_error = limit::OnError::closed;
  rule.priority = -7;
  rule.starts_at = LogTime(Millis(1'700'000'000'000));
  rule.ends_at = LogTime(Millis(1'700'000'600'000));
  rule.cost = {limit::Cost::From::response_header, "X-Cost", 3};
  rule.headers = limit::Dialect::spring;
  rule.refused = limit::RefusedBody::rate_limiter;
  rule.active = false;
  return rule;
}

// As long as a rule may be.
limit::Rule largest_rule() {
  limit::Rule rule = full_rule();
  limit::NamedQuota one{"", quota(limit::Algorithm::gcra, limit::kMaxLimit, Millis(100))};
  one.quota.burst = limit::kMaxLimit;
  const auto quotas = [&one] {
    std::vector<limit::NamedQuota> list(limit::kMaxQuotas, one);
    for (std::size_t i = 0; i < list.size(); ++i)
      list[i].name = std::to_string(i) + std::string(30, 'q');
    return list;
  };
  rule.quotas = quotas();
  rule.tiers.clear();
  for (std::size_t i = 0; i < limit::kMaxTiers; ++i)
    rule.tiers.push_back({std::to_string(i) + std::string(50, 't'), quotas()});
  rule.allow.assign(limit::kMaxNetworks, "2001:db8:1:2::/64");
  rule.deny = rule.allow;
  rule.match.paths.assign(10, "/" + std::string(1'000, 'p'));
  return rule;
}

reserve::Inventory full_inventory() {
  reserve::Inventory inventory;
  inventory.sections = {{"A", 9'900, 10, 20, {}}, {"Boxes", 0, 0, 0, {"B7", "B8"}}};
  inventory.currency = "EUR";
  inventory.max_per_hold = 4;
  inventory.max_per_subject = 8;
  inventory.hold_ttl = Millis(60'000);
  inventory.hold_most = Millis(600'000);
  return inventory;
}

tenant::Settings full_settings() {
  tenant::Settings settings;
  settings.max_waiting = 70'000;
  settings.calls = room::Rate{50, Millis(1'000)};
  settings.rooms = 3;
  settings.rules = 1'000;
  settings.token_ttl = Millis(60'000);
  settings.locks = 10;
  settings.units = 20'000;
  settings.holds = 30'000;
  return settings;
}

limit::Rule rule_of_tenant() {
  limit::Rule rule = small_rule();
  rule.name = "acme/api";
  return rule;
}

std::vector<Command> every_command() {
  const TicketId ticket{0x0102030405060708, 0xfffefdfcfbfaf9f8};
  return {Join{"drop", {1, 2}, ticket, "vip"},
          Join{"drop", {~0ULL, 0}, {0, 0}, ""},
          Leave{ticket},
          Touch{ticket},
          PresenceStart{ticket},
          PresenceEnd{ticket},
          Finish{ticket},
          SetRoom{"drop", full_policy(), SetRoom::Source::file},
          SetRoom{std::string(64, 'r'), {}, SetRoom::Source::admin},
          SetRoom{"drop", newest_policy()},
          RemoveRoom{"drop"},
          Draw{"drop", 7, 8},
          NodeStarted{99, Millis(5000)},
          NodeStarted{99, Millis(5000), kNewestRules},
          Tick{},
          SetRule{full_rule(), limit::RuleSource::file, SetRule::Only::if_present},
          SetRule{small_rule()},
          RemoveRule{"api"},
          SetRule{rule_of_tenant()},
          SetTenant{"acme", tenant::Source::file, SetTenant::Only::if_absent, full_settings()},
          SetTenant{"b", {}, {}, {}},
          RemoveTenant{"acme"},
          SetTenantKey{"acme", "web", {1, 2, 3}},
          RemoveTenantKey{"acme", "web"},
          ChangeRoom{"drop", {}, full_policy()},
          SetInventory{"show", full_inventory(), SetRoom::Source::file},
          SetInventory{std::string(64, 'i'), {}},
          RemoveInventory{"show"},
          Hold{"show", {1, 2}, {3, 4}, Millis(60'000), 0, {"A-1-1", "B7"}},
          Hold{"show", {1, 2}, {3, 4}, Millis(0), 3, {}},
          Extend{"show", {3, 4}, SubjectKey{1, 2}, 9, Millis(1)},
          Confirm{"show", {3, 4}, std::nullopt, 0},
          Release{"show", {3, 4}, SubjectKey{1, 2}, ~0ULL},
          AcquireLock{"door", {5, 6}, Millis(5'000), Millis(60'000)},
          RenewLock{"door", {5, 6}, 7, Millis(5'000)},
          ReleaseLock{"door", {5, 6}, 0}};
}

const BatchHeader kHeader{
    .node = 5, .first_counter = 41, .written_at = LogTime(Millis(1'700'000'000'123))};

// Writes the checksum that the other bytes ask for.
std::string sealed(std::string bytes) {
  const std::string_view view = bytes;
  const std::uint32_t crc = crc32c(view.substr(40), crc32c(view.substr(0, 36)));
  for (std::size_t i = 0; i < 4; ++i) bytes[36 + i] = static_cast<char>(crc >> 8 * i);
  return bytes;
}

Errc error_of(const std::string& bytes) {
  const auto batch = decode(bytes);
  return batch ? Errc::invalid : batch.error().code;
}

TEST(Record, EveryCommandComesBackAsItWas) {
  const auto commands = every_command();
  const auto batch = decode(encode(kHeader, commands));
  ASSERT_TRUE(batch) << batch.error().what;
  EXPECT_EQ(batch->header, kHeader);
  EXPECT_EQ(batch->commands, commands);
}

TEST(Record, NoCommandIsLongerThanItsBound) {
  room::Policy policy = full_policy();
  policy.lanes.assign(room::kMaxLanes, {std::string(64, 'l'), 1U << 20});
  const std::string bytes = encode(kHeader, {ChangeRoom{std::string(64, 'r'), policy, policy}});
  EXPECT_LE(bytes.size(), 40 + kMaxCommandBytes);
  ASSERT_TRUE(limit::validate(largest_rule())) << limit::validate(largest_rule()).error().what;
  EXPECT_LE(encode(kHeader, {SetRule{largest_rule()}}).size(), 40 + kMaxCommandBytes);
}

TEST(Record, BytesAreThoseOfTheSpecification) {
  const std::string bytes = encode(
      {.node = 1, .first_counter = 2, .written_at = LogTime(Millis(3))}, {Leave{{4, 5}}, Tick{}});
  using namespace std::string_literals;
  EXPECT_EQ(bytes.substr(0, 36),
            "DWRB\1\0\0\0"
            "\1\0\0\0\0\0\0\0"
            "\2\0\0\0\0\0\0\0"
            "\3\0\0\0\0\0\0\0"
            "\2\0\0\0"s);
  EXPECT_EQ(bytes.substr(40), "\2\20\4\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\13\0"s);
}

TEST(Record, AFlippedBitAnywhereIsFound) {
  const std::string good = encode(kHeader, every_command());
  for (std::size_t i = 0; i < good.size() * 8; ++i) {
    std::string bad = good;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ 1 << i % 8);
    const Errc found = error_of(bad);
    const bool in_version = i / 8 == 4 || i / 8 == 5;
    EXPECT_EQ(found, in_version ? Errc::unsupported_version : Errc::corrupt) << "bit " << i;
  }
}

TEST(Record, ACutBatchIsCorrupt) {
  const std::string good = encode(kHeader, every_command());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(error_of(good.substr(0, size)), Errc::corrupt) << size;
    if (size < 40) continue;
    EXPECT_EQ(error_of(sealed(good.substr(0, size))), Errc::corrupt) << size;
  }
  EXPECT_EQ(error_of(sealed(good + '\0')), Errc::corrupt);
}

TEST(Record, WhatANewerProgramWroteIsNotGuessed) {
  std::string version = encode(kHeader, {Tick{}});
  version[4] = 2;
  EXPECT_EQ(error_of(sealed(version)), Errc::unsupported_version);
  for (const char unknown : {15, 39, 127}) {
    std::string type = encode(kHeader, {Tick{}});
    type[40] = unknown;
    EXPECT_EQ(error_of(sealed(type)), Errc::unsupported_version) << int{unknown};
  }
}

TEST(Record, AStartSaysWhichRulesItSwitchesOn) {
  // Its fields: place, 5,000 ms in two bytes, the rules.
  const std::string old = encode(kHeader, {NodeStarted{99, Millis(5000)}});
  EXPECT_EQ(old[40], 10);
  const std::string good = encode(kHeader, {NodeStarted{99, Millis(5000), 2}});
  EXPECT_EQ(good[40], 14);
  EXPECT_EQ(good.back(), 2);
  std::string other = good;
  other.back() = 3;
  EXPECT_EQ(error_of(sealed(other)), Errc::unsupported_version);
  other.back() = 1;
  EXPECT_EQ(error_of(sealed(other)), Errc::corrupt);
  other = good;
  other[40] = 10;
  EXPECT_EQ(error_of(sealed(other)), Errc::corrupt);
  other = old;
  other[40] = 14;
  EXPECT_EQ(error_of(sealed(other)), Errc::corrupt);
}

struct Malformed {
  const char* what;
  std::size_t at;
  char value;
};

TEST(Record, ValuesOutOfRangeAreCorruptEvenUnderARightChecksum) {
  // One SetRoom: its fields begin at 42, the policy at 48.
  const std::string good = encode(kHeader, {SetRoom{"drop", full_policy()}});
  ASSERT_EQ(good[42], 4);
  ASSERT_EQ(good[48], 127);
  const Malformed cases[] = {
      {"reserved", 6, 1},
      {"node zero", 8, 0},
      {"counter zero", 16, 0},
      {"no commands", 32, 0},
      {"more commands", 32, 2},
      {"written before 1970", 31, -1},
      {"type zero", 40, 0},
      {"longer than there is", 41, -1},
      {"room name too long", 42, 65},
      {"no room name", 42, 0},
      {"unknown source", 47, 2},
      {"unknown optional field", 48, -1},
  };
  for (const Malformed& c : cases) {
    std::string bad = good;
    bad[c.at] = c.value;
    EXPECT_EQ(error_of(sealed(bad)), Errc::corrupt) << c.what;
  }
}

TEST(Record, EachPolicyByteChangedIsRefusedOrGivesTheSameBytesAgain) {
  const std::string good = encode(kHeader, {SetRoom{"drop", newest_policy()}});
  for (std::size_t at = 40; at < good.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(value);
      bytes = sealed(bytes);
      const auto batch = decode(bytes);
      if (!batch) continue;
      EXPECT_EQ(encode(batch->header, batch->commands), bytes) << at << ' ' << value;
    }
  }
}

TEST(Record, WhatCameLaterChangesNoByteOfAPolicyWithoutIt) {
  room::Policy policy = full_policy();
  policy.stock.reset();
  ByteWriter before;
  put_policy(before, policy);
  policy.admit->rounds = true;
  policy.present_only = true;
  ByteWriter now;
  put_policy(now, policy);
  std::string expected(before.view());
  expected[0] = static_cast<char>(expected[0] | 64);
  EXPECT_EQ(now.view(), expected + '\6');
}

TEST(Record, RoundsWithoutARateAreCorrupt) {
  ByteWriter out;
  put_policy(out, room::Policy{});
  std::string bytes(out.view());
  bytes[0] = 64;
  for (const char more : {'\0', '\2', '\6', '\10'}) {
    const std::string with = bytes + more;
    ByteReader in(with);
    get_policy(in);
    EXPECT_FALSE(in.finished()) << static_cast<int>(more);
  }
  const std::string present = bytes + '\4';
  ByteReader in(present);
  EXPECT_TRUE(get_policy(in).present_only && in.finished());
}

TEST(Record, EachRuleByteChangedIsRefusedOrGivesTheSameBytesAgain) {
  const std::string good = encode(kHeader, {SetRule{full_rule()}});
  for (std::size_t at = 42; at < good.size(); ++at) {
    for (const int change : {1, 2, 64, 255}) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(bytes[at] ^ change);
      const auto batch = decode(sealed(bytes));
      if (!batch) continue;
      EXPECT_EQ(encode(batch->header, batch->commands), sealed(bytes)) << at;
    }
  }
}

TEST(Record, ARuleThatIsNotValidIsCorrupt) {
  limit::Rule rule = small_rule();
  rule.quotas[0].quota.limit = 0;
  EXPECT_EQ(error_of(encode(kHeader, {SetRule{rule}})), Errc::corrupt);
  rule = small_rule();
  rule.name = "Upper";
  EXPECT_EQ(error_of(encode(kHeader, {SetRule{rule}})), Errc::corrupt);
}

TEST(Record, RandomBytesNeverPass) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 120, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_EQ(error_of(bytes), Errc::corrupt);
  }
}

}  // namespace
}  // namespace doorward::engine
