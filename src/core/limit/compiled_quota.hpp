// A quota made ready for deciding: what would need a division is computed once.
//
// Why:     made when a rule is loaded, read at each decision. The quota has passed `validate`.
// Threads: immutable.
#pragma once

#include "core/limit/quota.hpp"

#include <cstdint>

namespace doorward::limit {

__extension__ using Wide = unsigned __int128;

// Divides by one number again and again, by two multiplications. For quotients below 2^32.
class Divider {
 public:
  explicit Divider(std::uint64_t by);
  std::uint32_t operator()(Wide n) const {
    const auto top = static_cast<std::uint64_t>(n >> before_);
    const auto product = static_cast<Wide>(top) * inverse_;
    const auto q = static_cast<std::uint64_t>(product >> 64) >> after_;  // exact, or 1 too little
    return static_cast<std::uint32_t>(q + (static_cast<Wide>(q + 1) * by_ <= n ? 1 : 0));
  }

 private:
  std::uint64_t by_;
  std::uint64_t inverse_;  // 2^(63 + bits of by_) / by_
  std::uint8_t before_;    // bits of the dividend that the estimate leaves out
  std::uint8_t after_;
};

// Divides by one number again and again, by one multiplication. For dividends below 2^63.
class NarrowDivider {
 public:
  explicit NarrowDivider(std::uint64_t by);
  std::uint64_t operator()(std::uint64_t n) const {
    return static_cast<std::uint64_t>((static_cast<Wide>(n) * inverse_) >> 64) >> after_;
  }

 private:
  std::uint64_t inverse_;  // above 2^(63 + bits) / by, by less than 1
  std::uint8_t after_;
};

// A length of time to a fraction of a nanosecond: `ns` + `part`/limit.
struct Span {
  std::int64_t ns = 0;
  std::uint64_t part = 0;
  friend auto operator<=>(const Span&, const Span&) = default;
};
inline Span plus(Span a, const Span& b, std::uint64_t limit) {
  a.ns += b.ns;
  a.part += b.part;
  if (a.part >= limit) {
    a.part -= limit;
    ++a.ns;
  }
  return a;
}
// From `from` to `to`, rounded up to the nanosecond.
inline Nanos wait(const Span& from, const Span& to) {
  return Nanos{to.ns - from.ns + (to.part > from.part ? 1 : 0)};
}

class CompiledQuota {
 public:
  explicit CompiledQuota(const Quota& quota);

  const Quota& quota() const { return quota_; }
  Algorithm algorithm() const { return quota_.algorithm; }
  std::uint64_t limit() const { return quota_.limit; }
  std::uint64_t capacity() const { return capacity_; }
  Nanos window() const { return quota_.window; }
  bool count_refused() const { return quota_.count_refused; }
  const Divider& per_window() const { return per_window_; }

  // Buckets: how long `units` take to refill; units up to the capacity.
  Span refill(std::uint64_t units) const {
    if (units == 1) return one_;
    const std::uint64_t part = units * one_.part;
    return {static_cast<std::int64_t>(units) * one_.ns + static_cast<std::int64_t>(part / limit()),
            part % limit()};
  }
  const Span& refill_all() const { return all_; }
  // Buckets: whether a whole refill and a unit more, in parts of which `limit` make a nanosecond,
  // fit into 63 bits. One unit takes as many parts as the window has nanoseconds.
  bool is_narrow() const { return all_parts_ > 0; }
  std::uint64_t all_parts() const { return all_parts_; }
  std::uint64_t units_in(std::uint64_t parts) const { return narrow_per_window_(parts); }
  // Whether a window of this length begins then; times before 1970 are not looked at.
  bool begins_at(Time at) const {
    const auto ns = static_cast<std::uint64_t>(at.time_since_epoch().count());
    const auto window = static_cast<std::uint64_t>(quota_.window.count());
    return at.time_since_epoch() < Nanos{0} || narrow_per_window_(ns) * window == ns;
  }

 private:
  Quota quota_;
  std::uint64_t capacity_;
  Span one_;
  Span all_;
  std::uint64_t all_parts_ = 0;
  NarrowDivider narrow_per_window_;
  Divider per_window_;
};

}  // namespace doorward::limit
