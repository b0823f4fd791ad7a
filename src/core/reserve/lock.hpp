// A lock for somebody else's critical section: one holder by lease, and those who wait in order.
//
// Why:     decides who has it; the engine gives the fences and keeps the locks by name.
// Time:    `now` in service time, so that an outage ends no lease.
// Threads: plain value.
// Bounds:  kMaxWaiters wait for one lock.
// Spec:    docs/reservations.md, "Locks".
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

namespace doorward::reserve {

struct LockTag;
// Who has a lock or waits for it: drawn at random for each acquiring, and known to its caller only.
using LockId = Id128<LockTag>;

inline constexpr std::size_t kMaxWaiters = 1'000;
inline constexpr Millis kMinLockLease{100};
inline constexpr Millis kMaxLockLease{std::chrono::hours{24}};
inline constexpr Millis kMaxLockWait{std::chrono::minutes{1}};

// 1 to 64 of [A-Za-z0-9._:-], beginning with a letter or a digit.
bool is_valid_lock_name(std::string_view name);

struct LockRequest {
  LockId id;
  Millis lease{};
  Millis wait{};           // zero: now or not at all
  std::uint32_t node = 0;  // where the caller waits; a waiter of a dead node is passed over
  friend bool operator==(const LockRequest&, const LockRequest&) = default;
};

enum class LockVerdict : std::uint8_t {
  held,       // the caller has it now
  already,    // the caller had it before
  queued,     // the caller waits
  busy,       // somebody else has it
  too_many,   // as many wait as may
  not_yours,  // the caller has it not, or no more
};

class Lock {
 public:
  struct Holder {
    LockId id;
    std::uint64_t fence = 0;
    ServiceTime until{};
    friend bool operator==(const Holder&, const Holder&) = default;
  };
  struct Waiter {
    LockRequest request;
    ServiceTime until{};
    friend bool operator==(const Waiter&, const Waiter&) = default;
  };

  // `fence` is what a new holder gets. A retry by the same id finds what it has.
  LockVerdict acquire(const LockRequest& request, ServiceTime now, std::uint64_t fence);
  LockVerdict renew(const LockId& id, std::uint64_t fence, Millis lease, ServiceTime now);
  // A waiter called again: it keeps its place, and waits as this request says. The node where it
  // waited; none: it does not wait.
  std::optional<std::uint32_t> wait_anew(const LockRequest& request, ServiceTime now);
  // By the holder, or by a waiter who gives up. The lock is free then, or waits for `pass_on`.
  LockVerdict release(const LockId& id, std::uint64_t fence);

  // Ends what is due: the lease of the holder, the patience of waiters, who are given back.
  std::vector<Waiter> fall_due(ServiceTime now);
  // Takes the next waiter off the line; whoever calls asks whether it still lives.
  std::optional<Waiter> take_next();
  void give(const LockRequest& request, ServiceTime now, std::uint64_t fence);

  const std::optional<Holder>& holder() const { return holder_; }
  const std::deque<Waiter>& waiters() const { return waiters_; }
  bool is_free() const { return !holder_; }
  bool is_idle() const { return !holder_ && waiters_.empty(); }
  // When something falls due next.
  std::optional<ServiceTime> next_due() const;

  static Lock restored(std::optional<Holder> holder, std::deque<Waiter> waiters);
  friend bool operator==(const Lock&, const Lock&) = default;

 private:
  std::optional<Holder> holder_;
  std::deque<Waiter> waiters_;
};

struct LockView {
  LockId id;  // whom it is about: the caller
  bool is_held = false;
  std::uint64_t fence = 0;            // of the caller's grant
  std::optional<LogTime> expires_at;  // of the holder's lease, whoever that is
  std::uint32_t waiting = 0;
};

}  // namespace doorward::reserve
