// The businesses that called, with all that their calls need, as the log has them now.
//
// Why:     names, keys and rules follow from the tenant and its rules, so they are put together at
//          a business's first call and again when one of these is another. Whether an API key is
//          good is not asked here: that is looked up at each call, so that a revoked one is refused
//          at once.
// Time:    `now` is passed in.
// Ownership: the services outlive it; a business lives as long as somebody holds it.
// Threads: thread-safe.
// Bounds:  as many businesses as there may be tenants; kJwts JWTs that were verified lately, each
//          until it ends.
// Spec:    docs/migrate/gatekeeper.md.
#pragma once

#include "api/compat/gatekeeper/jwt.hpp"
#include "core/limit/rule_set.hpp"
#include "gateway/places.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace doorward::api::gatekeeper {

struct Business {
  std::string tenant;
  tenant::Settings settings;
  std::string room;  // full name
  Hash128 mark;      // tells its JWTs from another's
  Jwts jwts;
  std::shared_ptr<const limit::RuleSet> rules;  // keeps the next two
  const limit::CompiledRule* enqueue_rule;
  const limit::CompiledRule* status_rule;
};

class Businesses {
 public:
  static constexpr std::size_t kJwts = 65'536;

  // `secret` signs the JWTs of all (JWT_SECRET); empty: each business has keys of its own.
  Businesses(const gateway::Services& services, std::string secret);

  // Null: its room or its rules are to be made first.
  std::shared_ptr<const Business> of(const gateway::ApiKeys::Owner& owner);
  // Whose JWT it is; see `Jwts::read`.
  std::optional<Holder> holder_of(const Business& business, std::string_view jwt, LogTime now);

 private:
  struct Known {
    std::shared_ptr<const Business> business;
    std::uint64_t rules_version = 0;  // of which it was made
  };
  struct Verified {
    Hash128 mark;
    Holder holder;
  };

  std::shared_ptr<const Business> make(const tenant::Tenant& tenant) const;
  wire::jose::KeySet keys_of(std::string_view tenant) const;

  const gateway::Services services_;
  const std::string secret_;
  std::mutex mutex_;
  std::map<std::string, Known, std::less<>> known_;  // by the tenant's name
  wire::jose::VerifiedCache<Verified> verified_;
};

}  // namespace doorward::api::gatekeeper
