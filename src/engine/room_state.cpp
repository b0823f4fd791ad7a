#include "engine/room_state.hpp"

#include "engine/draw.hpp"
#include "engine/record.hpp"

#include <algorithm>
#include <ranges>

namespace doorward::engine {
namespace {

std::vector<room::Lane> lanes_of(const room::Policy& policy) {
  if (!policy.lanes.empty()) return policy.lanes;
  return {room::Lane{std::string(room::kOnlyLane), 1}};
}

LaneState* find_by_name(std::vector<LaneState>& lanes, std::string_view name) {
  const auto found = std::ranges::find(lanes, name, &LaneState::name);
  return found == lanes.end() ? nullptr : &*found;
}

// A lane that left the policy and has nobody left may become another one.
LaneState* find_vacant(std::vector<LaneState>& lanes) {
  const auto is_vacant = [](const LaneState& lane) { return lane.retired && lane.is_empty(); };
  const auto found = std::ranges::find_if(lanes, is_vacant);
  return found == lanes.end() ? nullptr : &*found;
}

// The lanes by the policy again, whose names are those that are not retired.
void number_lanes(Room& room) {
  std::uint32_t number = 0;
  for (const room::Lane& lane : lanes_of(room.policy)) {
    find_by_name(room.lanes, lane.name)->in_policy = number++;
  }
}

// Kept and new, without those that a new one takes the place of.
std::size_t lanes_with(Room& room, const std::vector<room::Lane>& wanted, bool vacant_lanes_count) {
  const auto is_kept = [&](const LaneState& lane) {
    return vacant_lanes_count || !lane.is_empty() ||
           std::ranges::find(wanted, lane.name, &room::Lane::name) != wanted.end();
  };
  const auto is_new = [&](const room::Lane& lane) {
    return find_by_name(room.lanes, lane.name) == nullptr;
  };
  return static_cast<std::size_t>(std::ranges::count_if(room.lanes, is_kept) +
                                  std::ranges::count_if(wanted, is_new));
}

void take_lane(Room& room, const room::Lane& wanted) {
  LaneState* lane = find_by_name(room.lanes, wanted.name);
  if (lane == nullptr) lane = find_vacant(room.lanes);
  if (lane == nullptr) lane = &room.lanes.emplace_back();
  lane->name = wanted.name;
  lane->share = wanted.share;
  lane->retired = false;
}

void write_lane(ByteWriter& out, const LaneState& lane) {
  out.text(lane.name);
  out.varint(lane.share);
  out.boolean(lane.retired);
  out.boolean(lane.return_turn.last_was_returner());
  out.varint(lane.front.end());
  out.varint(lane.returners.end());
  out.varint(lane.aside.end());
}

std::optional<LogTime> read_round(ByteReader& in) {
  const auto max = static_cast<std::uint64_t>(kMaxLogTime.time_since_epoch().count());
  const LogTime at{Millis{static_cast<std::int64_t>(in.varint(max))}};
  return at == LogTime{} ? std::nullopt : std::optional(at);
}

LaneState read_lane(ByteReader& in) {
  LaneState lane;
  lane.name = in.text(room::kMaxRoomName);
  lane.share = static_cast<std::uint32_t>(in.varint(UINT32_MAX));
  lane.retired = in.boolean();
  lane.return_turn = room::ReturnTurn::restored(in.boolean());
  lane.front = Line(in.varint());
  lane.returners = Line(in.varint());
  lane.aside = Line(in.varint());
  if (lane.name.empty() || lane.share == 0) in.fail();
  return lane;
}

}  // namespace

Room::Room() = default;
Room::Room(Room&&) noexcept = default;
Room::~Room() = default;

Line& LaneState::line(Queue queue) {
  if (queue == Queue::front) return front;
  return queue == Queue::returners ? returners : aside;
}

const Line& LaneState::line(Queue queue) const { return const_cast<LaneState*>(this)->line(queue); }

bool Room::has_candidates() const {
  return std::ranges::any_of(lanes, [this](const LaneState& l) { return candidates(l) > 0; });
}

std::uint32_t Room::candidates() const {
  std::uint64_t count = 0;
  for (const LaneState& lane : lanes) count += candidates(lane);
  return static_cast<std::uint32_t>(count);
}

std::optional<std::uint32_t> Room::find_lane(std::string_view wanted) const {
  for (std::uint32_t i = 0; i < lanes.size(); ++i) {
    const LaneState& lane = lanes[i];
    if (lane.retired) continue;
    if (wanted.empty() ? lane.in_policy == 0 : lane.name == wanted) return i;
  }
  return std::nullopt;
}

bool set_policy(Room& room, const room::Policy& policy, bool vacant_lanes_count) {
  const std::vector<room::Lane> wanted = lanes_of(policy);
  if (lanes_with(room, wanted, vacant_lanes_count) > kMaxLaneStates) return false;
  for (LaneState& lane : room.lanes) lane.retired = true;
  for (const room::Lane& lane : wanted) {
    if (LaneState* kept = find_by_name(room.lanes, lane.name)) kept->retired = false;
  }
  for (const room::Lane& lane : wanted) take_lane(room, lane);
  if (lanes_of(room.policy) != wanted) room.lane_turn.reset();
  room.policy = policy;
  number_lanes(room);
  return true;
}

void write_room(ByteWriter& out, const Room& room) {
  out.varint(room.number);
  out.text(room.name);
  out.u8(static_cast<std::uint8_t>(room.source));
  put_policy(out, room.policy);
  out.boolean(room.drawn);
  out.u8(static_cast<std::uint8_t>(room.lanes.size()));
  for (const LaneState& lane : room.lanes) write_lane(out, lane);
  room.lane_turn.write(out);
  room.rate.write(out);
  room.estimate.write(out);
  out.varint(room.admitted_total);
  out.varint(room.joined_total);
  if (room.has_rounds()) {
    const LogTime round_at = room.round_at.value_or(LogTime{});
    out.varint(static_cast<std::uint64_t>(round_at.time_since_epoch().count()));
  }
  if (room.silence_since != ServiceTime{})
    out.varint(static_cast<std::uint64_t>(room.silence_since.time_since_epoch().count()));
}

void read_room(ByteReader& in, Room& room) {
  room.number = static_cast<std::uint32_t>(in.varint(UINT32_MAX));
  room.name = in.text(room::kMaxFullName);
  room.source = static_cast<SetRoom::Source>(in.boolean());
  room.policy = get_policy(in);
  room.drawn = in.boolean();
  const std::size_t lanes = in.u8();
  if (lanes > kMaxLaneStates) in.fail();
  for (std::size_t i = 0; in.ok() && i < lanes; ++i) room.lanes.push_back(read_lane(in));
  room.lane_turn = room::LaneTurn::read(in);
  room.rate = room::RateWindow::read(in);
  room.estimate = room::Estimate::read(in);
  room.admitted_total = in.varint();
  room.joined_total = in.varint();
  if (room.has_rounds()) room.round_at = read_round(in);
  if (!in.at_end())
    room.silence_since = ServiceTime(Millis(static_cast<std::int64_t>(
        in.varint(static_cast<std::uint64_t>(kMaxLogTime.time_since_epoch().count())))));
  for (const room::Lane& lane : lanes_of(room.policy)) {
    const LaneState* found = find_by_name(room.lanes, lane.name);
    if (found == nullptr || found->retired) in.fail();
  }
  if (in.ok()) number_lanes(room);
}

}  // namespace doorward::engine
