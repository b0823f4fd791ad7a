#include "gateway/room_gate.hpp"

#include "core/tenant/tenant.hpp"
#include "gateway/dress.hpp"
#include "gateway/old_cookies.hpp"
#include "gateway/preflight.hpp"
#include "gateway/session_watch.hpp"
#include "gateway/ticket_json.hpp"
#include "gateway/waiting_page/small_page.hpp"
#include "wire/retry_after.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace doorward::gateway {
namespace {

using namespace std::chrono_literals;
using engine::RoomEntry;
using room::TicketState;

// Whoever asks so is given no place: a program that looks whether something is there, and a browser
// that fetches ahead what its visitor may never see.
bool only_looks(const wire::RequestHead& head) {
  return head.method == "HEAD" ||
         head.fields.find("Sec-Purpose").value_or("").starts_with("prefetch") ||
         head.fields.find("Purpose").value_or("") == "prefetch";
}

// A room that is closed may be opened again, but not soon: as wire::retry_after::kRoomClosed.
constexpr unsigned kClosedAgain_s = 60;

// What a program is told with its ticket, where its request was not a question only.
std::string with_detail(std::string ticket) {
  ticket.pop_back();
  return ticket +
         R"(,"detail":"The request was not passed on. Send it again once you are admitted."})";
}

}  // namespace

struct RoomGate::Visit {
  Context& context;
  const RoomEntry& entry;

  const wire::RequestHead& head() const { return context.exchange.request(); }
  const std::string& room() const { return entry.name; }
  bool secure() const { return is_secure(context.client); }
  void tell_backend(const TicketId& ticket) const {
    wire::Fields& fields = context.exchange.request().fields;
    fields.set("X-Doorward-Room", tenant::plain(room()));
    fields.set("X-Doorward-Ticket", to_string(ticket));
  }
  void watch(std::unique_ptr<SessionWatch> session) const {
    context.session = session.get();
    context.watches.push_back(std::move(session));
  }
};

// A pass that is good by its own word.
struct RoomGate::Shown {
  Pass pass;
  bool by_cookie = false;
};

edge::Task<Verdict> RoomGate::run(Context& context) {
  const std::string& room = context.route->room;
  if (room.empty() || is_preflight(context.exchange)) co_return Verdict::pass;
  const auto entry = places_.services().shard.room(room);
  if (!entry) {
    RoomEntry missing;
    missing.name = room;
    Visit visit{context, missing};
    const Refusal no_room = refusal(engine::Status::no_such_room, room);
    co_return co_await refuse(visit, no_room);
  }
  Visit visit{context, *entry};
  if (entry->view.mode == room::Mode::bypass) {
    use_in_bypass(visit);
    co_return Verdict::pass;
  }
  if (context.route->entry == route::Entry::user) co_return co_await enter_as_user(visit);
  const bool entered = co_await enter_by_pass(visit);
  if (entered) co_return Verdict::pass;
  co_return co_await enter_by_place(visit);
}

// Everybody passes, and waits for nothing; but who has a session keeps it by using it, for the time
// after.
void RoomGate::use_in_bypass(Visit& visit) {
  const auto shown = shown_pass(visit);
  const bool is_for_users = visit.context.route->entry == route::Entry::user;
  const auto is_inside = [](const auto& place) {
    return place && place->view.state == TicketState::admitted;
  };
  std::optional<LogTime> pass_ends;
  std::optional<Place> place;
  if (shown && !is_for_users) place = place_of(visit, *shown);
  if (is_inside(place)) {
    pass_ends = shown->pass.expires_at;
  } else {
    auto found =
        is_for_users
            ? place_of_user(visit)
            : places_.find_now(visit.head(), visit.room(), Places::At::gate).value_or(Refusal());
    if (!is_inside(found)) return;
    place = *std::move(found);
  }
  places_.note_use(place->handle, place->view, visit.entry.view.policy);
  let_in(visit, *place, pass_ends);
}

std::optional<RoomGate::Shown> RoomGate::shown_pass(const Visit& visit) const {
  Tokens& tokens = places_.services().tokens;
  const auto bearer = bearer_token(visit.head());
  const bool is_bearer = bearer && tokens.kind_of(*bearer) == Tokens::Kind::pass;
  const auto token = is_bearer ? bearer : cookie(visit.head(), pass_cookie(visit.room()));
  if (!token) return std::nullopt;
  auto pass = tokens.read_pass(*token, visit.room(), places_.now());
  if (pass.has_error()) return std::nullopt;
  return Shown{*std::move(pass), !is_bearer};
}

// Absent: this node does not know the session.
std::optional<Place> RoomGate::place_of(const Visit& visit, const Shown& shown) const {
  const engine::Shard& shard = places_.services().shard;
  const auto handle = shard.find(shown.pass.ticket);
  const auto view = handle ? shard.read(*handle) : std::nullopt;
  if (!view) return std::nullopt;
  return Place{*handle,         *view,           visit.room(), shown.pass.subject,
               shard.applied(), shown.by_cookie, false};
}

edge::Task<bool> RoomGate::enter_by_pass(Visit& visit) {
  const auto shown = shown_pass(visit);
  if (!shown) co_return false;
  const Pass& pass = shown->pass;
  const bool caught_up = co_await places_.caught_up(pass.at);
  auto place = place_of(visit, *shown);
  // A node that is behind cannot judge the session, but the pass speaks for itself until it ends.
  if (!place) {
    if (caught_up || pass.expires_at <= places_.now()) co_return false;
    visit.tell_backend(pass.ticket);
    visit.watch(std::make_unique<SessionWatch>(places_, pass.ticket, visit.entry.view.policy,
                                               pass.at, pass.expires_at));
    co_return true;
  }
  if (place->view.state != TicketState::admitted) co_return false;
  const std::optional<LogTime> ends = pass.expires_at;
  const bool admitted = co_await admit(visit, *place, ends);
  co_return admitted;
}

// Counts the use, and lets the visitor through. False: that use came too late, and `place` says how
// it stands.
edge::Task<bool> RoomGate::admit(Visit& visit, Place& place, std::optional<LogTime> pass_ends) {
  place.view = co_await places_.use(place.handle, place.view, visit.entry.view.policy);
  if (place.view.state != TicketState::admitted) co_return false;
  let_in(visit, place, pass_ends);
  co_return true;
}

// Renews the pass of a browser, and tells the backend.
void RoomGate::let_in(Visit& visit, const Place& place, std::optional<LogTime> pass_ends) {
  const LogTime now = places_.now();
  const bool pass_is_short =
      !pass_ends || (*pass_ends - now < places_.services().tokens.pass_ttl() / 2 &&
                     place.view.expires_at.value_or(LogTime::max()) > *pass_ends + 1s);
  if (place.by_cookie && pass_is_short)
    set_pass_cookie(visit.context.answer_fields, visit.room(), places_.pass_for(place),
                    visit.secure());
  visit.tell_backend(place.view.id);
  visit.watch(std::make_unique<SessionWatch>(places_, place.view.id, visit.entry.view.policy));
}

// By the subject of a verified JWT alone, and by a place that was taken before.
Sought<Place> RoomGate::place_of_user(const Visit& visit) const {
  const Services& services = places_.services();
  Identity identity = services.identities.identify(visit.head(), places_.now());
  if (identity.unjudged) return *refusal(identity);
  if (identity.caller != Caller::user || !identity.subject)
    return problem(problems::kNoToken, "Only users who are signed in go in here.");
  const auto handle = services.shard.find(visit.room(), identity.subject->key);
  const auto view = handle ? services.shard.read(*handle) : std::nullopt;
  if (!view || view->state == TicketState::closed)
    return problem(problems::kNotInLine, "Join the room first.");
  return Place{*handle, *view, visit.room(), identity.subject->text, services.shard.applied(),
               false,   false};
}

edge::Task<Verdict> RoomGate::enter_as_user(Visit& visit) {
  auto place = place_of_user(visit);
  if (!place) {
    edge::Response response = answer(place.error());
    static_cast<void>(co_await visit.context.exchange.respond(std::move(response)));
    co_return Verdict::answered;
  }
  if (place->view.state != TicketState::admitted) co_return co_await wait(visit, *place);
  const std::optional<LogTime> no_pass;
  const bool admitted = co_await admit(visit, *place, no_pass);
  if (admitted) co_return Verdict::pass;
  edge::Response response = answer(problems::kNotInLine, "Join the room first.");
  static_cast<void>(co_await visit.context.exchange.respond(std::move(response)));
  co_return Verdict::answered;
}

edge::Task<Verdict> RoomGate::enter_by_place(Visit& visit) {
  auto place = co_await places_.find(visit.head(), visit.room(), std::nullopt, Places::At::gate);
  const bool is_over =
      place ? place->view.state == TicketState::closed : place.error().is(problems::kOver);
  const auto bearer = bearer_token(visit.head());
  const bool shows_ticket =
      bearer && places_.services().tokens.kind_of(*bearer) == Tokens::Kind::ticket;
  // What refuses has a name throughout: GCC 12 mishandles temporaries in a co_await.
  const Refusal refused = place ? over(place->view) : place.error();
  if (shows_ticket && (place.has_error() || is_over)) co_return co_await refuse(visit, refused);
  if (!place && refused.is(problems::kBehind)) co_return co_await refuse(visit, refused);
  const bool may_join = !only_looks(visit.head());
  if ((!place || is_over) && !may_join) co_return co_await wait_without_place(visit);
  if (!place || is_over) place = co_await join(visit);
  const std::optional<LogTime> no_pass;
  if (place && place->view.state == TicketState::admitted) {
    const bool admitted = co_await admit(visit, *place, no_pass);
    if (admitted) co_return Verdict::pass;
    if (!shows_ticket && may_join) place = co_await join(visit);
  }
  const Refusal no_place = place ? over(place->view) : place.error();
  if (!place || place->view.state == TicketState::closed)
    co_return co_await refuse(visit, no_place);
  if (place->view.state == TicketState::waiting) co_return co_await wait(visit, *place);
  const bool admitted = co_await admit(visit, *place, no_pass);
  if (admitted) co_return Verdict::pass;
  const Refusal ended = over(place->view);
  co_return co_await refuse(visit, ended);
}

edge::Task<Sought<Place>> RoomGate::join(Visit& visit) {
  const Services& services = places_.services();
  Identity identity = services.identities.identify(visit.head(), places_.now());
  const bool is_user = identity.caller == Caller::user;
  std::string new_device;
  if (!identity.subject) {
    new_device = places_.draw_device();
    identity.subject = services.identities.device(new_device);
  }
  JoinRequest request{visit.room(), std::move(*identity.subject), {}};
  auto place = co_await places_.join(std::move(request));
  wire::Fields& fields = visit.context.answer_fields;
  // What could not be written may stand in the log after all: the same device's retry finds it.
  if (!new_device.empty() && (place || place.error().status() == 503))
    set_device_cookie(fields, services.tokens.issue_device(new_device, places_.now()),
                      visit.secure());
  if (!place) co_return place;
  place->handle = services.shard.find(place->view.id).value_or(engine::TicketHandle());
  if (is_user) co_return place;
  place->by_cookie = true;
  take_back_old_cookies(visit.head(), visit.room(), places_, fields);
  set_ticket_cookie(fields, visit.room(), places_.token_for(*place), visit.secure());
  co_return place;
}

edge::Task<Verdict> RoomGate::wait(Visit& visit, const Place& place) {
  const room::Policy& policy = visit.entry.view.policy;
  const wire::RequestHead& head = visit.head();
  if (!place.made) places_.keep_alive(place, policy);
  const std::uint32_t again_s = std::max(1U, poll_after_s(place.view, policy));
  edge::Response response;
  if (visit.context.dress != nullptr) {
    response = visit.context.dress->waiting(place.view, visit.context.route->waiting_status);
  } else if (wants_page(head)) {
    // The page's own script acts by cookie, so the token is not written into the page.
    const std::string json =
        ticket_json({place.view, place.room, "", "", again_s, policy.mode == room::Mode::paused});
    const std::string target = head.target();
    PageRequest page;
    if (asks_only(head)) page.go_on = target;
    page.ticket_json = json;
    page.ticket = place.view;
    page.now = places_.now();
    page.again_s = reload_after_s(place.view, policy);
    page.body_was_sent = !asks_only(head);
    response = pages_.answer(visit.room(), policy, head, page, 200);
  } else {
    std::string json = places_.json_for(place);
    response.head.status = visit.context.route->waiting_status;
    response.head.fields.append("Content-Type", "application/json");
    response.head.fields.append("Cache-Control", "no-store");
    response.body = asks_only(head) ? std::move(json) : with_detail(std::move(json));
  }
  response.head.fields.append("Retry-After", std::to_string(again_s));
  static_cast<void>(co_await visit.context.exchange.respond(std::move(response)));
  co_return Verdict::answered;
}

edge::Task<Verdict> RoomGate::wait_without_place(Visit& visit) {
  edge::Response response;
  response.head.status = visit.context.route->waiting_status;
  response.head.fields.append("Cache-Control", "no-store");
  response.head.fields.append("Retry-After", wire::retry_after::kPage);
  static_cast<void>(co_await visit.context.exchange.respond(std::move(response)));
  co_return Verdict::answered;
}

edge::Task<Verdict> RoomGate::refuse(Visit& visit, const Refusal& refusal) {
  edge::Response response = answer(refusal);
  if (wants_page(visit.head()) && refusal.status() != 401 && visit.context.dress == nullptr) {
    const std::string target = visit.head().target();
    PageRequest page;
    if (asks_only(visit.head())) page.go_on = target;
    page.trouble = refusal.is(problems::kRoomFull)     ? Trouble::full
                   : refusal.is(problems::kSoldOut)    ? Trouble::sold_out
                   : refusal.is(problems::kRoomClosed) ? Trouble::closed
                   : refusal.is(problems::kNoRoom)     ? Trouble::closed
                                                       : Trouble::unavailable;
    if (page.trouble == Trouble::closed) page.again_s = kClosedAgain_s;
    page.body_was_sent = !asks_only(visit.head());
    response =
        pages_.answer(visit.room(), visit.entry.view.policy, visit.head(), page, refusal.status());
  }
  if (refusal.is(problems::kRoomClosed))
    response.head.fields.set("Retry-After", wire::retry_after::kRoomClosed);
  else if (refusal.status() == 503 || refusal.is(problems::kSoldOut))
    response.head.fields.set("Retry-After", wire::retry_after::kPage);
  static_cast<void>(co_await visit.context.exchange.respond(std::move(response)));
  co_return Verdict::answered;
}

std::string RoomGate::explain(const route::Route& route) const {
  if (route.room.empty()) return "no room: everybody passes";
  if (route.entry == route::Entry::user)
    return fmt::format("room {}: users who are admitted go in; those who wait get {}, others 403",
                       route.room, route.waiting_status);
  return fmt::format("room {}: in with a pass; browsers wait on the waiting page, programs get {}",
                     route.room, route.waiting_status);
}

}  // namespace doorward::gateway
