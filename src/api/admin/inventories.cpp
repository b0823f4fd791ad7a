#include "api/admin/admin.hpp"
#include "api/native/reservations.hpp"
#include "base/siphash.hpp"
#include "core/tenant/tenant.hpp"
#include "wire/inventory_json.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::api::admin {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;
using engine::InventoryEntry;
using engine::Status;

constexpr std::span<const std::string_view> kAnyMember;
constexpr std::size_t kMaxInventoryBody = 256 * 1024;

std::string etag(const InventoryEntry& entry) {
  // Not a secret: it only tells one inventory from another.
  const std::string text = json::serialize(wire::inventory_to_json(entry.map->inventory()));
  return fmt::format("\"{:016x}\"", siphash64(SipKey{}, text));
}

json::object inventory_json(const InventoryEntry& entry) {
  json::object made = inventory_status(entry);
  made["source"] = entry.source == engine::SetRoom::Source::file ? "file" : "admin";
  made["held_total"] = entry.held_total;
  made["confirmed_total"] = entry.confirmed_total;
  made["expired_total"] = entry.expired_total;
  made["settings"] = wire::inventory_to_json(entry.map->inventory());
  return made;
}

edge::Response inventory_answer(unsigned status, const InventoryEntry& entry) {
  edge::Response response = json_answer(status, inventory_json(entry));
  response.head.fields.append("ETag", etag(entry));
  return response;
}

std::optional<edge::Response> refuse_changed(const Call& call,
                                             const std::optional<InventoryEntry>& entry) {
  const auto wanted = call.head().fields.find("If-Match");
  if (!wanted || (entry && (*wanted == "*" || *wanted == etag(*entry)))) return std::nullopt;
  return gateway::answer(problems::kChanged, "Read the inventory again: it is another now.");
}

edge::Response no_inventory() {
  return gateway::answer(problems::kNoInventory, "There is no inventory of this name.");
}

enum class Base : std::uint8_t { defaults, present };

edge::Task<Answer> change(Desk& desk, Call& call, Base base) {
  const Body body = co_await read_body(call, kAnyMember, kMaxInventoryBody);
  if (body.has_error()) co_return gateway::answer(body.error());
  // Only now, so that a slow body undoes nothing that was done while it came.
  const auto before = desk.shard().inventory(call.inventory);
  if (!before && base == Base::present) co_return no_inventory();
  if (auto refused = refuse_changed(call, before)) co_return std::move(*refused);
  auto spec = wire::inventory_from_json(
      *body, base == Base::present ? before->map->inventory() : reserve::Inventory());
  if (spec.has_error()) co_return gateway::answer(problems::kInvalid, spec.error().what);
  engine::Command command =
      engine::SetInventory{call.inventory, std::move(*spec), engine::SetRoom::Source::admin};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  const auto entry = desk.shard().inventory(call.inventory);
  if ((outcome->status != Status::done && outcome->status != Status::already) || !entry)
    co_return gateway::answer(reserve_refusal(*outcome));
  co_return inventory_answer(before ? 200 : 201, *entry);
}

}  // namespace

edge::Task<Answer> list_inventories(Desk& desk, Call& call) {
  if (auto refused = refuse_manager(desk, call)) co_return std::move(*refused);
  json::array list;
  for (const InventoryEntry& entry : desk.shard().inventories())
    if (tenant::split(entry.name).tenant == call.tenant) list.push_back(inventory_status(entry));
  co_return json_answer(200, json::object{{"inventories", std::move(list)}});
}

edge::Task<Answer> read_inventory(Desk& desk, Call& call) {
  if (auto refused = refuse_manager(desk, call)) co_return std::move(*refused);
  const auto entry = desk.shard().inventory(call.inventory);
  co_return entry ? inventory_answer(200, *entry) : no_inventory();
}

edge::Task<Answer> put_inventory(Desk& desk, Call& call) {
  if (auto refused = refuse_manager(desk, call)) co_return std::move(*refused);
  if (!reserve::is_valid_inventory_name(tenant::plain(call.inventory)))
    co_return gateway::answer(problems::kInvalid,
                              "An inventory's name has 1 to 64 of a-z, 0-9, '.', '_' and '-', and "
                              "begins with a letter or digit.");
  co_return co_await change(desk, call, Base::defaults);
}

edge::Task<Answer> patch_inventory(Desk& desk, Call& call) {
  if (auto refused = refuse_manager(desk, call)) co_return std::move(*refused);
  co_return co_await change(desk, call, Base::present);
}

edge::Task<Answer> remove_inventory(Desk& desk, Call& call) {
  if (auto refused = refuse_manager(desk, call)) co_return std::move(*refused);
  if (auto refused = refuse_changed(call, desk.shard().inventory(call.inventory)))
    co_return std::move(*refused);
  engine::Command command = engine::RemoveInventory{call.inventory};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  if (outcome->status != Status::done) co_return gateway::answer(reserve_refusal(*outcome));
  co_return no_content();
}

}  // namespace doorward::api::admin
