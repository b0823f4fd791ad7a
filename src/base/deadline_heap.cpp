#include "base/deadline_heap.hpp"

#include <algorithm>

namespace doorward {

std::uint32_t DeadlineHeap::position_of(std::uint32_t index) const {
  const std::size_t chunk = index / kChunk;
  if (chunk >= positions_.size() || !positions_[chunk]) return kNone;
  return (*positions_[chunk])[index % kChunk];
}

void DeadlineHeap::put(const Due& due, std::uint32_t position) {
  at(position) = due;
  (*positions_[due.index / kChunk])[due.index % kChunk] = position;
}

void DeadlineHeap::rise(Due due, std::uint32_t position) {
  while (position > 0) {
    const std::uint32_t parent = (position - 1) / kWays;
    if (at(parent) <= due) break;
    put(at(parent), position);
    position = parent;
  }
  put(due, position);
}

void DeadlineHeap::sink(Due due, std::uint32_t position) {
  while (true) {
    const std::uint64_t child = std::uint64_t{position} * kWays + 1;
    if (child >= size_) break;
    const auto end = static_cast<std::uint32_t>(std::min<std::uint64_t>(child + kWays, size_));
    auto least = static_cast<std::uint32_t>(child);
    for (std::uint32_t other = least + 1; other < end; ++other) {
      if (at(other) < at(least)) least = other;
    }
    if (due <= at(least)) break;
    put(at(least), position);
    position = least;
  }
  put(due, position);
}

void DeadlineHeap::settle(Due due, std::uint32_t position) {
  if (position > 0 && due < at((position - 1) / kWays)) {
    rise(due, position);
  } else {
    sink(due, position);
  }
}

void DeadlineHeap::set(std::uint32_t index, ServiceTime deadline) {
  const std::size_t chunk = index / kChunk;
  if (chunk >= positions_.size()) positions_.resize(chunk + 1);
  if (!positions_[chunk]) {
    positions_[chunk] = std::make_unique<std::array<std::uint32_t, kChunk>>();
    positions_[chunk]->fill(kNone);
  }
  const std::uint32_t position = position_of(index);
  if (position != kNone) return settle({deadline, index}, position);
  if (size_ % kChunk == 0 && size_ / kChunk == entries_.size()) {
    entries_.push_back(std::make_unique<std::array<Due, kChunk>>());
  }
  rise({deadline, index}, size_++);
}

bool DeadlineHeap::remove(std::uint32_t index) {
  const std::uint32_t position = position_of(index);
  if (position == kNone) return false;
  (*positions_[index / kChunk])[index % kChunk] = kNone;
  const Due last = at(--size_);
  if (position != size_) settle(last, position);
  // One chunk is kept spare, so that a heap at the edge of one does not make and free it in turn.
  if (entries_.size() > size_ / kChunk + 2) entries_.pop_back();
  return true;
}

std::optional<ServiceTime> DeadlineHeap::deadline_of(std::uint32_t index) const {
  const std::uint32_t position = position_of(index);
  if (position == kNone) return std::nullopt;
  return at(position).deadline;
}

std::optional<DeadlineHeap::Due> DeadlineHeap::first() const {
  if (size_ == 0) return std::nullopt;
  return at(0);
}

std::optional<DeadlineHeap::Due> DeadlineHeap::pop_due(ServiceTime now) {
  const auto due = first();
  if (!due || due->deadline > now) return std::nullopt;
  remove(due->index);
  return due;
}

std::size_t DeadlineHeap::memory_bytes() const {
  std::size_t bytes = entries_.size() * kChunk * sizeof(Due);
  for (const auto& chunk : positions_) bytes += sizeof chunk + (chunk ? sizeof *chunk : 0);
  return sizeof *this + bytes;
}

}  // namespace doorward
