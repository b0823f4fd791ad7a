// The locks of a shard that somebody has or waits for, by name, and what falls due of them.
//
// Why:     holds; what a command does to a lock is in `locks`.
// State:   names, holders and waiters go into snapshots; the rest is derived.
// Threads: single-owner.
// Bounds:  kMaxLocks, kMaxAllWaiters; those of a tenant are asked for elsewhere.
#pragma once

#include "base/bytes.hpp"
#include "core/reserve/lock.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace doorward::engine {

inline constexpr std::size_t kMaxLocks = 10'000;
inline constexpr std::size_t kMaxAllWaiters = 10'000;

class LockTable {
 public:
  const reserve::Lock* find(std::string_view name) const;
  // For a change, which `keep` ends. Null if there are too many.
  reserve::Lock* open(std::string_view name);
  // The change is done: notes what falls due next, and forgets a lock that nobody wants.
  void keep(std::string_view name);

  std::optional<ServiceTime> first_due() const;
  // The name of a lock with something due, which stays due until `keep`.
  std::optional<std::string> due(ServiceTime now) const;

  std::size_t size() const { return locks_.size(); }
  std::size_t waiting() const { return waiting_; }
  // Of a tenant.
  struct Use {
    std::size_t locks = 0;
    std::size_t waiters = 0;
  };
  Use use_of(std::string_view tenant) const;
  // The name of one that a tenant has.
  std::optional<std::string> any_of(std::string_view tenant) const;
  template <class F>
  void for_each(F&& f) const {  // by name
    for (const auto& [name, entry] : locks_) f(name, entry.lock);
  }
  // False if it contradicts what is there.
  bool restore(std::string name, reserve::Lock lock);

 private:
  struct Entry {
    reserve::Lock lock;
    std::size_t waiters = 0;  // when it was kept last
    std::optional<ServiceTime> due;
  };
  std::map<std::string, Entry, std::less<>> locks_;
  // Notes that a lock is there with so many waiters, or no more.
  void count(std::string_view name, std::int64_t locks, std::int64_t waiters);

  std::set<std::pair<ServiceTime, std::string>> due_;
  std::map<std::string, Use, std::less<>> uses_;  // by tenant; derived
  std::size_t waiting_ = 0;
};

void write_lock(ByteWriter& out, std::string_view name, const reserve::Lock& lock);
// `in.ok()` is false afterwards if it was malformed.
std::pair<std::string, reserve::Lock> read_lock(ByteReader& in);

}  // namespace doorward::engine
