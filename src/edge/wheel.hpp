// A timing wheel for coarse deadlines that are moved far more often than they fall due.
//
// Why:     every read and write has a deadline, and nearly none is met. Moving one on is a store;
//          the entry is looked at again only when its old place comes round.
// Time:    `now` and deadlines are milliseconds of one monotonic clock; an entry fires up to one
// tick late. Ownership: entries are embedded in their owners, and unlink themselves when they go.
// Threads: single owner.
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstdint>

namespace doorward::edge {

struct WheelLink {
  WheelLink* previous = this;
  WheelLink* next = this;

  WheelLink() = default;
  WheelLink(const WheelLink&) = delete;
  WheelLink& operator=(const WheelLink&) = delete;
  ~WheelLink() { unlink(); }

  bool linked() const { return next != this; }
  void unlink();
  void insert_before(WheelLink& other);
};

// `fire` is called once its deadline has passed; it may destroy the entry.
class WheelEntry : private WheelLink {
 public:
  explicit WheelEntry(void (*fire)(WheelEntry&)) : fire_(fire) {}
  void clear() { due_ = kNever; }
  bool armed() const { return due_ != kNever; }

 private:
  friend class Wheel;
  static constexpr std::int64_t kNever = INT64_MAX;

  void (*fire_)(WheelEntry&);
  std::int64_t due_ = kNever;  // tick
  std::int64_t place_ = 0;     // tick at which it is looked at; meaningful while linked
};

class Wheel {
 public:
  static constexpr Millis kTick{100};

  explicit Wheel(Millis now) : now_(now.count() / kTick.count()) {}

  void set(WheelEntry& entry, Millis due);
  void advance(Millis now);

 private:
  static constexpr std::int64_t kPlaces = 512;  // 51 s; what is due later goes round

  void link(WheelEntry& entry);
  void turn();

  std::array<WheelLink, kPlaces> places_;
  std::int64_t now_;  // tick
};

}  // namespace doorward::edge
