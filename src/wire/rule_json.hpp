// A rule as JSON, both ways: what the admin API takes and shows.
//
//   {"name":"api","description":"","match":{"hosts":[],"paths":["/api/**"],"methods":["POST"],
//     "headers":{"X-Plan":"go*"},"routes":[]},"key":["client","header:X-Client-ID"],
//    "quotas":[{"name":"1s","algorithm":"sliding_counter","limit":10,"window":"1s","burst":0,
//     "count_refused":false}],"plan_claim":"plan","tiers":{"gold":["100/s"]},
//    "allow":["10.0.0.0/8"],"deny":[],"dry_run":false,"on_error":"open","priority":0,"stop":false,
//    "fallback":false,"starts_at":null,"ends_at":null,"cost":1,"headers":null,"refused":"problem",
//    "active":true}
//
// Why:     one reading for all, so that what was shown can be sent back.
// In short: a quota is also "10/s"; "quota" is a list of one; one item stands for a list of one.
//          A cost is a number, {"request_header":"X-Cost","default":1} or {"response_header":…}.
// Bounds:  limit::validate is called on what was read.
// Errors:  invalid; the sentence begins with the member's path ("quotas[1].window: …"). A member
//          that is not known is an error that names the nearest known one.
// Spec:    docs/rules.md.
#pragma once

#include "base/result.hpp"
#include "core/limit/rule.hpp"

#include <boost/json/object.hpp>

namespace doorward::wire {

// Members that are missing keep what `base` has; lists are replaced as a whole; null takes away.
Result<limit::Rule> rule_from_json(const boost::json::object& object, limit::Rule base = {});

boost::json::object rule_to_json(const limit::Rule& rule);

// The rule with "id", "source", "created_at" and "updated_at".
boost::json::object rule_entry_to_json(const limit::RuleEntry& entry);

}  // namespace doorward::wire
