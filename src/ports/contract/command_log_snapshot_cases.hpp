// The cases of command_log_contract.hpp about snapshots and trims.
#pragma once

#include "ports/contract/command_log_contract.hpp"

#include <gmock/gmock.h>

#include <random>
#include <thread>

namespace doorward::ports {

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
  EXPECT_EQ(log->read({}, 10, kNoWait).error().code, Errc::not_found) << "it was trimmed";
  const auto rest = read(*log, b);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest.front().batch, "c");
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
  EXPECT_EQ(log->read({}, 10, kNoWait).error().code, Errc::not_found);
  EXPECT_EQ(read(*log, entries[0].at).size(), 1U);
}

TEST_P(CommandLogContract, AReaderWhoseNextEntriesWereTrimmedIsToldSoAndNotGivenThoseBehind) {
  const auto log = bench_->open();
  const auto a = append(*log, "a");
  append(*log, "b");
  const auto c = append(*log, "c");
  const auto d = append(*log, "d");
  EXPECT_EQ(read(*log, a).size(), 3U);
  snapshot(*log, d, "at d");
  ASSERT_TRUE(log->trim(read(*log).back().time + Millis{1'000'000}).has_value());
  append(*log, "e");

  for (const LogPosition& after : {LogPosition{}, a}) {
    const auto missed = log->read(after, 10, kNoWait);
    ASSERT_TRUE(missed.has_error()) << to_string(after);
    EXPECT_EQ(missed.error().code, Errc::not_found);
    EXPECT_THAT(missed.error().what, HasSubstr("trimmed"));
  }
  EXPECT_EQ(log->begin_snapshot(a).error().code, Errc::invalid);
  EXPECT_EQ(log->begin_snapshot(c).error().code, Errc::invalid);
  // From the snapshot on all is there, with a wait and without.
  ASSERT_EQ(latest(*log).at, d);
  ASSERT_EQ(read(*log, d).size(), 1U);
  const auto rest = log->read(d, 10, kLong);
  ASSERT_TRUE(rest.has_value()) << rest.error().what;
  EXPECT_EQ(rest->front().batch, "e");
}

TEST_P(CommandLogContract, AReaderThatWaitsWhileTheLogIsTrimmedMissesNothing) {
  const auto log = bench_->open();
  append(*log, "a");
  const auto b = append(*log, "b");
  snapshot(*log, b, "at b");
  const LogTime future = read(*log).back().time + Millis{1'000'000};
  std::thread other([&] {
    EXPECT_TRUE(log->trim(future).has_value());
    append(*log, "c");
  });
  const auto entries = log->read(b, 10, kLong);
  other.join();
  ASSERT_TRUE(entries.has_value()) << entries.error().what;
  ASSERT_EQ(entries->size(), 1U);
  EXPECT_EQ(entries->front().batch, "c");
}

TEST_P(CommandLogContract, GoesOnAfterEverythingWasTrimmedAndReopened) {
  auto log = bench_->open();
  append(*log, "a");
  const auto b = append(*log, "b");
  const LogTime time = read(*log).back().time;
  snapshot(*log, b, "at b");
  ASSERT_TRUE(log->trim(time + Millis{1'000'000}).has_value());
  EXPECT_THAT(read(*log, b), IsEmpty());
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
