// The cases of command_log_contract.hpp. Included by one file of each test program that runs them.
#pragma once

#include "ports/contract/command_log_contract.hpp"
#include "ports/contract/command_log_snapshot_cases.hpp"
#include "ports/log_mark.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace doorward::ports {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(CommandLogContract, ReadsBatchesInTheOrderOfTheirAppends) {
  const auto log = bench_->open();
  EXPECT_THAT(read(*log), IsEmpty());
  const auto first = append(*log, "one");
  const auto second = append(*log, std::string("t\0w\n", 4));
  const auto third = append(*log, "");
  EXPECT_LT(LogPosition{}, first);
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);

  const auto entries = read(*log);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].at, first);
  EXPECT_EQ(entries[1].at, second);
  EXPECT_EQ(entries[2].at, third);
  EXPECT_THAT(read_all(*log), ElementsAre("one", std::string("t\0w\n", 4), ""));
}

TEST_P(CommandLogContract, ReadsOnlyWhatFollowsAPositionAndAtMostWhatIsAskedFor) {
  const auto log = bench_->open();
  append(*log, "a");
  const auto b = append(*log, "b");
  append(*log, "c");
  const auto d = append(*log, "d");

  const auto two = read(*log, {}, 2);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[1].at, b);
  const auto rest = read(*log, b);
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_EQ(rest[0].batch, "c");
  EXPECT_THAT(read(*log, d), IsEmpty());
}

TEST_P(CommandLogContract, TimeGoesOnThoughTheWallClockIsPutBack) {
  const auto log = bench_->open();
  FakeClock* clock = bench_->clock();
  append(*log, "a");
  if (clock != nullptr) clock->advance(Millis{5'000});
  append(*log, "b");
  if (clock != nullptr) clock->set_wall(clock->wall_now() - Millis{3'600'000});
  append(*log, "c");
  if (clock != nullptr) clock->advance(Millis{100'000});
  append(*log, "d");

  const auto entries = read(*log);
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_LE(entries[0].time, entries[1].time);
  EXPECT_LE(entries[1].time, entries[2].time);
  EXPECT_LE(entries[2].time, entries[3].time);
  if (clock == nullptr) return;
  EXPECT_EQ(entries[1].time - entries[0].time, Millis{5'000});
  EXPECT_EQ(entries[2].time, entries[1].time);
  EXPECT_EQ(entries[3].time - entries[1].time, Millis{90'000});
}

TEST_P(CommandLogContract, TimeComesBackToAWallClockThatWasPutBack) {
  FakeClock* clock = bench_->clock();
  if (clock == nullptr) GTEST_SKIP() << "the clock is out of reach";
  const auto log = bench_->open();
  append(*log, "a");
  clock->set_wall(clock->wall_now() - Millis{3'000});
  LogTime last{};
  // In steps too short for a tenth to show in any one of them.
  for (int i = 0; i < 300; ++i) {
    clock->advance(Millis{i % 2 == 0 ? 1 : 199});
    append(*log, "b");
  }
  for (const LogEntry& entry : read(*log, {}, 1'000)) {
    EXPECT_LE(last, entry.time);
    last = entry.time;
  }
  EXPECT_EQ(last, clock->wall_now());
}

TEST_P(CommandLogContract, TimeDoesNotGoBackOverARestart) {
  FakeClock* clock = bench_->clock();
  auto log = bench_->open();
  append(*log, "a");
  log.reset();
  if (clock != nullptr) clock->set_wall(clock->wall_now() - Millis{60'000});
  log = bench_->open();
  append(*log, "b");
  if (clock != nullptr) clock->advance(Millis{1'000});
  append(*log, "c");
  const auto entries = read(*log);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_LE(entries[0].time, entries[1].time);
  EXPECT_LE(entries[1].time, entries[2].time);
  if (clock == nullptr) return;
  EXPECT_EQ(entries[2].time - entries[0].time, Millis{900});
}

TEST_P(CommandLogContract, ReadWaitsForTheNextEntry) {
  const auto log = bench_->open();
  const auto first = append(*log, "first");
  std::thread appender([&] { append(*log, "second"); });
  const auto entries = log->read(first, 10, kLong);
  appender.join();
  ASSERT_TRUE(entries.has_value());
  ASSERT_EQ(entries->size(), 1U);
  EXPECT_EQ(entries->front().batch, "second");
}

TEST_P(CommandLogContract, ReadEndsEmptyWhenItsWaitIsOver) {
  const auto log = bench_->open();
  const auto entries = log->read({}, 10, Millis{30});
  ASSERT_TRUE(entries.has_value()) << entries.error().what;
  EXPECT_THAT(*entries, IsEmpty());
}

TEST_P(CommandLogContract, AnInterruptEndsTheReadThatWaits) {
  const auto log = bench_->open();
  const auto started = std::chrono::steady_clock::now();
  std::thread other([&] { log->interrupt(); });
  const auto entries = log->read({}, 10, kLong);
  other.join();
  ASSERT_TRUE(entries.has_value());
  EXPECT_THAT(*entries, IsEmpty());
  EXPECT_LT(std::chrono::steady_clock::now() - started, kLong / 2);
}

TEST_P(CommandLogContract, AnInterruptBeforeTheReadIsNotLostAndCountsOnce) {
  const auto log = bench_->open();
  const auto started = std::chrono::steady_clock::now();
  log->interrupt();
  EXPECT_THAT(*log->read({}, 10, kLong), IsEmpty());
  EXPECT_LT(std::chrono::steady_clock::now() - started, kLong / 2);

  std::thread appender([&] { append(*log, "after"); });
  const auto entries = log->read({}, 10, kLong);
  appender.join();
  EXPECT_EQ(entries->size(), 1U);
}

TEST_P(CommandLogContract, EntriesSurviveReopening) {
  auto log = bench_->open();
  append(*log, "a");
  const auto b = append(*log, "b");
  log.reset();
  log = bench_->open();
  EXPECT_LT(b, append(*log, "c"));
  EXPECT_THAT(read_all(*log), ElementsAre("a", "b", "c"));
}

TEST_P(CommandLogContract, TakesABatchOfTheLargestSizeAndRefusesALargerOne) {
  const auto log = bench_->open();
  std::string largest(CommandLog::kMaxBatchBytes, 'x');
  largest.back() = 'y';
  append(*log, largest);
  const auto refused = log->append(std::string(CommandLog::kMaxBatchBytes + 1, 'x'));
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::too_large);
  append(*log, "small");

  const auto batches = read_all(*log);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_TRUE(batches[0] == largest);
  EXPECT_EQ(batches[1], "small");
}

TEST_P(CommandLogContract, OneReadTakesABoundedNumberOfBytes) {
  const auto log = bench_->open();
  for (int i = 0; i < 4; ++i) append(*log, std::string(CommandLog::kMaxBatchBytes, 'x'));
  EXPECT_LE(log->read({}, 100, kNoWait)->size(),
            CommandLog::kReadBytes / CommandLog::kMaxBatchBytes);
  EXPECT_EQ(read_all(*log).size(), 4U);
}

TEST_P(CommandLogContract, AppenderReaderAndKeeperWorkAtOnce) {
  constexpr int kBatches = 300;
  const auto log = bench_->open();
  std::vector<std::string> seen;
  std::atomic<bool> reading{true};
  const auto first = append(*log, "first");
  std::thread appender([&] {
    for (int i = 0; i < kBatches; ++i) append(*log, std::to_string(i));
  });
  std::thread keeper([&] {
    while (reading.load()) {
      snapshot(*log, first, std::string(100'000, 's'));
      EXPECT_EQ(latest(*log).bytes.size(), 100'000U);
      EXPECT_TRUE(log->trim(LogTime{}).has_value());
    }
  });
  for (LogPosition at = first; seen.size() < kBatches;) {
    auto entries = log->read(at, 64, kLong);
    ASSERT_TRUE(entries.has_value()) << entries.error().what;
    ASSERT_FALSE(entries->empty());
    at = entries->back().at;
    for (auto& entry : *entries) seen.push_back(std::move(entry.batch));
  }
  reading = false;
  appender.join();
  keeper.join();
  for (int i = 0; i < kBatches; ++i)
    ASSERT_EQ(seen[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST_P(CommandLogContract, TheFirstMarkStaysAlsoOverARestartUntilItIsReplaced) {
  auto log = bench_->open();
  const auto mark_of = [&] { return dynamic_cast<LogMark*>(log.get()); };
  if (mark_of() == nullptr) GTEST_SKIP() << "a log that nobody shares and nothing outlives";
  EXPECT_EQ(mark_of()->mark().value(), "");
  EXPECT_EQ(mark_of()->leave_mark("first").value(), "first");
  EXPECT_EQ(mark_of()->leave_mark("second").value(), "first");
  append(*log, "a");
  log.reset();
  log = bench_->open();
  EXPECT_EQ(mark_of()->leave_mark("second").value(), "first");
  ASSERT_TRUE(mark_of()->replace_mark("second").has_value());
  EXPECT_EQ(mark_of()->mark().value(), "second");
  EXPECT_THAT(read_all(*log), ElementsAre("a"));
}

TEST_P(CommandLogContract, TwoNodesSeeOneOrder) {
  if (!bench_->several_nodes()) GTEST_SKIP() << "one node at a time";
  constexpr std::size_t kEach = 200;
  const auto a = bench_->open();
  const auto b = bench_->open();
  const auto write = [](CommandLog& log, const std::string& name) {
    for (std::size_t i = 0; i < kEach; ++i) append(log, name + std::to_string(i));
  };
  std::thread of_a([&] { write(*a, "a"); });
  std::thread of_b([&] { write(*b, "b"); });
  std::vector<std::string> at_b;
  for (LogPosition at; at_b.size() < 2 * kEach;) {
    auto entries = b->read(at, 64, kLong);
    ASSERT_TRUE(entries.has_value()) << entries.error().what;
    ASSERT_FALSE(entries->empty());
    at = entries->back().at;
    for (auto& entry : *entries) at_b.push_back(std::move(entry.batch));
  }
  of_a.join();
  of_b.join();
  EXPECT_EQ(read_all(*a), at_b);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CommandLogContract);

}  // namespace doorward::ports
