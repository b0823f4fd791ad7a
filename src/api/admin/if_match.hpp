// Optimistic changes: an answer's `ETag`, the `If-Match` of whoever sends it back, and changes of
// what was read that undo nothing that others did meanwhile.
//
// Bounds: a change is tried 16 times, and answered 503 then.
// Spec:   RFC 9110 sections 8.8.3 and 13.1.1; docs/api.md, "Admin".
#pragma once

#include "api/call.hpp"
#include "engine/digest.hpp"

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::api::admin {

// Not a secret: it only tells one value from another.
std::string etag_of(const boost::json::object& shown);

// 412 where `If-Match` asks for another than `present`; absent: there is none such.
std::optional<edge::Response> refuse_changed(const Call& call,
                                             const std::optional<std::string>& present);

// What a command that follows from `If-Match` carries; absent where it has none.
template <class Thing>
std::optional<engine::Digest> seen_if_matched(const Call& call, const Thing& present) {
  if (!call.head().fields.contains("If-Match")) return std::nullopt;
  return engine::digest_of(present);
}

// What follows from that which was read just now: a command, or an answer at once.
using Step = boost::system::result<engine::Command, edge::Response>;
using NextStep = std::function<Step()>;
using Done = boost::system::result<engine::Outcome, edge::Response>;
// Does what `next` says, and asks it anew where another changed the thing before the command came:
// its outcome is never `changed`. `next` lives until it is done.
edge::Task<Done> do_next(Desk& desk, const NextStep& next);

}  // namespace doorward::api::admin
