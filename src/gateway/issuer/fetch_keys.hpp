// Sees to it that the keys are there by which a request's bearer token can be judged.
//
// Why:     everything behind asks who sends a request and must not wait for that. So a token whose
//          key is not known waits here, once, for the provider's answer.
// Time:    at most the provider's timeouts; nobody waits while the provider is left alone for its
//          cooldown.
// Threads: const-safe.
// Bounds:  kMostWaiting requests wait at once; others go on with the keys that there are.
// Spec:    docs/gateway.md, "Keys of an identity provider".
#pragma once

#include "gateway/filter.hpp"
#include "gateway/identity.hpp"

#include <atomic>
#include <cstddef>

namespace doorward::gateway {

class FetchKeys final : public Filter {
 public:
  static constexpr std::size_t kMostWaiting = 1'024;

  explicit FetchKeys(const Identities& identities) : identities_(identities) {}
  std::string_view name() const override { return "fetch_keys"; }
  edge::Task<Verdict> run(Context& context) override;
  std::optional<Verdict> run_now(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  const Identities& identities_;
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace doorward::gateway
