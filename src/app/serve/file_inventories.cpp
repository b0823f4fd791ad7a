#include "app/serve/file_inventories.hpp"

#include "engine/digest.hpp"
#include "wire/inventory_json.hpp"
#include "wire/sha256.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace doorward::app {
namespace {

using Source = engine::SetRoom::Source;

// Says where an inventory is another than the file has it. True: the file's was refused.
bool tell_difference(const config::InventorySettings& wanted, const engine::Shard& shard,
                     Log& log) {
  const auto entry = shard.inventory(wanted.name);
  if (entry && entry->map->inventory() == wanted.spec) return false;
  if (!entry) {
    log.each_time(Level::warn,
                  "an inventory of the configuration is not there: it was removed by a call",
                  {{"inventory", wanted.name}});
    return false;
  }
  const std::uint32_t units = entry->map->units();
  const std::uint32_t configured = reserve::SeatMap(wanted.spec).units();
  if (entry->source != Source::file) {
    log.each_time(Level::warn,
                  "an inventory is not as the configuration has it: it was changed by a call",
                  {{"inventory", wanted.name}, {"units", units}, {"configured", configured}});
    return false;
  }
  log.each_time(
      Level::warn,
      "an inventory is not as the configuration has it: units of it are taken that would be no "
      "more; the next start tries again",
      {{"inventory", wanted.name},
       {"units", units},
       {"configured", configured},
       {"taken", entry->taken.all()}});
  return true;
}

}  // namespace

void WantedInventories::set(std::vector<config::InventorySettings> inventories) {
  const std::lock_guard lock(mutex_);
  inventories_ = std::move(inventories);
}

std::optional<reserve::Inventory> WantedInventories::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(inventories_, name, &config::InventorySettings::name);
  return found == inventories_.end() ? std::nullopt : std::optional(found->spec);
}

std::string fingerprint(const reserve::Inventory& inventory) {
  return wire::sha256_hex(boost::json::serialize(wire::inventory_to_json(inventory)));
}

FileChanges changes_of(const std::vector<config::InventorySettings>& inventories,
                       const Fingerprints& before,
                       const std::vector<engine::InventoryEntry>& present) {
  FileChanges changes;
  const auto find = [&](const std::string& name) {
    return std::ranges::find(present, name, &engine::InventoryEntry::name);
  };
  for (const auto& one : inventories) changes.said.emplace(one.name, fingerprint(one.spec));
  for (const auto& [name, print] : before) {
    const auto entry = find(name);
    if (changes.said.contains(name) || entry == present.end()) continue;
    if (entry->source == Source::file)
      changes.commands.emplace_back(
          engine::RemoveInventory{name, engine::digest_of(entry->map->inventory())});
  }
  for (const auto& one : inventories) {
    const std::string& print = changes.said.at(one.name);
    const auto said = before.find(one.name);
    const auto entry = find(one.name);
    const bool is_there = entry != present.end();
    const bool same = is_there && entry->map->inventory() == one.spec;
    // One that is the file's and yet another was refused when the file said so, and is tried again.
    const bool refused = is_there && entry->source == Source::file && !same;
    const bool unchanged = said != before.end() && said->second == print;
    if (refused || (!unchanged && !same))
      changes.commands.emplace_back(engine::SetInventory{one.name, one.spec, Source::file});
  }
  return changes;
}

namespace {

Result<> apply_once(const std::vector<config::InventorySettings>& inventories,
                    const FileMemory& memory, engine::Shard& shard, Log& log) {
  auto before = memory.read(kInventoriesOfFile);
  if (!before) return before.error();
  FileChanges changes = changes_of(inventories, *before, shard.inventories());
  const Result<> applied = apply(shard, changes, *before);
  for (const engine::Command& command : changes.commands) {
    const auto* set = std::get_if<engine::SetInventory>(&command);
    log.info(
        set != nullptr ? "an inventory is set from the configuration"
                       : "an inventory is removed, as the configuration has it",
        {{"inventory",
          set != nullptr ? set->inventory : std::get<engine::RemoveInventory>(command).inventory}});
  }
  for (const auto& one : inventories) {
    if (!tell_difference(one, shard, log)) continue;
    // Not taken yet: the next start says it anew.
    changes.said.erase(one.name);
    if (before->contains(one.name)) changes.said.emplace(one.name, before->at(one.name));
  }
  if (changes.said == *before) return applied;
  auto written = memory.write(kInventoriesOfFile, changes.said, shard.applied());
  return applied ? written : applied;
}

}  // namespace

Result<> apply_file_inventories(const std::vector<config::InventorySettings>& inventories,
                                const FileMemory& memory, engine::Shard& shard, Log& log) {
  return until_settled([&] { return apply_once(inventories, memory, shard, log); });
}

}  // namespace doorward::app
