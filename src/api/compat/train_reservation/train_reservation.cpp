#include "api/compat/train_reservation/train_reservation.hpp"

#include "api/compat/fastapi.hpp"
#include "api/compat/retry_key.hpp"
#include "api/compat/train_reservation/tickets.hpp"
#include "gateway/await_shard.hpp"
#include "wire/retry_after.hpp"
#include "wire/uuid.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace doorward::api::train_reservation {
namespace {

namespace json = boost::json;
using engine::Status;
using room::TicketState;

// Always in these words, which clients compare.
constexpr std::string_view kReserved = "예약 성공!";
constexpr std::string_view kSoldOut = "티켓 매진";
constexpr std::string_view kLocked = "예약 중입니다. 잠시 후 다시 시도해주세요.";
constexpr std::string_view kReset = "초기화되었습니다.";

constexpr std::size_t kMaxUser = 255;
constexpr std::size_t kMostAtOnce = 1'000;

edge::Response later(unsigned status, std::string_view what, std::string_view seconds) {
  edge::Response response = compat::detail(status, what);
  response.head.fields.append("Retry-After", seconds);
  return response;
}

edge::Response unavailable() {
  return later(503, "The log cannot be written now", wire::retry_after::kUnavailable);
}
edge::Response locked(std::uint64_t seconds) {
  return later(429, kLocked, std::to_string(seconds));
}

edge::Response said(std::string_view status, const User& user,
                    std::optional<std::uint32_t> position = {}) {
  json::object answer{{"status", status}, {"user_id", user.id}};
  if (position) answer["position"] = *position;
  return json_answer(200, answer);
}

// Who names nobody is somebody new, but on a retry with the same Idempotency-Key.
User new_user(const Desk& desk, const Call& call) {
  const auto& services = desk.places.services();
  const auto key = compat::retry_key(call, compat::KeyScope::address);
  const Hash128 id =
      key ? services.identities.derive("train_reservation call",
                                       fmt::format("{}\n{}", call.client.address.to_string(), *key))
          : ports::draw<Hash128>(services.entropy);
  return user_of(desk, wire::to_uuid(wire::as_uuid_v4(TicketId{id.hi, id.lo})));
}

boost::system::result<std::string, edge::Response> user_id_of(const json::value& body) {
  if (!body.is_object())
    return compat::invalid({{"", "model_attributes_type", "Input should be a valid object"}});
  const json::value* value = body.get_object().if_contains("user_id");
  if (value == nullptr) return compat::invalid({{"user_id", "missing", "Field required"}});
  if (!value->is_string())
    return compat::invalid({{"user_id", "string_type", "Input should be a valid string"}});
  std::string id(value->get_string());
  if (id.empty())
    return compat::invalid(
        {{"user_id", "string_too_short", "String should have at least 1 character"}});
  if (id.size() > kMaxUser)
    return compat::invalid(
        {{"user_id", "string_too_long", "String should have at most 255 characters"}});
  return id;
}

edge::Task<Answer> reserve_for_nobody_named(Desk& desk, Call& call) {
  if (const auto seconds = locked_for(desk)) co_return locked(*seconds);
  const User user = new_user(desk, call);
  const Taken taken = co_await take(desk, user, Turn::newcomer);
  switch (taken) {
    case Taken::reserved:
    case Taken::already:
      co_return json_answer(200, json::object{{"message", kReserved}, {"user_id", user.id}});
    case Taken::sold_out: co_return compat::detail(400, kSoldOut);
    case Taken::locked: co_return locked(locked_for(desk).value_or(1));
    case Taken::failed: break;
  }
  co_return unavailable();
}

// The place of a user who waits.
std::optional<room::TicketView> place_of(const Desk& desk, const User& user) {
  const auto handle = desk.shard().find(options_of(desk).room, user.key);
  auto view = handle ? desk.shard().read(*handle) : std::nullopt;
  if (view && view->state != TicketState::waiting) return std::nullopt;
  return view;
}

// Nobody is let out of it but by `process_queue`.
engine::Command queue_room(const Desk& desk) {
  room::Policy policy;
  policy.mode = room::Mode::paused;
  return engine::SetRoom{options_of(desk).room, policy};
}

edge::Task<Answer> queue(Desk& desk, const User& user) {
  const Hash128 id = ports::draw<Hash128>(desk.places.services().entropy);
  const engine::Command join =
      engine::Join{options_of(desk).room, user.key, {id.hi, id.lo}, std::string()};
  auto outcome = co_await gateway::await_shard(desk.shard(), join);
  if (outcome && outcome->status == Status::no_such_room) {
    const engine::Command make = queue_room(desk);
    static_cast<void>(co_await gateway::await_shard(desk.shard(), make));
    outcome = co_await gateway::await_shard(desk.shard(), join);
  }
  if (outcome.has_error() || !outcome->ticket) co_return unavailable();
  const auto position = outcome->ticket->position;
  co_return said(outcome->status == Status::done ? "queued" : "already_in_queue", user, position);
}

edge::Task<Answer> reserve_for(Desk& desk, const User& user) {
  if (has_ticket(desk, user)) co_return said("already_reserved", user);
  if (const auto place = place_of(desk, user))
    co_return said("already_in_queue", user, place->position);
  Taken taken = Taken::locked;
  if (!locked_for(desk)) taken = co_await take(desk, user, Turn::newcomer);
  switch (taken) {
    case Taken::reserved: co_return said("reserved", user);
    case Taken::already: co_return said("already_reserved", user);
    case Taken::failed: co_return unavailable();
    case Taken::sold_out:
    case Taken::locked: break;
  }
  co_return co_await queue(desk, user);
}

edge::Task<Answer> make_reservation(Desk& desk, Call& call, std::string_view) {
  const auto length = call.exchange.body_length();
  const bool is_empty = !call.exchange.has_body() || (length && *length == 0);
  if (is_empty) co_return co_await reserve_for_nobody_named(desk, call);
  const auto body = co_await compat::read_value(call);
  if (body.has_error()) co_return body.error();
  auto id = user_id_of(*body);
  if (id.has_error()) co_return std::move(id.error());
  const User user = user_of(desk, std::move(*id));
  co_return co_await reserve_for(desk, user);
}

edge::Task<Answer> status(Desk& desk, Call&, std::string_view id) {
  if (id.size() > kMaxUser)
    co_return compat::invalid(
        {{"user_id", "string_too_long", "String should have at most 255 characters"}}, "path");
  const User user = user_of(desk, std::string(id));
  if (has_ticket(desk, user)) co_return said("reserved", user);
  const auto place = place_of(desk, user);
  if (!place) co_return said("not_found", user);
  co_return said("in_queue", user, place->position);
}

// Each by itself, and each step may be repeated: whoever dies in the middle leaves nothing behind
// but a place whose user has a ticket, which the next run takes away.
edge::Task<Answer> process_queue(Desk& desk, Call& call, std::string_view) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  Retry retry(desk, call, compat::retry_key(call, compat::KeyScope::user));
  if (retry.answer) co_return std::move(retry.answer);
  call.changed = options_of(desk).room;
  std::uint64_t processed = 0;
  const auto places = desk.shard().waiting(options_of(desk).room, kMostAtOnce);
  for (const engine::TicketHandle place : places) {
    const auto view = desk.shard().read(place);
    const auto key = desk.shard().subject(place);
    if (!view || !key || view->state != TicketState::waiting) continue;
    const User user{{}, *key};
    const Taken taken = co_await take(desk, user, Turn::next_in_queue);
    if (taken == Taken::failed) co_return unavailable();
    if (taken != Taken::reserved && taken != Taken::already) break;
    const engine::Command finish = engine::Finish{view->id};
    static_cast<void>(co_await gateway::await_shard(desk.shard(), finish));
    processed += taken == Taken::reserved ? 1 : 0;
  }
  const auto queue = desk.shard().room(options_of(desk).room);
  const std::size_t remaining = queue ? queue->view.waiting : 0;
  co_return retry.kept(
      json_answer(200, json::object{{"processed", processed}, {"remaining", remaining}}));
}

// What the file has by now, which the units that were sold may have kept out; else as it is.
reserve::Inventory fresh_inventory(const Desk& desk, const engine::InventoryEntry& present) {
  const bool of_file = present.source == engine::SetRoom::Source::file;
  if (of_file && desk.options.inventory_of_file) {
    auto wanted = desk.options.inventory_of_file(present.name);
    if (wanted) return *std::move(wanted);
  }
  return present.map->inventory();
}

// A new inventory of the same kind, and an empty queue.
edge::Task<Answer> reset(Desk& desk, Call& call, std::string_view) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  Retry retry(desk, call, compat::retry_key(call, compat::KeyScope::user));
  if (retry.answer) co_return std::move(retry.answer);
  const auto inventory = co_await inventory_of(desk);
  if (!inventory) co_return unavailable();
  const Options& options = options_of(desk);
  call.changed = options.inventory;
  const reserve::Inventory fresh = fresh_inventory(desk, *inventory);
  const engine::Command commands[] = {
      engine::RemoveRoom{options.room}, engine::RemoveInventory{options.inventory},
      engine::SetInventory{options.inventory, fresh, inventory->source}, queue_room(desk)};
  for (const engine::Command& command : commands) {
    const auto outcome = co_await gateway::await_shard(desk.shard(), command);
    if (outcome.has_error() || outcome->status == Status::unavailable) co_return unavailable();
  }
  const std::size_t stock = reserve::SeatMap(fresh).units();
  co_return retry.kept(json_answer(200, json::object{{"message", kReset}, {"stock", stock}}));
}

constexpr compat::Row kRows[] = {
    {"POST", "/reserve", make_reservation},
    {"GET", "/status/{user_id}", status},
    {"POST", "/process_queue", process_queue, nullptr, "a queue was processed"},
    {"POST", "/admin/reset", reset, nullptr, "an inventory and its queue were emptied"},
};

}  // namespace

constinit const compat::System kSystem{.name = "train_reservation",
                                       .rows = kRows,
                                       .refuse = compat::refuse_with_detail,
                                       .redirects_slashes = true};

}  // namespace doorward::api::train_reservation
