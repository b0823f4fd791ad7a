#include "core/reserve/seat_map.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace doorward::reserve {
namespace {

Inventory hall() {
  Inventory inventory;
  inventory.sections = {
      {"A", 9'900, 2, 3, {}}, {"box", 20'000, 0, 0, {"B7", "left"}}, {"A-1", 5, 1, 1, {}}};
  return inventory;
}

TEST(SeatMap, EveryUnitHasANameAndIsFoundByIt) {
  const SeatMap map(hall());
  ASSERT_EQ(map.units(), 9U);
  const std::vector<std::string> names{"A-1-1", "A-1-2", "A-1-3", "A-2-1",  "A-2-2",
                                       "A-2-3", "B7",    "left",  "A-1-1-1"};
  for (std::uint32_t unit = 0; unit < map.units(); ++unit) {
    EXPECT_EQ(map.name(unit), names[unit]);
    EXPECT_EQ(map.find(names[unit]), unit);
  }
  EXPECT_EQ(map.price(5), 9'900U);
  EXPECT_EQ(map.price(6), 20'000U);
}

TEST(SeatMap, OtherNamesAreNoUnits) {
  const SeatMap map(hall());
  for (const char* name : {"", "A", "A-1", "A-3-1", "A-1-4", "A-0-1", "A-1-0", "A-01-1", "A-1-01",
                           "a-1-1", "A--1", "A-1-", "-1-1", "box-1-1", "B8", "A-1-99999999999"})
    EXPECT_EQ(map.find(name), std::nullopt) << name;
}

TEST(SeatMap, UnitsAreKeptWhereSectionsAreAddedOrPricesChanged) {
  const SeatMap before(hall());
  Inventory after = hall();
  after.sections[0].price = 1;
  after.sections.push_back({"C", 0, 5, 5, {}});
  EXPECT_TRUE(SeatMap(after).keeps(before));
  after.sections[0].seats = 4;
  EXPECT_FALSE(SeatMap(after).keeps(before));
  EXPECT_FALSE(before.keeps(SeatMap(after)));
  Inventory count;
  count.count = 100;
  EXPECT_FALSE(SeatMap(count).keeps(before));
}

struct Bad {
  const char* field;
  std::function<void(Inventory&)> spoil;
};

TEST(Inventory, BoundsAreRefusedByTheNameOfTheField) {
  const std::vector<Bad> table{
      {"count", [](Inventory& i) { i.count = 1; }},
      {"sections[0].name", [](Inventory& i) { i.sections[0].name = "a b"; }},
      {"sections[0].price", [](Inventory& i) { i.sections[0].price = kMaxPrice + 1; }},
      {"sections[0].rows", [](Inventory& i) { i.sections[0].rows = 0; }},
      {"sections[0].seats", [](Inventory& i) { i.sections[0].seats = 0; }},
      {"sections[1].units", [](Inventory& i) { i.sections[1].rows = 1; }},
      {"sections[1].units[0]", [](Inventory& i) { i.sections[1].units[0] = ""; }},
      {"sections: \"A\"", [](Inventory& i) { i.sections[1].name = "A"; }},
      {"sections: unit \"B7\"", [](Inventory& i) { i.sections[1].units[1] = "B7"; }},
      {"sections: units", [](Inventory& i) { i.sections[0].rows = i.sections[0].seats = 1'001; }},
      {"sections: take",
       [](Inventory& i) {
         i.sections[1].units.clear();
         for (int n = 0; n < 9'000; ++n)
           i.sections[1].units.push_back("u" + std::to_string(n + 10'000));
       }},
      {"currency", [](Inventory& i) { i.currency = "far too long"; }},
      {"max_per_hold", [](Inventory& i) { i.max_per_hold = 0; }},
      {"max_per_hold", [](Inventory& i) { i.max_per_hold = kMaxPerHold + 1; }},
      {"max_per_subject", [](Inventory& i) { i.max_per_subject = 0; }},
      {"hold.ttl", [](Inventory& i) { i.hold_ttl = Millis(999); }},
      {"hold.most", [](Inventory& i) { i.hold_most = i.hold_ttl - Millis(1); }},
  };
  ASSERT_TRUE(validate(hall()));
  for (const Bad& bad : table) {
    Inventory inventory = hall();
    bad.spoil(inventory);
    const auto valid = validate(inventory);
    ASSERT_FALSE(valid) << bad.field;
    EXPECT_TRUE(valid.error().what.starts_with(bad.field)) << valid.error().what;
  }
}

TEST(SeatMap, AUnitByNameMayNotBeASeatOfRowsToo) {
  ASSERT_TRUE(validate_map(hall()));
  Inventory twice = hall();
  twice.sections[1].units[1] = "A-2-3";
  EXPECT_TRUE(validate(twice)) << "a log may hold it";
  const auto refused = validate_map(twice);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().what.starts_with("sections[1].units[1]: \"A-2-3\" is a seat"))
      << refused.error().what;
  for (const char* free : {"A-2-4", "A-3-1", "A-0-1", "A-1-1-2", "B-1-1", "A-01-1"}) {
    twice.sections[1].units[1] = free;
    ASSERT_TRUE(validate_map(twice)) << free;
    const SeatMap map(twice);
    for (std::uint32_t unit = 0; unit < map.units(); ++unit)
      EXPECT_EQ(map.find(map.name(unit)), unit) << free;
  }
}

TEST(Inventory, AMillionUnitsMayBeNamedByRowsAndSeats) {
  Inventory inventory;
  inventory.sections = {{"A", 0, 1'000, 1'000, {}}};
  ASSERT_TRUE(validate(inventory));
  EXPECT_EQ(SeatMap(inventory).find("A-1000-1000"), 999'999U);
}

}  // namespace
}  // namespace doorward::reserve
