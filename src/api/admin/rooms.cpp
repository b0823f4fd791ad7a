#include "api/admin/admin.hpp"
#include "api/admin/if_match.hpp"
#include "core/tenant/tenant.hpp"
#include "wire/policy_json.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <functional>

namespace doorward::api::admin {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;
using engine::RoomEntry;
using engine::Status;

constexpr std::span<const std::string_view> kAnyMember;

std::string etag(const RoomEntry& entry) {
  return etag_of(wire::policy_to_json(entry.view.policy));
}

json::array lanes_json(const room::RoomView& view) {
  json::array lanes;
  for (const room::LaneView& lane : view.lanes)
    lanes.push_back(
        json::object{{"name", lane.name}, {"share", lane.share}, {"waiting", lane.waiting}});
  return lanes;
}

json::object room_json(const RoomEntry& entry) {
  const room::RoomView& view = entry.view;
  return {{"room", tenant::plain(entry.name)},
          {"source", entry.source == engine::SetRoom::Source::file ? "file" : "admin"},
          {"mode", room::to_string(view.mode)},
          {"waiting", view.waiting},
          {"inside", view.inside},
          {"lanes", lanes_json(view)},
          {"sold_out", view.sold_out},
          {"awaits_draw", view.awaits_draw},
          {"joined_total", view.joined_total},
          {"admitted_total", view.admitted_total},
          {"policy", wire::policy_to_json(view.policy)}};
}

edge::Response room_answer(unsigned status, const RoomEntry& entry) {
  edge::Response response = json_answer(status, room_json(entry));
  response.head.fields.append("ETag", etag(entry));
  return response;
}

std::optional<edge::Response> refuse_other(const Call& call,
                                           const std::optional<RoomEntry>& entry) {
  return refuse_changed(call, entry ? std::optional(etag(*entry)) : std::nullopt);
}

edge::Response no_room(const Call& call) {
  return gateway::answer(gateway::refusal(Status::no_such_room, call.room));
}

edge::Response set_answer(Desk& desk, const Call& call, Status status, bool is_new) {
  const auto entry = desk.shard().room(call.room);
  if ((status != Status::done && status != Status::already) || !entry)
    return gateway::answer(gateway::refusal(status, call.room));
  return room_answer(is_new ? 201 : 200, *entry);
}

// The whole policy, whatever the room has now.
edge::Task<Answer> set_room(Desk& desk, Call& call, room::Policy policy) {
  const bool is_new = !desk.shard().room(call.room);
  engine::Command command =
      engine::SetRoom{call.room, std::move(policy), engine::SetRoom::Source::admin};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  co_return set_answer(desk, call, outcome->status, is_new);
}

// The policy that the room shall have, of the one that it has.
using Edit = std::function<Result<room::Policy>(const room::Policy&)>;

// Edits what the room has at the very moment, so that nothing that another did is undone.
edge::Task<Answer> change_room(Desk& desk, Call& call, Edit edit) {
  const NextStep next = [&]() -> Step {
    const auto entry = desk.shard().room(call.room);
    if (!entry) return no_room(call);
    if (auto refused = refuse_other(call, entry)) return std::move(*refused);
    auto policy = edit(entry->view.policy);
    if (policy.has_error()) return gateway::answer(problems::kInvalid, policy.error().what);
    return engine::ChangeRoom{call.room, entry->view.policy, std::move(*policy)};
  };
  const Done done = co_await do_next(desk, next);
  if (done.has_error()) co_return done.error();
  co_return set_answer(desk, call, done->status, false);
}

edge::Task<Answer> set_mode(Desk& desk, Call& call, room::Mode mode) {
  if (auto refused = refuse_manager(desk, call)) co_return std::move(*refused);
  Retry retry(desk, call);
  if (retry.answer) co_return std::move(retry.answer);
  Edit edit = [mode](room::Policy policy) -> Result<room::Policy> {
    policy.mode = mode;
    return policy;
  };
  auto answer = co_await change_room(desk, call, std::move(edit));
  co_return retry.kept(*std::move(answer));
}

}  // namespace

edge::Task<Answer> list_rooms(Desk& desk, Call& call) {
  if (auto refused = refuse_manager(desk, call)) co_return std::move(*refused);
  json::array list;
  for (const RoomEntry& entry : desk.shard().rooms())
    if (tenant::split(entry.name).tenant == call.tenant) list.push_back(room_json(entry));
  co_return json_answer(200, json::object{{"rooms", std::move(list)}});
}

edge::Task<Answer> read_room(Desk& desk, Call& call) {
  if (auto refused = refuse_manager(desk, call)) co_return std::move(*refused);
  const auto entry = desk.shard().room(call.room);
  co_return entry ? room_answer(200, *entry) : no_room(call);
}

edge::Task<Answer> put_room(Desk& desk, Call& call) {
  if (auto refused = refuse_manager(desk, call)) co_return std::move(*refused);
  if (!room::is_valid_room_name(tenant::plain(call.room)))
    co_return gateway::answer(problems::kInvalid,
                              "A room's name has 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins "
                              "with a letter or digit.");
  const Body body = co_await read_body(call, kAnyMember);
  if (body.has_error()) co_return gateway::answer(body.error());
  auto policy = wire::policy_from_json(*body, room::Policy());
  if (policy.has_error()) co_return gateway::answer(problems::kInvalid, policy.error().what);
  if (!call.head().fields.contains("If-Match"))
    co_return co_await set_room(desk, call, std::move(*policy));
  if (auto refused = refuse_other(call, desk.shard().room(call.room)))
    co_return std::move(*refused);
  Edit edit = [&policy](const room::Policy&) { return policy; };
  co_return co_await change_room(desk, call, std::move(edit));
}

edge::Task<Answer> patch_room(Desk& desk, Call& call) {
  if (auto refused = refuse_manager(desk, call)) co_return std::move(*refused);
  const Body body = co_await read_body(call, kAnyMember);
  if (body.has_error()) co_return gateway::answer(body.error());
  Edit edit = [&body](const room::Policy& before) { return wire::policy_from_json(*body, before); };
  co_return co_await change_room(desk, call, std::move(edit));
}

edge::Task<Answer> remove_room(Desk& desk, Call& call) {
  if (auto refused = refuse_manager(desk, call)) co_return std::move(*refused);
  const NextStep next = [&]() -> Step {
    const auto entry = desk.shard().room(call.room);
    if (auto refused = refuse_other(call, entry)) return std::move(*refused);
    engine::RemoveRoom command{call.room};
    if (entry) command.seen = seen_if_matched(call, entry->view.policy);
    return command;
  };
  const Done done = co_await do_next(desk, next);
  if (done.has_error()) co_return done.error();
  if (done->status != Status::done)
    co_return gateway::answer(gateway::refusal(done->status, call.room));
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
  if (auto refused = refuse_manager(desk, call)) co_return std::move(*refused);
  Retry retry(desk, call);
  if (retry.answer) co_return std::move(retry.answer);
  const auto entry = desk.shard().room(call.room);
  if (!entry) co_return no_room(call);
  if (entry->view.policy.order != room::Order::draw)
    co_return gateway::answer(problems::kInvalid, "Only a room with \"order\":\"draw\" is drawn.");
  const auto drawn = ports::draw<Hash128>(desk.places.services().entropy);
  engine::Command command = engine::Draw{std::string(call.room), drawn.hi, drawn.lo};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  if (outcome->status != Status::done && outcome->status != Status::already)
    co_return gateway::answer(gateway::refusal(outcome->status, call.room));
  const auto after = desk.shard().room(call.room);
  edge::Response answer = after ? room_answer(200, *after) : no_room(call);
  co_return retry.kept(std::move(answer));
}

}  // namespace doorward::api::admin
