#include "core/reserve/inventory.hpp"

#include <algorithm>
#include <set>

namespace doorward::reserve {
namespace {

Error invalid(const std::string& what) { return error(Errc::invalid, what); }

template <class T>
Result<> within(const std::string& field, T value, T least, T most) {
  if (value >= least && value <= most) return {};
  return invalid(field + ": is " + std::to_string(value) + "; choose from " +
                 std::to_string(least) + " to " + std::to_string(most));
}

// What a section takes in a record beside its name, at most.
constexpr std::size_t kSectionBytes = 18;

constexpr const char* kNameRule =
    "must be 1 to 64 of letters, digits, '.', '_' and '-', beginning with a letter or a digit";

Result<> validate_units(const Section& section, const std::string& field) {
  for (std::size_t i = 0; i < section.units.size(); ++i) {
    if (!is_valid_unit_name(section.units[i]))
      return invalid(field + ".units[" + std::to_string(i) + "]: " + kNameRule);
  }
  return {};
}

Result<> validate_section(const Section& section, const std::string& field) {
  if (!is_valid_unit_name(section.name)) return invalid(field + ".name: " + kNameRule);
  if (auto r = within(field + ".price", section.price, std::uint64_t{0}, kMaxPrice); !r) return r;
  if (!section.units.empty()) {
    if (section.rows != 0 || section.seats != 0)
      return invalid(field + ".units: say either units by name, or rows and seats");
    return validate_units(section, field);
  }
  if (auto r = within(field + ".rows", section.rows, 1U, kMaxUnits); !r) return r;
  return within(field + ".seats", section.seats, 1U, kMaxUnits);
}

// Sections have names of their own, and so have units by name. Whether rows and seats give one of
// those too is for `validate_map` to see.
Result<> validate_names(const std::vector<Section>& sections) {
  std::set<std::string_view> names;
  std::set<std::string_view> units;
  std::size_t bytes = 0;
  for (const Section& section : sections) {
    bytes += section.name.size() + kSectionBytes;
    if (!names.insert(section.name).second)
      return invalid("sections: \"" + section.name + "\" stands there twice");
    for (const std::string& unit : section.units) {
      bytes += unit.size() + 1;
      if (!units.insert(unit).second) return invalid("sections: unit \"" + unit + "\" twice");
    }
  }
  if (bytes > kMaxTexts)
    return invalid("sections: take " + std::to_string(bytes) + " bytes; keep to " +
                   std::to_string(kMaxTexts) + ", by rows and seats instead of units by name");
  return {};
}

Result<> validate_sections(const Inventory& inventory) {
  if (inventory.sections.size() > kMaxSections)
    return invalid("sections: keep to " + std::to_string(kMaxSections));
  if (inventory.count != 0 || inventory.price != 0)
    return invalid("count: say either a count with a price, or sections");
  for (std::size_t i = 0; i < inventory.sections.size(); ++i) {
    const std::string field = "sections[" + std::to_string(i) + "]";
    if (auto r = validate_section(inventory.sections[i], field); !r) return r;
  }
  if (auto r = validate_names(inventory.sections); !r) return r;
  return within("sections: units", units_of(inventory), std::uint64_t{1}, std::uint64_t{kMaxUnits});
}

}  // namespace

bool is_valid_inventory_name(std::string_view name) { return naming::is_name(name); }
bool is_valid_unit_name(std::string_view name) { return naming::is_any_case_name(name); }

std::uint64_t units_of(const Inventory& inventory) {
  if (!inventory.is_map()) return inventory.count;
  std::uint64_t units = 0;
  for (const Section& section : inventory.sections) {
    units +=
        section.units.empty() ? std::uint64_t{section.rows} * section.seats : section.units.size();
  }
  return units;
}

Result<> validate(const Inventory& inventory) {
  if (inventory.is_map()) {
    if (auto r = validate_sections(inventory); !r) return r;
  } else {
    if (auto r = within("count", inventory.count, 0U, kMaxUnits); !r) return r;
    if (auto r = within("price", inventory.price, std::uint64_t{0}, kMaxPrice); !r) return r;
  }
  if (inventory.currency.size() > kMaxCurrency)
    return invalid("currency: keep to " + std::to_string(kMaxCurrency) + " bytes, such as EUR");
  const std::uint32_t most = inventory.is_map() ? kMaxPerHold : kMaxUnits;
  if (auto r = within("max_per_hold", inventory.max_per_hold, 1U, most); !r) return r;
  if (inventory.max_per_subject) {
    if (auto r = within("max_per_subject", *inventory.max_per_subject, 1U, kMaxUnits); !r) return r;
  }
  const auto ms = [](Millis time) { return time.count(); };
  if (auto r = within("hold.ttl", ms(inventory.hold_ttl), ms(kMinLease), ms(kMaxLease)); !r)
    return r;
  return within("hold.most", ms(inventory.hold_most), ms(inventory.hold_ttl), ms(kMaxLease));
}

}  // namespace doorward::reserve
