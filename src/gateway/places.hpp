// A visitor's place in a room: found, taken, kept alive and shown.
//
// Why:     the native calls and the room gate do the same to places; here it stands once.
// Time:    `now` from the clock given, read once a call.
// Ownership: everything in `Services` outlives it.
// Threads: thread-safe; coroutines go on on the loop that called.
// Errors:  an answer for the visitor (problem+json), in `Refusal`.
// Spec:    docs/api.md, "Who asks" and "Retries".
#pragma once

#include "gateway/await_shard.hpp"
#include "gateway/filter.hpp"
#include "gateway/identity.hpp"
#include "gateway/problems.hpp"
#include "gateway/tokens.hpp"
#include "gateway/touch_table.hpp"
#include "ports/clock.hpp"
#include "ports/entropy.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::gateway {

struct Services {
  engine::Shard& shard;
  const ports::Clock& clock;
  ports::Entropy& entropy;
  Tokens& tokens;
  const Identities& identities;
  // Whether other nodes write the log too. Only then a token may be ahead of this one; else what it
  // has seen stood in a log that is gone, as after a restore, and waiting for it is in vain.
  bool is_log_shared = true;
  // Told of a claim's lane that its room does not have; may be empty.
  std::function<void(std::string_view room, std::string_view lane)> on_unknown_lane = {};
};

struct Place {
  engine::TicketHandle handle;  // not set by a join, which answers without a look-up
  room::TicketView view;
  std::string room;
  std::string subject;  // as passes carry it
  ports::LogPosition at;
  bool by_cookie = false;
  bool made = false;   // by this request
  bool again = false;  // by the request of which this one is the retry
};

template <class T>
using Sought = boost::system::result<T, Refusal>;

struct JoinRequest {
  std::string_view room;
  Subject subject;
  std::string idempotency;  // scope and key; empty: none
};

class Places {
 public:
  explicit Places(Services services) : services_(services) {}

  // The place that this request has a token or an identity for. At the gate a bearer token that is
  // not ours is passed over, since it may be meant for the backend.
  enum class At { call, gate };
  edge::Task<Sought<Place>> find(const wire::RequestHead& head, std::string_view room,
                                 std::optional<ports::LogPosition> seen = {}, At at = At::call);
  // The same at once; absent: what its token has seen is to be waited for.
  std::optional<Sought<Place>> find_now(const wire::RequestHead& head, std::string_view room,
                                        At at = At::call);
  // Whether this node has applied what was seen; waits for it as `await_position` does.
  edge::Task<bool> caught_up(ports::LogPosition seen) const;
  // Whether the place that it names is given up, as far as this node can say.
  bool is_over(const TicketToken& token) const;
  edge::Task<Sought<Place>> join(JoinRequest request);
  // A claim serves many rooms, and its user cannot change it: where the room has no such lane, it
  // is as if there were none.
  void fit_lane(std::string_view room, Subject& subject) const;

  // A sign of life of a waiter, written at most once in a third of the time that it may be silent.
  void keep_alive(const Place& place, const room::Policy& policy);
  // A use of a session: written when less than its `ttl` remains, and always for the first. Answers
  // the ticket as it then is.
  edge::Task<room::TicketView> use(engine::TicketHandle ticket, room::TicketView view,
                                   const room::Policy& policy);
  // The same where nobody waits for what comes of it.
  void note_use(engine::TicketHandle ticket, const room::TicketView& view,
                const room::Policy& policy);

  std::string token_for(const Place& place) const;
  std::string pass_for(const Place& place) const;
  std::string json_for(const Place& place) const;

  // A device that is named now for the first time.
  std::string draw_device() const;

  LogTime now() const { return services_.clock.wall_now(); }
  Services& services() { return services_; }

 private:
  // Whose place is asked for: a ticket's, or else a subject's.
  struct Claim {
    std::optional<TicketToken> token;
    Subject subject;
    bool by_cookie = false;
  };
  bool is_behind(const ports::LogPosition& seen) const;
  Sought<Claim> claim_of(const wire::RequestHead& head, std::string_view room, At at) const;
  Sought<Place> place_of(Claim claim, std::string_view room) const;
  TicketId draw_ticket(const JoinRequest& request) const;
  // The place that the subject has, where joining again would change nothing.
  std::optional<Place> place_as_it_is(const JoinRequest& request, TicketId ticket);
  // Whether a waiter's sign of life is to be written now.
  bool is_sign_due(const Place& place, const room::Policy& policy);

  Services services_;
  TouchTable touches_;
};

// Why nothing came of a command, as a problem.
Refusal refusal(engine::Status status, std::string_view room);
Refusal refusal(const Error& error);
// Why what the request shows of who asks is not taken; absent: it is.
std::optional<Refusal> refusal(const Identity& identity);
// 410 with the reason.
Refusal over(const room::TicketView& view);

// `Set-Cookie` fields for a device and a ticket.
void set_device_cookie(wire::Fields& fields, std::string_view token, bool secure);
void set_ticket_cookie(wire::Fields& fields, std::string_view room, std::string_view token,
                       bool secure);
void set_pass_cookie(wire::Fields& fields, std::string_view room, std::string_view pass,
                     bool secure);
// Takes the ticket and the pass back.
void take_back_cookies(wire::Fields& fields, std::string_view room, bool secure);
inline bool is_secure(const Client& client) { return client.scheme == "https"; }

}  // namespace doorward::gateway
