// A hold: a lease on units of an inventory, until it is confirmed, given back, or its time ends.
//
// Why:     the decisions, each a pure function; the engine keeps holds and units.
// Time:    leases in service time (a gap moves them), what is shown in log time.
// Spec:    docs/reservations.md.
#pragma once

#include "base/ids.hpp"
#include "core/reserve/inventory.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace doorward::reserve {

struct HoldTag;
using HoldId = Id128<HoldTag>;

enum class HoldState : std::uint8_t { held, confirmed, over };

enum class EndReason : std::uint8_t {
  none,
  released,           // by its holder
  expired,            // its lease ended
  cancelled,          // it was confirmed, and a backend gave the units back
  inventory_removed,  // by the operator
};

enum class UnitState : std::uint8_t { available, held, confirmed };

// How many of an inventory's units are taken. A hold counts as taken.
struct Taken {
  std::uint32_t held = 0;
  std::uint32_t confirmed = 0;
  constexpr std::uint32_t all() const { return held + confirmed; }
  friend bool operator==(const Taken&, const Taken&) = default;
};

// Of `units` that exist; never below zero.
constexpr std::uint32_t available(std::uint32_t units, const Taken& taken) {
  return units > taken.all() ? units - taken.all() : 0;
}

enum class HoldVerdict : std::uint8_t {
  fine,
  sold_out,       // nothing is available
  too_few,        // something is, but less than was asked for
  too_many,       // more than one hold may have
  subject_limit,  // more than one subject may have
};

struct HoldRequest {
  std::uint32_t units = 0;       // asked for
  std::uint32_t of_subject = 0;  // held and confirmed before
};

// Whether so many may be taken; whether units by name are free is another question.
HoldVerdict decide_hold(const Inventory& inventory, std::uint32_t units, const Taken& taken,
                        const HoldRequest& request);

// When a hold or an extension that is made at `now` ends: after `asked`, or the inventory's
// `hold_ttl` where that is zero, and never later than `latest`.
ServiceTime lease_end(const Inventory& inventory, ServiceTime now, Millis asked,
                      ServiceTime latest);

// What a reader sees of a hold.
struct HoldView {
  HoldId id;
  std::string inventory;
  SubjectKey subject;
  HoldState state = HoldState::held;
  EndReason reason = EndReason::none;
  std::uint64_t fence = 0;
  std::uint32_t count = 0;
  std::vector<std::string>
      units;                 // by name, in the order asked for; empty of a count, and when over
  std::uint64_t amount = 0;  // sum of the prices as they were when it was made
  LogTime made_at{};
  std::optional<LogTime> expires_at;    // while held
  std::optional<LogTime> confirmed_at;  // while confirmed
};

const char* to_string(HoldState state);
const char* to_string(EndReason reason);
const char* to_string(UnitState state);

}  // namespace doorward::reserve
