// What can be reserved: a count of equal things, or named units in sections with their prices.
// Values only; nothing here decides.
//
// Units:  durations in milliseconds, prices in the currency's smallest unit (cents).
// Bounds: see `validate`. An absent optional means "no such limit".
// Spec:   docs/reservations.md.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/name.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::reserve {

// A part of a seat map with one price: rows of seats, whose units are "NAME-ROW-SEAT" and counted
// from 1, or units by name.
struct Section {
  std::string name;
  std::uint64_t price = 0;
  std::uint32_t rows = 0;
  std::uint32_t seats = 0;  // in each row
  std::vector<std::string> units;
  friend bool operator==(const Section&, const Section&) = default;
};

struct Inventory {
  std::uint32_t count = 0;        // of equal things, where there are no sections
  std::uint64_t price = 0;        // of each of them
  std::vector<Section> sections;  // a seat map
  std::string currency;           // as it is shown: "EUR"
  std::uint32_t max_per_hold = 10;
  std::optional<std::uint32_t> max_per_subject;  // held and confirmed together
  Millis hold_ttl{std::chrono::minutes{5}};      // of a hold, and of each extension
  Millis hold_most{std::chrono::minutes{30}};    // however often it is extended
  bool is_map() const { return !sections.empty(); }
  friend bool operator==(const Inventory&, const Inventory&) = default;
};

// The bounds that `validate` holds an inventory to.
inline constexpr std::size_t kMaxName = naming::kMaxName;
inline constexpr std::uint32_t kMaxUnits = 1'000'000;
inline constexpr std::size_t kMaxSections = 1'000;
inline constexpr std::size_t kMaxTexts = 60 * 1024;  // bytes of all sections and units by name
inline constexpr std::size_t kMaxCurrency = 8;
inline constexpr std::uint64_t kMaxPrice = 1'000'000'000'000;
inline constexpr std::uint32_t kMaxPerHold = 100;  // of units by name
inline constexpr Millis kMinLease{std::chrono::seconds{1}};
inline constexpr Millis kMaxLease{std::chrono::hours{24 * 7}};

// 1 to 64 of [a-z0-9._-], beginning with a letter or a digit: of an inventory.
bool is_valid_inventory_name(std::string_view name);
// 1 to 64 of [A-Za-z0-9._-], beginning with a letter or a digit: of a section or a unit.
bool is_valid_unit_name(std::string_view name);

// The first broken bound, naming the field and the remedy.
Result<> validate(const Inventory& inventory);

// Of all sections, or the count; meaningful where it is valid.
std::uint64_t units_of(const Inventory& inventory);

}  // namespace doorward::reserve
