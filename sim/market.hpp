// The observer's own account of what is held, sold and locked.
//
// Why:     sums and sets in place of slabs, chains and counters. What it finds is a sentence, or
//          nothing.
#pragma once

#include "engine/record.hpp"
#include "engine/world.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace doorward::sim {

class Market {
 public:
  // After an entry was applied; `service` by the observer's own account.
  std::optional<std::string> after(const engine::World& world, const engine::Batch& batch,
                                   const std::vector<engine::Outcome>& outcomes, Millis service);

 private:
  struct Sums {
    std::uint32_t held = 0;
    std::uint32_t confirmed = 0;
    std::set<std::uint32_t> units;
    std::map<SubjectKey, std::uint32_t> subjects;
  };
  struct Known {
    reserve::HoldState state = reserve::HoldState::held;
    std::uint64_t fence = 0;
  };
  using Holds = std::map<reserve::HoldId, Known>;

  void fail(std::string what) {
    if (!failure_) failure_ = std::move(what);
  }
  void follow(const engine::Command& command, const engine::Outcome& outcome);
  void follow_change(const engine::Command& command);
  void promise(const reserve::HoldId& id, const engine::Outcome& outcome);
  void check_holds();
  void check_hold(std::uint32_t index, const engine::HoldRow& row, Holds& now);
  void check_change(const engine::HoldRow& row, const Known* before);
  void check_inventories();
  void check_locks();
  void check_lock(const std::string& name, const reserve::Lock& lock);

  const engine::World* world_ = nullptr;
  Millis service_{};
  Holds holds_;
  std::map<std::string, reserve::Inventory> specs_;
  std::map<std::uint32_t, Sums> sums_;          // by the inventory's number
  std::map<reserve::HoldId, Millis> promised_;  // at least until then, in service time
  std::map<reserve::LockId, Millis> lock_promised_;
  std::map<std::string, reserve::Lock::Holder> lock_holders_;
  std::set<reserve::LockId> released_;  // in this entry
  std::uint64_t fence_ = 0;             // the highest that was seen before
  std::optional<std::string> failure_;
};

}  // namespace doorward::sim
