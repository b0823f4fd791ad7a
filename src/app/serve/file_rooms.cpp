#include "app/serve/file_rooms.hpp"

#include "app/serve/secrets.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <future>

namespace doorward::app {
namespace {

namespace json = boost::json;
using Source = engine::SetRoom::Source;

constexpr const char* kSaidFile = "rooms-of-file.json";

// Waits for one command on a thread that is no event loop.
class Waiting final : public engine::Completion {
 public:
  void complete(engine::Outcome outcome) override { promise_.set_value(std::move(outcome)); }
  engine::Outcome wait() { return promise_.get_future().get(); }

 private:
  std::promise<engine::Outcome> promise_;
};

Result<Fingerprints> read_said(const std::filesystem::path& folder) {
  Fingerprints said;
  if (folder.empty()) return said;
  const auto text = read_small_file(folder / kSaidFile);
  if (!text && text.error().code == Errc::not_found) return said;
  if (!text) return text.error();
  boost::system::error_code failed;
  const json::value root = json::parse(*text, failed);
  if (failed || !root.is_object()) {
    return error(Errc::corrupt, (folder / kSaidFile).string() +
                                    " is broken; remove it to apply all "
                                    "rooms of the file again");
  }
  for (const auto& [name, print] : root.get_object()) {
    if (print.is_string()) said.emplace(name, print.get_string());
  }
  return said;
}

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

Result<> apply(engine::Shard& shard, engine::Command command) {
  Waiting waiting;
  if (auto taken = shard.submit(std::move(command), waiting); !taken) return taken;
  const auto outcome = waiting.wait();
  using enum engine::Status;
  if (outcome.status == done || outcome.status == already || outcome.status == no_such_room)
    return {};
  return error(Errc::unavailable,
               std::string("the log did not take a room of the configuration: ") +
                   to_string(outcome.status));
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
  for (const room::Lane& lane : p.lanes) text += fmt::format(" lane={}:{}", lane.name, lane.share);
  return sha256_hex(text);
}

RoomChanges changes_of(const std::vector<config::RoomSettings>& rooms, const Fingerprints& before,
                       const std::vector<engine::RoomEntry>& present) {
  RoomChanges changes;
  const auto find = [&](const std::string& name) {
    return std::find_if(present.begin(), present.end(),
                        [&](const engine::RoomEntry& entry) { return entry.name == name; });
  };
  for (const auto& room : rooms) {
    const std::string print = fingerprint(room.policy);
    const auto said = before.find(room.name);
    const auto entry = find(room.name);
    changes.said.emplace(room.name, print);
    const bool unchanged = said != before.end() && said->second == print;
    const bool same = entry != present.end() && entry->view.policy == room.policy;
    if (!unchanged && !same) {
      changes.commands.emplace_back(engine::SetRoom{room.name, room.policy, Source::file});
    }
  }
  for (const auto& [name, print] : before) {
    const auto entry = find(name);
    if (changes.said.contains(name) || entry == present.end()) continue;
    if (entry->source == Source::file) changes.commands.emplace_back(engine::RemoveRoom{name});
  }
  return changes;
}

Result<> apply_file_rooms(const std::vector<config::RoomSettings>& rooms,
                          const std::filesystem::path& folder, engine::Shard& shard, Log& log) {
  auto before = read_said(folder);
  if (!before) return before.error();
  RoomChanges changes = changes_of(rooms, *before, shard.rooms());
  for (engine::Command& command : changes.commands) {
    const auto* set = std::get_if<engine::SetRoom>(&command);
    const auto* removed = std::get_if<engine::RemoveRoom>(&command);
    const std::string name = set != nullptr ? set->room : removed->room;
    const bool is_set = set != nullptr;
    if (auto applied = apply(shard, std::move(command)); !applied) return applied;
    log.info(
        is_set ? "room set from the configuration" : "room removed, as the configuration has it",
        {{"room", name}});
  }
  if (folder.empty() || changes.said == *before) return {};
  json::object said;
  for (const auto& [name, print] : changes.said) said[name] = print;
  return write_secret_file(folder / kSaidFile, json::serialize(said) + '\n');
}

}  // namespace doorward::app
