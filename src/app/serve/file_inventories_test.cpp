// Which changes of the configuration file reach the log as changes of inventories.
#include "app/serve/file_inventories.hpp"

#include <gtest/gtest.h>

namespace doorward::app {
namespace {

using Source = engine::SetRoom::Source;

std::vector<config::InventorySettings> file(std::uint32_t count) {
  config::InventorySettings settings;
  settings.name = "train";
  settings.spec.count = count;
  return {settings};
}

std::vector<engine::InventoryEntry> present(std::uint32_t count, Source source = Source::file) {
  engine::InventoryEntry entry;
  entry.name = "train";
  entry.source = source;
  entry.map = std::make_shared<const reserve::SeatMap>(file(count).front().spec);
  return {entry};
}

Fingerprints said(std::uint32_t count) { return changes_of(file(count), {}, {}).said; }

TEST(FileInventories, OnlyWhatTheFileSaysAnewIsSet) {
  EXPECT_EQ(changes_of(file(3), {}, {}).commands.size(), 1U);
  EXPECT_TRUE(changes_of(file(3), said(3), present(3)).commands.empty());
  EXPECT_TRUE(changes_of(file(3), said(3), present(9, Source::admin)).commands.empty())
      << "what the admin did stays";
  EXPECT_TRUE(changes_of(file(3), said(3), {}).commands.empty())
      << "one that the admin removed stays away";
  EXPECT_EQ(changes_of(file(1), said(3), present(3)).commands.size(), 1U);
}

TEST(FileInventories, WhatWasRefusedIsTriedAgain) {
  const auto changes = changes_of(file(1), said(1), present(3));
  ASSERT_EQ(changes.commands.size(), 1U);
  EXPECT_EQ(std::get<engine::SetInventory>(changes.commands[0]).spec.count, 1U);
}

TEST(WantedInventories, KnowsThoseOfTheFile) {
  WantedInventories wanted;
  EXPECT_EQ(wanted.find("train"), std::nullopt);
  wanted.set(file(3));
  ASSERT_TRUE(wanted.find("train").has_value());
  EXPECT_EQ(wanted.find("train")->count, 3U);
  EXPECT_EQ(wanted.find("plane"), std::nullopt);
}

}  // namespace
}  // namespace doorward::app
