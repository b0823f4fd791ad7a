// What an operator or a tenant changed by a call of the admin API, the dashboard or a compatible
// system, for the log.
//
// Why:     "who paused the sale at 10:03?" is asked after the sale. One place tells of all such
//          calls, by the tables of endpoints, so that none is forgotten. No value is told, only the
//          names of fields: a value may be a secret.
// Bounds:  16 fields.
// Threads: pure functions.
// Spec:    docs/operations.md, "The log".
#pragma once

#include <string>
#include <string_view>

namespace doorward::edge {
struct Response;
}
namespace doorward::api {
struct Call;
struct Desk;
}  // namespace doorward::api

namespace doorward::api::admin {

struct Change {
  std::string_view what;  // "a room was paused": one of a fixed few
  std::string name;       // its full name: "acme/sale"; of a key "acme/web"
  std::string fields;     // those of the body: "capacity,mode"
  std::string by;         // "admin token", "session", "key acme/web", "loopback"
  std::string client;     // the address
};

// Tells `options.on_change` of a call that changed something, as its answer shows.
void tell_change(const Desk& desk, const Call& call, const edge::Response& answer);

}  // namespace doorward::api::admin
