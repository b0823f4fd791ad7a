#include "gateway/problems.hpp"

#include "wire/retry_after.hpp"

#include <fmt/format.h>

namespace doorward::gateway {
namespace {

constexpr ProblemType kAll[] = {
    problems::kMalformed,      problems::kNoToken,        problems::kBadToken,
    problems::kBackendOnly,    problems::kAdminOnly,      problems::kWrongOrigin,
    problems::kNotAdmitted,    problems::kNotYours,       problems::kNotInLine,
    problems::kAdminElsewhere, problems::kNoCsrf,         problems::kDeniedByRule,
    problems::kNoEndpoint,     problems::kNoRoom,         problems::kNoTenant,
    problems::kNoKey,          problems::kNoRule,         problems::kNoTicket,
    problems::kNoInventory,    problems::kNoHold,         problems::kNoLock,
    problems::kNoMethod,       problems::kRoomClosed,     problems::kRuleExists,
    problems::kTenantExists,   problems::kKeyExists,      problems::kTooManyTenants,
    problems::kTooManyKeys,    problems::kTooManyRules,   problems::kTooManyRooms,
    problems::kTooManyLanes,   problems::kSoldOut,        problems::kTooFew,
    problems::kUnitTaken,      problems::kSubjectLimit,   problems::kHoldConfirmed,
    problems::kWrongFence,     problems::kInventoryInUse, problems::kInventoriesFull,
    problems::kLockBusy,       problems::kHoldOver,       problems::kLockLost,
    problems::kOver,           problems::kChanged,        problems::kTooLarge,
    problems::kNotJson,        problems::kInvalid,        problems::kNoUnit,
    problems::kTooManyUnits,   problems::kKeyReused,      problems::kNoUpgrade,
    problems::kWait,           problems::kTooManyCalls,   problems::kTooManyTries,
    problems::kRoomFull,       problems::kTooManyHolds,   problems::kTooManyLocks,
    problems::kOverloaded,     problems::kUnavailable,    problems::kUnjudged,
    problems::kBehind};

}  // namespace

std::span<const ProblemType> all_problems() { return kAll; }

std::string problem_uri(const ProblemType& type) {
  return fmt::format("urn:doorward:problem:{}", type.name);
}

Refusal::Refusal(const ProblemType& of, std::string_view detail)
    : wire::Problem(of.status, detail), type(&of) {
  wire::Problem::type(problem_uri(of), of.title);
}

edge::Response answer(const wire::Problem& problem) {
  edge::Response response = edge::problem_response(problem);
  if (problem.status() == 503)
    response.head.fields.set("Retry-After", wire::retry_after::kUnavailable);
  if (problem.status() == 401) response.head.fields.set("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace doorward::gateway
