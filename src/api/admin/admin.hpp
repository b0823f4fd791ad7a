// What an operator calls: sessions, rooms, rules, probes. Every call needs an admin, on a listener
// that takes them.
//
// Spec: docs/api.md, "Admin".
#pragma once

#include "api/call.hpp"

namespace doorward::api::admin {

// Signing in by cookie, who is signed in, signing out.
edge::Task<Answer> begin_session(Desk& desk, Call& call);
edge::Task<Answer> read_session(Desk& desk, Call& call);
edge::Task<Answer> end_session(Desk& desk, Call& call);

// Sends a request through the visitors' pipeline and tells what was answered.
edge::Task<Answer> probe(Desk& desk, Call& call);

edge::Task<Answer> list_rooms(Desk& desk, Call& call);
edge::Task<Answer> read_room(Desk& desk, Call& call);
edge::Task<Answer> put_room(Desk& desk, Call& call);
edge::Task<Answer> patch_room(Desk& desk, Call& call);
edge::Task<Answer> remove_room(Desk& desk, Call& call);
edge::Task<Answer> open_room(Desk& desk, Call& call);
edge::Task<Answer> pause_room(Desk& desk, Call& call);
edge::Task<Answer> close_room(Desk& desk, Call& call);
edge::Task<Answer> bypass_room(Desk& desk, Call& call);
// Gives the entrants of a draw room their places.
edge::Task<Answer> draw_room(Desk& desk, Call& call);

edge::Task<Answer> list_inventories(Desk& desk, Call& call);
edge::Task<Answer> read_inventory(Desk& desk, Call& call);
edge::Task<Answer> put_inventory(Desk& desk, Call& call);
edge::Task<Answer> patch_inventory(Desk& desk, Call& call);
edge::Task<Answer> remove_inventory(Desk& desk, Call& call);

// What happened today, and what happens now as an event stream.
edge::Task<Answer> read_stats(Desk& desk, Call& call);
edge::Task<Answer> watch_events(Desk& desk, Call& call);

// Tenants and their API keys. What is a tenant's own is at "/v1/tenants/{tenant}/…".
edge::Task<Answer> list_tenants(Desk& desk, Call& call);
edge::Task<Answer> add_tenant(Desk& desk, Call& call);
edge::Task<Answer> read_tenant(Desk& desk, Call& call);
edge::Task<Answer> patch_tenant(Desk& desk, Call& call);
edge::Task<Answer> remove_tenant(Desk& desk, Call& call);
// The key is shown once, in this answer.
edge::Task<Answer> add_key(Desk& desk, Call& call);
edge::Task<Answer> remove_key(Desk& desk, Call& call);

edge::Task<Answer> list_rules(Desk& desk, Call& call);
edge::Task<Answer> add_rule(Desk& desk, Call& call);
edge::Task<Answer> read_rule(Desk& desk, Call& call);
edge::Task<Answer> put_rule(Desk& desk, Call& call);
edge::Task<Answer> patch_rule(Desk& desk, Call& call);
edge::Task<Answer> remove_rule(Desk& desk, Call& call);

}  // namespace doorward::api::admin
