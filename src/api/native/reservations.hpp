// What the calls about inventories, holds and locks share.
//
// Spec: docs/reservations.md.
#pragma once

#include "api/call.hpp"

namespace doorward::api {

// Who asks for a hold or does something with one. A backend does it for anybody.
struct Party {
  std::optional<SubjectKey> subject;  // absent: a backend
  bool is_device = false;             // known by a cookie alone
};
edge::Task<gateway::Sought<Party>> find_party(Desk& desk, const Call& call);

// The key as a Structured Field string, or bare as many programs send it; empty: none.
gateway::Sought<std::string> idempotency_key(const wire::RequestHead& head);

// Why nothing came of a command about an inventory, a hold or a lock.
gateway::Refusal reserve_refusal(const engine::Outcome& outcome);

// Of `?name=value`, as it stands; empty: none.
std::string_view query_value(const wire::RequestHead& head, std::string_view name);
// `?fence=…`; zero: none.
gateway::Sought<std::uint64_t> fence_of_query(const wire::RequestHead& head);

// A member that is a duration ("30s"), a whole number of at least 0, a list of texts. Each sets
// `problem` where it is something else; missing ones are zero or empty.
Millis duration_member(const boost::json::object& body, std::string_view name,
                       std::optional<gateway::Refusal>& problem);
std::uint64_t number_member(const boost::json::object& body, std::string_view name,
                            std::optional<gateway::Refusal>& problem);
std::vector<std::string> texts_member(const boost::json::object& body, std::string_view name,
                                      std::size_t most, std::optional<gateway::Refusal>& problem);

boost::json::object inventory_status(const engine::InventoryEntry& entry);

edge::Task<Answer> read_inventory(Desk& desk, Call& call);
edge::Task<Answer> read_seats(Desk& desk, Call& call);
edge::Task<Answer> seat_events(Desk& desk, Call& call);
edge::Task<Answer> make_hold(Desk& desk, Call& call);
edge::Task<Answer> read_hold(Desk& desk, Call& call);
edge::Task<Answer> extend_hold(Desk& desk, Call& call);
edge::Task<Answer> confirm_hold(Desk& desk, Call& call);
edge::Task<Answer> release_hold(Desk& desk, Call& call);

edge::Task<Answer> read_lock(Desk& desk, Call& call);
edge::Task<Answer> acquire_lock(Desk& desk, Call& call);
edge::Task<Answer> renew_lock(Desk& desk, Call& call);
edge::Task<Answer> release_lock(Desk& desk, Call& call);

}  // namespace doorward::api
