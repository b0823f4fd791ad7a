#include "app/serve/file_rooms.hpp"

#include "engine/digest.hpp"
#include "wire/policy_json.hpp"
#include "wire/sha256.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json.hpp>

#include <algorithm>
#include <optional>

namespace doorward::app {
namespace {

namespace json = boost::json;
using engine::ChangeRoom;
using engine::RoomEntry;
using engine::SetRoom;
using Source = SetRoom::Source;

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

// Of a text that only an older version's memory holds, and of one that is no policy any more: none.
std::optional<room::Policy> policy_of(const std::string& said) {
  boost::system::error_code failed;
  const json::value root = json::parse(said, failed);
  if (failed || !root.is_object()) return std::nullopt;
  auto policy = wire::policy_from_json(root.get_object());
  return policy ? std::optional(*std::move(policy)) : std::nullopt;
}

const RoomEntry* find(const std::vector<RoomEntry>& present, const std::string& name) {
  const auto entry = std::ranges::find(present, name, &RoomEntry::name);
  return entry == present.end() ? nullptr : &*entry;
}

// What the file says differently now is changed in the policy that is in force.
room::Policy merged(const room::Policy& said, const room::Policy& file, const room::Policy& now) {
  const json::object of_file = wire::policy_to_json(file);
  json::object patch;
  for (const std::string& field : fields_changed(said, file)) patch[field] = of_file.at(field);
  auto both = wire::policy_from_json(patch, now);
  return both ? *std::move(both) : file;
}

void change(const config::RoomSettings& room, const std::string* before, const RoomEntry* entry,
            std::vector<engine::Command>& commands) {
  const auto said = before != nullptr ? policy_of(*before) : std::nullopt;
  const bool unchanged =
      said ? *said == room.policy : before != nullptr && *before == fingerprint(room.policy);
  if (unchanged) return;
  if (entry == nullptr || !said) {
    if (entry == nullptr || entry->view.policy != room.policy)
      commands.emplace_back(SetRoom{room.name, room.policy, Source::file});
    return;
  }
  const room::Policy& now = entry->view.policy;
  room::Policy both = merged(*said, room.policy, now);
  if (both == now) return;
  // While something in it is of the admin API, so is the room.
  const Source source = both == room.policy ? Source::file : entry->source;
  commands.emplace_back(ChangeRoom{room.name, now, std::move(both), source});
}

// Nothing of the admin API is in force there.
bool is_of_file(const RoomEntry& entry, const std::string& said) {
  return entry.source == Source::file || policy_of(said) == entry.view.policy;
}

void tell(const engine::Command& command, Log& log) {
  if (const auto* removed = std::get_if<engine::RemoveRoom>(&command)) {
    log.info("a room is removed, as the configuration has it", {{"room", removed->room}});
    return;
  }
  if (const auto* set = std::get_if<SetRoom>(&command)) {
    log.info("a room is set from the configuration", {{"room", set->room}});
    return;
  }
  const auto& change = std::get<ChangeRoom>(command);
  const auto fields = fields_changed(change.before, change.policy);
  log.info("a room is changed from the configuration",
           {{"room", change.room}, {"fields", fmt::format("{}", fmt::join(fields, ","))}});
}

Result<> apply_once(const std::vector<config::RoomSettings>& rooms, const FileMemory& memory,
                    engine::Shard& shard, Log& log) {
  auto before = memory.read(kRoomsOfFile);
  if (!before) return before.error();
  FileChanges changes = changes_of(rooms, *before, shard.rooms());
  auto applied = apply_and_remember(shard, changes, *before, memory, kRoomsOfFile);
  for (const engine::Command& command : changes.commands) tell(command, log);
  return applied;
}

}  // namespace

std::vector<std::string> fields_changed(const room::Policy& from, const room::Policy& to) {
  const json::object before = wire::policy_to_json(from);
  std::vector<std::string> fields;
  for (const auto& [field, value] : wire::policy_to_json(to))
    if (before.at(field) != value) fields.emplace_back(field);
  return fields;
}

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
                       const std::vector<RoomEntry>& present) {
  FileChanges changes;
  for (const auto& room : rooms)
    changes.said.emplace(room.name, json::serialize(wire::policy_to_json(room.policy)));
  for (const auto& [name, said] : before) {
    const RoomEntry* entry = find(present, name);
    if (changes.said.contains(name) || entry == nullptr) continue;
    if (is_of_file(*entry, said))
      changes.commands.emplace_back(
          engine::RemoveRoom{name, engine::digest_of(entry->view.policy)});
  }
  for (const auto& room : rooms) {
    const auto said = before.find(room.name);
    change(room, said != before.end() ? &said->second : nullptr, find(present, room.name),
           changes.commands);
  }
  return changes;
}

Result<> apply_file_rooms(const std::vector<config::RoomSettings>& rooms, const FileMemory& memory,
                          engine::Shard& shard, Log& log) {
  return until_settled([&] { return apply_once(rooms, memory, shard, log); });
}

}  // namespace doorward::app
