#include "api/admin/admin.hpp"
#include "base/siphash.hpp"
#include "wire/policy_json.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <array>
#include <bit>

namespace doorward::api::admin {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;
using engine::RoomEntry;
using engine::Status;

constexpr std::span<const std::string_view> kAnyMember;

std::string etag(const room::Policy& policy) {
  // Not a secret: it only tells one policy from another.
  const std::string text = json::serialize(wire::policy_to_json(policy));
  return fmt::format("\"{:016x}\"", siphash64(SipKey{}, text));
}

json::object room_json(const RoomEntry& entry) {
  const room::RoomView& view = entry.view;
  return {{"room", entry.name},
          {"source", entry.source == engine::SetRoom::Source::file ? "file" : "admin"},
          {"mode", room::to_string(view.mode)},
          {"waiting", view.waiting},
          {"inside", view.inside},
          {"joined_total", view.joined_total},
          {"admitted_total", view.admitted_total},
          {"policy", wire::policy_to_json(view.policy)}};
}

edge::Response room_answer(unsigned status, const RoomEntry& entry) {
  edge::Response response = json_answer(status, room_json(entry));
  response.head.fields.append("ETag", etag(entry.view.policy));
  return response;
}

std::optional<edge::Response> refuse_changed(const Call& call,
                                             const std::optional<RoomEntry>& entry) {
  const auto wanted = call.head().fields.find("If-Match");
  if (!wanted || (entry && (*wanted == "*" || *wanted == etag(entry->view.policy))))
    return std::nullopt;
  return gateway::answer(problems::kChanged, "Read the room again: its policy is another now.");
}

edge::Response no_room(const Call& call) {
  return gateway::answer(gateway::refusal(Status::no_such_room, call.room));
}

edge::Task<Answer> set_room(Desk& desk, Call& call, room::Policy policy, bool is_new) {
  engine::Command command =
      engine::SetRoom{std::string(call.room), std::move(policy), engine::SetRoom::Source::admin};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  const auto entry = desk.shard().room(call.room);
  if ((outcome->status != Status::done && outcome->status != Status::already) || !entry)
    co_return gateway::answer(gateway::refusal(outcome->status, call.room));
  co_return room_answer(is_new ? 201 : 200, *entry);
}

enum class Base : std::uint8_t { defaults, present };

edge::Task<Answer> change_policy(Desk& desk, Call& call, Base base) {
  const Body body = co_await read_body(call, kAnyMember);
  if (body.has_error()) co_return gateway::answer(body.error());
  // Only now, so that a slow body undoes nothing that was done while it came.
  const auto entry = desk.shard().room(call.room);
  if (!entry && base == Base::present) co_return no_room(call);
  if (auto refused = refuse_changed(call, entry)) co_return std::move(*refused);
  auto policy =
      wire::policy_from_json(*body, base == Base::present ? entry->view.policy : room::Policy());
  if (policy.has_error()) co_return gateway::answer(problems::kInvalid, policy.error().what);
  co_return co_await set_room(desk, call, std::move(*policy), !entry);
}

edge::Task<Answer> set_mode(Desk& desk, Call& call, room::Mode mode) {
  if (auto refused = refuse_admin(desk, call)) co_return std::move(*refused);
  const auto entry = desk.shard().room(call.room);
  if (!entry) co_return no_room(call);
  room::Policy policy = entry->view.policy;
  policy.mode = mode;
  co_return co_await set_room(desk, call, std::move(policy), false);
}

}  // namespace

edge::Task<Answer> list_rooms(Desk& desk, Call& call) {
  if (auto refused = refuse_admin(desk, call)) co_return std::move(*refused);
  json::array list;
  for (const RoomEntry& entry : desk.shard().rooms()) list.push_back(room_json(entry));
  co_return json_answer(200, json::object{{"rooms", std::move(list)}});
}

edge::Task<Answer> read_room(Desk& desk, Call& call) {
  if (auto refused = refuse_admin(desk, call)) co_return std::move(*refused);
  const auto entry = desk.shard().room(call.room);
  co_return entry ? room_answer(200, *entry) : no_room(call);
}

edge::Task<Answer> put_room(Desk& desk, Call& call) {
  if (auto refused = refuse_admin(desk, call)) co_return std::move(*refused);
  if (!room::is_valid_room_name(call.room))
    co_return gateway::answer(problems::kInvalid,
                              "A room's name has 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins "
                              "with a letter or digit.");
  co_return co_await change_policy(desk, call, Base::defaults);
}

edge::Task<Answer> patch_room(Desk& desk, Call& call) {
  if (auto refused = refuse_admin(desk, call)) co_return std::move(*refused);
  co_return co_await change_policy(desk, call, Base::present);
}

edge::Task<Answer> remove_room(Desk& desk, Call& call) {
  if (auto refused = refuse_admin(desk, call)) co_return std::move(*refused);
  if (auto refused = refuse_changed(call, desk.shard().room(call.room)))
    co_return std::move(*refused);
  engine::Command command = engine::RemoveRoom{std::string(call.room)};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  if (outcome->status != Status::done)
    co_return gateway::answer(gateway::refusal(outcome->status, call.room));
  co_return no_content();
}

edge::Task<Answer> open_room(Desk& desk, Call& call) {
  return set_mode(desk, call, room::Mode::open);
}
edge::Task<Answer> pause_room(Desk& desk, Call& call) {
  return set_mode(desk, call, room::Mode::paused);
}
edge::Task<Answer> close_room(Desk& desk, Call& call) {
  return set_mode(desk, call, room::Mode::closed);
}
edge::Task<Answer> bypass_room(Desk& desk, Call& call) {
  return set_mode(desk, call, room::Mode::bypass);
}

edge::Task<Answer> draw_room(Desk& desk, Call& call) {
  if (auto refused = refuse_admin(desk, call)) co_return std::move(*refused);
  const auto entry = desk.shard().room(call.room);
  if (!entry) co_return no_room(call);
  if (entry->view.policy.order != room::Order::draw)
    co_return gateway::answer(problems::kInvalid, "Only a room with \"order\":\"draw\" is drawn.");
  std::array<std::byte, 16> seed{};
  desk.places.services().entropy.fill(seed);
  const auto drawn = std::bit_cast<Hash128>(seed);
  engine::Command command = engine::Draw{std::string(call.room), drawn.hi, drawn.lo};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  if (outcome->status != Status::done && outcome->status != Status::already)
    co_return gateway::answer(gateway::refusal(outcome->status, call.room));
  const auto after = desk.shard().room(call.room);
  co_return after ? room_answer(200, *after) : no_room(call);
}

}  // namespace doorward::api::admin
