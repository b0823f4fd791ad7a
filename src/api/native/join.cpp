#include "api/native/native.hpp"
#include "api/native/reservations.hpp"
#include "gateway/origin.hpp"
#include "gateway/ticket_json.hpp"

#include <fmt/format.h>

namespace doorward::api {
namespace {

namespace problems = gateway::problems;
using gateway::Caller;
using gateway::Identity;
using gateway::Refusal;

constexpr std::string_view kJoinMembers[] = {"subject", "lane"};
constexpr std::size_t kMaxSubject = 256;

struct Joiner {
  gateway::Subject subject;
  std::string new_device;  // its id, where it is named now for the first time
};

gateway::Sought<Joiner> backend_joiner(const Desk& desk, const boost::json::object& body) {
  std::optional<Refusal> problem;
  std::string subject = text_member(body, "subject", problem);
  std::string lane = text_member(body, "lane", problem);
  if (problem) return std::move(*problem);
  if (subject.empty() || subject.size() > kMaxSubject)
    return gateway::problem(
        problems::kInvalid,
        fmt::format("subject: a backend names for whom it joins, in 1 to {} bytes", kMaxSubject));
  if (lane.size() > room::kMaxRoomName)
    return gateway::problem(
        problems::kInvalid,
        fmt::format("lane: a lane's name has at most {} letters", room::kMaxRoomName));
  return Joiner{desk.places.services().identities.named_by_backend(subject, std::move(lane)), {}};
}

// A caller that nobody can name is given a device. With a key its id follows from address and key,
// so that a retry of a first join, which has no cookie yet, is the same device and finds its
// ticket.
Joiner new_device(const Desk& desk, const Call& call, const std::string& key) {
  const auto& identities = desk.places.services().identities;
  std::string device = desk.places.draw_device();
  if (!key.empty()) {
    const Hash128 id =
        identities.derive("first join", call.client.address.to_string() + '\n' + key);
    device = to_hex(id.hi, id.lo);
  }
  return {identities.device(device), device};
}

gateway::Sought<Joiner> find_joiner(const Desk& desk, const Call& call,
                                    const boost::json::object& body, const std::string& key) {
  Identity identity = desk.places.services().identities.identify(call.head(), desk.places.now());
  if (auto refused = gateway::refusal(identity)) return *std::move(refused);
  if (identity.caller == Caller::backend) return backend_joiner(desk, body);
  if (identity.caller != Caller::user && desk.options.users_only && desk.options.users_only())
    return gateway::problem(problems::kNoToken, "Only users who are signed in take places here.");
  if (!body.empty())
    return gateway::problem(problems::kNotYours,
                            "Only a backend with an API key names subject and lane.");
  const bool by_cookie = call.head().fields.contains("Cookie");
  if (identity.caller != Caller::user && !gateway::is_welcome(call.head(), call.client, by_cookie))
    return gateway::problem(problems::kWrongOrigin, "Joins come from pages of this site.");
  if (identity.subject) return Joiner{std::move(*identity.subject), {}};
  return new_device(desk, call, key);
}

bool takes_cookies(const Call& call) {
  return !call.head().fields.contains("Authorization") && !call.head().fields.contains("X-API-Key");
}

void name_device(const Desk& desk, const Call& call, std::string_view new_device,
                 wire::Fields& fields) {
  if (new_device.empty() || !takes_cookies(call)) return;
  const std::string device =
      desk.places.services().tokens.issue_device(new_device, desk.places.now());
  gateway::set_device_cookie(fields, device, gateway::is_secure(call.client));
}

// What is to be joined, and for whom.
struct Wish {
  gateway::JoinRequest request;
  std::string new_device;  // see Joiner
};

gateway::Sought<Wish> wish_of(const Desk& desk, const Call& call, const Body& body) {
  auto key = idempotency_key(call.head());
  if (key.has_error()) return std::move(key.error());
  if (body.has_error()) return body.error();
  auto joiner = find_joiner(desk, call, *body, *key);
  if (joiner.has_error()) return std::move(joiner.error());
  gateway::JoinRequest request{call.room, std::move(joiner->subject), *std::move(key)};
  return Wish{std::move(request), std::move(joiner->new_device)};
}

// What could not be written may stand in the log after all: as the same device the retry finds it.
edge::Response failed(const Desk& desk, const Call& call, std::string_view new_device,
                      const Refusal& refusal) {
  edge::Response response = gateway::answer(refusal);
  if (refusal.status() == 503) name_device(desk, call, new_device, response.head.fields);
  return response;
}

edge::Response joined(const Desk& desk, const Call& call, std::string_view new_device,
                      const gateway::Place& place) {
  const std::string token = desk.places.token_for(place);
  const auto outlook = gateway::outlook_of(desk.shard(), place.view);
  edge::Response response =
      json_answer(place.made ? 201 : 200,
                  gateway::ticket_json({place.view, place.room, token, desk.places.pass_for(place),
                                        outlook.poll_after_s, outlook.paused}));
  if (place.made) response.head.fields.append("Location", call.head().path + "/self");
  name_device(desk, call, new_device, response.head.fields);
  if (takes_cookies(call))
    gateway::set_ticket_cookie(response.head.fields, call.room, token,
                               gateway::is_secure(call.client));
  return response;
}

}  // namespace

// Little is kept while one waits: a coroutine's frame of over a kilobyte costs more than all else
// that is allocated for a join.
edge::Task<Answer> join(Desk& desk, Call& call) {
  Body body = boost::json::object{};
  if (call.exchange.has_body()) body = co_await read_body(call, kJoinMembers);
  auto wish = wish_of(desk, call, body);
  if (wish.has_error()) co_return gateway::answer(wish.error());
  const auto place = co_await desk.places.join(std::move(wish->request));
  if (place.has_error()) co_return failed(desk, call, wish->new_device, place.error());
  co_return joined(desk, call, wish->new_device, *place);
}

}  // namespace doorward::api
