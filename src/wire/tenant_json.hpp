// A tenant's settings as JSON, both ways.
//
//   {"max_waiting":10000,"calls":{"count":100,"every":"1s"},"rooms":100,"rules":100,
//    "token_ttl":"5m"}
//
// Bounds:  tenant::validate is called on what was read.
// Errors:  invalid; the sentence begins with the member's path ("calls.every: …").
// Spec:    docs/tenants.md.
#pragma once

#include "base/result.hpp"
#include "core/tenant/tenant.hpp"

#include <boost/json/object.hpp>

namespace doorward::wire {

// Members that are missing keep what `base` has; null takes a limit away, or gives back the default
// of what is never without a value.
Result<tenant::Settings> settings_from_json(const boost::json::object& object,
                                            tenant::Settings base = {});

boost::json::object settings_to_json(const tenant::Settings& settings);

}  // namespace doorward::wire
