// The cases of command_log_contract.hpp about snapshots and trims.
#pragma once

#include "ports/contract/command_log_contract.hpp"

#include <gmock/gmock.h>

#include <random>

namespace doorward::ports {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_P(CommandLogContract, AnUncommittedSnapshotLeavesNothing) {
  auto log = bench_->open();
  const auto at = append(*log, "a");
  {
    auto writer = log->begin_snapshot(at);
    ASSERT_TRUE(writer.has_value());
    ASSERT_TRUE((*writer)->write("half of").has_value());
    EXPECT_EQ(latest(*log).at, LogPosition{});
  }
  EXPECT_EQ(latest(*log).at, LogPosition{});
  log.reset();
  EXPECT_EQ(latest(*bench_->open()).at, LogPosition{});
}

TEST_P(CommandLogContract, ACommittedSnapshotIsTheLatestAlsoAfterARestart) {
  auto log = bench_->open();
  const auto a = append(*log, "a");
  snapshot(*log, a, "state at a");
  EXPECT_EQ(latest(*log).at, a);
  EXPECT_EQ(latest(*log).bytes, "state at a");
  append(*log, "b");
  const auto c = append(*log, "c");
  snapshot(*log, c, "");
  log.reset();
  log = bench_->open();
  EXPECT_EQ(latest(*log).at, c);
  EXPECT_EQ(latest(*log).bytes, "");
}

TEST_P(CommandLogContract, ASnapshotOfAnEarlierPositionIsNotTheLatest) {
  const auto log = bench_->open();
  const auto a = append(*log, "a");
  const auto b = append(*log, "b");
  snapshot(*log, b, "at b");
  snapshot(*log, a, "at a");
  EXPECT_EQ(latest(*log).at, b);
  EXPECT_EQ(latest(*log).bytes, "at b");
}

TEST_P(CommandLogContract, ASnapshotOfAPositionThatTheLogDoesNotHaveIsRefused) {
  const auto log = bench_->open();
  auto at = append(*log, "a");
  ++at.major;
  const auto writer = log->begin_snapshot(at);
  ASSERT_TRUE(writer.has_error());
  EXPECT_EQ(writer.error().code, Errc::invalid);
}

TEST_P(CommandLogContract, ALargeSnapshotComesBackWholeInPieces) {
  auto log = bench_->open();
  const auto at = append(*log, "a");
  std::string all;
  {
    std::mt19937 random(7);
    auto writer = log->begin_snapshot(at);
    ASSERT_TRUE(writer.has_value());
    for (int i = 0; i < 20; ++i) {
      std::string piece(static_cast<std::size_t>(random() % 700'000), '\0');
      for (auto& c : piece) c = static_cast<char>(random());
      all += piece;
      ASSERT_TRUE((*writer)->write(piece).has_value());
    }
    ASSERT_TRUE((*writer)->commit().has_value());
  }
  log.reset();
  log = bench_->open();
  EXPECT_TRUE(latest(*log, 100'000).bytes == all);
}

TEST_P(CommandLogContract, ADamagedSnapshotIsPassedOverForTheOneBefore) {
  auto log = bench_->open();
  const auto a = append(*log, "a");
  snapshot(*log, a, "state at a");
  const auto b = append(*log, "b");
  snapshot(*log, b, "state at b");
  log.reset();
  if (!bench_->damage_snapshot(b)) GTEST_SKIP() << "nothing to damage";
  log = bench_->open();
  EXPECT_EQ(latest(*log).at, a);
  EXPECT_EQ(latest(*log).bytes, "state at a");
  log.reset();
  ASSERT_TRUE(bench_->damage_snapshot(a));
  EXPECT_EQ(latest(*bench_->open()).at, LogPosition{});
}

TEST_P(CommandLogContract, ALogWhoseStartIsGoneIsNotTakenForAnEmptyOne) {
  auto log = bench_->open();
  append(*log, "a");
  const auto b = append(*log, "b");
  snapshot(*log, b, "state at b");
  const LogTime future = read(*log).back().time + Millis{1'000'000};
  ASSERT_TRUE(log->trim(future).has_value());
  append(*log, "c");
  log.reset();
  if (!bench_->damage_snapshot(b)) GTEST_SKIP() << "nothing to damage";
  log = bench_->open();
  const auto refused = log->latest_snapshot();
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::corrupt);
  EXPECT_THAT(refused.error().what, HasSubstr("begins with entry"));
  EXPECT_THAT(refused.error().what, HasSubstr("backup"));
}

TEST_P(CommandLogContract, TrimKeepsWhatNoSnapshotCovers) {
  const auto log = bench_->open();
  append(*log, "a");
  const auto b = append(*log, "b");
  append(*log, "c");
  const LogTime future = read(*log).back().time + Millis{1'000'000};

  ASSERT_TRUE(log->trim(future).has_value());
  EXPECT_THAT(read_all(*log), ElementsAre("a", "b", "c"));
  snapshot(*log, b, "at b");
  ASSERT_TRUE(log->trim(future).has_value());
  // The entry that the snapshot names may stay, to show that the snapshot stands.
  EXPECT_THAT(read_all(*log), AnyOf(ElementsAre("c"), ElementsAre("b", "c")));
  EXPECT_EQ(latest(*log).at, b);
}

TEST_P(CommandLogContract, TrimKeepsWhatIsNotOldEnough) {
  const auto log = bench_->open();
  append(*log, "a");
  if (bench_->clock() != nullptr) bench_->clock()->advance(Millis{1'000});
  const auto b = append(*log, "b");
  snapshot(*log, b, "at b");
  const auto entries = read(*log);
  ASSERT_EQ(entries.size(), 2U);
  ASSERT_TRUE(log->trim(entries[0].time).has_value());
  EXPECT_EQ(read_all(*log).size(), 2U);
  if (bench_->clock() == nullptr) return;
  ASSERT_TRUE(log->trim(entries[1].time).has_value());
  EXPECT_THAT(read_all(*log), ElementsAre("b"));
}

TEST_P(CommandLogContract, GoesOnAfterEverythingWasTrimmedAndReopened) {
  auto log = bench_->open();
  append(*log, "a");
  const auto b = append(*log, "b");
  const LogTime time = read(*log).back().time;
  snapshot(*log, b, "at b");
  ASSERT_TRUE(log->trim(time + Millis{1'000'000}).has_value());
  EXPECT_THAT(read_all(*log), AnyOf(IsEmpty(), ElementsAre("b")));
  log.reset();
  log = bench_->open();
  EXPECT_EQ(latest(*log).at, b);
  EXPECT_LT(b, append(*log, "c"));
  const auto entries = read(*log, b);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_GE(entries[0].time, time);
}

TEST_P(CommandLogContract, ASnapshotOfOneNodeServesTheOther) {
  if (!bench_->several_nodes()) GTEST_SKIP() << "one node at a time";
  const auto a = bench_->open();
  const auto b = bench_->open();
  const auto at = append(*a, "x");
  snapshot(*a, at, "state");
  EXPECT_EQ(latest(*b).at, at);
  EXPECT_EQ(latest(*b).bytes, "state");
}

}  // namespace doorward::ports
