#include "app/serve/observer.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace doorward::app {
namespace {

constexpr std::array<std::string_view, 6> kPhases{"cors",      "rate_rules", "own_calls",
                                                  "room_gate", "proxy",      "other"};

std::uint64_t nanos() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
}

}  // namespace

std::uint64_t Observer::started() { return nanos(); }

void Observer::finished(const gateway::RequestRecord& record, std::uint64_t stamp) {
  const std::chrono::nanoseconds took(nanos() - stamp);
  stats_.record(record.status, took);
  live_.finished(record, took);
  const gateway::Context& c = record.context;
  std::size_t phase = 0;
  while (phase + 1 < kPhases.size() && kPhases[phase] != c.answered_by) ++phase;
  answered_[phase].fetch_add(1, std::memory_order_relaxed);
  if (c.client.forwarded) warn_of_proxy(c);
  if (!c.fault.empty()) {
    log_.warn("a request failed", {{"fault", c.fault},
                                   {"id", c.request_id},
                                   {"path", record.request.path},
                                   {"upstream", c.route == nullptr ? "" : c.route->upstream},
                                   {"endpoint", c.upstream},
                                   {"status", record.status}});
  }
  if (!log_.wants_access()) return;
  log_.access({{"method", record.request.method},
               {"path", record.request.path},
               {"status", record.status},
               {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
               {"client", c.client.address.to_string()},
               {"host", c.client.host},
               {"route", c.route == nullptr ? std::string() : c.route->name},
               {"by", c.answered_by},
               {"upstream", c.upstream},
               {"in", record.bytes_in},
               {"out", record.bytes_out},
               {"id", c.request_id}});
}

void Observer::warn_of_proxy(const gateway::Context& context) {
  if (context.exchange.peer().admin_listener) return;
  if (!looks_for_proxy_.load(std::memory_order_relaxed) || !looks_for_proxy_.exchange(false))
    return;
  log_.warn(
      "a request says for whom it was forwarded, and is not believed, since trusted_proxies is not "
      "set: if its address is your proxy's, name it there, or all its visitors count as one",
      {{"address", context.client.address.to_string()}, {"id", context.request_id}});
}

void Observer::write(MetricWriter& writer) const {
  stats_.write(writer);
  for (std::size_t i = 0; i < kPhases.size(); ++i) {
    writer.put(MetricId::answered, static_cast<double>(answered_[i].load()),
               {{"by", std::string(kPhases[i])}});
  }
}

}  // namespace doorward::app
