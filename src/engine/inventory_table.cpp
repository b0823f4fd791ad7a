#include "engine/inventory_table.hpp"

#include "core/tenant/tenant.hpp"
#include "engine/reserve_record.hpp"

#include <utility>

namespace doorward::engine {
namespace {

constexpr std::uint32_t kMaxNumbers = 1U << 20;

std::uint64_t mapped(const InventoryRow& row) {
  return row.map && row.map->inventory().is_map() ? row.map->units() : 0;
}

std::string_view tenant_of(const InventoryRow& row) { return tenant::split(row.name).tenant; }

}  // namespace

InventoryState* InventoryTable::add(std::string_view name, bool reuse) {
  const bool has_free = reuse && !free_.empty();
  const bool may = has_free || list_.size() < kMaxNumbers;
  if (by_name_.size() >= kMaxInventories || !may) return nullptr;
  const std::uint32_t number = has_free ? *free_.begin() : numbers();
  free_.erase(number);
  if (!has_free) restore_numbers(number + 1);
  list_[number] = std::make_unique<InventoryState>();
  InventoryState& made = *list_[number];
  made.number = number;
  made.name = name;
  by_name_.emplace(name, number);
  ++uses_[std::string(tenant_of(made))].inventories;
  return &made;
}

void InventoryTable::restore_numbers(std::uint32_t numbers) {
  list_.resize(numbers);
  holds_.resize(numbers);
}

void InventoryTable::finish_restore() {
  for (std::uint32_t number = 0; number < numbers(); ++number)
    if (!list_[number] && holds_[number] == 0) free_.insert(number);
}

void InventoryTable::remove(std::uint32_t number) {
  InventoryState& inventory = *list_[number];
  set_reopening(inventory, std::nullopt);
  mapped_units_ -= mapped(inventory);
  const auto use = uses_.find(tenant_of(inventory));
  use->second.units -= mapped(inventory);
  use->second.holds -= inventory.remembered;
  if (--use->second.inventories == 0) uses_.erase(use);
  by_name_.erase(inventory.name);
  list_[number].reset();
  if (holds_[number] == 0) free_.insert(number);
}

bool InventoryTable::set_map(InventoryState& inventory,
                             std::shared_ptr<const reserve::SeatMap> map) {
  const std::uint64_t before = mapped(inventory);
  const std::uint64_t after = map->inventory().is_map() ? map->units() : 0;
  if (mapped_units_ - before + after > kMaxMappedUnits) return false;
  mapped_units_ += after - before;
  uses_.find(tenant_of(inventory))->second.units += after - before;
  inventory.map = std::move(map);
  inventory.units.resize(after, reserve::UnitState::available);
  return true;
}

InventoryTable::Use InventoryTable::use_of(std::string_view tenant) const {
  const auto found = uses_.find(tenant);
  return found == uses_.end() ? Use{} : found->second;
}

void InventoryTable::remember(std::uint32_t number) {
  ++holds_[number];
  InventoryState* inventory = at(number);
  if (inventory == nullptr) return;
  ++inventory->remembered;
  ++uses_.find(tenant_of(*inventory))->second.holds;
}

void InventoryTable::forget(std::uint32_t number) {
  --holds_[number];
  InventoryState* inventory = at(number);
  if (inventory == nullptr) {
    if (holds_[number] == 0) free_.insert(number);
    return;
  }
  --inventory->remembered;
  --uses_.find(tenant_of(*inventory))->second.holds;
}

InventoryState* InventoryTable::find(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : list_[found->second].get();
}

const InventoryState* InventoryTable::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : list_[found->second].get();
}

InventoryState* InventoryTable::at(std::uint32_t number) {
  return number < list_.size() ? list_[number].get() : nullptr;
}

const InventoryState* InventoryTable::at(std::uint32_t number) const {
  return number < list_.size() ? list_[number].get() : nullptr;
}

void InventoryTable::set_reopening(InventoryState& inventory, std::optional<ServiceTime> at) {
  if (inventory.reopens) reopenings_.erase({*inventory.reopens, inventory.number});
  if (at) reopenings_.emplace(*at, inventory.number);
  inventory.reopens = at;
}

std::optional<ServiceTime> InventoryTable::first_reopening() const {
  return reopenings_.empty() ? std::nullopt : std::optional(reopenings_.begin()->first);
}

InventoryState* InventoryTable::pop_reopening(ServiceTime now) {
  if (reopenings_.empty() || reopenings_.begin()->first > now) return nullptr;
  InventoryState* inventory = at(reopenings_.begin()->second);
  set_reopening(*inventory, std::nullopt);
  return inventory;
}

bool InventoryTable::restore(InventoryRow row) {
  const std::uint32_t number = row.number;
  if (number >= list_.size() || list_[number]) return false;
  if (!by_name_.emplace(row.name, number).second) return false;
  list_[number] = std::make_unique<InventoryState>();
  InventoryState& inventory = *list_[number];
  const auto map = std::exchange(row.map, nullptr);
  const auto reopens = std::exchange(row.reopens, std::nullopt);
  static_cast<InventoryRow&>(inventory) = std::move(row);
  ++uses_[std::string(tenant_of(inventory))].inventories;
  set_reopening(inventory, reopens);
  return set_map(inventory, map);
}

void write_inventory(ByteWriter& out, const InventoryRow& row) {
  out.varint(row.number);
  out.text(row.name);
  out.u8(static_cast<std::uint8_t>(row.source));
  put_inventory(out, row.map->inventory());
  out.boolean(row.sold_out);
  out.boolean(row.reopens.has_value());
  if (row.reopens) out.i64(row.reopens->time_since_epoch().count());
  out.varint(row.held_total);
  out.varint(row.confirmed_total);
  out.varint(row.expired_total);
}

InventoryRow read_inventory(ByteReader& in) {
  InventoryRow row;
  row.number = static_cast<std::uint32_t>(in.varint(kMaxNumbers));
  row.name = in.text(naming::kMaxRecorded);
  row.source = static_cast<SetRoom::Source>(in.boolean());
  row.map = std::make_shared<reserve::SeatMap>(get_inventory(in));
  row.sold_out = in.boolean();
  if (in.boolean()) row.reopens = ServiceTime(Millis(in.i64()));
  row.held_total = in.varint();
  row.confirmed_total = in.varint();
  row.expired_total = in.varint();
  if (row.name.empty() || (row.reopens && !row.sold_out)) in.fail();
  return row;
}

}  // namespace doorward::engine
