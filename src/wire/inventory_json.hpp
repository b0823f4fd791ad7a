// An inventory as JSON, both ways: what the admin API takes and shows, and what a configuration
// file holds for one.
//
//   {"count":100,"price":9900,"sections":[],"currency":"EUR","max_per_hold":10,
//    "max_per_subject":null,"hold":{"ttl":"300s","most":"1800s"}}
//   a section: {"name":"A","price":9900,"rows":10,"seats":20} or {…,"units":["B7","B8"]}
//
// Why:     one reading for all, so that what was shown can be sent back.
// Bounds:  reserve::validate is called on what was read.
// Errors:  invalid; the sentence begins with the member's path ("sections[0].rows: …").
// Spec:    docs/reservations.md.
#pragma once

#include "base/result.hpp"
#include "core/reserve/inventory.hpp"

#include <boost/json/object.hpp>

namespace doorward::wire {

// Members that are missing keep what `base` has; null gives back the default. A list replaces.
Result<reserve::Inventory> inventory_from_json(const boost::json::object& object,
                                               reserve::Inventory base = {});

boost::json::object inventory_to_json(const reserve::Inventory& inventory);

}  // namespace doorward::wire
