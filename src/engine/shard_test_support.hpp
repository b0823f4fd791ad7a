// A shard with its threads over a log in memory, under a clock that stands still.
#pragma once

#include "engine/shard.hpp"
#include "ports/memory/fake_clock.hpp"
#include "ports/memory/memory_log.hpp"
#include "ports/memory/seeded_entropy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace doorward::engine {

// Waits in real time, so that a broken shard fails the test instead of hanging it.
inline constexpr std::chrono::seconds kPatience{60};

// Asks again and again until it is true, and gives up after `kPatience`.
template <class Predicate>
bool comes_true(Predicate&& is_true) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!is_true()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::yield();
  }
  return true;
}

class Answer final : public Completion {
 public:
  void complete(Outcome outcome) override;
  Outcome get();

 private:
  std::mutex mutex_;
  std::condition_variable answered_;
  Outcome outcome_;
  int times_ = 0;
};

class Ear final : public Listener {
 public:
  void changed(std::span<const TicketHandle> tickets) override;
  void rooms_changed(std::span<const std::uint32_t>) override {}
  void rules_changed() override { ++rule_changes; }
  std::atomic<int> rule_changes{0};
  bool hears(std::size_t n);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t heard_ = 0;
};

class ShardTest : public testing::Test {
 protected:
  ShardTest();
  ~ShardTest() override;
  void open();
  // How often such a trouble was told, with a cause unless it is the end of one.
  std::ptrdiff_t told(Trouble trouble);
  Outcome do_one(Command command);
  Outcome join(std::uint64_t n);
  void set_room(std::uint32_t capacity);

  ports::FakeClock clock_;
  ports::SeededEntropy entropy_{1};
  std::shared_ptr<ports::MemoryStore> store_ = std::make_shared<ports::MemoryStore>();
  Shard::Options options_;
  Ear ear_;
  std::mutex told_mutex_;
  std::vector<std::pair<Trouble, std::string>> told_;
  std::unique_ptr<ports::MemoryLog> log_;
  std::unique_ptr<Shard> shard_;
};

}  // namespace doorward::engine
