// Locks, for backends.
#include "api/native/reservations.hpp"
#include "core/tenant/tenant.hpp"
#include "wire/retry_after.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::api {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;
using engine::Status;
using gateway::Refusal;
using reserve::LockId;
using reserve::LockView;

constexpr std::string_view kAcquireMembers[] = {"lease", "wait"};
constexpr std::string_view kRenewMembers[] = {"holder", "fence", "lease"};
constexpr Millis kDefaultLease{std::chrono::seconds{10}};

json::value time_or_null(const std::optional<LogTime>& time) {
  if (!time) return nullptr;
  return json::value(json::string(wire::format_rfc3339(*time)));
}

edge::Response lock_answer(const Call& call, unsigned status, const LockView& lock) {
  return json_answer(status, json::object{{"lock", tenant::plain(call.lock)},
                                          {"holder", json::string(to_string(lock.id))},
                                          {"fence", lock.fence},
                                          {"expires_at", time_or_null(lock.expires_at)},
                                          {"waiting", lock.waiting}});
}

std::optional<edge::Response> refuse(const Desk& desk, const Call& call) {
  if (auto refused = refuse_stranger(desk, call)) return refused;
  if (reserve::is_valid_lock_name(tenant::plain(call.lock))) return std::nullopt;
  return gateway::answer(problems::kInvalid,
                         "A lock's name has 1 to 64 of A-Z, a-z, 0-9, '.', '_', ':' and '-', and "
                         "begins with a letter or digit.");
}

// Follows from the key, so that a retry finds the grant that it has.
LockId draw_lock(const Desk& desk, const Call& call, const std::string& key) {
  auto& services = desk.places.services();
  if (!key.empty()) {
    const auto caller = call.head().fields.find("X-API-Key").value_or("");
    const Hash128 id =
        services.identities.derive("lock", fmt::format("{}\n{}\n{}", call.lock, caller, key));
    return {id.hi, id.lo};
  }
  const auto id = ports::draw<Hash128>(services.entropy);
  return {id.hi, id.lo};
}

Millis lease_of(const json::object& body, std::optional<Refusal>& problem) {
  Millis lease = duration_member(body, "lease", problem);
  if (lease == Millis(0)) lease = kDefaultLease;
  if (lease < reserve::kMinLockLease || lease > reserve::kMaxLockLease)
    problem = gateway::problem(problems::kInvalid, "lease: choose from 100ms to 24h");
  return lease;
}

edge::Response response_to(const Call& call, const Result<engine::Outcome>& outcome) {
  if (outcome.has_error()) return gateway::answer(gateway::refusal(outcome.error()));
  const bool good = outcome->status == Status::done || outcome->status == Status::already;
  if (good && outcome->lock) return lock_answer(call, 200, *outcome->lock);
  edge::Response response = gateway::answer(reserve_refusal(*outcome));
  if (outcome->status == Status::lock_busy)
    response.head.fields.set("Retry-After", wire::retry_after::kLockBusy);
  return response;
}

gateway::Sought<LockId> holder_in(std::string_view text) {
  const auto id = parse_id<LockId>(text);
  if (!id)
    return gateway::problem(problems::kInvalid,
                            "holder: send the holder that acquiring the lock answered");
  return *id;
}

}  // namespace

edge::Task<Answer> read_lock(Desk& desk, Call& call) {
  if (auto refused = refuse(desk, call)) co_return std::move(*refused);
  const auto lock = desk.shard().lock(call.lock);
  if (!lock) co_return gateway::answer(problems::kNoLock, "The lock is free.");
  co_return json_answer(200, json::object{{"lock", tenant::plain(call.lock)},
                                          {"expires_at", time_or_null(lock->expires_at)},
                                          {"waiting", lock->waiting}});
}

edge::Task<Answer> acquire_lock(Desk& desk, Call& call) {
  if (auto refused = refuse(desk, call)) co_return std::move(*refused);
  const auto key = idempotency_key(call.head());
  if (key.has_error()) co_return gateway::answer(key.error());
  const Body body = co_await read_body(call, kAcquireMembers);
  if (body.has_error()) co_return gateway::answer(body.error());
  std::optional<Refusal> problem;
  engine::AcquireLock acquire;
  acquire.lock = call.lock;
  acquire.id = draw_lock(desk, call, *key);
  acquire.lease = lease_of(*body, problem);
  acquire.wait = duration_member(*body, "wait", problem);
  if (acquire.wait > reserve::kMaxLockWait)
    problem = gateway::problem(problems::kInvalid, "wait: at most 60s");
  if (problem) co_return gateway::answer(*problem);
  // Whoever hung up has no use for the lock, and a wait that is over gets none later.
  LockCall asked(desk.lock_calls, desk.shard(), std::move(acquire));
  const auto outcome = co_await asked.wait(call.exchange, desk.places.services().clock);
  if (!outcome) co_return std::nullopt;
  edge::Response response = response_to(call, *outcome);
  const bool has_it = response.head.status == 200;
  const auto sent = co_await call.exchange.respond(std::move(response));
  if (has_it && sent.has_error()) asked.give_up();
  co_return std::nullopt;
}

edge::Task<Answer> renew_lock(Desk& desk, Call& call) {
  if (auto refused = refuse(desk, call)) co_return std::move(*refused);
  const Body body = co_await read_body(call, kRenewMembers);
  if (body.has_error()) co_return gateway::answer(body.error());
  std::optional<Refusal> problem;
  engine::RenewLock renew;
  renew.lock = call.lock;
  renew.fence = number_member(*body, "fence", problem);
  renew.lease = lease_of(*body, problem);
  const auto holder = holder_in(text_member(*body, "holder", problem));
  if (problem) co_return gateway::answer(*problem);
  if (holder.has_error()) co_return gateway::answer(holder.error());
  renew.id = *holder;
  engine::Command command = std::move(renew);
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  co_return response_to(call, outcome);
}

edge::Task<Answer> release_lock(Desk& desk, Call& call) {
  if (auto refused = refuse(desk, call)) co_return std::move(*refused);
  const auto holder = holder_in(query_value(call.head(), "holder"));
  if (holder.has_error()) co_return gateway::answer(holder.error());
  const auto fence = fence_of_query(call.head());
  if (fence.has_error()) co_return gateway::answer(fence.error());
  engine::Command command = engine::ReleaseLock{call.lock, *holder, *fence};
  const auto outcome = co_await gateway::await_shard(desk.shard(), std::move(command));
  if (outcome.has_error()) co_return gateway::answer(gateway::refusal(outcome.error()));
  if (outcome->status == Status::done) co_return no_content();
  co_return gateway::answer(reserve_refusal(*outcome));
}

}  // namespace doorward::api
