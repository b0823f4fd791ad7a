// The inventories of a shard by number and by name.
//
// Why:     a number is given again only when no hold names it any more, those included that are
//          over and still remembered, so that a hold's inventory is never another one.
// State:   what a snapshot holds is in InventoryRow; what is taken of it is derived from the holds.
// Threads: single-owner.
// Bounds:  2^20 numbers; kMaxInventories at once, with kMaxMappedUnits units
//          by name among all of them.
#pragma once

#include "base/bytes.hpp"
#include "core/reserve/hold.hpp"
#include "core/reserve/seat_map.hpp"
#include "engine/command.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::engine {

inline constexpr std::size_t kMaxInventories = 10'000;
inline constexpr std::uint64_t kMaxMappedUnits = 10'000'000;

// Cheap to copy: a snapshot takes it and writes it later.
struct InventoryRow {
  std::uint32_t number = 0;
  std::string name;
  SetRoom::Source source = SetRoom::Source::admin;
  std::shared_ptr<const reserve::SeatMap> map;
  bool sold_out = false;
  std::optional<ServiceTime> reopens;  // while sold out: when it no longer counts as such
  std::uint64_t held_total = 0;        // holds
  std::uint64_t confirmed_total = 0;
  std::uint64_t expired_total = 0;
};

struct InventoryState : InventoryRow {
  reserve::Taken taken;                   // derived, like the rest
  std::vector<reserve::UnitState> units;  // of a seat map
  std::uint32_t remembered = 0;           // holds, those counted that are over
  bool removing = false;                  // only within one record

  std::uint32_t available() const { return reserve::available(map->units(), taken); }
};

class InventoryTable {
 public:
  // Null if there are too many. `reuse`: the lowest number that nothing names, before a new one.
  InventoryState* add(std::string_view name, bool reuse);
  void remove(std::uint32_t number);
  // False if there would be too many units by name.
  bool set_map(InventoryState& inventory, std::shared_ptr<const reserve::SeatMap> map);

  InventoryState* find(std::string_view name);
  const InventoryState* find(std::string_view name) const;
  // Null if there is no such inventory now.
  InventoryState* at(std::uint32_t number);
  const InventoryState* at(std::uint32_t number) const;
  std::size_t size() const { return by_name_.size(); }
  // Of a tenant; its holds are those of the inventories that it has now.
  struct Use {
    std::size_t inventories = 0;
    std::uint64_t units = 0;  // by name
    std::uint64_t holds = 0;
  };
  Use use_of(std::string_view tenant) const;
  // A hold of this number is remembered now, or no more.
  void remember(std::uint32_t number);
  void forget(std::uint32_t number);
  std::uint32_t numbers() const { return static_cast<std::uint32_t>(list_.size()); }

  // In the order of numbers.
  template <class F>
  void for_each(F&& f) const {
    for (const auto& inventory : list_) {
      if (inventory) f(*inventory);
    }
  }

  // Those of a tenant, by name. `f` removes none.
  template <class F>
  void for_each_of(std::string_view tenant, F&& f) const {
    const std::string prefix = std::string(tenant) + '/';
    for (auto it = by_name_.lower_bound(prefix);
         it != by_name_.end() && it->first.starts_with(prefix); ++it)
      f(*list_[it->second]);
  }

  // When an inventory that was sold out opens again.
  void set_reopening(InventoryState& inventory, std::optional<ServiceTime> at);
  std::optional<ServiceTime> first_reopening() const;
  InventoryState* pop_reopening(ServiceTime now);

  // For a snapshot.
  void restore_numbers(std::uint32_t numbers);
  bool restore(InventoryRow row);
  // All inventories and holds are there.
  void finish_restore();

 private:
  std::vector<std::unique_ptr<InventoryState>> list_;
  std::vector<std::uint32_t> holds_;  // that name each number; derived
  std::set<std::uint32_t> free_;      // numbers that nothing names; derived
  std::map<std::string, std::uint32_t, std::less<>> by_name_;
  std::set<std::pair<ServiceTime, std::uint32_t>> reopenings_;
  std::uint64_t mapped_units_ = 0;
  std::map<std::string, Use, std::less<>> uses_;  // by tenant
};

void write_inventory(ByteWriter& out, const InventoryRow& row);
// `in.ok()` is false afterwards if it was malformed.
InventoryRow read_inventory(ByteReader& in);

}  // namespace doorward::engine
