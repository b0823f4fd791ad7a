// A business as its calls find it: the tenant of its API key, its queue and its address limits.
//
// Why:     all of it is made at the first call, so that a key is all that a business needs.
// Threads: thread-safe.
// Errors:  as answers: 422 for a header that is missing, 401 for a key that is not known.
// Spec:    docs/migrate/gatekeeper.md.
#pragma once

#include "api/call.hpp"
#include "api/compat/fastapi.hpp"
#include "api/compat/gatekeeper/businesses.hpp"
#include "core/limit/rule.hpp"
#include "core/tenant/tenant.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::api::gatekeeper {

inline constexpr std::string_view kQueue = "queue";  // the room's plain name
inline constexpr std::string_view kEnqueueRule = "gatekeeper.enqueue";
inline constexpr std::string_view kStatusRule = "gatekeeper.status";

template <class T>
using Got = boost::system::result<T, edge::Response>;
using BusinessPtr = std::shared_ptr<const Business>;

// A header by its literal name, "user_id", or "User-Id".
std::optional<std::string_view> header(const wire::RequestHead& head, std::string_view name);

// Whose call it is. `needed` are the headers besides `business_id`, all named that are missing.
edge::Task<Got<BusinessPtr>> find_business(Desk& desk, const Call& call,
                                           std::span<const std::string_view> needed);
// The same without a wait; null: its room or rules are to be made first.
Got<BusinessPtr> known_business(Desk& desk, const Call& call,
                                std::span<const std::string_view> needed);
// Makes what is missing of the business whose key this call has. The answer where that fails.
edge::Task<std::optional<edge::Response>> make_missing(Desk& desk, const Call& call);

// Counts a call by a rule that is found by its name, whatever it matches; else it counts, refuses
// and is told of as any other.
std::optional<edge::Response> count(const Desk& desk, const Call& call,
                                    const limit::CompiledRule& rule);

// One that lets `limit` calls of an address pass in each `interval`.
limit::Rule rule_of(std::string_view tenant, std::string_view name, std::uint64_t limit,
                    std::chrono::seconds interval);
// Of such a rule; what is absent stays, and all else that it says.
void set_interval(limit::Rule& rule, std::optional<std::uint64_t> limit,
                  std::optional<std::uint64_t> interval_s);
room::Policy default_policy();

}  // namespace doorward::api::gatekeeper
