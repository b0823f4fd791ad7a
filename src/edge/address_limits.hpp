// How many connections there are, in all and from each address.
//
// Why:     one client may not take every connection; a proxy, who brings many, may. An IPv6 client
//          has a /64, so that is what counts.
// Threads: thread-safe; the loops share one. A Pass belongs to its connection.
// Bounds:  as given or set; an address without connections takes no memory.
#pragma once

#include "base/time.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace doorward::edge {

class AddressLimits {
 public:
  // Gives its place back when it goes.
  class Pass {
   public:
    Pass() = default;
    Pass(Pass&& other) noexcept
        : limits_(std::exchange(other.limits_, nullptr)), key_(other.key_) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(limits_, other.limits_);
      std::swap(key_, other.key_);
      return *this;
    }
    ~Pass() {
      if (limits_ != nullptr) limits_->leave(key_);
    }

   private:
    friend class AddressLimits;
    Pass(AddressLimits* limits, std::uint64_t key) : limits_(limits), key_(key) {}
    AddressLimits* limits_ = nullptr;
    std::uint64_t key_ = 0;
  };

  AddressLimits(std::size_t in_all, std::size_t per_address)
      : in_all_(in_all), per_address_(per_address) {}

  // For those who come from now on.
  void set(std::size_t in_all, std::size_t per_address) {
    in_all_.store(in_all, std::memory_order_relaxed);
    per_address_.store(per_address, std::memory_order_relaxed);
  }
  // A `shared` address, such as a proxy's, is held to the number in all alone.
  std::optional<Pass> enter(const boost::asio::ip::address& address, bool shared = false);
  bool full() const { return connections() >= in_all_.load(std::memory_order_relaxed); }
  // Whether the last connection went within `longest`.
  bool wait_until_empty(Millis longest);
  std::size_t connections() const { return connections_.load(std::memory_order_relaxed); }

 private:
  struct Shard {
    std::mutex mutex;
    boost::unordered_flat_map<std::uint64_t, std::uint32_t> counts;
  };
  static constexpr std::size_t kShards = 16;

  void leave(std::uint64_t key);
  void count_down();
  Shard& shard(std::uint64_t key) { return shards_[(key * 0x9e3779b97f4a7c15u) >> 60]; }

  std::atomic<std::size_t> in_all_;
  std::atomic<std::size_t> per_address_;
  std::atomic<std::size_t> connections_{0};
  std::mutex empty_mutex_;
  std::condition_variable empty_;
  std::array<Shard, kShards> shards_;
};

}  // namespace doorward::edge
