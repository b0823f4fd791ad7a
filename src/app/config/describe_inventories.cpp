#include "app/config/describe_inventories.hpp"

#include "app/config/form.hpp"
#include "core/reserve/seat_map.hpp"

#include <cstdint>

namespace doorward::app::config {
namespace {

const Within kLease{reserve::kMinLease, reserve::kMaxLease};
const Range kUnits{1, reserve::kMaxUnits};
const Range kPrice{0, static_cast<std::int64_t>(reserve::kMaxPrice)};
const Text kUnitName{"a name of letters, digits, '.', '_' and '-'", reserve::kMaxName,
                     reserve::is_valid_unit_name};

void describe_section(Form& form, reserve::Section& section) {
  form.required("name", section.name, "Name of the section.", kUnitName);
  form.field("price", section.price, "Of each seat, in the currency's smallest unit.", kPrice);
  form.field("rows", section.rows, "Rows. The seats are named `SECTION-ROW-SEAT`.", kUnits);
  form.field("seats", section.seats, "Seats in each row.", kUnits);
  form.fields("units", section.units, "Seats by name, in place of rows.", kUnitName);
}

}  // namespace

void describe(Form& form, std::string_view name, InventorySettings& inventory) {
  reserve::Inventory& spec = inventory.spec;
  inventory.name = name;
  inventory.at = form.place("");
  form.field("count", spec.count, "How many there are, where they have no names.",
             Range{0, reserve::kMaxUnits});
  form.field("price", spec.price, "Of each, in the currency's smallest unit.", kPrice);
  form.list("sections", "A seat map, in place of a count.",
            [&](Form& item) { describe_section(item, spec.sections.emplace_back()); });
  form.field("currency", spec.currency, "As it is shown, such as `EUR`.",
             Text{"text", reserve::kMaxCurrency});
  form.field("max_per_hold", spec.max_per_hold, "Most units in one hold.", kUnits);
  form.field("max_per_subject", spec.max_per_subject,
             "Most units of one visitor, held and confirmed. Absent: no such limit.", kUnits);
  form.group("hold", "How long units are held.", [&](Form& g) {
    g.field("ttl", spec.hold_ttl, "A hold, and each extension of it.", kLease);
    g.field("most", spec.hold_most, "However often it is extended.", kLease);
  });
  if (name == "NAME") return;
  if (!reserve::is_valid_inventory_name(name)) {
    form.fail("",
              "expected an inventory name of 1 to 64 of a-z, 0-9, '.', '_', '-', "
              "beginning with a letter or a digit");
  }
  if (!form.sound()) return;
  auto valid = reserve::validate(spec);
  if (valid) valid = reserve::validate_map(spec);
  if (!valid) form.refuse(valid.error().what);
}

}  // namespace doorward::app::config
