// Private to the proxy: one request on its way.
//
// Threads: on the loop of its connection only. Lives on the frame of the proxy's coroutine.
#pragma once

#include "edge/upstream/upstream.hpp"
#include "gateway/filter.hpp"
#include "gateway/proxy.hpp"

#include <optional>
#include <string_view>

namespace doorward::gateway::proxying {

struct Call {
  Context& context;
  const ProxyTarget& target;
  const ProxyOptions& options;

  edge::Exchange& exchange() const { return context.exchange; }
  const wire::RequestHead& request() const { return context.exchange.request(); }
  edge::Upstream& upstream() const { return *target.upstream; }
  bool is_head() const { return request().method == "HEAD"; }
};

// Small enough to be in memory as a whole: no body, or one that came in one piece.
edge::Task<> forward_whole(Call& call, std::string_view body);
// Any other body. `first` is what was read of it already.
edge::Task<> forward_stream(Call& call, std::string_view first);
// The final head was read: the rest is passed on.
edge::Task<> relay_response(Call& call, edge::UpstreamConnection& connection);
// 101 was read and asked for: bytes go both ways until both sides end.
edge::Task<> relay_tunnel(Call& call, edge::UpstreamConnection& connection);

// Reads heads up to the final one, and passes interim ones on. `on_continue` may be null.
edge::Task<Result<>> read_final_head(Call& call, edge::UpstreamConnection& connection,
                                     class Signal* on_continue);
// Answers for an upstream that failed, if nothing was answered.
edge::Task<> answer_failure(Call& call, Error fault);

}  // namespace doorward::gateway::proxying
