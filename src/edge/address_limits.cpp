#include "edge/address_limits.hpp"

namespace doorward::edge {
namespace {

// An IPv4 address, or the first half of an IPv6 one. The halves cannot meet: no global IPv6 prefix
// is zero in its first 32 bits.
std::uint64_t key_of(const boost::asio::ip::address& address) {
  if (address.is_v4()) return address.to_v4().to_uint();
  std::uint64_t key = 0;
  const auto bytes = address.to_v6().to_bytes();
  for (std::size_t i = 0; i < 8; ++i) key = key << 8 | bytes[i];
  return key;
}

}  // namespace

std::optional<AddressLimits::Pass> AddressLimits::enter(const boost::asio::ip::address& address,
                                                        bool shared) {
  const std::uint64_t key = key_of(address);
  if (connections_.fetch_add(1, std::memory_order_relaxed) <
      in_all_.load(std::memory_order_relaxed)) {
    Shard& s = shard(key);
    const std::lock_guard lock(s.mutex);
    std::uint32_t& count = s.counts[key];
    if (shared || count < per_address_.load(std::memory_order_relaxed)) {
      ++count;
      return Pass(this, key);
    }
  }
  count_down();
  return std::nullopt;
}

void AddressLimits::leave(std::uint64_t key) {
  {
    Shard& s = shard(key);
    const std::lock_guard lock(s.mutex);
    const auto at = s.counts.find(key);
    if (at != s.counts.end() && --at->second == 0) s.counts.erase(at);
  }
  count_down();
}

void AddressLimits::count_down() {
  if (connections_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const std::lock_guard lock(empty_mutex_);
  empty_.notify_all();
}

bool AddressLimits::wait_until_empty(Millis longest) {
  std::unique_lock lock(empty_mutex_);
  return empty_.wait_for(lock, longest, [this] { return connections() == 0; });
}

}  // namespace doorward::edge
