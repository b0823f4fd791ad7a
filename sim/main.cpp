// doorward_sim [shards] [--seed N] [--first N] [--seeds N] [--threads N]
//
// Runs histories by their seeds; ends with 1 if one breaks a promise, and says which. `shards`: of
// whole shards over a failing log, instead of the state alone.
#include "run.hpp"
#include "shard_run.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

struct Options {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1'000;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool is_told = false;
  bool of_shards = false;
};

bool parse(int argc, char** argv, Options& options) {
  options.of_shards = argc > 1 && argv[1] == std::string_view("shards");
  const int first = options.of_shards ? 2 : 1;
  for (int i = first; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--seed") {
      options = {value, 1, 1, true, options.of_shards};
    } else if (name == "--first") {
      options.first = value;
    } else if (name == "--seeds") {
      options.seeds = value;
    } else if (name == "--threads" && value > 0 && value < 1'000) {
      options.threads = static_cast<unsigned>(value);
    } else {
      return false;
    }
  }
  return (argc - first) % 2 == 0;
}

class Campaign {
 public:
  explicit Campaign(const Options& options) : options_(options), next_(options.first) {}

  int run() {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < options_.threads; ++i) threads.emplace_back([this] { work(); });
    for (std::thread& thread : threads) thread.join();
    std::printf("%llu seeds from %llu: %llu entries, %llu crashes, %llu skips, %s\n",
                static_cast<unsigned long long>(options_.seeds),
                static_cast<unsigned long long>(options_.first),
                static_cast<unsigned long long>(entries_),
                static_cast<unsigned long long>(crashes_), static_cast<unsigned long long>(skips_),
                failed_ ? "FAILED" : "no failure");
    return failed_ ? 1 : 0;
  }

 private:
  void work() {
    while (failed_ < kTold) {
      const std::uint64_t seed = next_++;
      if (seed >= options_.first + options_.seeds) return;
      const doorward::sim::Report report = options_.of_shards
                                               ? doorward::sim::run_shards(seed, options_.is_told)
                                               : doorward::sim::run(seed, options_.is_told);
      entries_ += report.entries;
      crashes_ += report.crashes;
      skips_ += report.skips;
      if (!report.failure) continue;
      ++failed_;
      const std::lock_guard lock(mutex_);
      std::printf("seed %llu: %s\n  again: make sim SEED=%llu%s\n",
                  static_cast<unsigned long long>(seed), report.failure->c_str(),
                  static_cast<unsigned long long>(seed), options_.of_shards ? " OF=shards" : "");
    }
  }

  static constexpr unsigned kTold = 5;  // failing seeds are enough

  Options options_;
  std::atomic<std::uint64_t> next_;
  std::atomic<std::uint64_t> entries_{0};
  std::atomic<std::uint64_t> crashes_{0};
  std::atomic<std::uint64_t> skips_{0};
  std::atomic<unsigned> failed_{0};
  std::mutex mutex_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: doorward_sim [shards] [--seed N] [--first N] [--seeds N] [--threads N]\n");
    return 2;
  }
  return Campaign(options).run();
}
