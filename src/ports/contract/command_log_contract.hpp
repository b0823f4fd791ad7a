// What every command log must do, as one GoogleTest suite that each implementation runs.
//
// Why:     the engine relies on these sentences and on nothing else about a log.
// Use:     implement LogBench and INSTANTIATE_TEST_SUITE_P(Name, CommandLogContract,
//          Values(make_bench)).
#pragma once

#include "ports/clock.hpp"
#include "ports/command_log.hpp"
#include "ports/memory/fake_clock.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace doorward::ports {

// One log under test; a fresh, empty one for every test.
class LogBench {
 public:
  virtual ~LogBench() = default;
  // Opens the log. Called again after the last one was destroyed, it opens the same log again.
  virtual std::unique_ptr<CommandLog> open() = 0;
  // Whether several may be open at once.
  virtual bool several_nodes() const = 0;
  // The clock that stamps the entries; null if it is out of the test's reach (a server's).
  virtual FakeClock* clock() = 0;
  // While the log is closed: spoils one byte of the snapshot at `at`. False where none can be.
  virtual bool damage_snapshot(const LogPosition& at) = 0;
};

using MakeLogBench = std::unique_ptr<LogBench> (*)();

class CommandLogContract : public testing::TestWithParam<MakeLogBench> {
 protected:
  static constexpr Millis kNoWait{0};
  static constexpr Millis kLong{20'000};

  std::unique_ptr<LogBench> bench_ = GetParam()();

  static LogPosition append(CommandLog& log, std::string_view batch) {
    const auto at = log.append(batch);
    EXPECT_TRUE(at.has_value()) << (at.has_error() ? at.error().what : "");
    return at.has_value() ? *at : LogPosition{};
  }

  // The first `max_entries` after `after`, in as many reads as it takes.
  static std::vector<LogEntry> read(CommandLog& log, LogPosition after = {},
                                    std::size_t max_entries = 10'000) {
    std::vector<LogEntry> all;
    while (all.size() < max_entries) {
      auto some = log.read(after, max_entries - all.size(), kNoWait);
      EXPECT_TRUE(some.has_value()) << (some.has_error() ? some.error().what : "");
      if (some.has_error() || some->empty()) break;
      EXPECT_LE(some->size(), max_entries - all.size());
      after = some->back().at;
      std::move(some->begin(), some->end(), std::back_inserter(all));
    }
    return all;
  }

  static std::vector<std::string> read_all(CommandLog& log) {
    std::vector<std::string> batches;
    for (auto& entry : read(log)) batches.push_back(std::move(entry.batch));
    return batches;
  }

  static void snapshot(CommandLog& log, const LogPosition& at, const std::string& bytes) {
    auto writer = log.begin_snapshot(at);
    ASSERT_TRUE(writer.has_value()) << writer.error().what;
    ASSERT_TRUE((*writer)->write(bytes).has_value());
    const auto committed = (*writer)->commit();
    ASSERT_TRUE(committed.has_value()) << committed.error().what;
  }

  struct Found {
    LogPosition at;
    std::string bytes;
  };

  // The latest snapshot; at the null position if there is none.
  static Found latest(CommandLog& log, std::size_t piece_bytes = 1U << 16) {
    auto reader = log.latest_snapshot();
    EXPECT_TRUE(reader.has_value()) << (reader.has_error() ? reader.error().what : "");
    if (reader.has_error() || *reader == nullptr) return {};
    Found found{(*reader)->at(), ""};
    for (;;) {
      const auto piece = (*reader)->read(piece_bytes);
      EXPECT_TRUE(piece.has_value());
      if (piece.has_error() || piece->empty()) return found;
      EXPECT_LE(piece->size(), piece_bytes);
      found.bytes += *piece;
    }
  }
};

}  // namespace doorward::ports
