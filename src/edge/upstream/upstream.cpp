#include "edge/upstream/upstream.hpp"

#include "edge/upstream/loop.hpp"

#include <boost/asio/this_coro.hpp>

namespace doorward::edge {
namespace {

constexpr std::chrono::seconds kSkip{2};

std::int64_t ticks(UpstreamLoop::TimePoint at) { return at.time_since_epoch().count(); }

}  // namespace

Upstream::Upstream(std::string name, std::vector<Endpoint> endpoints, UpstreamLimits limits,
                   std::shared_ptr<UpstreamCounts> counts)
    : name_(std::move(name)), limits_(limits), counts_(std::move(counts)) {
  for (auto& endpoint : endpoints) {
    targets_.push_back(std::make_unique<Target>());
    targets_.back()->authority = endpoint.authority();
    targets_.back()->endpoint = std::move(endpoint);
  }
}

std::optional<Upstream::Connected> Upstream::try_connect(UpstreamLoop& loop, Reuse reuse,
                                                         std::uint32_t turn) {
  if (targets_.empty()) return std::nullopt;
  Target& target = *targets_[turn % targets_.size()];
  auto lease = loop.pool(target.authority, target.endpoint).try_acquire(reuse);
  if (!lease) return std::nullopt;
  return Connected{std::move(*lease), &target.authority};
}

Task<Result<Upstream::Connected>> Upstream::connect(Reuse reuse, std::uint32_t turn) {
  auto& loop = UpstreamLoop::of(co_await boost::asio::this_coro::executor);
  const auto count = static_cast<std::uint32_t>(targets_.size());
  Error last = error(Errc::unavailable, "the upstream has no endpoint");
  std::vector<bool> tried;
  // Those that lately refused come in a second round, when no other took the request.
  for (std::uint32_t i = 0; i < 2 * count; ++i) {
    const std::uint32_t at = (turn + i) % count;
    Target& target = *targets_[at];
    const bool skipped = target.skip_until.load(std::memory_order_relaxed) > ticks(loop.now());
    if ((skipped && i < count) || (!tried.empty() && tried[at])) continue;
    UpstreamPool& pool = loop.pool(target.authority, target.endpoint);
    auto lease = co_await pool.acquire(limits_, counts_, reuse);
    if (lease) {
      target.skip_until.store(0, std::memory_order_relaxed);
      co_return Connected{std::move(*lease), &target.authority};
    }
    last = lease.error();
    last.what += " (" + target.authority + ")";
    if (last.code == Errc::overloaded) break;
    counts_->add(UpstreamCounts::What::connect_errors);
    target.skip_until.store(ticks(loop.now() + kSkip), std::memory_order_relaxed);
    tried.resize(count);
    tried[at] = true;
  }
  co_return last;
}

}  // namespace doorward::edge
