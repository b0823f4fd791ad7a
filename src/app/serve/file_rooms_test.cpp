#include "app/serve/file_rooms.hpp"

#include "api/cut_shard_test_support.hpp"
#include "engine/shard_test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace doorward::app {
namespace {

using engine::ChangeRoom;
using engine::RemoveRoom;
using engine::RoomEntry;
using engine::SetRoom;
using Source = engine::SetRoom::Source;

room::Policy policy(std::uint32_t capacity) {
  room::Policy p;
  p.capacity = capacity;
  return p;
}

std::vector<config::RoomSettings> file(std::uint32_t capacity) {
  config::RoomSettings room;
  room.name = "sale";
  room.policy = policy(capacity);
  return {room};
}

std::vector<RoomEntry> present(std::uint32_t capacity, Source source) {
  RoomEntry entry;
  entry.name = "sale";
  entry.source = source;
  entry.view.policy = policy(capacity);
  return {entry};
}

Fingerprints said(std::uint32_t capacity) { return changes_of(file(capacity), {}, {}).said; }

// What the memory of an older version holds.
Fingerprints said_of_old(std::uint32_t capacity) {
  return {{"sale", fingerprint(policy(capacity))}};
}

// What comes of it; none where nothing is changed.
std::optional<ChangeRoom> change_by(const room::Policy& was, const room::Policy& is,
                                    const room::Policy& in_force, Source source = Source::admin) {
  auto rooms = file(1);
  auto there = present(1, source);
  rooms[0].policy = was;
  const Fingerprints before = changes_of(rooms, {}, {}).said;
  rooms[0].policy = is;
  there[0].view.policy = in_force;
  const FileChanges changes = changes_of(rooms, before, there);
  if (changes.commands.empty()) return std::nullopt;
  return std::get<ChangeRoom>(changes.commands.at(0));
}

TEST(FileRooms, ANewOneIsSet) {
  const auto changes = changes_of(file(5), {}, {});
  ASSERT_EQ(changes.commands.size(), 1u);
  const auto& set = std::get<SetRoom>(changes.commands[0]);
  EXPECT_EQ(set.room, "sale");
  EXPECT_EQ(set.policy.capacity, 5u);
  EXPECT_EQ(set.source, Source::file);
  EXPECT_EQ(changes.said, said(5));
}

TEST(FileRooms, AnUnchangedOneIsNotSetAgain) {
  EXPECT_TRUE(changes_of(file(5), said(5), present(5, Source::file)).commands.empty());
}

TEST(FileRooms, WhatTheAdminDidStays) {
  EXPECT_TRUE(changes_of(file(5), said(5), present(9, Source::admin)).commands.empty());
}

TEST(FileRooms, OneThatTheAdminRemovedStaysAway) {
  EXPECT_TRUE(changes_of(file(5), said(5), {}).commands.empty());
}

TEST(FileRooms, OneThatTheAdminRemovedAndTheFileChangesIsSetWhole) {
  const auto changes = changes_of(file(6), said(5), {});
  ASSERT_EQ(changes.commands.size(), 1u);
  EXPECT_EQ(std::get<SetRoom>(changes.commands[0]).policy, policy(6));
}

TEST(FileRooms, OnlyTheFieldThatTheFileChangedIsSet) {
  room::Policy changed = policy(5);
  changed.max_waiting = 70;
  room::Policy by_admin = policy(9);
  by_admin.mode = room::Mode::paused;
  const auto change = change_by(policy(5), changed, by_admin);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->before, by_admin);
  room::Policy both = by_admin;
  both.max_waiting = 70;
  EXPECT_EQ(change->policy, both);
  EXPECT_EQ(change->source, Source::admin) << "its mode still is";
}

TEST(FileRooms, AFieldThatTheFileChangesComesBeforeTheAdmins) {
  const auto change = change_by(policy(5), policy(6), policy(9));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->policy, policy(6));
  EXPECT_EQ(change->source, Source::file) << "nothing of the admin is left";
  EXPECT_FALSE(change_by(policy(5), policy(9), policy(9))) << "the admin was first";
}

TEST(FileRooms, AFieldThatLeftTheFileIsTakenAway) {
  room::Policy by_admin = policy(5);
  by_admin.mode = room::Mode::paused;
  const auto change = change_by(policy(5), {}, by_admin);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->policy.capacity, std::nullopt);
  EXPECT_EQ(change->policy.mode, room::Mode::paused);
}

TEST(FileRooms, AGroupIsOneField) {
  room::Policy was;
  was.admit = room::Rate{10, Millis{1'000}};
  room::Policy is = was;
  is.admit->count = 20;
  room::Policy by_admin = was;
  by_admin.admit->every = Millis{5'000};
  EXPECT_EQ(change_by(was, is, by_admin)->policy.admit, is.admit);
  by_admin.admit.reset();
  EXPECT_EQ(change_by(was, is, by_admin)->policy.admit, is.admit);
}

TEST(FileRooms, WhatTheTwoMakeTogetherMustBeValid) {
  const auto at = [](int hours) { return LogTime{std::chrono::hours{24 * 365 * 60 + hours}}; };
  room::Policy by_admin;
  by_admin.closes_at = at(1);
  room::Policy is;
  is.opens_at = at(2);
  EXPECT_EQ(change_by({}, is, by_admin)->policy, is) << "it would close before it opens";
}

TEST(FileRooms, AMemoryOfAnOlderVersionIsRead) {
  const auto unchanged = changes_of(file(5), said_of_old(5), present(9, Source::admin));
  EXPECT_TRUE(unchanged.commands.empty());
  EXPECT_EQ(unchanged.said, said(5)) << "and is a newer one then";
  const auto changed = changes_of(file(6), said_of_old(5), present(9, Source::admin));
  ASSERT_EQ(changed.commands.size(), 1u);
  EXPECT_EQ(std::get<SetRoom>(changed.commands[0]).policy, policy(6));
}

TEST(FileRooms, OneThatLeftTheFileIsRemoved) {
  const auto changes = changes_of({}, said(5), present(5, Source::file));
  ASSERT_EQ(changes.commands.size(), 1u);
  EXPECT_EQ(std::get<RemoveRoom>(changes.commands[0]).room, "sale");
  EXPECT_TRUE(changes.said.empty());
}

TEST(FileRooms, OneInWhichSomethingIsTheAdminsIsNotRemovedWithTheFile) {
  EXPECT_TRUE(changes_of({}, said(5), present(9, Source::admin)).commands.empty());
  EXPECT_TRUE(changes_of({}, {}, present(5, Source::admin)).commands.empty());
}

TEST(FileRooms, OneThatTheAdminPausedAndOpenedAgainIsRemovedWithTheFile) {
  EXPECT_EQ(changes_of({}, said(5), present(5, Source::admin)).commands.size(), 1u);
}

TEST(FileRooms, AFingerprintTellsPoliciesApart) {
  room::Policy lanes;
  lanes.lanes = {{"vip", 2}};
  EXPECT_NE(fingerprint(policy(1)), fingerprint(policy(2)));
  EXPECT_NE(fingerprint({}), fingerprint(lanes));
  EXPECT_EQ(fingerprint(policy(1)), fingerprint(policy(1)));
}

TEST(FileRooms, FieldsHaveTheNamesOfThePolicysMembers) {
  room::Policy other = policy(2);
  other.lanes = {{"vip", 2}};
  other.session_ttl = Millis{1'000};
  EXPECT_THAT(fields_changed(policy(1), other),
              testing::UnorderedElementsAre("capacity", "lanes", "session"));
  EXPECT_TRUE(fields_changed(other, other).empty());
}

class Kept : public Log::Sink {
 public:
  explicit Kept(std::string& text) : text_(text) {}
  void write(std::string line) override { text_ += line + '\n'; }
  void flush() override {}

 private:
  std::string& text_;
};

// Over a shard, and a memory that is opened anew each time as by a restart.
class FileRoomsTest : public engine::ShardTest {
 protected:
  FileRoomsTest() { mkdtemp(folder_.data()); }
  ~FileRoomsTest() override { std::filesystem::remove_all(folder_); }

  std::string apply(const std::vector<config::RoomSettings>& rooms) {
    return apply(rooms, *shard_, true);
  }
  std::string apply(const std::vector<config::RoomSettings>& rooms, engine::Shard& shard,
                    bool good) {
    std::string text;
    Log log(clock_, std::make_unique<Kept>(text));
    const auto memory = FileMemory::open(folder_, "one", shard_->applied());
    EXPECT_EQ(apply_file_rooms(rooms, *memory, shard, log).has_value(), good);
    return text;
  }

  std::string folder_ = testing::TempDir() + "rooms-XXXXXX";
};

TEST_F(FileRoomsTest, AnotherEditOfTheFileOpensNoRoomThatWasPaused) {
  open();
  EXPECT_THAT(apply(file(5)), testing::HasSubstr("a room is set from the configuration room=sale"));
  room::Policy paused = policy(9);
  paused.mode = room::Mode::paused;
  do_one(SetRoom{"sale", paused});
  EXPECT_EQ(apply(file(5)), "");

  auto edited = file(5);
  edited[0].policy.max_waiting = 70;
  edited[0].policy.claim_ttl = Millis{60'000};
  EXPECT_THAT(apply(edited),
              testing::HasSubstr("a room is changed from the configuration room=sale "
                                 "fields=claim,max_waiting"));
  const room::Policy now = shard_->room("sale")->view.policy;
  EXPECT_EQ(now.mode, room::Mode::paused);
  EXPECT_EQ(now.capacity, 9u);
  EXPECT_EQ(now.max_waiting, 70u);

  do_one(RemoveRoom{"sale"});
  EXPECT_EQ(apply(edited), "");
  EXPECT_THAT(apply(file(6)), testing::HasSubstr("a room is set from the configuration"));
  EXPECT_EQ(shard_->room("sale")->view.policy, policy(6));
}

TEST_F(FileRoomsTest, WhatTheAdminDoesBetweenReadingAndWritingStays) {
  open();
  apply(file(5));
  room::Policy paused = policy(5);
  paused.mode = room::Mode::paused;
  api::CutShard cut(*shard_);
  cut.before_submit = [&] { do_one(ChangeRoom{"sale", policy(5), paused}); };
  EXPECT_THAT(apply(file(6), cut, true), testing::HasSubstr("fields=capacity"));
  paused.capacity = 6;
  EXPECT_EQ(shard_->room("sale")->view.policy, paused);
  EXPECT_EQ(apply(file(6)), "");

  cut.before_submit = [&] { do_one(RemoveRoom{"sale"}); };
  EXPECT_THAT(apply(file(7), cut, true), testing::HasSubstr("a room is set"));
  EXPECT_EQ(shard_->room("sale")->view.policy, policy(7));

  paused.capacity = 7;
  cut.before_submit = [&] { do_one(ChangeRoom{"sale", policy(7), paused}); };
  EXPECT_EQ(apply({}, cut, true), "");
  EXPECT_EQ(shard_->room("sale")->view.policy, paused) << "the room is the admin's now";
}

TEST_F(FileRoomsTest, ARoomThatChangesAllTheTimeIsGivenUpAndSetByTheNextReload) {
  open();
  apply(file(5));
  api::CutShard cut(*shard_);
  room::Policy busy = policy(5);
  std::function<void()> again = [&] {
    ++busy.max_waiting;
    do_one(SetRoom{"sale", busy});
    cut.before_submit = again;
  };
  cut.before_submit = again;
  EXPECT_EQ(apply(file(6), cut, false), "");
  EXPECT_EQ(shard_->room("sale")->view.policy, busy);
  apply(file(6));
  EXPECT_EQ(shard_->room("sale")->view.policy.capacity, 6u);
}

}  // namespace
}  // namespace doorward::app
