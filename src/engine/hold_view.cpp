#include "engine/hold_view.hpp"

namespace doorward::engine {

using reserve::HoldState;

std::uint64_t price_of(const InventoryState& inventory, std::uint32_t count,
                       const std::vector<std::uint32_t>& units) {
  const reserve::SeatMap& map = *inventory.map;
  if (!map.inventory().is_map()) return count * map.inventory().price;
  std::uint64_t sum = 0;
  for (const std::uint32_t unit : units) sum += map.price(unit);
  return sum;
}

reserve::HoldView view_of_hold(const World& world, std::uint32_t index) {
  const HoldRow& row = world.reserved.holds[index];
  reserve::HoldView view;
  view.id = row.id;
  view.subject = row.subject;
  view.state = row.state();
  view.reason = row.reason();
  view.fence = row.fence;
  view.count = row.count;
  view.made_at = LogTime(Millis(row.made_at));
  if (row.is(HoldState::held))
    view.expires_at = world.clock.shown(ServiceTime(Millis(row.deadline)));
  if (row.is(HoldState::confirmed)) view.confirmed_at = LogTime(Millis(row.changed_at));
  if (row.priced != 0) view.amount = row.priced - 1;
  const InventoryState* inventory = world.reserved.inventories.at(row.inventory);
  if (inventory == nullptr) return view;
  view.inventory = inventory->name;
  if (row.is(HoldState::over)) return view;
  const std::vector<std::uint32_t> units = world.reserved.holds.units_of(index);
  for (const std::uint32_t unit : units) view.units.push_back(inventory->map->name(unit));
  // Of the rules before nobody knows what it cost then.
  if (row.priced == 0) view.amount = price_of(*inventory, row.count, units);
  return view;
}

}  // namespace doorward::engine
