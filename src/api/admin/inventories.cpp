#include "api/admin/admin.hpp"
#include "api/admin/if_match.hpp"
#include "api/native/reservations.hpp"
#include "core/tenant/tenant.hpp"
#include "wire/inventory_json.hpp"

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
  return etag_of(wire::inventory_to_json(entry.map->inventory()));
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

std::optional<edge::Response> refuse_other(const Call& call,
                                           const std::optional<InventoryEntry>& entry) {
  return refuse_changed(call, entry ? std::optional(etag(*entry)) : std::nullopt);
}

edge::Response no_inventory() {
  return gateway::answer(problems::kNoInventory, "There is no inventory of this name.");
}

enum class Base : std::uint8_t { defaults, present };

edge::Task<Answer> change(Desk& desk, Call& call, Base base) {
  const Body body = co_await read_body(call, kAnyMember, kMaxInventoryBody);
  if (body.has_error()) co_return gateway::answer(body.error());
  bool is_new = false;
  const NextStep next = [&]() -> Step {
    const auto before = desk.shard().inventory(call.inventory);
    is_new = !before;
    if (is_new && base == Base::present) return no_inventory();
    if (auto refused = refuse_other(call, before)) return std::move(*refused);
    auto spec = wire::inventory_from_json(
        *body, base == Base::present ? before->map->inventory() : reserve::Inventory());
    if (spec.has_error()) return gateway::answer(problems::kInvalid, spec.error().what);
    engine::SetInventory command{call.inventory, std::move(*spec), engine::SetRoom::Source::admin};
    if (base == Base::present)
      command.seen = engine::digest_of(before->map->inventory());
    else if (before)
      command.seen = seen_if_matched(call, before->map->inventory());
    return command;
  };
  const Done done = co_await do_next(desk, next);
  if (done.has_error()) co_return done.error();
  const auto entry = desk.shard().inventory(call.inventory);
  if ((done->status != Status::done && done->status != Status::already) || !entry)
    co_return gateway::answer(reserve_refusal(*done));
  co_return inventory_answer(is_new ? 201 : 200, *entry);
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
  const NextStep next = [&]() -> Step {
    const auto entry = desk.shard().inventory(call.inventory);
    if (auto refused = refuse_other(call, entry)) return std::move(*refused);
    engine::RemoveInventory command{call.inventory};
    if (entry) command.seen = seen_if_matched(call, entry->map->inventory());
    return command;
  };
  const Done done = co_await do_next(desk, next);
  if (done.has_error()) co_return done.error();
  if (done->status != Status::done) co_return gateway::answer(reserve_refusal(*done));
  co_return no_content();
}

}  // namespace doorward::api::admin
