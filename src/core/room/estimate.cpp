#include "core/room/estimate.hpp"

#include <algorithm>
#include <bit>

namespace doorward::room {
namespace {

constexpr std::size_t kBuckets = 32;
constexpr Millis kShortBucket{std::chrono::seconds{5}};
constexpr Millis kLongBucket{std::chrono::minutes{5}};
constexpr std::uint64_t kFullBucket = 16;

constexpr std::uint64_t kLeastEvents = 4;                // fewer say nothing
constexpr std::uint64_t kOne = 1U << 16;                 // fixed point, 16 bits of fraction
constexpr std::uint64_t kFourInFive = kOne * 128 / 100;  // deviations either side of the mean
constexpr std::uint64_t kMaxRelative = 8 * kOne;
constexpr std::uint64_t kFarAway = std::uint64_t{1} << 40;         // ms, 34 years
constexpr std::uint64_t kLongestSession = std::uint64_t{1} << 35;  // ms, a year
constexpr std::uint64_t kFarthest = std::uint64_t{1} << 27;        // places

// So that no sum of products overflows: a week without any event counts as a week.
constexpr Millis kLongestStep{std::chrono::hours{24 * 7}};
constexpr std::uint64_t kMostTime = std::uint64_t{1} << 55;  // of all heads in a bucket

// The natural logarithm of v >= 1, both in fixed point: the binary one by repeated squaring.
std::uint64_t ln(std::uint64_t v) {
  const auto whole = static_cast<unsigned>(std::bit_width(v)) - 17;
  std::uint64_t rest = whole > 15 ? v >> (whole - 15) : v << (15 - whole);  // [1, 2) with 31 bits
  std::uint64_t log2 = whole;
  for (int bit = 0; bit < 16; ++bit) {
    rest = rest * rest >> 31;
    const bool doubled = rest >> 32 != 0;
    log2 = log2 << 1 | (doubled ? 1 : 0);
    if (doubled) rest >>= 1;
  }
  constexpr std::uint64_t kLn2 = 45'426;
  return log2 * kLn2 >> 16;
}

std::uint64_t square_root(std::uint64_t v) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 31; bit > 0; bit >>= 1) {
    if ((root + bit) * (root + bit) <= v) root += bit;
  }
  return root;
}

// Of k people who would take `wait` to be served, some leave by themselves: each stays `patience`
// in the mean. dk/dt = -(speed + k / patience) gives patience * ln(1 + wait / patience).
std::uint64_t with_leavers(std::uint64_t wait, std::uint64_t patience) {
  patience = std::clamp<std::uint64_t>(patience, 1, kFarAway);
  const std::uint64_t ratio = (wait << 16) / patience;
  return std::min(wait, patience * ln(kOne + ratio) >> 16);
}

std::uint64_t ratio_squared(std::uint64_t part, std::uint64_t whole) {
  const std::uint64_t ratio = whole == 0 ? 0 : (part << 16) / whole;
  return ratio * ratio >> 16;
}

void add(FlowBucket& total, const FlowBucket& bucket) {
  total.inside_ms += bucket.inside_ms;
  total.waiting_ms += bucket.waiting_ms;
  total.ended += bucket.ended;
  total.left += bucket.left;
  total.admitted += bucket.admitted;
  total.returned += bucket.returned;
  total.passed += bucket.passed;
}

void pass_time(FlowBucket& bucket, Millis time, std::uint32_t waiting, std::uint32_t inside) {
  const auto ms = static_cast<std::uint64_t>(std::clamp(time, Millis{0}, kLongestStep).count());
  bucket.waiting_ms += ms * waiting;
  bucket.inside_ms += ms * inside;
}

std::uint64_t events(const FlowBucket& bucket) {
  return std::uint64_t{bucket.ended} + bucket.left + bucket.admitted + bucket.returned;
}

// Turns that find nobody take places away without a slot; returners take slots beside the line.
std::uint64_t slots_for(const FlowBucket& total, std::uint64_t ahead) {
  const std::uint64_t slots = std::min(ahead, kFarthest) + 1;
  const std::uint64_t used = std::uint64_t{total.admitted} + total.returned;
  const std::uint64_t progress = std::uint64_t{total.admitted} + total.passed;
  if (used < kLeastEvents || progress < kLeastEvents) return slots;
  return std::clamp(slots * used / progress, slots / 64 + 1, slots * 2);
}

void write_bucket(ByteWriter& out, const FlowBucket& bucket) {
  out.varint(bucket.inside_ms);
  out.varint(bucket.waiting_ms);
  for (auto n : {bucket.ended, bucket.left, bucket.admitted, bucket.returned, bucket.passed}) {
    out.varint(n);
  }
}

FlowBucket read_bucket(ByteReader& in) {
  FlowBucket bucket;
  bucket.inside_ms = in.varint(kMostTime);
  bucket.waiting_ms = in.varint(kMostTime);
  for (auto* n :
       {&bucket.ended, &bucket.left, &bucket.admitted, &bucket.returned, &bucket.passed}) {
    *n = static_cast<std::uint32_t>(in.varint(UINT32_MAX));
  }
  return bucket;
}

}  // namespace

// The wait in ms, and what of it is known and what not.
struct WaitGuess {
  std::uint64_t known = 0;  // passes before that, whoever comes
  std::uint64_t wait = 0;
  std::uint64_t variance = 0;  // of the wait over its square, in fixed point
  std::uint64_t grain = 0;     // the wait may be off by so much for the rhythm of the rate
  std::uint64_t may_add = 0;   // it may well be so much longer: how long sessions last is not known

  // Those ahead who leave by themselves shorten it. How many will, and that those who stayed long
  // leave less, is known the worse the more it matters.
  void consider_leavers(const FlowBucket& total) {
    if (total.left == 0) return;
    const std::uint64_t alone = wait;
    wait = with_leavers(alone, total.waiting_ms / total.left);
    const std::uint64_t doubt = ratio_squared(alone - wait, alone);
    variance += doubt / total.left + doubt / 32;
  }

  Eta range(Millis opens_in) const {
    const std::uint64_t deviation = square_root((variance + kOne / 1'600) << 16);
    const std::uint64_t relative = std::min(kFourInFive * deviation >> 16, kMaxRelative);
    const std::uint64_t shortest = (wait << 16) / (kOne + relative);
    const std::uint64_t longest = (wait * (kOne + relative) >> 16) + wait_not_known();
    const auto opens = static_cast<std::uint64_t>(std::max(opens_in, Millis{0}).count());
    const std::uint64_t sure = opens + known;
    return {seconds(shortest - std::min(shortest, grain) + sure),
            seconds(longest + grain + sure + 999)};
  }

  std::uint64_t wait_not_known() const { return may_add > 0 ? std::max(may_add, wait) : 0; }

  static std::uint32_t seconds(std::uint64_t ms) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(ms / 1'000, UINT32_MAX));
  }
};

namespace {

// For the n-th to enter. When the rate, or the next round, lets in the first is known; with those
// ahead who leave one may come into an earlier round.
WaitGuess by_rate(const Rate& rate, std::uint64_t slots, const Estimate::Question& question) {
  const auto every = static_cast<std::uint64_t>(rate.every.count());
  const Millis first = rate.rounds ? question.round_in : question.rate_in;
  WaitGuess guess;
  guess.known = static_cast<std::uint64_t>(std::max(first, Millis{0}).count());
  guess.wait = rate.rounds ? (slots - 1) / rate.count * every : (slots - 1) * every / rate.count;
  guess.grain = guess.wait > 0 ? every : 0;
  return guess;
}

// In which time those end who are inside beyond the capacity: the earlier if all sessions last as
// long, the later if each may end at any moment, so that fewer and fewer do.
struct SurplusTime {
  SurplusTime(std::uint64_t surplus, std::uint64_t length, std::uint64_t capacity)
      : earlier(surplus * length / (capacity + surplus)),
        later(2 * surplus * length / (2 * capacity + surplus)) {}
  std::uint64_t earlier;
  std::uint64_t later;
};

}  // namespace

void Estimate::stand(ServiceTime now, std::uint32_t waiting, std::uint32_t inside) {
  if (last_ == ServiceTime{}) opened_ = last_ = now;
  pass_time(open_, now - last_, waiting_, inside_);
  last_ = now;
  waiting_ = waiting;
  inside_ = inside;
  const Millis age = now - opened_;
  if (age < kShortBucket || (age < kLongBucket && events(open_) < kFullBucket)) return;
  closed_.push_back(open_);
  if (closed_.size() > kBuckets) closed_.pop_front();
  open_ = {};
  opened_ = now;
}

// The variance of the sessions that end in a bucket over their mean, in fixed point: 1 where they
// end independently, more where they end in bursts, as when many were admitted at once for a fixed
// time.
std::uint64_t Estimate::dispersion(const FlowBucket& total) const {
  constexpr std::uint64_t kMost = 4'096;
  std::uint64_t sum = 0;
  std::uint64_t used = 0;
  const std::uint64_t length = std::max<std::uint64_t>(total.inside_ms / total.ended, 1);
  for (const FlowBucket& bucket : closed_) {
    const std::uint64_t expected = (bucket.inside_ms << 8) / length;
    if (expected == 0) continue;
    const std::uint64_t ended = std::uint64_t{bucket.ended} << 8;
    const std::uint64_t off = ended > expected ? ended - expected : expected - ended;
    const std::uint64_t term =
        std::min(off, kFarAway >> 10) * std::min(off, kFarAway >> 10) / expected;
    sum += std::min(term, kMost << 20);
    ++used;
  }
  if (used < 4) return 4 * kOne;
  return std::clamp((sum << 8) / (used - 1), kOne / 2, kMost * kOne);
}

// By the rate and by the slots that must become free, whichever takes longer.
std::optional<WaitGuess> Estimate::served_after(const Policy& policy, const FlowBucket& total,
                                                std::uint64_t slots,
                                                const Question& question) const {
  const std::uint64_t free_slots = question.free_slots;
  WaitGuess guess;
  if (policy.admit) guess = by_rate(*policy.admit, slots, question);
  if (!question.capacity || slots <= free_slots) return guess;
  const std::uint64_t capacity = std::max(1U, *question.capacity);
  if (total.ended < kLeastEvents) {
    // As if sessions lasted their `ttl`, one full room after the other.
    const std::uint64_t rooms = (slots + question.surplus - free_slots - 1) / capacity + 1;
    guess.may_add = rooms * static_cast<std::uint64_t>(policy.session_ttl.count());
    return policy.admit ? std::optional(guess) : std::nullopt;
  }
  const std::uint64_t needed = slots - free_slots;
  const std::uint64_t length = std::min(total.inside_ms / total.ended, kLongestSession);
  const SurplusTime surplus(question.surplus, length, capacity);
  const std::uint64_t wait = needed * length / capacity + (surplus.earlier + surplus.later) / 2;
  if (wait <= guess.known + guess.wait) return guess;
  const std::uint64_t bursts = dispersion(total);
  // In rounds a slot that became free waits for the next one.
  const bool rounds = policy.admit && policy.admit->rounds;
  const std::uint64_t every = rounds ? static_cast<std::uint64_t>(policy.admit->every.count()) : 0;
  const std::uint64_t ends = needed + question.surplus;
  const std::uint64_t grain = every + (surplus.later - surplus.earlier) / 2;
  return WaitGuess{0, wait + every / 2, bursts / ends + bursts / total.ended + kOne / 200, grain,
                   0};
}

std::optional<Eta> Estimate::answer(const Policy& policy, const Question& question,
                                    ServiceTime now) const {
  FlowBucket total = open_;
  pass_time(total, now - last_, waiting_, inside_);
  for (const FlowBucket& bucket : closed_) add(total, bucket);
  const std::uint64_t slots = slots_for(total, question.ahead);
  auto guess = served_after(policy, total, slots, question);
  if (!guess) return std::nullopt;
  guess->wait = std::min(guess->wait, kFarAway);
  guess->consider_leavers(total);
  return guess->range(question.opens_in);
}

void Estimate::write(ByteWriter& out) const {
  out.varint(closed_.size());
  for (const FlowBucket& bucket : closed_) write_bucket(out, bucket);
  write_bucket(out, open_);
  out.i64(opened_.time_since_epoch().count());
  out.i64(last_.time_since_epoch().count());
  out.varint(waiting_);
  out.varint(inside_);
}

Estimate Estimate::read(ByteReader& in) {
  Estimate estimate;
  for (auto left = in.varint(kBuckets); left > 0 && in.ok(); --left) {
    estimate.closed_.push_back(read_bucket(in));
  }
  estimate.open_ = read_bucket(in);
  estimate.opened_ = ServiceTime{Millis{in.i64()}};
  estimate.last_ = ServiceTime{Millis{in.i64()}};
  estimate.waiting_ = static_cast<std::uint32_t>(in.varint(UINT32_MAX));
  estimate.inside_ = static_cast<std::uint32_t>(in.varint(UINT32_MAX));
  if (estimate.last_ < estimate.opened_) in.fail();
  return in.ok() ? estimate : Estimate{};
}

std::uint64_t ahead_in_lanes(std::uint64_t ahead, std::uint32_t share, std::uint64_t shares,
                             std::uint64_t elsewhere) {
  const std::uint64_t others = shares > share ? shares - share : 0;
  return ahead + std::min(elsewhere, (ahead + 1) * others / std::max(share, 1U));
}

}  // namespace doorward::room
