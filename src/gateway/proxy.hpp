// The last filter: passes the request to the route's upstream and its response to the visitor.
//
// Why:     bodies stream both ways, a piece at a time, at the pace of the slower side; an answer
//          may come while the body is still being sent. A route without an upstream is answered
//          200: the answer is then for another proxy that asked us.
// Ownership: upstreams are shared with the pipelines of other configurations.
// Threads: const-safe.
// Bounds:  one piece of 64 KiB in each direction; edge::UpstreamLimits.
// Errors:  502 (refused, broken response), 504 (too late), 503 with Retry-After (all connections
//          taken), to browsers as a page; what is behind stays unsaid. A request that may be
//          repeated is sent once more where a kept connection turns out to be closed.
// Spec:    RFC 9110 section 7.6, RFC 9112; docs/configuration.md, "upstreams".
#pragma once

#include "edge/upstream/upstream.hpp"
#include "gateway/filter.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace doorward::gateway {

struct ProxyTarget {
  std::shared_ptr<edge::Upstream> upstream;
  bool pass_host = true;  // the visitor's Host; else the endpoint's
};

struct ProxyOptions {
  std::string via;  // our name in Via; empty: no such field
  Millis tunnel_idle{std::chrono::minutes(10)};
};

using ProxyTargets = std::map<std::string, ProxyTarget, std::less<>>;

class Proxy : public Filter {
 public:
  Proxy(ProxyTargets targets, ProxyOptions options)
      : targets_(std::move(targets)), options_(std::move(options)) {}

  std::string_view name() const override { return "proxy"; }
  edge::Task<Verdict> run(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  ProxyTargets targets_;
  ProxyOptions options_;
};

}  // namespace doorward::gateway
