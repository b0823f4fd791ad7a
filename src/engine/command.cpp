#include "engine/command.hpp"

#include <iterator>

namespace doorward::engine {

const char* name_of(const Command& command) {
  static constexpr const char* kNames[] = {"Join",
                                           "Leave",
                                           "Touch",
                                           "PresenceStart",
                                           "PresenceEnd",
                                           "Finish",
                                           "SetRoom",
                                           "RemoveRoom",
                                           "Draw",
                                           "NodeStarted",
                                           "Tick",
                                           "SetRule",
                                           "RemoveRule",
                                           "SetInventory",
                                           "RemoveInventory",
                                           "Hold",
                                           "Extend",
                                           "Confirm",
                                           "Release",
                                           "AcquireLock",
                                           "RenewLock",
                                           "ReleaseLock",
                                           "SetTenant",
                                           "RemoveTenant",
                                           "SetTenantKey",
                                           "RemoveTenantKey",
                                           "ChangeRoom"};
  static_assert(std::size(kNames) == std::variant_size_v<Command>);
  return kNames[command.index()];
}

}  // namespace doorward::engine
