#include "app/serve/file_inventories.hpp"

#include "wire/inventory_json.hpp"
#include "wire/sha256.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace doorward::app {
namespace {

using Source = engine::SetRoom::Source;

constexpr const char* kSaidFile = "inventories-of-file.json";

}  // namespace

std::string fingerprint(const reserve::Inventory& inventory) {
  return wire::sha256_hex(boost::json::serialize(wire::inventory_to_json(inventory)));
}

InventoryChanges changes_of(const std::vector<config::InventorySettings>& inventories,
                            const Fingerprints& before,
                            const std::vector<engine::InventoryEntry>& present) {
  InventoryChanges changes;
  const auto find = [&](const std::string& name) {
    return std::ranges::find(present, name, &engine::InventoryEntry::name);
  };
  for (const auto& one : inventories) {
    const std::string print = fingerprint(one.spec);
    const auto said = before.find(one.name);
    const auto entry = find(one.name);
    changes.said.emplace(one.name, print);
    const bool unchanged = said != before.end() && said->second == print;
    const bool same = entry != present.end() && entry->map->inventory() == one.spec;
    if (!unchanged && !same)
      changes.commands.emplace_back(engine::SetInventory{one.name, one.spec, Source::file});
  }
  for (const auto& [name, print] : before) {
    const auto entry = find(name);
    if (changes.said.contains(name) || entry == present.end()) continue;
    if (entry->source == Source::file) changes.commands.emplace_back(engine::RemoveInventory{name});
  }
  return changes;
}

Result<> apply_file_inventories(const std::vector<config::InventorySettings>& inventories,
                                const std::filesystem::path& folder, engine::Shard& shard,
                                Log& log) {
  auto before = read_said(folder, kSaidFile);
  if (!before) return before.error();
  InventoryChanges changes = changes_of(inventories, *before, shard.inventories());
  for (const engine::Command& command : changes.commands) {
    const auto* set = std::get_if<engine::SetInventory>(&command);
    log.info(
        set != nullptr ? "an inventory is set from the configuration"
                       : "an inventory is removed, as the configuration has it",
        {{"inventory",
          set != nullptr ? set->inventory : std::get<engine::RemoveInventory>(command).inventory}});
  }
  if (auto applied = apply_commands(shard, std::move(changes.commands)); !applied) return applied;
  for (const auto& one : inventories) {
    const auto entry = shard.inventory(one.name);
    if (entry && entry->source == Source::file && !(entry->map->inventory() == one.spec) &&
        before->contains(one.name) && before->at(one.name) != fingerprint(one.spec))
      log.warn("an inventory stays as it is: units of it are taken that would be no more",
               {{"inventory", one.name}});
  }
  if (changes.said == *before) return {};
  return write_said(folder, kSaidFile, changes.said);
}

}  // namespace doorward::app
