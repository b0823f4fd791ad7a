// The units of an inventory by number: names to numbers and back, and what each costs.
//
// Why:     the engine keeps 32-bit numbers; a million units of rows and seats cost no memory for
//          their names.
// Time:    O(log n) in sections and units by name.
// Errors:  `validate_map`: invalid, naming the field.
// Threads: immutable.
// Bounds:  those of a valid inventory.
#pragma once

#include "core/reserve/inventory.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::reserve {

class SeatMap {
 public:
  explicit SeatMap(Inventory inventory);  // valid; a false one may name a unit twice
  SeatMap(const SeatMap&) = delete;       // its tables point into the inventory

  const Inventory& inventory() const { return inventory_; }
  std::uint32_t units() const { return units_; }
  std::optional<std::uint32_t> find(std::string_view unit) const;
  // Of a unit below `units`.
  std::string name(std::uint32_t unit) const;
  // Likewise; of a count every number has the same.
  std::uint64_t price(std::uint32_t unit) const;
  // Where a section's units begin, by its place in the list.
  std::uint32_t first_of(std::size_t section) const { return firsts_[section]; }

  // Whether every unit of `before` has the same number here.
  bool keeps(const SeatMap& before) const;

 private:
  friend Result<> validate_map(const Inventory& inventory);
  // Of rows and seats.
  std::optional<std::uint32_t> find_seat(std::string_view unit) const;
  std::size_t section_of(std::uint32_t unit) const;

  Inventory inventory_;
  std::uint32_t units_ = 0;
  std::vector<std::uint32_t> firsts_;
  std::vector<std::pair<std::string_view, std::size_t>> sections_;   // by name
  std::vector<std::pair<std::string_view, std::uint32_t>> by_name_;  // units that have names
};

// Refuses a unit by name that the rows and seats of a section give too. Beside `validate`, for
// those who set an inventory: a log may hold such a map, and is read all the same.
Result<> validate_map(const Inventory& inventory);

}  // namespace doorward::reserve
