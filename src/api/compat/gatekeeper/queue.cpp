// The queue: in, where, ready, done.
#include "api/compat/gatekeeper/business.hpp"
#include "api/compat/gatekeeper/calls.hpp"
#include "api/compat/gatekeeper/jwt.hpp"

#include <boost/json.hpp>

namespace doorward::api::gatekeeper {
namespace {

namespace json = boost::json;
namespace jose = wire::jose;
using room::TicketState;

constexpr std::string_view kUser[] = {"user_id"};
constexpr std::string_view kToken[] = {"jwt"};
// The place of one who is in: nobody is ahead.
constexpr std::uint32_t kFirst = 1;
constexpr std::size_t kLeastSecret = 32;  // of a key of wire/jose

// What JWT_SECRET says, else a secret of the business's own.
Result<jose::Key> key_of(const Desk& desk, const Business& business) {
  std::string said = desk.options.gatekeeper_secret;
  if (!said.empty()) {
    // HMAC itself fills a short key up with zeros (RFC 2104), so it signs the same.
    if (said.size() < kLeastSecret) said.resize(kLeastSecret, '\0');
    return jose::Key::from_secret(said, "gatekeeper");
  }
  const auto& identities = desk.places.services().identities;
  std::string own;
  for (const char* half : {"gatekeeper secret 1", "gatekeeper secret 2"}) {
    const Hash128 hash = identities.derive(half, business.tenant);
    own += to_hex(hash.hi, hash.lo);
  }
  return jose::Key::from_secret(own, "gatekeeper");
}

edge::Response no_key(const Error& error) { return compat::detail(500, error.what); }

// Who calls with a JWT, and the place of that user.
struct Queued {
  Business business;
  Holder holder;
  std::optional<gateway::Place> place;  // none: neither in the queue nor ready

  bool is_ready() const { return place && place->view.state == TicketState::admitted; }
  bool is_waiting() const { return place && place->view.state == TicketState::waiting; }
};

std::optional<gateway::Place> place_of(const Desk& desk, const Business& business,
                                       std::string_view user) {
  const auto subject = desk.places.services().identities.named_by_backend(user, {});
  const auto handle = desk.shard().find(business.room, subject.key);
  const auto view = handle ? desk.shard().read(*handle) : std::nullopt;
  if (!view) return std::nullopt;
  gateway::Place place;
  place.handle = *handle;
  place.view = *view;
  place.room = business.room;
  return place;
}

edge::Task<Got<Queued>> find_queued(Desk& desk, Call& call) {
  auto business = co_await find_business(desk, call, kToken);
  if (business.has_error()) co_return std::move(business.error());
  const auto key = key_of(desk, *business);
  if (!key) co_return no_key(key.error());
  auto holder = read(*key, *header(call.head(), "jwt"), business->tenant, desk.places.now());
  if (!holder) co_return compat::detail(401, "Invalid token");
  auto place = place_of(desk, *business, holder->user);
  co_return Queued{*std::move(business), *std::move(holder), std::move(place)};
}

// For what only a user who is ready may do with an old token.
std::optional<edge::Response> refuse_expired(const Queued& queued) {
  if (!queued.holder.expired || queued.is_ready()) return std::nullopt;
  return compat::detail(401, "Token has expired");
}

std::uint32_t position_of(const room::TicketView& view) {
  return view.state == TicketState::waiting ? view.position.value_or(view.waiting) : kFirst;
}

edge::Response enqueued(std::string_view jwt, const room::TicketView& view, const char* message) {
  return json_answer(
      200, json::object{{"jwt", jwt}, {"position", position_of(view)}, {"message", message}});
}

compat::Faults faults_of_user(std::string_view user) {
  if (user.empty())
    return {{"user_id", "string_too_short", "String should have at least 1 character"}};
  if (user.size() > kMaxUser)
    return {{"user_id", "string_too_long", "String should have at most 256 characters"}};
  return {};
}

}  // namespace

edge::Task<Answer> enqueue(Desk& desk, Call& call, std::string_view) {
  const auto business = co_await find_business(desk, call, kUser);
  if (business.has_error()) co_return business.error();
  const std::string user(*header(call.head(), "user_id"));
  if (const auto faults = faults_of_user(user); !faults.empty())
    co_return compat::invalid(faults, "header");
  if (auto refused = count(desk, call, *business, kEnqueueRule)) co_return std::move(*refused);
  const auto key = key_of(desk, *business);
  if (!key) co_return no_key(key.error());
  gateway::JoinRequest request{
      business->room, desk.places.services().identities.named_by_backend(user, {}), {}};
  const auto place = co_await desk.places.join(std::move(request));
  if (place.has_error()) co_return gateway::answer(place.error());
  const room::TicketView& view = place->view;
  if (!place->made)
    co_return enqueued(
        "", view,
        view.state == TicketState::waiting ? "User already in queue." : "User is already ready.");
  const std::string jwt =
      issue(*key, business->tenant, user, desk.places.now(), business->settings.token_ttl);
  co_return enqueued(jwt, view, "User enqueued successfully.");
}

edge::Task<Answer> status(Desk& desk, Call& call, std::string_view) {
  const auto queued = co_await find_queued(desk, call);
  if (queued.has_error()) co_return queued.error();
  const Business& business = queued->business;
  if (auto refused = count(desk, call, business, kStatusRule)) co_return std::move(*refused);
  std::string jwt(*header(call.head(), "jwt"));
  if (queued->holder.expired) {
    const auto key = key_of(desk, business);
    if (!key) co_return no_key(key.error());
    jwt = issue(*key, business.tenant, queued->holder.user, desk.places.now(),
                business.settings.token_ttl);
  }
  json::value warning, position;
  if (!queued->place) warning = "User not found in queue or ready state.";
  if (queued->is_waiting()) {
    position = position_of(queued->place->view);
    if (const auto entry = desk.shard().room(business.room))
      desk.places.keep_alive(*queued->place, entry->view.policy);
  }
  co_return json_answer(200, json::object{{"warning_msg", std::move(warning)},
                                          {"jwt_token", jwt},
                                          {"position", std::move(position)},
                                          {"ready", queued->is_ready()}});
}

edge::Task<Answer> verify(Desk& desk, Call& call, std::string_view) {
  const auto queued = co_await find_queued(desk, call);
  if (queued.has_error()) co_return queued.error();
  if (auto refused = refuse_expired(*queued)) co_return std::move(*refused);
  const bool ready = queued->is_ready();
  co_return json_answer(
      200,
      json::object{{"message", ready ? "User is ready" : "User is not ready"}, {"ready", ready}});
}

edge::Task<Answer> finish(Desk& desk, Call& call, std::string_view) {
  const auto queued = co_await find_queued(desk, call);
  if (queued.has_error()) co_return queued.error();
  if (auto refused = refuse_expired(*queued)) co_return std::move(*refused);
  bool cleared = false;
  if (queued->is_ready()) {
    const engine::Command command = engine::Finish{queued->place->view.id};
    const auto outcome = co_await gateway::await_shard(desk.shard(), command);
    if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
    cleared = outcome->status == engine::Status::done;
  }
  co_return json_answer(200, json::object{{"status", cleared ? "ready_cleared" : "not_ready"},
                                          {"message", cleared ? "User removed from ready state"
                                                              : "User is not in ready state"}});
}

}  // namespace doorward::api::gatekeeper
