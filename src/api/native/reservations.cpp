#include "api/native/reservations.hpp"

#include "gateway/origin.hpp"
#include "wire/duration.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace doorward::api {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;
using engine::Status;
using gateway::Refusal;
using room::TicketState;

constexpr std::size_t kMinKey = 16;
constexpr std::size_t kMaxKey = 255;

// The subject of a pass whose session lives.
edge::Task<gateway::Sought<Party>> party_of_pass(Desk& desk, std::string_view token) {
  const auto pass = desk.places.services().tokens.read_pass(token, "", desk.places.now());
  if (pass.has_error())
    co_return gateway::problem(
        problems::kBadToken,
        fmt::format("The pass is refused: {}.", wire::jose::to_string(pass.error())));
  const bool caught_up = co_await desk.places.caught_up(pass->at);
  if (!caught_up)
    co_return gateway::problem(problems::kBehind, "This node has not caught up yet; try again.");
  const auto handle = desk.shard().find(pass->ticket);
  const auto view = handle ? desk.shard().read(*handle) : std::nullopt;
  const auto subject = handle ? desk.shard().subject(*handle) : std::nullopt;
  if (!view || !subject || view->state != TicketState::admitted)
    co_return gateway::problem(problems::kNotAdmitted, "The session of this pass is over.");
  co_return Party{subject, false};
}

struct Said {
  Status status;
  const gateway::ProblemType& type;
  const char* detail;
};

constexpr Said kSaid[] = {
    {Status::no_such_inventory, problems::kNoInventory, "There is no inventory of this name."},
    {Status::no_such_unit, problems::kNoUnit,
     "Name units of the seat map, each once; of an inventory without seats say a count."},
    {Status::no_such_hold, problems::kNoHold,
     "The hold never was, is somebody else's, or was over long ago."},
    {Status::sold_out, problems::kSoldOut, "Nothing is available now; what is held may come back."},
    {Status::too_few, problems::kTooFew, "Ask for less."},
    {Status::unit_taken, problems::kUnitTaken, "Choose others; nothing was taken."},
    {Status::too_many_units, problems::kTooManyUnits, "Ask for less in one hold."},
    {Status::subject_limit, problems::kSubjectLimit,
     "What was held and confirmed before counts too; and who gave back very often waits a while."},
    {Status::hold_over, problems::kHoldOver, "Its units are free for others; hold them anew."},
    {Status::hold_confirmed, problems::kHoldConfirmed,
     "It has no lease any more, and only a backend gives it back."},
    {Status::wrong_fence, problems::kWrongFence, "Read the hold again."},
    {Status::other_request, problems::kKeyReused,
     "Under this Idempotency-Key other units were asked for before."},
    {Status::inventory_in_use, problems::kInventoryInUse,
     "While units are taken, sections may be added and prices changed, no more."},
    {Status::too_many_inventories, problems::kInventoriesFull,
     "No more inventories or seats are kept; remove one."},
    {Status::too_many_holds, problems::kTooManyHolds, "Too many holds are remembered; try later."},
    {Status::lock_busy, problems::kLockBusy, "Somebody else has the lock; try again later."},
    {Status::lock_lost, problems::kLockLost, "The lease ended, or the lock was never had."},
    {Status::too_many_locks, problems::kTooManyLocks, "As many locks as may be are held."},
    {Status::too_many_waiters, problems::kTooManyLocks, "As many wait for the lock as may."},
};

}  // namespace

gateway::Sought<std::string> idempotency_key(const wire::RequestHead& head) {
  const auto field = head.fields.find("Idempotency-Key");
  if (!field) return std::string();
  std::string_view key = *field;
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"')
    key = key.substr(1, key.size() - 2);
  const bool is_plain = std::all_of(
      key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
  if (!is_plain || key.size() < kMinKey || key.size() > kMaxKey)
    return gateway::problem(
        problems::kMalformed,
        fmt::format(
            "Idempotency-Key must have {} to {} visible letters without quotes; a UUID is best.",
            kMinKey, kMaxKey));
  return std::string(key);
}

edge::Task<gateway::Sought<Party>> find_party(Desk& desk, const Call& call) {
  const auto bearer = gateway::bearer_token(call.head());
  const auto& services = desk.places.services();
  if (bearer && services.tokens.kind_of(*bearer) == gateway::Tokens::Kind::pass)
    co_return co_await party_of_pass(desk, *bearer);
  const auto identity = services.identities.identify(call.head(), desk.places.now());
  if (auto refused = gateway::refusal(identity)) co_return *std::move(refused);
  if (identity.caller == gateway::Caller::backend) co_return Party{};
  if (!identity.subject)
    co_return gateway::problem(problems::kNoToken,
                               "Show a pass, a signed-in user's token, or an API key.");
  if (identity.by_cookie && !gateway::is_same_origin(call.head(), call.client))
    co_return gateway::problem(problems::kWrongOrigin,
                               "What acts by cookie comes from pages of this site.");
  co_return Party{identity.subject->key, identity.by_cookie};
}

Refusal reserve_refusal(const engine::Outcome& outcome) {
  const auto* const said = std::find_if(std::begin(kSaid), std::end(kSaid), [&](const Said& one) {
    return one.status == outcome.status;
  });
  if (said == std::end(kSaid)) return gateway::refusal(outcome.status, "");
  Refusal made = gateway::problem(said->type, said->detail);
  if (outcome.hold && outcome.status == Status::hold_over)
    made.with("reason", reserve::to_string(outcome.hold->reason));
  if (!outcome.taken.empty()) {
    json::array units;
    for (const std::string& unit : outcome.taken) units.emplace_back(unit);
    made.with("units", std::move(units));
  }
  if (outcome.lock && outcome.lock->expires_at && outcome.status == Status::lock_busy)
    made.with("expires_at", json::string(wire::format_rfc3339(*outcome.lock->expires_at)));
  return made;
}

std::string_view query_value(const wire::RequestHead& head, std::string_view name) {
  std::string_view query = head.query;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name)
      return pair.substr(equals + 1);
  }
  return {};
}

gateway::Sought<std::uint64_t> fence_of_query(const wire::RequestHead& head) {
  std::uint64_t fence = 0;
  const std::string_view text = query_value(head, "fence");
  for (const char c : text) {
    const bool fits = c >= '0' && c <= '9' && fence < UINT64_MAX / 100;
    if (!fits) return gateway::problem(problems::kInvalid, "fence: expected a whole number");
    fence = fence * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return fence;
}

Millis duration_member(const json::object& body, std::string_view name,
                       std::optional<Refusal>& problem) {
  const json::value* value = body.if_contains(name);
  if (value == nullptr || value->is_null()) return {};
  const std::string_view text = value->is_string() ? std::string_view(value->get_string()) : "";
  if (value->is_string() && text.empty()) return {};
  const auto read = wire::parse_duration(text);
  if (!read.has_error() && *read > Millis(0)) return *read;
  problem = gateway::problem(problems::kInvalid,
                             fmt::format("{}: expected a duration, such as 30s", name));
  return {};
}

std::uint64_t number_member(const json::object& body, std::string_view name,
                            std::optional<Refusal>& problem) {
  const json::value* value = body.if_contains(name);
  if (value == nullptr || value->is_null()) return 0;
  if (value->is_uint64()) return value->get_uint64();
  if (value->is_int64() && value->get_int64() >= 0)
    return static_cast<std::uint64_t>(value->get_int64());
  problem = gateway::problem(problems::kInvalid, fmt::format("{}: expected a whole number", name));
  return 0;
}

std::vector<std::string> texts_member(const json::object& body, std::string_view name,
                                      std::size_t most, std::optional<Refusal>& problem) {
  std::vector<std::string> texts;
  const json::value* value = body.if_contains(name);
  if (value == nullptr || value->is_null()) return texts;
  const bool is_list = value->is_array() && value->get_array().size() <= most;
  if (is_list)
    for (const json::value& item : value->get_array())
      if (item.is_string()) texts.emplace_back(item.get_string());
  if (!is_list || texts.size() != value->get_array().size())
    problem = gateway::problem(problems::kInvalid,
                               fmt::format("{}: expected a list of at most {} texts", name, most));
  return texts;
}

}  // namespace doorward::api
