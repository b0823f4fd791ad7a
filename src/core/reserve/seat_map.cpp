#include "core/reserve/seat_map.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

namespace doorward::reserve {
namespace {

template <class Value>
std::optional<Value> find_in(const std::vector<std::pair<std::string_view, Value>>& list,
                             std::string_view name) {
  const auto found = std::lower_bound(list.begin(), list.end(), name,
                                      [](const auto& item, auto n) { return item.first < n; });
  if (found == list.end() || found->first != name) return std::nullopt;
  return found->second;
}

// Takes "-12" off the end; 0 where there is no such number, written shortest.
std::uint32_t take_number(std::string_view& text) {
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos) return 0;
  const std::string_view digits = text.substr(dash + 1);
  std::uint32_t number = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = problem == std::errc() && end == digits.data() + digits.size();
  if (!whole || digits.starts_with('0')) return 0;
  text = text.substr(0, dash);
  return number;
}

std::uint32_t size_of(const Section& section) {
  return section.units.empty() ? section.rows * section.seats
                               : static_cast<std::uint32_t>(section.units.size());
}

}  // namespace

SeatMap::SeatMap(Inventory inventory) : inventory_(std::move(inventory)) {
  for (std::size_t i = 0; i < inventory_.sections.size(); ++i) {
    const Section& section = inventory_.sections[i];
    firsts_.push_back(units_);
    sections_.emplace_back(section.name, i);
    for (std::uint32_t unit = 0; unit < section.units.size(); ++unit)
      by_name_.emplace_back(section.units[unit], units_ + unit);
    units_ += size_of(section);
  }
  if (!inventory_.is_map()) units_ = inventory_.count;
  std::ranges::sort(sections_);
  std::ranges::sort(by_name_);
}

std::optional<std::uint32_t> SeatMap::find(std::string_view unit) const {
  const auto named = find_in(by_name_, unit);
  return named ? named : find_seat(unit);
}

std::optional<std::uint32_t> SeatMap::find_seat(std::string_view unit) const {
  const std::uint32_t seat = take_number(unit);
  const std::uint32_t row = seat == 0 ? 0 : take_number(unit);
  if (row == 0) return std::nullopt;
  const auto found = find_in(sections_, unit);
  if (!found) return std::nullopt;
  const Section& section = inventory_.sections[*found];
  if (row > section.rows || seat > section.seats) return std::nullopt;
  return firsts_[*found] + (row - 1) * section.seats + seat - 1;
}

std::size_t SeatMap::section_of(std::uint32_t unit) const {
  const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), unit);
  return static_cast<std::size_t>(after - firsts_.begin()) - 1;
}

std::string SeatMap::name(std::uint32_t unit) const {
  assert(unit < units_);
  if (!inventory_.is_map()) return {};
  const std::size_t at = section_of(unit);
  const Section& section = inventory_.sections[at];
  const std::uint32_t inside = unit - firsts_[at];
  if (!section.units.empty()) return section.units[inside];
  return section.name + '-' + std::to_string(inside / section.seats + 1) + '-' +
         std::to_string(inside % section.seats + 1);
}

std::uint64_t SeatMap::price(std::uint32_t unit) const {
  assert(unit < units_);
  return inventory_.is_map() ? inventory_.sections[section_of(unit)].price : inventory_.price;
}

bool SeatMap::keeps(const SeatMap& before) const {
  const std::vector<Section>& old = before.inventory_.sections;
  const std::vector<Section>& now = inventory_.sections;
  if (before.inventory_.is_map() != inventory_.is_map() || now.size() < old.size()) return false;
  for (std::size_t i = 0; i < old.size(); ++i) {
    Section same = old[i];
    same.price = now[i].price;
    if (same != now[i]) return false;
  }
  return true;
}

Result<> validate_map(const Inventory& inventory) {
  const SeatMap map(inventory);
  for (std::size_t i = 0; i < inventory.sections.size(); ++i) {
    const std::vector<std::string>& units = inventory.sections[i].units;
    for (std::size_t unit = 0; unit < units.size(); ++unit) {
      if (const auto seat = map.find_seat(units[unit]))
        return error(Errc::invalid, "sections[" + std::to_string(i) + "].units[" +
                                        std::to_string(unit) + "]: \"" + units[unit] +
                                        "\" is a seat of section \"" +
                                        inventory.sections[map.section_of(*seat)].name +
                                        "\" too; name it otherwise");
    }
  }
  return {};
}

}  // namespace doorward::reserve
