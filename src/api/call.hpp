// One call of the native or the admin API, and what its endpoints have at hand.
//
// Why:     an endpoint is a function from a Call to an answer, so that the table of them is all
//          there is to routing, and the OpenAPI document can be held to it.
// Ownership: everything in a Desk outlives the calls; a Call lives as long as its request.
// Threads: a Desk is shared by all loops.
// Bounds:  a body is at most kMaxBody, or what the endpoint says.
#pragma once

#include "api/admin/change.hpp"
#include "api/admin/session_table.hpp"
#include "api/compat/gatekeeper/businesses.hpp"
#include "api/compat/train_reservation/options.hpp"
#include "api/live/live.hpp"
#include "api/native/lock_wait.hpp"
#include "api/native/ticket_streams.hpp"
#include "api/retries.hpp"
#include "core/route/route.hpp"
#include "gateway/pages.hpp"
#include "gateway/places.hpp"
#include "ports/counter_store.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::api {

namespace wait_queue {
class WaitQueue;
}

inline constexpr std::size_t kMaxBody = 64 * 1024;

// The queue and the actuator of compat/ticketing_gateway.
struct TicketingGatewayOptions {
  std::string room = "ticketing-gateway";  // the queue
  bool english = false;                    // its messages
  bool open_actuator = false;              // routes and metrics for everybody who reaches us
  std::function<std::vector<route::Route>()> routes = {};
  std::function<std::string()> metrics = {};
};

struct ApiOptions {
  std::string admin_token;  // empty: nobody is let in
  // Whether the main listener, loopback and with no proxy trusted, takes admin calls. Asked at each
  // call, since a reload may change it; empty: no.
  std::function<bool()> admin_on_main = {};
  bool open_on_loopback = false;                    // a peer on this machine needs no credential
  edge::Handler visitors = {};                      // what a visitor's request passes, for probes
  std::vector<std::string_view> switched_off = {};  // names of compatible systems
  // By which the JWTs of compat/gatekeeper are signed; empty: one for each business is derived.
  std::string gatekeeper_secret = {};
  TicketingGatewayOptions ticketing_gateway = {};
  const wait_queue::WaitQueue* wait_queue = nullptr;  // where that system is on
  train_reservation::Options train_reservation = {};
  // The inventory of that name as the operator's file has it; empty: there is no file.
  std::function<std::optional<reserve::Inventory>(std::string_view)> inventory_of_file = {};
  // Whether only a user of an issuer, or a backend, takes a place. Asked at each call; empty: no.
  std::function<bool()> users_only = {};
  std::string version = {};
  // Told of each change by the admin API and the dashboard; empty: nobody is.
  std::function<void(const admin::Change&)> on_change = {};
};

// Where limits count, and under which secret.
struct Counting {
  ports::CounterStore& store;
  SipKey key;
};

struct Desk {
  gateway::Places& places;
  TicketStreams& streams;
  gateway::Pages& pages;
  Counting counting;
  live::Live& live;
  ApiOptions options;
  std::string openapi = {};                   // the document, as it is served
  mutable admin::SessionTable sessions = {};  // thread-safe
  LockCalls lock_calls = {};
  RetryTable retries = {};
  gatekeeper::Businesses businesses{places.services(), options.gatekeeper_secret};

  engine::Shard& shard() const { return places.services().shard; }
};

struct Call {
  gateway::Context& context;
  edge::Exchange& exchange = context.exchange;
  const gateway::Client& client = context.client;
  std::string room = {};         // the full name of {room} of the path
  std::string_view ticket = {};  // {ticket} of the path
  std::string_view rule = {};    // {rule} of the path: its plain name
  std::string inventory = {};    // the full name of {inventory} of the path
  std::string_view hold = {};    // {hold} of the path
  std::string lock = {};         // the full name of {lock} of the path
  std::string_view key = {};     // {key} of the path
  std::string_view named = {};   // {tenant} of the path
  std::string tenant = {};       // on whose things it acts; empty: the default one's
  bool by_key = false;           // it carries an API key of that tenant
  std::string body = {};         // as it was read, where an Idempotency-Key came with it
  std::string fields = {};       // of the body, as far as it was read: "capacity,mode"
  // Of a compatible call that changes something: what, as the log tells it, and its full name.
  std::string_view change = {};
  std::string changed = {};
  bool was_answered = false;  // a retry, which is told what the first was and does nothing

  const wire::RequestHead& head() const { return exchange.request(); }
};

// Absent: the endpoint has answered by itself (a stream), or the peer is gone.
using Answer = std::optional<edge::Response>;
using Endpoint = edge::Task<Answer> (*)(Desk&, Call&);
// The same where nothing needs to be awaited. Absent: the endpoint is to be asked.
using QuickEndpoint = Answer (*)(Desk&, Call&);

edge::Response json_answer(unsigned status, std::string body);
edge::Response json_answer(unsigned status, const boost::json::object& body);
edge::Response no_content();
bool asks_for_websocket(const wire::RequestHead& head);

// The body as a JSON object whose members are all among `known`; without a body an empty one. With
// `known` empty any member is let through.
using Body = gateway::Sought<boost::json::object>;
edge::Task<Body> read_body(Call& call, std::span<const std::string_view> known,
                           std::size_t most = kMaxBody);
// "capacity,mode" of a body, of 16 members at most.
std::string names_of(const boost::json::object& body);
// For a Retry, to tell another call under the same key.
void remember_body(Call& call, std::string_view text);

// A text member; empty where it is missing. Sets `problem` where it is no text.
std::string text_member(const boost::json::object& body, std::string_view name,
                        std::optional<gateway::Refusal>& problem);

// Refuses what is only for the operator's eyes where it came in on another listener.
std::optional<edge::Response> refuse_elsewhere(const Desk& desk, const Call& call);
// The session whose cookie this request carries.
std::optional<admin::SessionTable::Session> session_of(const Desk& desk, const Call& call);
// Refuses calls that need an admin: by token, by the cookie of a session with its CSRF token in
// `X-CSRF-Token` where something is changed, or open on loopback. Wrong tokens are counted by the
// address, and beyond kMaxWrongBearers in a minute none is looked at. Absent: go on.
std::optional<edge::Response> refuse_admin(const Desk& desk, const Call& call);
bool has_admin_token(const Desk& desk, const Call& call);
// Whether it carries the admin token where that is taken. On any other listener nobody learns
// whether a token is the right one.
bool is_admin(const Desk& desk, const Call& call);
// To who tried too many wrong tokens.
edge::Response too_many_tries(Millis wait);
// The same for what is only looked at: where it is open on loopback, pages of the origins that
// `cors` names may watch too.
std::optional<edge::Response> refuse_watcher(const Desk& desk, const Call& call);

// As `refuse_admin`, but a tenant may change what is its own: by its API key, on any listener. The
// default tenant's keys may not: what is its own is the operator's.
std::optional<edge::Response> refuse_manager(const Desk& desk, const Call& call);

// Refuses an API key that is not known, where a call needs none: its answer would be another
// tenant's.
std::optional<edge::Response> refuse_wrong_key(const Call& call);

// Refuses who is neither a backend with an API key nor an admin.
std::optional<edge::Response> refuse_stranger(const Desk& desk, const Call& call);

}  // namespace doorward::api
