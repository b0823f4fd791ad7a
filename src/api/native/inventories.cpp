// What anyone may know of an inventory: what is left, and which seats.
#include "api/native/reservations.hpp"
#include "core/tenant/tenant.hpp"

#include <boost/json.hpp>

namespace doorward::api {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;

edge::Response no_inventory() {
  return gateway::answer(problems::kNoInventory, "There is no inventory of this name.");
}

edge::Response no_seats() {
  return gateway::answer(problems::kNoUnit, "This inventory is a count and has no seats.");
}

}  // namespace

json::object inventory_status(const engine::InventoryEntry& entry) {
  const reserve::Inventory& spec = entry.map->inventory();
  return {{"inventory", tenant::plain(entry.name)},
          {"kind", spec.is_map() ? "seats" : "count"},
          {"units", entry.map->units()},
          {"available", entry.available()},
          {"held", entry.taken.held},
          {"confirmed", entry.taken.confirmed},
          {"sold_out", entry.sold_out},
          {"price", spec.is_map() ? json::value(nullptr) : json::value(spec.price)},
          {"currency", spec.currency},
          {"max_per_hold", spec.max_per_hold}};
}

edge::Task<Answer> read_inventory(Desk& desk, Call& call) {
  if (auto refused = refuse_wrong_key(call)) co_return std::move(*refused);
  const auto entry = desk.shard().inventory(call.inventory);
  if (!entry) co_return no_inventory();
  co_return json_answer(200, inventory_status(*entry));
}

edge::Task<Answer> read_seats(Desk& desk, Call& call) {
  if (auto refused = refuse_wrong_key(call)) co_return std::move(*refused);
  const auto seats = desk.shard().seats(call.inventory);
  if (!seats) co_return no_inventory();
  if (!seats->map->inventory().is_map()) co_return no_seats();
  co_return json_answer(200, seats_json(tenant::plain(call.inventory), *seats));
}

edge::Task<Answer> seat_events(Desk& desk, Call& call) {
  if (auto refused = refuse_wrong_key(call)) co_return std::move(*refused);
  const auto entry = desk.shard().inventory(call.inventory);
  if (!entry) co_return no_inventory();
  if (!entry->map->inventory().is_map()) co_return no_seats();
  SeatStreams& streams = desk.streams.seats();
  const std::string shown(tenant::plain(call.inventory));
  const auto stream = streams.open(entry->name, entry->number, shown);
  if (!stream)
    co_return gateway::answer(problems::kOverloaded, "Too many streams are open; try again later.");
  wire::ResponseHead head;
  head.fields.append("Cache-Control", "no-store");
  head.fields.append("X-Accel-Buffering", "no");
  const auto parked = co_await call.exchange.park_event_stream(*stream, head);
  if (parked.has_error()) streams.gone(*stream);
  co_return std::nullopt;
}

}  // namespace doorward::api
