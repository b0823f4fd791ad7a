#include "gateway/places.hpp"

#include "core/room/session.hpp"
#include "core/tenant/tenant.hpp"
#include "gateway/ticket_json.hpp"
#include "wire/cookie.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace doorward::gateway {
namespace {

using namespace std::chrono_literals;
using engine::Status;
using room::TicketState;

// One written sign of life or use a second is enough for any page; a short session has ten uses.
constexpr Millis kUseAtMost = 1s;
constexpr std::chrono::hours kTicketCookieLife{24 * 7};
// Without it the ticket's cookie tells the session, so the longer of the two need not stay.
constexpr std::chrono::hours kPassCookieLife{1};
constexpr std::chrono::hours kDeviceCookieLife{24 * 365};

void set_cookie(wire::Fields& fields, std::string_view name, std::string_view value,
                std::chrono::seconds life, bool secure) {
  const wire::SetCookie made{
      .name = wire::cookie_name(name, secure), .value = value, .max_age = life, .secure = secure};
  if (const auto text = wire::build_set_cookie(made)) fields.append("Set-Cookie", *text);
}

Refusal behind() {
  return problem(problems::kBehind, "This node has not yet read what you have seen; try again.");
}

// No coroutine, so that the command is kept once and not in the caller's frame too.
edge::Task<Result<engine::Outcome>> submit(engine::Shard& shard, const JoinRequest& request,
                                           TicketId ticket) {
  return await_shard(shard, engine::Join{std::string(request.room), request.subject.key, ticket,
                                         request.subject.lane});
}

Sought<Place> joined(JoinRequest request, TicketId ticket, const Result<engine::Outcome>& outcome) {
  if (outcome.has_error()) return refusal(outcome.error());
  if (outcome->status == Status::over && outcome->ticket) return over(*outcome->ticket);
  if ((outcome->status != Status::done && outcome->status != Status::already) || !outcome->ticket)
    return refusal(outcome->status, request.room);
  Place place;
  place.view = *outcome->ticket;
  place.room = request.room;
  place.subject = std::move(request.subject.text);
  place.at = outcome->at;
  place.made = outcome->status == Status::done;
  place.again = !place.made && place.view.id == ticket;
  return place;
}

}  // namespace

Refusal refusal(Status status, std::string_view full_name) {
  const std::string_view room = tenant::plain(full_name);
  switch (status) {
    case Status::no_such_room:
      return problem(problems::kNoRoom, fmt::format("There is no room \"{}\".", room));
    case Status::no_such_lane:
      return problem(problems::kInvalid, fmt::format("Room \"{}\" has no such lane.", room));
    case Status::no_such_ticket:
      return problem(problems::kNoTicket, "The ticket never was, or was over long ago.");
    case Status::room_closed:
      return problem(problems::kRoomClosed, fmt::format("Room \"{}\" takes nobody now.", room));
    case Status::sold_out:
      return problem(problems::kSoldOut,
                     fmt::format("What room \"{}\" leads to is sold out; what is held may come "
                                 "back.",
                                 room));
    case Status::room_full:
      return problem(problems::kRoomFull,
                     fmt::format("As many as room \"{}\" lets wait are waiting.", room));
    case Status::tenant_full:
    case Status::shard_full:
      return problem(problems::kRoomFull, "As many as may wait in all rooms together are waiting.");
    case Status::malformed:
      return problem(problems::kMalformed,
                     "A name or a value is longer or larger than any may be.");
    case Status::no_such_tenant: return problem(problems::kNoTenant, "There is no such tenant.");
    case Status::too_many_rooms:
      return problem(problems::kTooManyRooms, "No more rooms are kept; remove one.");
    case Status::too_many_lanes:
      return problem(problems::kTooManyLanes,
                     fmt::format("Room \"{}\" still has visitors in lanes that left its policy; "
                                 "try again once they are gone, or with fewer new lanes.",
                                 room));
    default:
      return problem(problems::kUnavailable, "The log cannot be written now; try again soon.");
  }
}

Refusal refusal(const Error& error) {
  if (error.code == Errc::overloaded)
    return problem(problems::kOverloaded, "Too many requests wait for the log; try again soon.");
  return problem(problems::kUnavailable, error.what);
}

std::optional<Refusal> refusal(const Identity& identity) {
  if (!identity.bad_credential) return std::nullopt;
  // 401 would have clients throw a good token away.
  if (identity.unjudged)
    return problem(problems::kUnjudged,
                   "The keys of the identity provider cannot be had now; try again soon.");
  return problem(problems::kBadToken, *identity.bad_credential);
}

Refusal over(const room::TicketView& view) {
  Refusal made = problem(problems::kOver, "This place is given up; join again for a new one.");
  const bool is_known = view.reason != room::CloseReason::none;
  made.with("reason", is_known ? room::to_string(view.reason) : "forgotten");
  made.with("ticket", boost::json::string(to_string(view.id)));
  return made;
}

void set_device_cookie(wire::Fields& fields, std::string_view token, bool secure) {
  set_cookie(fields, kDeviceCookie, token, kDeviceCookieLife, secure);
}
void set_ticket_cookie(wire::Fields& fields, std::string_view room, std::string_view token,
                       bool secure) {
  set_cookie(fields, ticket_cookie(room), token, kTicketCookieLife, secure);
}
void set_pass_cookie(wire::Fields& fields, std::string_view room, std::string_view pass,
                     bool secure) {
  set_cookie(fields, pass_cookie(room), pass, kPassCookieLife, secure);
}
void take_back_cookies(wire::Fields& fields, std::string_view room, bool secure) {
  set_cookie(fields, ticket_cookie(room), "", std::chrono::seconds{0}, secure);
  set_cookie(fields, pass_cookie(room), "", std::chrono::seconds{0}, secure);
}

Sought<Places::Claim> Places::claim_of(const wire::RequestHead& head, std::string_view room,
                                       At at) const {
  const LogTime time = now();
  const auto by_token = [room](TicketToken token, bool by_cookie) -> Sought<Claim> {
    if (token.room != room)
      return problem(problems::kBadToken,
                     fmt::format("The token is for room \"{}\".", tenant::plain(token.room)));
    return Claim{std::move(token), {}, by_cookie};
  };
  const auto bearer = bearer_token(head);
  if (bearer && services_.tokens.kind_of(*bearer) == Tokens::Kind::ticket) {
    auto token = services_.tokens.read_ticket(*bearer, time);
    if (token.has_error())
      return problem(problems::kBadToken, fmt::format("The ticket's token is refused: {}.",
                                                      wire::jose::to_string(token.error())));
    return by_token(*std::move(token), false);
  }
  Identity identity = services_.identities.identify(head, time);
  if (auto refused = at == At::call ? refusal(identity) : std::nullopt) return *std::move(refused);
  if (identity.caller == Caller::nobody || identity.caller == Caller::device) {
    const auto kept = cookie(head, ticket_cookie(room));
    auto token = kept ? services_.tokens.read_ticket(*kept, time)
                      : Verified<TicketToken>(wire::jose::TokenError::malformed);
    if (token) return by_token(*std::move(token), true);
  }
  if (!identity.subject)
    return problem(problems::kNoToken, "Show the ticket's token, or a cookie, or join first.");
  return Claim{std::nullopt, *std::move(identity.subject), identity.by_cookie};
}

Sought<Place> Places::place_of(Claim claim, std::string_view room) const {
  const engine::Shard& shard = services_.shard;
  const auto handle =
      claim.token ? shard.find(claim.token->ticket) : shard.find(room, claim.subject.key);
  const auto view = handle ? shard.read(*handle) : std::nullopt;
  if (!view && !claim.token)
    return problem(problems::kNoTicket, "You have no place in this room; join first.");
  Place place;
  place.by_cookie = claim.by_cookie;
  if (!view) {
    place.view.id = claim.token->ticket;
    place.view.state = TicketState::closed;
    return over(place.view);
  }
  place.handle = *handle;
  place.view = *view;
  place.room = room;
  place.subject = std::move(claim.token ? claim.token->subject : claim.subject.text);
  place.at = shard.applied();
  return place;
}

bool Places::is_behind(const ports::LogPosition& seen) const {
  return services_.is_log_shared && services_.shard.applied() < seen;
}

bool Places::is_over(const TicketToken& token) const {
  if (is_behind(token.at)) return false;
  const auto handle = services_.shard.find(token.ticket);
  const auto view = handle ? services_.shard.read(*handle) : std::nullopt;
  return !view || view->state == TicketState::closed;
}

edge::Task<bool> Places::caught_up(ports::LogPosition seen) const {
  if (!is_behind(seen)) co_return true;
  const bool has_read = co_await await_position(services_.shard, seen);
  co_return has_read;
}

std::optional<Sought<Place>> Places::find_now(const wire::RequestHead& head, std::string_view room,
                                              At at) {
  auto claim = claim_of(head, room, at);
  if (claim.has_error()) return claim.error();
  if (claim->token && is_behind(claim->token->at)) return std::nullopt;
  return place_of(*std::move(claim), room);
}

edge::Task<Sought<Place>> Places::find(const wire::RequestHead& head, std::string_view room,
                                       std::optional<ports::LogPosition> seen, At at) {
  if (seen) {
    const bool has_read = co_await caught_up(*seen);
    if (!has_read) co_return behind();
  }
  auto claim = claim_of(head, room, at);
  if (claim.has_error()) co_return claim.error();
  if (claim->token) {
    const bool has_read = co_await caught_up(claim->token->at);
    if (!has_read) co_return behind();
  }
  co_return place_of(*std::move(claim), room);
}

TicketId Places::draw_ticket(const JoinRequest& request) const {
  const Hash128 id =
      request.idempotency.empty()
          ? ports::draw<Hash128>(services_.entropy)
          : services_.identities.derive(
                "join", fmt::format("{}\n{}\n{}\n{}", request.room, to_string(request.subject.key),
                                    request.subject.lane, request.idempotency));
  return {id.hi, id.lo};
}

void Places::fit_lane(std::string_view room, Subject& subject) const {
  if (!subject.lane_by_claim || subject.lane.empty()) return;
  const auto entry = services_.shard.room(room);
  if (entry && room::has_lane(entry->view.policy, subject.lane)) return;
  if (entry && services_.on_unknown_lane) services_.on_unknown_lane(room, subject.lane);
  subject.lane.clear();
}

edge::Task<Sought<Place>> Places::join(JoinRequest request) {
  fit_lane(request.room, request.subject);
  if (request.subject.lane.size() > room::kMaxRoomName)
    co_return refusal(Status::no_such_lane, request.room);
  const TicketId ticket = draw_ticket(request);
  if (auto place = place_as_it_is(request, ticket)) co_return *std::move(place);
  const auto outcome = co_await submit(services_.shard, request, ticket);
  co_return joined(std::move(request), ticket, outcome);
}

std::optional<Place> Places::place_as_it_is(const JoinRequest& request, TicketId ticket) {
  const engine::Shard& shard = services_.shard;
  // Another node may have changed it, and the request follow that.
  if (services_.is_log_shared) return std::nullopt;
  const auto handle = shard.find(request.room, request.subject.key);
  const auto view = handle ? shard.read(*handle) : std::nullopt;
  if (!view || view->state == TicketState::closed) return std::nullopt;
  Place place;
  place.again = view->id == ticket;
  if (!place.again && !request.idempotency.empty() && shard.find(ticket)) return std::nullopt;
  place.handle = *handle;
  place.view = *view;
  const auto entry = shard.room(view->room);
  if (!entry) return std::nullopt;
  const room::Policy& policy = entry->view.policy;
  // A retry moves nobody, and is no sign of life.
  const bool may_change = view->state == TicketState::waiting && !place.again;
  if (may_change && (policy.rejoin == room::Rejoin::to_back || is_sign_due(place, policy)))
    return std::nullopt;
  place.room = request.room;
  place.subject = request.subject.text;
  place.at = shard.applied();
  return place;
}

bool Places::is_sign_due(const Place& place, const room::Policy& policy) {
  if (!policy.liveness_silence && !place.view.absent) return false;
  const Millis silence = place.view.absent ? policy.liveness_grace : *policy.liveness_silence;
  const Millis every = place.view.passed_over ? kUseAtMost : silence / 3;
  return touches_.is_due(place.handle, services_.clock.steady_now(), every);
}

void Places::keep_alive(const Place& place, const room::Policy& policy) {
  // Where the queue is full one of the next polls writes it.
  if (place.view.state == TicketState::waiting && is_sign_due(place, policy))
    static_cast<void>(services_.shard.submit(engine::Touch{place.view.id}));
}

void Places::note_use(engine::TicketHandle ticket, const room::TicketView& view,
                      const room::Policy& policy) {
  if (view.claimed) {
    // In the log's time, from which this node's clock may be far.
    const bool matters =
        view.expires_at && room::use_matters(policy, *view.expires_at - services_.shard.log_now());
    const Millis every = std::min(kUseAtMost, policy.session_ttl / 10);
    if (!matters || !touches_.is_due(ticket, services_.clock.steady_now(), every)) return;
  }
  static_cast<void>(services_.shard.submit(engine::Touch{view.id}));
}

edge::Task<room::TicketView> Places::use(engine::TicketHandle ticket, room::TicketView view,
                                         const room::Policy& policy) {
  if (view.claimed) {
    note_use(ticket, view, policy);
    co_return view;
  }
  const engine::Command touch = engine::Touch{view.id};
  auto outcome = co_await await_shard(services_.shard, touch);
  if (outcome && outcome->ticket) view = *outcome->ticket;
  co_return view;
}

std::string Places::token_for(const Place& place) const {
  return services_.tokens.issue(TicketToken{place.view.id, place.room, place.subject, place.at},
                                now());
}

std::string Places::pass_for(const Place& place) const {
  if (place.view.state != TicketState::admitted) return {};
  const LogTime time = now();
  // A session without a deadline (a room that everybody passes) still gives a pass that ends.
  const LogTime expires_at = place.view.expires_at.value_or(time + 24h);
  return services_.tokens.issue(
      Pass{place.view.id, place.room, place.subject, place.at, expires_at}, time);
}

std::string Places::json_for(const Place& place) const {
  const Outlook outlook = outlook_of(services_.shard, place.view);
  return ticket_json({place.view, place.room, token_for(place), pass_for(place),
                      outlook.poll_after_s, outlook.paused});
}

std::string Places::draw_device() const {
  const auto id = ports::draw<Hash128>(services_.entropy);
  return to_hex(id.hi, id.lo);
}

}  // namespace doorward::gateway
