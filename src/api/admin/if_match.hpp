// Optimistic changes: an answer's `ETag`, and the `If-Match` of whoever sends it back.
//
// Spec: RFC 9110 sections 8.8.3 and 13.1.1; docs/api.md, "Admin".
#pragma once

#include "api/call.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace doorward::api::admin {

// Not a secret: it only tells one value from another.
std::string etag_of(const boost::json::object& shown);

// 412 where `If-Match` asks for another than `present`; absent: there is none such.
std::optional<edge::Response> refuse_changed(const Call& call,
                                             const std::optional<std::string>& present);

}  // namespace doorward::api::admin
