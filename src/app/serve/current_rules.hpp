// The rules in force, as every request on every loop asks for them.
//
// Why:     a request must not contend with those on other loops: each thread keeps the set, and
//          looks only at a number that seldom changes.
// Ownership: the shard outlives it. Requests under way keep the set that they began with.
// Threads: thread-safe.
#pragma once

#include "engine/shard.hpp"

#include <atomic>
#include <cstdint>
#include <memory>

namespace doorward::app {

class CurrentRules {
 public:
  using Pointer = std::shared_ptr<const limit::RuleSet>;

  explicit CurrentRules(const engine::Shard& shard) : shard_(shard) {}

  Pointer get() const {
    struct Kept {
      std::uint64_t of = 0;
      std::uint64_t version = 0;
      Pointer rules;
    };
    thread_local Kept mine;
    const std::uint64_t version = shard_.rules_version();
    if (mine.of != id_ || mine.version != version) {
      // A new control block: its count is this thread's alone.
      const Pointer now = shard_.rules();
      mine = {id_, version, Pointer(now.get(), [now](const limit::RuleSet*) {})};
    }
    return mine.rules;
  }

 private:
  // Of one shard's rules: copies share it. What a thread kept of others is not taken for these.
  static std::uint64_t next_id() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1) + 1;
  }

  const engine::Shard& shard_;
  const std::uint64_t id_ = next_id();
};

}  // namespace doorward::app
