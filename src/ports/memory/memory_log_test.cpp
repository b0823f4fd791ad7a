#include "ports/memory/memory_log.hpp"

#include "ports/contract/command_log_cases.hpp"
#include "ports/memory/seeded_entropy.hpp"

#include <array>

namespace doorward::ports {
namespace {

class MemoryBench final : public LogBench {
 public:
  std::unique_ptr<CommandLog> open() override {
    return std::make_unique<MemoryLog>(clock_, store_);
  }
  bool several_nodes() const override { return true; }
  FakeClock* clock() override { return &clock_; }
  bool damage_snapshot(const LogPosition&) override { return false; }

 private:
  FakeClock clock_;
  std::shared_ptr<MemoryStore> store_ = std::make_shared<MemoryStore>();
};

std::unique_ptr<LogBench> make_bench() { return std::make_unique<MemoryBench>(); }

INSTANTIATE_TEST_SUITE_P(Memory, CommandLogContract, testing::Values(&make_bench));

TEST(MemoryLog, AFaultFailsTheAppendBeforeOrAfterItWasTaken) {
  const FakeClock clock;
  MemoryLog log(clock);
  log.fail_next(MemoryLog::Fault::not_taken);
  EXPECT_EQ(log.append("lost").error().code, Errc::unavailable);
  EXPECT_EQ(log.size(), 0U);
  log.fail_next(MemoryLog::Fault::taken_unanswered);
  EXPECT_EQ(log.append("kept").error().code, Errc::unavailable);
  EXPECT_EQ(log.size(), 1U);
  EXPECT_TRUE(log.append("next").has_value());
}

TEST(MemoryLog, RefusesAppendsUntilThereIsRoomAgain) {
  const FakeClock clock;
  MemoryLog log(clock);
  log.refuse_appends(true);
  EXPECT_TRUE(log.append("a").has_error());
  EXPECT_TRUE(log.append("a").has_error());
  log.refuse_appends(false);
  EXPECT_TRUE(log.append("a").has_value());
  EXPECT_EQ(log.size(), 1U);
}

TEST(SeededEntropy, IsTheSameForTheSameSeed) {
  std::array<std::byte, 20> a{};
  std::array<std::byte, 20> b{};
  std::array<std::byte, 20> c{};
  SeededEntropy(1).fill(a);
  SeededEntropy(1).fill(b);
  SeededEntropy(2).fill(c);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
}

}  // namespace
}  // namespace doorward::ports
