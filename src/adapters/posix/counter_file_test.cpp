#include "adapters/posix/counter_file.hpp"

#include "adapters/posix/temp_folder.hpp"
#include "ports/contract/counter_store_contract.hpp"
#include "ports/memory/fake_clock.hpp"
#include "ports/memory/seeded_entropy.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace doorward::adapters::posix {
namespace {

using namespace ports;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CounterFileTest : public testing::Test {
 protected:
  // A start of the program, with a store of its own.
  struct Run {
    Run(const std::filesystem::path& path, const FakeClock& clock, std::uint64_t seed,
        std::vector<std::string>& warnings)
        : entropy(seed),
          file({.path = path, .every = Millis{3'600'000}}, store, clock, entropy,
               [&warnings](std::string_view text) { warnings.emplace_back(text); }) {}
    MemoryCounterStore store;
    SeededEntropy entropy;
    CounterFile file;
  };

  void start() { run_.emplace(path_, clock_, ++seed_, warnings_); }
  void stop() { run_.reset(); }

  limit::Time now() const {
    return limit::Time{limit::Nanos{clock_.wall_now().time_since_epoch()}};
  }
  limit::Decision decide(std::uint64_t key, const limit::CompiledQuota& quota, std::uint64_t cost) {
    return run_->store.decide(Hit{counter_key(key), &quota, cost, key + 1}, now());
  }
  std::uint64_t left(std::uint64_t key, const limit::CompiledQuota& quota) {
    return run_->store.peek(Hit{counter_key(key), &quota, 0}, now()).remaining;
  }
  std::string bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

  TempFolder folder_;
  std::filesystem::path path_ = folder_.path() / "counters";
  FakeClock clock_;
  std::uint64_t seed_ = 0;
  std::vector<std::string> warnings_;
  std::optional<Run> run_;
};

TEST_F(CounterFileTest, CountersOfAMinuteAndLongerOutliveARestart) {
  start();
  for (const auto algorithm : kAlgorithms) {
    for (std::uint64_t n = 0; n < 100; ++n) {
      decide(n * 10 + static_cast<std::uint64_t>(algorithm), quota_of(algorithm, 10), 3);
    }
  }
  const SipKey secret = run_->file.secret();
  stop();
  clock_.advance(Millis{10});
  start();
  EXPECT_EQ(run_->file.secret(), secret);
  EXPECT_EQ(run_->store.stats().keys, 500U);
  for (const auto algorithm : kAlgorithms) {
    if (algorithm == limit::Algorithm::concurrency) continue;
    SCOPED_TRACE(limit::to_string(algorithm));
    for (std::uint64_t n = 0; n < 100; ++n) {
      const auto quota = quota_of(algorithm, 10);
      EXPECT_EQ(left(n * 10 + static_cast<std::uint64_t>(algorithm), quota), 7U);
    }
  }
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(CounterFileTest, ASlotIsFreeAfterARestartSinceItsHolderIsGone) {
  const auto quota = quota_of(limit::Algorithm::concurrency, 1);
  start();
  decide(1, quota, 1);
  EXPECT_EQ(left(1, quota), 0U);
  EXPECT_TRUE(run_->file.save());
  stop();
  start();
  EXPECT_EQ(left(1, quota), 1U);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(CounterFileTest, ShortWindowsAndWhatIsAsGoodAsFreshAreNotSaved) {
  const auto brief = quota_of(limit::Algorithm::fixed_window, 10, 59 * kSecond);
  const auto minute = quota_of(limit::Algorithm::fixed_window, 10);
  const auto slow_refill = limit::CompiledQuota{
      {.algorithm = limit::Algorithm::token_bucket, .limit = 1, .window = kSecond, .burst = 60}};
  start();
  decide(1, brief, 1);
  decide(2, minute, 1);
  decide(3, slow_refill, 10);
  EXPECT_TRUE(run_->file.save());
  EXPECT_EQ(bytes().size(), 28U + 16U + 2U * 38U + 16U);
  stop();
  clock_.advance(Millis{70'000});
  start();
  EXPECT_EQ(run_->store.stats().keys, 0U);
  stop();
  EXPECT_EQ(bytes().size(), 28U + 16U);
}

TEST_F(CounterFileTest, ACrashLosesOnlyWhatCameAfterTheLastSave) {
  const auto quota = quota_of(limit::Algorithm::gcra, 10, 60 * kMinute);
  start();
  decide(1, quota, 4);
  EXPECT_TRUE(run_->file.save());
  const std::string saved = bytes();
  decide(1, quota, 4);
  stop();
  write(saved);
  start();
  EXPECT_EQ(left(1, quota), 6U);
}

TEST_F(CounterFileTest, ADamagedFileIsAWarningAndAnEmptyStore) {
  const auto quota = quota_of(limit::Algorithm::gcra, 10, 60 * kMinute);
  start();
  for (std::uint64_t n = 0; n < 5; ++n) decide(n, quota, 4);
  const SipKey secret = run_->file.secret();
  stop();
  const std::string whole = bytes();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    for (const auto& text : {damaged, whole.substr(0, at)}) {
      write(text);
      warnings_.clear();
      start();
      ASSERT_EQ(run_->store.stats().keys, 0U) << at;
      ASSERT_FALSE(run_->file.secret() == secret) << at;
      ASSERT_THAT(warnings_, ElementsAre(HasSubstr("all limits begin anew"))) << at;
      stop();
    }
  }
}

TEST_F(CounterFileTest, AFileOfANewerProgramIsNamedAsSuch) {
  start();
  stop();
  std::string newer = bytes();
  newer[6] = 2;
  write(newer);
  start();
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("newer program")));
}

TEST_F(CounterFileTest, AFailedSaveIsWarnedOfOnceAndTheFileBeforeStays) {
  start();
  EXPECT_TRUE(run_->file.save());
  const std::string before = bytes();
  std::filesystem::create_directory(path_.string() + ".unfinished");
  EXPECT_FALSE(run_->file.save());
  EXPECT_FALSE(run_->file.save());
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("were not saved")));
  EXPECT_EQ(bytes(), before);
  std::filesystem::remove(path_.string() + ".unfinished");
  EXPECT_TRUE(run_->file.save());
}

}  // namespace
}  // namespace doorward::adapters::posix
