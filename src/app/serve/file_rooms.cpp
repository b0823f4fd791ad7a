#include "app/serve/file_rooms.hpp"

#include "wire/sha256.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace doorward::app {
namespace {

using Source = engine::SetRoom::Source;

template <class Value>
std::string shown(const std::optional<Value>& value) {
  return value ? fmt::to_string(*value) : "-";
}
std::string shown(const std::optional<Millis>& value) {
  return value ? fmt::to_string(value->count()) : "-";
}
std::string shown(const std::optional<LogTime>& value) {
  return value ? fmt::to_string(value->time_since_epoch().count()) : "-";
}

}  // namespace

std::string fingerprint(const room::Policy& p) {
  std::string text = fmt::format(
      "capacity={} admit={}/{} session={}/{} claim={} order={} rejoin={} silence={} grace={} "
      "opens={} "
      "closes={} max={} mode={}",
      shown(p.capacity), p.admit ? p.admit->count : 0, p.admit ? p.admit->every.count() : 0,
      p.session_ttl.count(), static_cast<int>(p.renew), shown(p.claim_ttl),
      static_cast<int>(p.order), static_cast<int>(p.rejoin), shown(p.liveness_silence),
      p.liveness_grace.count(), shown(p.opens_at), shown(p.closes_at), p.max_waiting,
      static_cast<int>(p.mode));
  if (p.stock) text += fmt::format(" stock={}*{}", p.stock->inventory, p.stock->factor);
  if (p.admit && p.admit->rounds) text += " rounds";
  if (p.present_only) text += " present_only";
  for (const room::Lane& lane : p.lanes) text += fmt::format(" lane={}:{}", lane.name, lane.share);
  return wire::sha256_hex(text);
}

FileChanges changes_of(const std::vector<config::RoomSettings>& rooms, const Fingerprints& before,
                       const std::vector<engine::RoomEntry>& present) {
  FileChanges changes;
  const auto find = [&](const std::string& name) {
    return std::find_if(present.begin(), present.end(),
                        [&](const engine::RoomEntry& entry) { return entry.name == name; });
  };
  for (const auto& room : rooms) changes.said.emplace(room.name, fingerprint(room.policy));
  for (const auto& [name, print] : before) {
    const auto entry = find(name);
    if (changes.said.contains(name) || entry == present.end()) continue;
    if (entry->source == Source::file) changes.commands.emplace_back(engine::RemoveRoom{name});
  }
  for (const auto& room : rooms) {
    const std::string& print = changes.said.at(room.name);
    const auto said = before.find(room.name);
    const auto entry = find(room.name);
    const bool unchanged = said != before.end() && said->second == print;
    const bool same = entry != present.end() && entry->view.policy == room.policy;
    if (!unchanged && !same) {
      changes.commands.emplace_back(engine::SetRoom{room.name, room.policy, Source::file});
    }
  }
  return changes;
}

Result<> apply_file_rooms(const std::vector<config::RoomSettings>& rooms, const FileMemory& memory,
                          engine::Shard& shard, Log& log) {
  auto before = memory.read(kRoomsOfFile);
  if (!before) return before.error();
  FileChanges changes = changes_of(rooms, *before, shard.rooms());
  const auto commands = changes.commands;
  auto applied = apply_and_remember(shard, std::move(changes), *before, memory, kRoomsOfFile);
  if (!applied) return applied;
  for (const engine::Command& command : commands) {
    const auto* set = std::get_if<engine::SetRoom>(&command);
    const std::string name =
        set != nullptr ? set->room : std::get<engine::RemoveRoom>(command).room;
    log.info(set != nullptr ? "a room is set from the configuration"
                            : "a room is removed, as the configuration has it",
             {{"room", name}});
  }
  return applied;
}

}  // namespace doorward::app
