#include "api/compat/gatekeeper/businesses.hpp"

#include "api/compat/gatekeeper/business.hpp"

#include <fmt/format.h>

namespace doorward::api::gatekeeper {
namespace {

namespace jose = wire::jose;

constexpr std::size_t kLeastSecret = 32;  // of a key of wire/jose

SipKey cache_key(const gateway::Identities& identities) {
  const Hash128 key = identities.derive("gatekeeper", "verified JWTs");
  return {key.lo, key.hi};
}

}  // namespace

Businesses::Businesses(const gateway::Services& services, std::string secret)
    : services_(services),
      secret_(std::move(secret)),
      verified_(kJwts, cache_key(services.identities)) {}

std::shared_ptr<const Business> Businesses::of(const gateway::ApiKeys::Owner& owner) {
  // Read first: rules that come between are another version's, and are looked up again.
  const std::uint64_t version = services_.shard.rules_version();
  const std::string& name = owner.tenant->name;
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(name);
  if (known != known_.end() && known->second.rules_version == version &&
      known->second.business->settings == owner.tenant->settings)
    return known->second.business;
  auto made = make(*owner.tenant);
  if (!made) return nullptr;
  if (known_.size() >= tenant::kMaxTenants) known_.clear();
  known_.insert_or_assign(name, Known{made, version});
  return made;
}

std::shared_ptr<const Business> Businesses::make(const tenant::Tenant& tenant) const {
  const std::string room = tenant::full_name(tenant.name, kQueue);
  auto rules = services_.shard.rules(tenant.name);
  const limit::CompiledRule* enqueue = rules->named(kEnqueueRule);
  const limit::CompiledRule* status = rules->named(kStatusRule);
  if (enqueue == nullptr || status == nullptr || !services_.shard.room(room)) return nullptr;
  const Hash128 mark = services_.identities.derive("gatekeeper business", tenant.name);
  return std::make_shared<const Business>(Business{tenant.name, tenant.settings, room, mark,
                                                   Jwts(keys_of(tenant.name), tenant.name),
                                                   std::move(rules), enqueue, status});
}

jose::KeySet Businesses::keys_of(std::string_view tenant) const {
  if (secret_.empty())
    return services_.tokens.derive(fmt::format("gatekeeper JWTs of tenant {}", tenant));
  // HMAC itself fills a short key up with zeros (RFC 2104), so it signs the same.
  std::string filled = secret_;
  if (filled.size() < kLeastSecret) filled.resize(kLeastSecret, '\0');
  return jose::KeySet({*jose::Key::from_secret(filled, "gatekeeper")});
}

std::optional<Holder> Businesses::holder_of(const Business& business, std::string_view jwt,
                                            LogTime now) {
  const auto time = gateway::to_system(now);
  if (auto known = verified_.find(jwt, time); known && known->mark == business.mark)
    return std::move(known->holder);
  auto holder = business.jwts.read(jwt, now);
  if (!holder) return std::nullopt;
  holder->subject = services_.identities.named_by_backend(holder->user, {}).key;
  verified_.insert(jwt, {business.mark, *holder}, gateway::to_system(holder->ends), time);
  return holder;
}

}  // namespace doorward::api::gatekeeper
