// What an SQLite log keeps when the power goes, and when its disk fails or is full.

#include "adapters/posix/temp_folder.hpp"
#include "adapters/sqlite/faulty_disk.hpp"
#include "adapters/sqlite/sqlite_log.hpp"
#include "ports/memory/fake_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace doorward::adapters::sqlite {
namespace {

using ports::LogPosition;

constexpr Millis kNoWait{0};

std::string make_batch(std::mt19937_64& random, std::size_t number, std::size_t max_bytes) {
  std::string batch = std::to_string(number) + ':';
  batch.append(random() % max_bytes, static_cast<char>('a' + number % 26));
  return batch;
}

std::vector<std::string> read_from(SqliteLog& log, LogPosition at) {
  std::vector<std::string> batches;
  for (;;) {
    auto entries = log.read(at, 1'000, kNoWait);
    if (entries.has_error()) {
      ADD_FAILURE() << entries.error().what;
      return batches;
    }
    if (entries->empty()) return batches;
    at = entries->back().at;
    for (auto& entry : *entries) batches.push_back(std::move(entry.batch));
  }
}

// One life of a log up to the loss of power: what it acknowledged, and the last snapshot.
struct Life {
  std::vector<std::string> acknowledged;
  LogPosition last;
  LogPosition snapshot;
  std::size_t before_snapshot = 0;  // acknowledged up to the snapshot

  void run(SqliteLog& log, std::mt19937_64& random, std::size_t max_bytes) {
    for (;;) {
      const std::string batch = make_batch(random, acknowledged.size(), max_bytes);
      const auto at = log.append(batch);
      if (at.has_error()) return;
      last = *at;
      acknowledged.push_back(batch);
      if (random() % 50 == 0 && !snapshot_and_trim(log)) return;
    }
  }

  bool snapshot_and_trim(SqliteLog& log) {
    auto writer = log.begin_snapshot(last);
    if (writer.has_error() || (*writer)->commit().has_error()) return false;
    snapshot = last;
    before_snapshot = acknowledged.size();
    return log.trim(LogTime::max()).has_value();
  }
};

// How many acknowledged entries a loss of power took, or made unreadable.
std::size_t lost_in_power_cut(std::uint64_t seed, Durability durability) {
  std::mt19937_64 random(seed);
  const TempFolder folder;
  const ports::FakeClock clock;
  FaultyDisk disk;
  disk.cut_power_after(random() % 4'000);
  Life life;
  const std::size_t max_bytes = seed % 2 == 0 ? 300 : 20'000;
  {
    auto log = SqliteLog::open(
        {.folder = folder.path(), .durability = durability, .vfs = disk.name()}, clock);
    if (log.has_value()) life.run(**log, random, max_bytes);
  }
  disk.restore(seed);

  const std::size_t expected = life.acknowledged.size() - life.before_snapshot;
  auto log = SqliteLog::open({.folder = folder.path()}, clock);
  if (log.has_error()) return life.acknowledged.size() + 1;
  const auto latest = (*log)->latest_snapshot();
  if (latest.has_error()) return life.acknowledged.size() + 1;
  if (life.before_snapshot > 0 && (*latest == nullptr || (*latest)->at() != life.snapshot)) {
    return life.before_snapshot;
  }
  const auto entries = (*log)->read(life.snapshot, 1'000'000, kNoWait);
  if (entries.has_error()) return expected;
  const auto found = read_from(**log, life.snapshot);
  std::size_t same = 0;
  while (same < std::min(found.size(), expected) &&
         found[same] == life.acknowledged[life.before_snapshot + same]) {
    ++same;
  }
  // At most the one batch that was under way may stand in the log unacknowledged.
  EXPECT_LE(found.size(), same + 1) << "seed " << seed;
  return expected - same;
}

TEST(SqlitePowerLoss, LosesNothingThatWasAcknowledged) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    ASSERT_EQ(lost_in_power_cut(seed, Durability::full), 0U) << "seed " << seed;
  }
}

// The test above can fail: without syncs, the same losses of power do take acknowledged entries.
TEST(SqlitePowerLoss, LosesAcknowledgedEntriesWhenNothingIsSynced) {
  std::size_t lives_with_loss = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    if (lost_in_power_cut(seed, Durability::off) > 0) ++lives_with_loss;
  }
  EXPECT_GT(lives_with_loss, 10U);
}

struct DiskFault {
  const char* name;
  int code;
  FaultyDisk::Lasting lasting;
  std::size_t filled;    // bytes in the log before the fault
  std::size_t batch;     // bytes of the append that meets it
  std::uint64_t stride;  // every how manieth step fails
};

void PrintTo(const DiskFault& fault, std::ostream* out) { *out << fault.name; }

class SqliteDiskFault : public testing::TestWithParam<DiskFault> {};

// Fails the append at step 0, 1, 2… until one succeeds without meeting the fault.
TEST_P(SqliteDiskFault, AFailedAppendLeavesTheLogWholeAndTheNextOneWorks) {
  const DiskFault& fault = GetParam();
  const ports::FakeClock clock;
  std::uint64_t step = 0;
  for (bool met = true; met; step += fault.stride) {
    ASSERT_LT(step, 5'000U) << "the append never succeeds";
    FaultyDisk disk;
    const TempFolder folder;
    std::vector<std::string> expected{"first", std::string(fault.filled, 'f')};
    {
      auto log = SqliteLog::open({.folder = folder.path(), .vfs = disk.name()}, clock);
      ASSERT_TRUE(log.has_value()) << log.error().what;
      for (const auto& batch : expected) ASSERT_TRUE((*log)->append(batch).has_value());

      const std::string batch(fault.batch, 'x');
      disk.fail_after(step, fault.code, fault.lasting);
      const auto at = (*log)->append(batch);
      met = disk.failed();
      if (at.has_value()) expected.push_back(batch);
      if (at.has_error()) {
        EXPECT_EQ(at.error().code, Errc::unavailable) << at.error().what;
        EXPECT_EQ(read_from(**log, {}), expected) << "reading goes on, step " << step;
      }
      disk.mend();
      ASSERT_TRUE((*log)->append("again").has_value()) << "step " << step;
      expected.emplace_back("again");
      EXPECT_EQ(read_from(**log, {}), expected) << "step " << step;
    }
    auto log = SqliteLog::open({.folder = folder.path(), .vfs = disk.name()}, clock);
    ASSERT_TRUE(log.has_value()) << log.error().what;
    ASSERT_EQ(read_from(**log, {}), expected) << "after reopening, step " << step;
  }
  EXPECT_GT(step, fault.stride) << "the fault was never met";
}

constexpr auto kOnce = FaultyDisk::Lasting::once;
constexpr auto kLasts = FaultyDisk::Lasting::until_mended;

// The last two reach the checkpoint, which writes some 256 pages.
INSTANTIATE_TEST_SUITE_P(
    Sqlite, SqliteDiskFault,
    testing::Values(DiskFault{"FullOnce", SQLITE_FULL, kOnce, 100, 9'000, 1},
                    DiskFault{"FullUntilMended", SQLITE_FULL, kLasts, 100, 9'000, 1},
                    DiskFault{"WriteErrorOnce", SQLITE_IOERR_WRITE, kOnce, 100, 9'000, 1},
                    DiskFault{"SyncErrorOnce", SQLITE_IOERR_FSYNC, kOnce, 100, 9'000, 1},
                    DiskFault{"ErrorsUntilMended", SQLITE_IOERR, kLasts, 100, 9'000, 1},
                    DiskFault{"FullInCheckpoint", SQLITE_FULL, kLasts, 1'000'000, 80'000, 7},
                    DiskFault{"ErrorInCheckpoint", SQLITE_IOERR, kOnce, 1'000'000, 80'000, 7}),
    [](const auto& tested) { return tested.param.name; });

std::uint64_t bytes_in(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) bytes += file.file_size();
  return bytes;
}

// How many are taken until the disk is full.
std::size_t append_until_full(SqliteLog& log, const std::string& batch) {
  for (std::size_t taken = 0; taken < 1'000; ++taken)
    if (log.append(batch).has_error()) return taken;
  return 1'000;
}

TEST(SqliteFullDisk, WhatIsCoveredCanBeDroppedAndItsRoomIsWrittenAgain) {
  const std::string batch(20'000, 'x');
  const ports::FakeClock clock;
  const TempFolder folder;
  FaultyDisk disk;
  auto log = SqliteLog::open({.folder = folder.path(), .vfs = disk.name()}, clock);
  ASSERT_TRUE(log.has_value()) << log.error().what;
  LogPosition covered;
  for (int i = 0; i < 200; ++i) covered = *(*log)->append(batch);
  auto snapshot = (*log)->begin_snapshot(covered);
  ASSERT_TRUE(snapshot.has_value() && (*snapshot)->commit().has_value());
  disk.hold_at_most(bytes_in(folder.path()), folder.path());
  ASSERT_LT(append_until_full(**log, batch), 200U);

  const auto trimmed = (*log)->trim(LogTime::max());
  ASSERT_TRUE(trimmed.has_value()) << trimmed.error().what;
  EXPECT_LE(read_from(**log, covered).size(), 200U);
  for (int i = 0; i < 150; ++i) {
    const auto again = (*log)->append(batch);
    ASSERT_TRUE(again.has_value()) << again.error().what << " at " << i;
  }
}

}  // namespace
}  // namespace doorward::adapters::sqlite
