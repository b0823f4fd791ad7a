#include "api/native/seat_streams.hpp"

#include "wire/sse/event_stream.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace doorward::api {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using reserve::UnitState;

constexpr Millis kLook = 250ms;
constexpr Millis kHeartbeat = 15s;
// Changes in one event: names have up to 86 bytes, and an event at most 60 KiB.
constexpr std::size_t kMostInEvent = 500;

// Whether both are of one map, though it may be gone.
bool is_same(const std::weak_ptr<const reserve::SeatMap>& a,
             const std::weak_ptr<const reserve::SeatMap>& b) {
  return !a.owner_before(b) && !b.owner_before(a);
}

char letter_of(UnitState state) {
  switch (state) {
    case UnitState::available: return 'a';
    case UnitState::held: return 'h';
    case UnitState::confirmed: return 'c';
  }
  return '?';
}

json::object section_json(const engine::SeatStates& seats, std::size_t at) {
  const reserve::SeatMap& map = *seats.map;
  const auto& sections = map.inventory().sections;
  const reserve::Section& section = sections[at];
  const std::uint32_t end = at + 1 < sections.size() ? map.first_of(at + 1) : map.units();
  std::string states;
  states.reserve(end - map.first_of(at));
  for (std::uint32_t unit = map.first_of(at); unit < end; ++unit)
    states += letter_of(seats.units[unit]);
  json::object made{{"name", section.name}, {"price", section.price}};
  if (section.units.empty()) {
    made["rows"] = section.rows;
    made["seats"] = section.seats;
  } else {
    json::array units;
    for (const std::string& unit : section.units) units.emplace_back(unit);
    made["units"] = std::move(units);
  }
  made["states"] = std::move(states);
  return made;
}

}  // namespace

std::string seats_json(std::string_view inventory, const engine::SeatStates& seats) {
  const reserve::Inventory& spec = seats.map->inventory();
  json::array sections;
  for (std::size_t at = 0; at < spec.sections.size(); ++at)
    sections.push_back(section_json(seats, at));
  return json::serialize(json::object{
      {"inventory", inventory}, {"currency", spec.currency}, {"sections", std::move(sections)}});
}

std::optional<edge::ParkedStream> SeatStreams::open(const std::string& inventory,
                                                    std::uint32_t number,
                                                    const std::string& shown) {
  const std::lock_guard lock(mutex_);
  if (streams_.size() >= kMostStreams) return std::nullopt;
  auto& feed = feeds_[number];
  if (!feed) {
    feed = std::make_shared<Feed>();
    feed->inventory = inventory;
    feed->shown = shown;
  }
  ++feed->streams;
  any_ = true;
  while (streams_.contains(kFirstKey | last_key_)) ++last_key_;
  const edge::ParkedStream stream{kFirstKey | last_key_++, 0};
  streams_[stream.key] = Held{feed, number, {}, {}};
  return stream;
}

void SeatStreams::gone(const edge::ParkedStream& stream) {
  const std::lock_guard lock(mutex_);
  const auto found = streams_.find(stream.key);
  if (found == streams_.end()) return;
  if (--found->second.feed->streams == 0) feeds_.erase(found->second.number);
  streams_.erase(found);
  any_ = !feeds_.empty();
}

std::size_t SeatStreams::count() const {
  const std::lock_guard lock(mutex_);
  return streams_.size();
}

void SeatStreams::changed(std::span<const engine::UnitChange> units) {
  if (!any_) return;
  const std::lock_guard lock(mutex_);
  for (const engine::UnitChange& change : units) {
    const auto found = feeds_.find(change.inventory);
    if (found == feeds_.end()) continue;
    Feed& feed = *found->second;
    feed.changes.push_back(change);
    if (feed.changes.size() <= kMostKept) continue;
    feed.changes.pop_front();
    ++feed.first;
  }
}

// The memo of a stream is the number of the change that it wants next; zero: it has nothing yet.
edge::StreamSource::Next SeatStreams::render(edge::ParkedStream& stream, edge::StreamKind,
                                             std::string& out) {
  const engine::Shard* const shard = shard_.load();
  std::unique_lock lock(mutex_);
  const auto found = streams_.find(stream.key);
  if (found == streams_.end() || shard == nullptr) return {{}, true};
  Held held = found->second;
  const bool has_news = stream.memo != held.feed->next();
  const bool is_whole = stream.memo == 0 || stream.memo < held.feed->first || held.map.expired();
  lock.unlock();
  const Millis now = clock_.steady_now();
  if (is_whole) {
    if (stream.memo == 0) wire::sse::append_retry(out, 1s);
    if (!show_whole(held, stream, out)) return {{}, true};
  } else if (has_news) {
    if (!show_changes(held, stream, out)) return {{}, true};
  } else if (now - held.sent_at >= kHeartbeat) {
    wire::sse::append_comment(out, "");
  }
  if (out.empty()) return {kLook, false};
  lock.lock();
  const auto again = streams_.find(stream.key);
  if (again != streams_.end()) {
    again->second.sent_at = now;
    again->second.map = held.map;
  }
  return {kLook, false};
}

// The number is read before the seats, so that a change in between is sent twice and not never.
bool SeatStreams::show_whole(Held& held, edge::ParkedStream& stream, std::string& out) {
  {
    const std::lock_guard lock(mutex_);
    stream.memo = held.feed->next();
  }
  const auto seats = shard_.load()->seats(held.feed->inventory);
  if (!seats || seats->number != held.number) return false;
  held.map = seats->map;
  const std::string id = std::to_string(stream.memo);
  const std::string text =
      seats->map->units() > kMostAtOnce ? std::string() : seats_json(held.feed->shown, *seats);
  constexpr std::size_t kMostBytes = 60 * 1024;
  if (text.empty() || text.size() > kMostBytes) {
    wire::sse::append_event(out, {"reload", id, "{}"});
  } else {
    wire::sse::append_event(out, {"seats", id, text});
  }
  return true;
}

// False if the inventory is gone, or is another of the same name.
bool SeatStreams::show_changes(Held& held, edge::ParkedStream& stream, std::string& out) {
  std::map<std::uint32_t, UnitState> units;
  const std::uint64_t from = stream.memo;
  {
    const std::lock_guard lock(mutex_);
    const Feed& feed = *held.feed;
    if (feed.shown_from == from && feed.shown_to == feed.next() &&
        is_same(feed.shown_map, held.map)) {
      stream.memo = feed.shown_to;
      out += feed.shown_text;
      return true;
    }
    std::uint64_t at = std::max(from, feed.first);
    for (; at < feed.next() && units.size() < kMostInEvent; ++at) {
      const engine::UnitChange& change = feed.changes[at - feed.first];
      units[change.unit] = change.state;
    }
    stream.memo = at;
  }
  const auto entry = shard_.load()->inventory(held.feed->inventory);
  if (!entry || entry->number != held.number) return false;
  // Numbers mean something in their map alone.
  if (!is_same(entry->map, held.map)) return show_whole(held, stream, out);
  json::object changed;
  for (const auto& [unit, state] : units)  // of a larger map before, told late
    if (unit < entry->map->units())
      changed[entry->map->name(unit)] = std::string(1, letter_of(state));
  const std::string text = json::serialize(json::object{{"available", entry->available()},
                                                        {"sold_out", entry->sold_out},
                                                        {"units", std::move(changed)}});
  std::string event;
  wire::sse::append_event(event, {"changed", std::to_string(stream.memo), text});
  out += event;
  const std::lock_guard lock(mutex_);
  held.feed->shown_from = from;
  held.feed->shown_to = stream.memo;
  held.feed->shown_map = held.map;
  held.feed->shown_text = std::move(event);
  return true;
}

}  // namespace doorward::api
