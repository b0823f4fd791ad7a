#include "engine/record.hpp"

#include "base/crc32c.hpp"
#include "engine/record_test_support.hpp"

#include <gtest/gtest.h>

#include <random>

namespace doorward::engine {
namespace {

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
  const SetRule rule{largest_rule(), {}, {}, Digest{}};
  EXPECT_LE(encode(kHeader, {rule}).size(), 40 + kMaxCommandBytes);
  ASSERT_TRUE(reserve::validate(largest_inventory()));
  const SetInventory inventory{std::string(129, 'i'), largest_inventory(), {}, Digest{}};
  EXPECT_LE(encode(kHeader, {inventory}).size(), 40 + kMaxCommandBytes);
  EXPECT_TRUE(BatchWriter().add(inventory));
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
  const std::string good = encode(kHeader, {NodeStarted{99, Millis(5000), kNewestRules}});
  EXPECT_EQ(good[40], 14);
  EXPECT_EQ(good.back(), kNewestRules);
  std::string other = good;
  other.back() = kNewestRules + 1;
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

TEST(Record, WhatWasSeenStandsLastUnderATypeOfItsOwn) {
  struct Row {
    Command command;
    char plain;
    char conditional;
  };
  const Digest digest{0x0102030405060708, 9};
  const Row table[] = {
      {SetRule{small_rule(), {}, {}, digest}, 12, 42}, {RemoveRule{"api", digest}, 13, 43},
      {SetInventory{"show", {}, {}, digest}, 20, 44},  {RemoveInventory{"show", digest}, 21, 45},
      {SetTenant{"acme", {}, {}, {}, digest}, 30, 46}, {RemoveRoom{"drop", digest}, 8, 47}};
  for (const Row& row : table) {
    const std::string good = encode(kHeader, {row.command});
    EXPECT_EQ(good[40], row.conditional);
    EXPECT_EQ(good.substr(good.size() - 16, 8), "\10\7\6\5\4\3\2\1");
    std::string other = good;
    other[40] = row.plain;
    EXPECT_EQ(error_of(sealed(other)), Errc::corrupt) << "a plain command ends before";
    other = good.substr(0, good.size() - 16);
    other[41] = static_cast<char>(other[41] - 16);
    EXPECT_EQ(error_of(sealed(other)), Errc::corrupt) << "it is missing";
    other[40] = row.plain;
    EXPECT_TRUE(decode(sealed(other))) << "the rest is the plain command";
    other = good.substr(0, good.size() - 1);
    other[41] = static_cast<char>(other[41] - 1);
    EXPECT_EQ(error_of(sealed(other)), Errc::corrupt) << "it is cut";
  }
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
