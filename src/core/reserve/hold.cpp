#include "core/reserve/hold.hpp"

#include <algorithm>

namespace doorward::reserve {

HoldVerdict decide_hold(const Inventory& inventory, std::uint32_t units, const Taken& taken,
                        const HoldRequest& request) {
  const std::uint32_t left = available(units, taken);
  if (request.units > inventory.max_per_hold) return HoldVerdict::too_many;
  if (left == 0) return HoldVerdict::sold_out;
  const auto limit = inventory.max_per_subject;
  if (limit && std::uint64_t{request.of_subject} + request.units > *limit)
    return HoldVerdict::subject_limit;
  return request.units > left ? HoldVerdict::too_few : HoldVerdict::fine;
}

ServiceTime lease_end(const Inventory& inventory, ServiceTime now, Millis asked,
                      ServiceTime latest) {
  const Millis lease = asked > Millis(0) ? asked : inventory.hold_ttl;
  return std::min(now + lease, latest);
}

const char* to_string(HoldState state) {
  switch (state) {
    case HoldState::held: return "held";
    case HoldState::confirmed: return "confirmed";
    case HoldState::over: return "over";
  }
  return "unknown";
}

const char* to_string(EndReason reason) {
  switch (reason) {
    case EndReason::none: return "none";
    case EndReason::released: return "released";
    case EndReason::expired: return "expired";
    case EndReason::cancelled: return "cancelled";
    case EndReason::inventory_removed: return "inventory_removed";
  }
  return "unknown";
}

const char* to_string(UnitState state) {
  switch (state) {
    case UnitState::available: return "available";
    case UnitState::held: return "held";
    case UnitState::confirmed: return "confirmed";
  }
  return "unknown";
}

}  // namespace doorward::reserve
