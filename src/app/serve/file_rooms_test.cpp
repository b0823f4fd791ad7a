#include "app/serve/file_rooms.hpp"

#include <gtest/gtest.h>

namespace doorward::app {
namespace {

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

Fingerprints said(std::uint32_t capacity) { return {{"sale", fingerprint(policy(capacity))}}; }

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

TEST(FileRooms, AChangeOfTheFileComesBeforeTheAdmin) {
  EXPECT_EQ(changes_of(file(6), said(5), present(9, Source::admin)).commands.size(), 1u);
}

TEST(FileRooms, OneThatLeftTheFileIsRemoved) {
  const auto changes = changes_of({}, said(5), present(5, Source::file));
  ASSERT_EQ(changes.commands.size(), 1u);
  EXPECT_EQ(std::get<RemoveRoom>(changes.commands[0]).room, "sale");
  EXPECT_TRUE(changes.said.empty());
}

TEST(FileRooms, OneOfTheAdminIsNotRemovedWithTheFile) {
  EXPECT_TRUE(changes_of({}, said(5), present(5, Source::admin)).commands.empty());
  EXPECT_TRUE(changes_of({}, {}, present(5, Source::admin)).commands.empty());
}

TEST(FileRooms, AFingerprintTellsPoliciesApart) {
  room::Policy lanes;
  lanes.lanes = {{"vip", 2}};
  EXPECT_NE(fingerprint(policy(1)), fingerprint(policy(2)));
  EXPECT_NE(fingerprint({}), fingerprint(lanes));
  EXPECT_EQ(fingerprint(policy(1)), fingerprint(policy(1)));
}

}  // namespace
}  // namespace doorward::app
