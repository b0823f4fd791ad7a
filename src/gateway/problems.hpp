// Every problem type that Doorward answers with: a stable name, a status and a title.
//
// Why:     a program acts on `type`, never on the words. One table, so that docs/api.md can be held
//          to it.
// Spec:    RFC 9457; docs/api.md, "Problems".
#pragma once

#include "edge/problem_response.hpp"
#include "wire/problem.hpp"

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace doorward::gateway {

struct ProblemType {
  const char* name;
  unsigned status;
  const char* title;
};

namespace problems {
inline constexpr ProblemType kMalformed{"malformed-request", 400, "The request is malformed"};
inline constexpr ProblemType kNoToken{"no-token", 401, "A token is needed"};
inline constexpr ProblemType kBadToken{"bad-token", 401, "The token is refused"};
inline constexpr ProblemType kBackendOnly{"backend-only", 401, "An API key is needed"};
inline constexpr ProblemType kAdminOnly{"admin-only", 401, "The admin token is needed"};
inline constexpr ProblemType kWrongOrigin{"wrong-origin", 403, "Another site may not ask this"};
inline constexpr ProblemType kNotAdmitted{"not-admitted", 403, "Only who was admitted may do this"};
inline constexpr ProblemType kNotYours{"not-yours", 403, "Only a backend may say this"};
inline constexpr ProblemType kNotInLine{"not-in-line", 403, "Join the room first"};
inline constexpr ProblemType kAdminElsewhere{"admin-elsewhere", 403, "Not on this listener"};
inline constexpr ProblemType kNoCsrf{"csrf-token-needed", 403, "The CSRF token is needed"};
inline constexpr ProblemType kDeniedByRule{"denied-by-rule", 403, "This address is refused"};
inline constexpr ProblemType kNoEndpoint{"no-such-endpoint", 404, "There is no such endpoint"};
inline constexpr ProblemType kNoRoom{"no-such-room", 404, "There is no such room"};
inline constexpr ProblemType kNoRule{"no-such-rule", 404, "There is no such rule"};
inline constexpr ProblemType kNoTenant{"no-such-tenant", 404, "There is no such tenant"};
inline constexpr ProblemType kNoKey{"no-such-key", 404, "There is no such API key"};
inline constexpr ProblemType kNoTicket{"no-such-ticket", 404, "There is no such ticket"};
inline constexpr ProblemType kNoInventory{"no-such-inventory", 404, "There is no such inventory"};
inline constexpr ProblemType kNoHold{"no-such-hold", 404, "There is no such hold"};
inline constexpr ProblemType kNoLock{"no-such-lock", 404, "Nobody has the lock"};
inline constexpr ProblemType kNoMethod{"method-not-allowed", 405, "The method is not allowed here"};
inline constexpr ProblemType kRoomClosed{"room-closed", 409, "The room is closed"};
inline constexpr ProblemType kRuleExists{"rule-exists", 409, "There is such a rule already"};
inline constexpr ProblemType kTenantExists{"tenant-exists", 409, "There is such a tenant already"};
inline constexpr ProblemType kKeyExists{"key-exists", 409, "There is such an API key already"};
inline constexpr ProblemType kTooManyTenants{"too-many-tenants", 409, "There are too many tenants"};
inline constexpr ProblemType kTooManyKeys{"too-many-keys", 409, "There are too many API keys"};
inline constexpr ProblemType kTooManyRules{"too-many-rules", 409, "There are too many rules"};
inline constexpr ProblemType kTooManyRooms{"too-many-rooms", 409, "There are too many rooms"};
inline constexpr ProblemType kTooManyLanes{"too-many-lanes", 409, "The room has too many lanes"};
inline constexpr ProblemType kSoldOut{"sold-out", 409, "Nothing is left"};
inline constexpr ProblemType kTooFew{"too-few-left", 409, "Less is left than was asked for"};
inline constexpr ProblemType kUnitTaken{"unit-taken", 409, "Somebody else has it"};
inline constexpr ProblemType kSubjectLimit{"subject-limit", 409, "Nobody may have more"};
inline constexpr ProblemType kHoldConfirmed{"hold-confirmed", 409, "The hold is confirmed"};
inline constexpr ProblemType kWrongFence{"wrong-fence", 409, "The fence is of another grant"};
inline constexpr ProblemType kInventoryInUse{"inventory-in-use", 409, "Units of it are taken"};
inline constexpr ProblemType kInventoriesFull{"too-many-inventories", 409, "There are too many"};
inline constexpr ProblemType kLockBusy{"lock-busy", 409, "Somebody else has the lock"};
inline constexpr ProblemType kHoldOver{"hold-over", 410, "The hold is over"};
inline constexpr ProblemType kLockLost{"lock-lost", 410, "The lock is lost"};
inline constexpr ProblemType kOver{"ticket-over", 410, "The ticket is over"};
inline constexpr ProblemType kChanged{"changed-meanwhile", 412, "It was changed meanwhile"};
inline constexpr ProblemType kTooLarge{"body-too-large", 413, "The body is too large"};
inline constexpr ProblemType kNotJson{"not-json", 415, "The body must be application/json"};
inline constexpr ProblemType kInvalid{"invalid-value", 422, "A value is not valid"};
inline constexpr ProblemType kNoUnit{"no-such-unit", 422, "There is no such unit"};
inline constexpr ProblemType kTooManyUnits{"too-many-units", 422, "That is too much for one hold"};
inline constexpr ProblemType kKeyReused{"key-reused", 422, "The key was used for another request"};
inline constexpr ProblemType kNoUpgrade{"upgrade-needed", 426, "This endpoint is a WebSocket"};
inline constexpr ProblemType kWait{"wait-your-turn", 429, "Wait for your turn"};
inline constexpr ProblemType kTooManyCalls{"too-many-calls", 429, "The tenant calls too often"};
inline constexpr ProblemType kTooManyTries{"too-many-tries", 429, "Too many wrong tokens"};
inline constexpr ProblemType kRoomFull{"room-full", 503, "The room is full"};
inline constexpr ProblemType kTooManyHolds{"too-many-holds", 503, "There are too many holds"};
inline constexpr ProblemType kTooManyLocks{"too-many-locks", 503, "There are too many locks"};
inline constexpr ProblemType kOverloaded{"overloaded", 503, "Too many at once"};
inline constexpr ProblemType kUnavailable{"unavailable", 503, "Nothing can be written now"};
inline constexpr ProblemType kUnjudged{"token-unjudged", 503, "The token cannot be judged now"};
inline constexpr ProblemType kBehind{"behind", 503, "This node has not caught up yet"};
}  // namespace problems

// All of them, in the order of their status.
std::span<const ProblemType> all_problems();

// "urn:doorward:problem:" + name.
std::string problem_uri(const ProblemType& type);

// A problem that still knows its type.
struct Refusal : wire::Problem {
  Refusal() = default;
  Refusal(const ProblemType& of, std::string_view detail);
  const ProblemType* type = nullptr;

  bool is(const ProblemType& other) const {
    return type != nullptr && std::string_view(type->name) == other.name;
  }
};

// As for Error in base/result.hpp.
[[noreturn]] inline void throw_exception_from_error(const Refusal& refusal,
                                                    const boost::source_location& /*where*/) {
  throw std::runtime_error(refusal.json());
}

inline Refusal problem(const ProblemType& type, std::string_view detail) { return {type, detail}; }

// As an answer; with `Retry-After` where the status is 503, and `WWW-Authenticate` where it is 401.
edge::Response answer(const wire::Problem& problem);
inline edge::Response answer(const ProblemType& type, std::string_view detail) {
  return answer(problem(type, detail));
}

}  // namespace doorward::gateway
