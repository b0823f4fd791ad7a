#include "core/limit/compiled_quota.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace doorward::limit {
namespace {

Span refill_time(Wide units, const Quota& quota) {
  const Wide total = units * static_cast<std::uint64_t>(quota.window.count());
  return {static_cast<std::int64_t>(total / quota.limit),
          static_cast<std::uint64_t>(total % quota.limit)};
}

// 0: too many.
std::uint64_t narrow_parts(std::uint64_t capacity, const Quota& quota) {
  const auto window = static_cast<std::uint64_t>(quota.window.count());
  const Wide all = static_cast<Wide>(capacity) * window;
  const Wide most = all + window + quota.limit;
  return is_bucket(quota.algorithm) && most >> 63 == 0 ? static_cast<std::uint64_t>(all) : 0;
}

}  // namespace

// With 2^(bits - 1) < by <= 2^bits the error of the inverse makes less than n / 2^(63 + bits), and
// so too little to reach the next whole number.
NarrowDivider::NarrowDivider(std::uint64_t by) {
  assert(by > 1 && by < std::uint64_t{1} << 62);
  const auto bits = static_cast<int>(std::bit_width(by - 1));
  inverse_ = static_cast<std::uint64_t>((static_cast<Wide>(1) << (63 + bits)) / by) + 1;
  after_ = static_cast<std::uint8_t>(bits - 1);
}

// The quotient is below 2^32 and `by` below 2^bits, so the dividend has at most bits + 32. Its top
// 64 and the 64 of the inverse are each less than one part in 2^31 too small: together they make
// the quotient at most 1 too little.
Divider::Divider(std::uint64_t by) : by_(by) {
  assert(by > 1 && by < std::uint64_t{1} << 62);
  const auto bits = static_cast<int>(std::bit_width(by));
  const Wide power = static_cast<Wide>(1) << (63 + bits);
  inverse_ = static_cast<std::uint64_t>((power - 1) / by);
  before_ = static_cast<std::uint8_t>(std::max(0, bits - 32));
  after_ = static_cast<std::uint8_t>(std::min(bits, 32) - 1);
}

CompiledQuota::CompiledQuota(const Quota& quota)
    : quota_(quota),
      capacity_(limit::capacity(quota)),
      one_(refill_time(1, quota)),
      all_(refill_time(capacity_, quota)),
      all_parts_(narrow_parts(capacity_, quota)),
      narrow_per_window_(static_cast<std::uint64_t>(quota.window.count())),
      per_window_(static_cast<std::uint64_t>(quota.window.count())) {
  assert(validate(quota));
}

}  // namespace doorward::limit
