// Holds: taken, extended, confirmed, given back.
#include "api/native/reservations.hpp"
#include "core/tenant/tenant.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::api {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;
using engine::Status;
using gateway::Refusal;
using reserve::HoldId;
using reserve::HoldView;

constexpr std::string_view kHoldMembers[] = {"units", "count", "ttl", "subject"};
constexpr std::string_view kExtendMembers[] = {"ttl", "fence"};
constexpr std::string_view kFenceMembers[] = {"fence"};
constexpr std::size_t kMaxSubject = 256;

template <class Time>
json::value time_or_null(const Time& time) {
  if (!time) return nullptr;
  return json::value(json::string(wire::format_rfc3339(*time)));
}

json::object hold_json(const HoldView& hold, std::string_view inventory,
                       std::string_view currency) {
  json::array units;
  for (const std::string& unit : hold.units) units.emplace_back(unit);
  json::object made{{"hold", json::string(to_string(hold.id))},
                    {"inventory", inventory},
                    {"state", reserve::to_string(hold.state)},
                    {"reason", nullptr},
                    {"count", hold.count},
                    {"units", std::move(units)},
                    {"amount", hold.amount},
                    {"currency", currency},
                    {"fence", hold.fence},
                    {"made_at", wire::format_rfc3339(hold.made_at)},
                    {"expires_at", time_or_null(hold.expires_at)},
                    {"confirmed_at", time_or_null(hold.confirmed_at)}};
  if (hold.reason != reserve::EndReason::none) made["reason"] = reserve::to_string(hold.reason);
  return made;
}

edge::Response hold_answer(const Desk& desk, const Call& call, unsigned status,
                           const HoldView& hold) {
  const auto entry = desk.shard().inventory(call.inventory);
  const std::string currency = entry ? entry->map->inventory().currency : "";
  return json_answer(status, hold_json(hold, tenant::plain(call.inventory), currency));
}

HoldId draw_hold(const Desk& desk, const Call& call, const SubjectKey& subject,
                 const std::string& key) {
  auto& services = desk.places.services();
  if (!key.empty()) {
    const Hash128 id = services.identities.derive(
        "hold", fmt::format("{}\n{}\n{}", call.inventory, to_string(subject), key));
    return {id.hi, id.lo};
  }
  const auto id = ports::draw<Hash128>(services.entropy);
  return {id.hi, id.lo};
}

// Whom the hold is for: the visitor, or whom a backend names.
gateway::Sought<SubjectKey> holder_of(const Desk& desk, const Party& party,
                                      const json::object& body) {
  std::optional<Refusal> problem;
  const std::string named = text_member(body, "subject", problem);
  if (problem) return std::move(*problem);
  if (party.subject) {
    if (body.contains("subject"))
      return gateway::problem(problems::kNotYours, "Only a backend with an API key names subject.");
    return *party.subject;
  }
  if (named.empty() || named.size() > kMaxSubject)
    return gateway::problem(
        problems::kInvalid,
        fmt::format("subject: a backend names for whom it holds, in 1 to {} bytes", kMaxSubject));
  return desk.places.services().identities.named_by_backend(named, {}).key;
}

// Who may take anything: a backend, and who was admitted to a room that sells it.
std::optional<Refusal> refuse_holder(const Desk& desk, const Call& call, const Party& party) {
  if (!party.subject) return std::nullopt;
  const auto inside = desk.shard().is_inside_of_seller(call.inventory, *party.subject);
  if (inside && !*inside)
    return gateway::problem(problems::kNotAdmitted, "Wait for your turn; then you may hold.");
  if (!inside && party.is_device)
    return gateway::problem(problems::kNoToken,
                            "Show a pass, a signed-in user's token, or an API key.");
  return std::nullopt;
}

gateway::Sought<engine::Hold> read_request(const Call& call, const json::object& body) {
  std::optional<Refusal> problem;
  engine::Hold hold;
  hold.inventory = call.inventory;
  hold.lease = duration_member(body, "ttl", problem);
  hold.units = texts_member(body, "units", reserve::kMaxPerHold, problem);
  const std::uint64_t count = number_member(body, "count", problem);
  if (problem) return std::move(*problem);
  if (count > reserve::kMaxUnits || (count > 0) == !hold.units.empty())
    return gateway::problem(problems::kInvalid,
                            "count: say a count of at least 1, or units by name");
  for (const std::string& unit : hold.units)
    if (!reserve::is_valid_unit_name(unit))
      return gateway::problem(problems::kNoUnit, "A unit's name has 1 to 64 letters.");
  if (hold.lease > reserve::kMaxLease)
    return gateway::problem(problems::kInvalid, "ttl: at most 7 days");
  hold.count = static_cast<std::uint32_t>(count);
  return hold;
}

// Extend, Confirm and Release are asked for alike.
template <class C>
edge::Task<gateway::Sought<C>> read_act(Desk& desk, Call& call) {
  const auto id = parse_id<HoldId>(call.hold);
  if (!id) co_return gateway::problem(problems::kNoHold, "That is not the id of a hold.");
  const auto key = idempotency_key(call.head());
  if (key.has_error()) co_return key.error();
  const auto party = co_await find_party(desk, call);
  if (party.has_error()) co_return party.error();
  C command;
  command.inventory = call.inventory;
  command.hold = *id;
  command.by = party->subject;
  co_return command;
}

edge::Task<Answer> act(Desk& desk, const Call& call, engine::Command command) {
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  const bool good = outcome->status == Status::done || outcome->status == Status::already;
  if (!good || !outcome->hold) co_return gateway::answer(reserve_refusal(*outcome));
  co_return hold_answer(desk, call, 200, *outcome->hold);
}

}  // namespace

edge::Task<Answer> make_hold(Desk& desk, Call& call) {
  const auto key = idempotency_key(call.head());
  if (key.has_error()) co_return gateway::answer(key.error());
  const Body body = co_await read_body(call, kHoldMembers);
  if (body.has_error()) co_return gateway::answer(body.error());
  const auto party = co_await find_party(desk, call);
  if (party.has_error()) co_return gateway::answer(party.error());
  if (const auto refused = refuse_holder(desk, call, *party)) co_return gateway::answer(*refused);
  const auto subject = holder_of(desk, *party, *body);
  if (subject.has_error()) co_return gateway::answer(subject.error());
  auto hold = read_request(call, *body);
  if (hold.has_error()) co_return gateway::answer(hold.error());
  hold->subject = *subject;
  hold->hold = draw_hold(desk, call, *subject, *key);
  engine::Command command = std::move(*hold);
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  const bool made = outcome->status == Status::done;
  if ((!made && outcome->status != Status::already) || !outcome->hold)
    co_return gateway::answer(reserve_refusal(*outcome));
  edge::Response response = hold_answer(desk, call, made ? 201 : 200, *outcome->hold);
  if (made)
    response.head.fields.append(
        "Location", fmt::format("{}/{}", call.head().path, to_string(outcome->hold->id)));
  co_return response;
}

edge::Task<Answer> read_hold(Desk& desk, Call& call) {
  const auto party = co_await find_party(desk, call);
  if (party.has_error()) co_return gateway::answer(party.error());
  const auto id = parse_id<HoldId>(call.hold);
  const auto hold = id ? desk.shard().hold(*id) : std::nullopt;
  const bool is_theirs = hold && hold->inventory == call.inventory &&
                         (!party->subject || *party->subject == hold->subject);
  if (!is_theirs) co_return gateway::answer(problems::kNoHold, "There is no such hold of yours.");
  co_return hold_answer(desk, call, 200, *hold);
}

edge::Task<Answer> extend_hold(Desk& desk, Call& call) {
  const Body body = co_await read_body(call, kExtendMembers);
  if (body.has_error()) co_return gateway::answer(body.error());
  auto command = co_await read_act<engine::Extend>(desk, call);
  if (command.has_error()) co_return gateway::answer(command.error());
  std::optional<Refusal> problem;
  command->fence = number_member(*body, "fence", problem);
  command->lease = duration_member(*body, "ttl", problem);
  if (problem) co_return gateway::answer(*problem);
  if (command->lease > reserve::kMaxLease)
    co_return gateway::answer(problems::kInvalid, "ttl: at most 7 days");
  engine::Command extend = std::move(*command);
  co_return co_await act(desk, call, std::move(extend));
}

edge::Task<Answer> confirm_hold(Desk& desk, Call& call) {
  const Body body = co_await read_body(call, kFenceMembers);
  if (body.has_error()) co_return gateway::answer(body.error());
  auto command = co_await read_act<engine::Confirm>(desk, call);
  if (command.has_error()) co_return gateway::answer(command.error());
  std::optional<Refusal> problem;
  command->fence = number_member(*body, "fence", problem);
  if (problem) co_return gateway::answer(*problem);
  engine::Command confirm = std::move(*command);
  co_return co_await act(desk, call, std::move(confirm));
}

edge::Task<Answer> release_hold(Desk& desk, Call& call) {
  auto command = co_await read_act<engine::Release>(desk, call);
  if (command.has_error()) co_return gateway::answer(command.error());
  const auto fence = fence_of_query(call.head());
  if (fence.has_error()) co_return gateway::answer(fence.error());
  command->fence = *fence;
  engine::Command release = std::move(*command);
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(release));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  // A retry of a call whose answer was lost.
  const bool gone = outcome->status == Status::hold_over && outcome->hold &&
                    (outcome->hold->reason == reserve::EndReason::released ||
                     outcome->hold->reason == reserve::EndReason::cancelled);
  if (outcome->status == Status::done || gone) co_return no_content();
  co_return gateway::answer(reserve_refusal(*outcome));
}

}  // namespace doorward::api
