// The inventories of the configuration file, brought to the log only where the file has changed.
//
// Why:     as file_rooms: what the admin API did to an inventory since stays, also over a restart,
//          until the file says something new about it. What is taken stays in any case.
// Threads: single owner.
// Errors:  those of the files and of the log; overloaded and unavailable may be tried again; one
//          whose units are taken and would be no more is told and left as it is, and tried again at
//          the next start.
// Spec:    docs/operations.md, "Rooms in the file and rooms by the admin API".
#pragma once

#include "app/config/config.hpp"
#include "app/observe/log.hpp"
#include "app/serve/file_changes.hpp"

#include <mutex>
#include <optional>

namespace doorward::app {

// The inventories as the file has them now, for calls that make one anew. Thread-safe.
class WantedInventories {
 public:
  void set(std::vector<config::InventorySettings> inventories);
  std::optional<reserve::Inventory> find(std::string_view name) const;

 private:
  mutable std::mutex mutex_;
  std::vector<config::InventorySettings> inventories_;
};

std::string fingerprint(const reserve::Inventory& inventory);

FileChanges changes_of(const std::vector<config::InventorySettings>& inventories,
                       const Fingerprints& before,
                       const std::vector<engine::InventoryEntry>& present);

// Appends what changed and waits until it is applied.
Result<> apply_file_inventories(const std::vector<config::InventorySettings>& inventories,
                                const FileMemory& memory, engine::Shard& shard, Log& log);

}  // namespace doorward::app
