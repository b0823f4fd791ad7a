#include "core/limit/sliding_log.hpp"

#include <algorithm>
#include <cassert>

namespace doorward::limit {
namespace {

constexpr std::uint32_t kFirstEntries = 4;

}  // namespace

// A ring. Times and counts lie apart, so that an entry takes 12 bytes and not 16.
struct SlidingLog::Block {
  std::unique_ptr<Time[]> times;
  std::unique_ptr<std::uint32_t[]> counts;
  std::uint32_t room = 0;
  std::uint32_t begin = 0;
  std::uint32_t entries = 0;
  std::uint64_t total = 0;

  std::uint32_t slot(std::uint32_t i) const {
    const std::uint32_t at = begin + i;
    return at < room ? at : at - room;
  }
  Time& time(std::uint32_t i) const { return times[slot(i)]; }
  std::uint32_t& count(std::uint32_t i) const { return counts[slot(i)]; }
  Time last() const { return time(entries - 1); }

  void resize(std::uint32_t new_room) {
    assert(new_room >= entries);
    auto new_times = std::make_unique<Time[]>(new_room);
    auto new_counts = std::make_unique<std::uint32_t[]>(new_room);
    for (std::uint32_t i = 0; i < entries; ++i) {
      new_times[i] = time(i);
      new_counts[i] = count(i);
    }
    times = std::move(new_times);
    counts = std::move(new_counts);
    room = new_room;
    begin = 0;
  }

  void push(Time at, std::uint32_t n) {
    if (entries > 0 && last() == at) {
      count(entries - 1) += n;
    } else {
      if (entries == room) resize(std::max(kFirstEntries, 2 * room));
      ++entries;
      time(entries - 1) = at;
      count(entries - 1) = n;
    }
    total += n;
  }

  // Takes away the oldest hits.
  void pop(std::uint64_t hits) {
    total -= hits;
    while (hits > 0 && hits >= count(0)) {
      hits -= count(0);
      begin = slot(1);
      --entries;
    }
    if (hits > 0) count(0) -= static_cast<std::uint32_t>(hits);
    if (room > 4 * kFirstEntries && entries < room / 4) resize(room / 2);
  }

  void clear() {
    begin = entries = 0;
    total = 0;
  }
};

SlidingLog::SlidingLog() = default;
SlidingLog::SlidingLog(SlidingLog&&) noexcept = default;
SlidingLog& SlidingLog::operator=(SlidingLog&&) noexcept = default;
SlidingLog::~SlidingLog() = default;
SlidingLog::SlidingLog(const SlidingLog& other) {
  if (!other.block_) return;
  block_ = std::make_unique<Block>();
  for (std::uint32_t i = 0; i < other.block_->entries; ++i) {
    block_->push(other.block_->time(i), other.block_->count(i));
  }
}

SlidingLog::Live SlidingLog::live(const CompiledQuota& quota, Time now) const {
  if (!block_ || block_->entries == 0) return {now};
  const Time last = block_->last();
  if (now < last - quota.window()) return {now, 0, block_->total, true};
  Live live{std::max(now, last), 0, block_->total};
  while (live.first < block_->entries && block_->time(live.first) + quota.window() <= live.now) {
    live.hits -= block_->count(live.first++);
  }
  return live;
}

// Makes the log hold what counts, and no more.
void SlidingLog::settle(const Live& live) {
  if (!block_) return;
  if (live.clock_was_put_back) {
    block_->clear();
    block_->push(live.now, static_cast<std::uint32_t>(live.hits));
  } else if (block_->total > live.hits) {
    block_->pop(block_->total - live.hits);
  }
}

// Of hits beyond the limit the oldest make no difference any more.
void SlidingLog::count(Time now, std::uint64_t cost, std::uint64_t limit) {
  if (cost == 0) return;
  if (!block_) block_ = std::make_unique<Block>();
  block_->push(now, static_cast<std::uint32_t>(std::min(cost, limit)));
  if (block_->total > limit) block_->pop(block_->total - limit);
}

// When so many of the oldest hits no longer count.
Time SlidingLog::gone_at(std::uint64_t hits, const CompiledQuota& quota) const {
  std::uint32_t i = 0;
  for (; hits > block_->count(i); ++i) hits -= block_->count(i);
  return block_->time(i) + quota.window();
}

Decision SlidingLog::decide(const CompiledQuota& quota, Time now, std::uint64_t cost) {
  now = bounded(now);
  const Live present = live(quota, now);
  settle(present);

  const std::uint64_t limit = quota.limit();
  const std::uint64_t free = limit - std::min(present.hits, limit);
  const bool allowed = cost <= free || cost == 0;
  if (allowed || quota.count_refused()) count(present.now, cost, limit);

  const std::uint64_t hits = block_ ? block_->total : 0;
  Decision decision{allowed, limit, limit - std::min(hits, limit), {}, {}};
  if (hits > 0) decision.reset = idle_at(quota) - now;
  if (allowed) return decision;
  decision.retry_after = cost > limit ? kNever : gone_at(hits + cost - limit, quota) - now;
  return decision;
}

Decision SlidingLog::peek(const CompiledQuota& quota, Time now, std::uint64_t cost) const {
  return SlidingLog(*this).decide(quota, now, cost);
}

Time SlidingLog::idle_at(const CompiledQuota& quota) const {
  return block_ && block_->entries > 0 ? block_->last() + quota.window() : kLongAgo;
}

std::size_t SlidingLog::memory_bytes() const {
  return block_ ? sizeof(Block) + block_->room * (sizeof(Time) + sizeof(std::uint32_t)) : 0;
}

void SlidingLog::write(ByteWriter& out) const {
  const std::uint32_t entries = block_ ? block_->entries : 0;
  out.varint(entries);
  for (std::uint32_t i = 0; i < entries; ++i) {
    out.i64(block_->time(i).time_since_epoch().count());
    out.varint(block_->count(i));
  }
}

SlidingLog SlidingLog::read(ByteReader& in) {
  SlidingLog log;
  const std::uint64_t entries = in.varint(kMaxLogLimit);
  if (entries > 0) log.block_ = std::make_unique<Block>();
  Time last = kLongAgo;
  for (std::uint64_t i = 0; i < entries && in.ok(); ++i) {
    const Time at{Nanos{in.i64()}};
    const std::uint64_t n = in.varint(kMaxLogLimit);
    if (at <= last || at > kLatest || n == 0 || log.block_->total + n > kMaxLogLimit) in.fail();
    if (in.ok()) log.block_->push(at, static_cast<std::uint32_t>(n));
    last = at;
  }
  return in.ok() ? std::move(log) : SlidingLog{};
}

bool operator==(const SlidingLog& a, const SlidingLog& b) {
  ByteWriter bytes_of_a;
  ByteWriter bytes_of_b;
  a.write(bytes_of_a);
  b.write(bytes_of_b);
  return bytes_of_a.view() == bytes_of_b.view();
}

}  // namespace doorward::limit
