// A shard's counters as bytes, see docs/storage.md.
#include "ports/memory/counter_shard.hpp"

namespace doorward::ports {

std::uint32_t CounterShard::write(ByteWriter& out, limit::Time now) const {
  const Tick tick = tick_of(now);
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < table_.capacity(); ++i) {
    const CounterSlot& slot = table_.at(i);
    if (!slot.lasting || slot.idle <= tick) continue;
    out.u64(slot.key.hi);
    out.u64(slot.key.lo);
    out.u8(slot.algorithm);
    out.u8(slot.whole);
    out.u32(slot.idle);
    if (slot.large()) {
      out.u32(slot.state.second);
      large_[slot.state.first].log.write(out);
    } else {
      out.i64(slot.state.at.time_since_epoch().count());
      out.u32(slot.state.first);
      out.u32(slot.state.second);
    }
    ++count;
  }
  return count;
}

namespace {

CounterSlot read_slot(ByteReader& in) {
  CounterSlot slot;
  slot.algorithm = in.u8();
  slot.whole = in.u8();
  slot.idle = in.u32();
  slot.lasting = true;
  const auto last = static_cast<std::uint8_t>(limit::Algorithm::concurrency);
  if (slot.algorithm > last || slot.whole > 63 || slot.idle == 0) in.fail();
  return slot;
}

limit::State read_state(ByteReader& in) {
  limit::State state;
  state.at = limit::Time{limit::Nanos{in.i64()}};
  state.first = in.u32();
  state.second = in.u32();
  if (state != limit::State{} && limit::bounded(state.at) != state.at) in.fail();
  return state;
}

// Which files of older programs have.
void pass_over_leases(ByteReader& in) {
  for (std::uint64_t left = in.varint(limit::kMaxHolders); left > 0 && in.ok(); --left) {
    in.u64();
    in.i64();
    in.varint(limit::kMaxHolders);
  }
}

}  // namespace

void CounterShard::read_one(const Hash128& key, ByteReader& in, limit::Time now) {
  const CounterSlot read = read_slot(in);
  limit::SlidingLog log;
  limit::State state;
  if (!read.large()) {
    state = read_state(in);
  } else {
    state.second = in.u32();
    if (read.algorithm == static_cast<std::uint8_t>(limit::Algorithm::concurrency))
      return pass_over_leases(in);
    log = limit::SlidingLog::read(in);
  }
  if (!in.ok() || read.idle <= tick_of(now)) return;

  const auto algorithm = static_cast<limit::Algorithm>(read.algorithm);
  CounterSlot& slot = insert(key, algorithm, tick_of(now));
  slot.idle = read.idle;
  slot.whole = read.whole;
  slot.bucket = limit::is_bucket(algorithm);
  slot.lasting = true;
  if (slot.large()) {
    Large& kept = large_[slot.state.first];
    kept.log = std::move(log);
    budget_->change_heap(kept.heap_bytes());
    state.first = slot.state.first;
  }
  slot.state = state;
}

}  // namespace doorward::ports
