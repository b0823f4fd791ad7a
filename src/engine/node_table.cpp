#include "engine/node_table.hpp"

#include <algorithm>

namespace doorward::engine {
namespace {

// A node that lives but had nothing to say is remembered for longer, so that its next start finds
// the place that it had.
constexpr Millis kQuietNode{std::chrono::hours(24)};
constexpr std::uint64_t kMaxSlots = (1U << 20) - 1;

template <class Time>
void put_time(ByteWriter& out, Time t) {
  out.i64(t.time_since_epoch().count());
}

template <class Time>
void get_time(ByteReader& in, Time& t) {
  t = Time(Millis(in.i64()));
}

}  // namespace

NodeTable::Slot NodeTable::find(std::uint64_t node) const {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].id == node) return static_cast<Slot>(i + 1);
  }
  return 0;
}

NodeTable::Slot NodeTable::heard(const Heard& batch) {
  Slot slot = find(batch.node);
  if (slot == 0) {
    forget_old(batch.at);
    slot = add(batch.node);
  }
  Node& node = at(slot);
  node.last_written = std::max(node.last_written, batch.written_at);
  node.last_heard = batch.at;
  node.last_service = batch.service_at;
  return slot;
}

NodeTable::Slot NodeTable::add(std::uint64_t node) {
  auto free = std::ranges::find(slots_, 0U, &Node::id);
  if (free == slots_.end()) free = slots_.insert(slots_.end(), Node{});
  *free = Node{.id = node};
  return static_cast<Slot>(free - slots_.begin() + 1);
}

void NodeTable::forget_old(LogTime now) {
  for (Node& node : slots_) {
    const LogTime last = std::max(node.last_heard, node.last_written);
    const Millis keep = node.ended ? kStaleAfter : kQuietNode;
    if (node.tickets == 0 && now - last > keep) node = Node{};
  }
}

bool NodeTable::take(Slot slot, std::uint64_t counter) {
  if (counter <= at(slot).last_counter) return false;
  at(slot).last_counter = counter;
  return true;
}

void NodeTable::started(Slot slot, std::uint64_t place, ServiceTime now) {
  for (Node& node : slots_) {
    const bool earlier_life = node.id != 0 && node.place == place && &node != &at(slot);
    if (!earlier_life || node.ended) continue;
    node.ended_at = present_until(static_cast<Slot>(&node - slots_.data() + 1), now);
    node.ended = true;
  }
  at(slot).place = place;
}

bool NodeTable::is_alive(Slot slot, ServiceTime now) const {
  return !at(slot).ended && now - at(slot).last_service <= kLease;
}

ServiceTime NodeTable::present_until(Slot slot, ServiceTime now) const {
  const Node& node = at(slot);
  if (node.ended) return node.ended_at;
  return std::min(now, node.last_service + kLease);
}

void NodeTable::write(ByteWriter& out) const {
  out.varint(slots_.size());
  for (const Node& node : slots_) {
    out.u64(node.id);
    out.u64(node.place);
    out.varint(node.last_counter);
    put_time(out, node.last_written);
    put_time(out, node.last_heard);
    put_time(out, node.last_service);
    put_time(out, node.ended_at);
    out.boolean(node.ended);
  }
}

NodeTable NodeTable::read(ByteReader& in) {
  NodeTable table;
  const std::uint64_t count = in.varint(kMaxSlots);
  for (std::uint64_t i = 0; in.ok() && i < count; ++i) {
    Node node;
    node.id = in.u64();
    node.place = in.u64();
    node.last_counter = in.varint();
    get_time(in, node.last_written);
    get_time(in, node.last_heard);
    get_time(in, node.last_service);
    get_time(in, node.ended_at);
    node.ended = in.boolean();
    table.slots_.push_back(node);
  }
  return table;
}

}  // namespace doorward::engine
