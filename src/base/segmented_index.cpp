#include "base/segmented_index.hpp"

#include <algorithm>
#include <utility>

namespace doorward {
namespace {

constexpr std::uint32_t kSmallest = 8;

bool is_too_full(std::uint32_t size, std::uint32_t capacity) {
  return std::uint64_t{size} * 5 > std::uint64_t{capacity} * 4;
}

// Growing by a quarter rather than to the double keeps the table between 64 and 80% full.
std::uint32_t grown(std::uint32_t capacity) { return std::max(kSmallest, capacity + capacity / 4); }

}  // namespace

void SegmentedIndex::Segment::place(std::uint16_t mark, std::uint32_t index) {
  std::uint32_t at = home(mark);
  while (marks[at] != kEmpty) at = after(at);
  marks[at] = mark;
  indexes[at] = index;
}

void SegmentedIndex::Segment::resize(std::uint32_t new_capacity) {
  const auto old_marks = std::exchange(marks, std::make_unique<std::uint16_t[]>(new_capacity));
  const auto old_indexes =
      std::exchange(indexes, std::make_unique_for_overwrite<std::uint32_t[]>(new_capacity));
  const std::uint32_t old_capacity = std::exchange(capacity, new_capacity);
  for (std::uint32_t at = 0; at < old_capacity; ++at) {
    if (old_marks[at] != kEmpty) place(old_marks[at], old_indexes[at]);
  }
}

// Moves back what stands behind the gap, until nothing behind it would be lost to a search.
void SegmentedIndex::Segment::close_gap(std::uint32_t gap) {
  const auto distance = [this](std::uint32_t from, std::uint32_t to) {
    return to >= from ? to - from : to + capacity - from;
  };
  for (std::uint32_t at = after(gap); marks[at] != kEmpty; at = after(at)) {
    if (distance(home(marks[at]), at) < distance(gap, at)) continue;
    marks[gap] = marks[at];
    indexes[gap] = indexes[at];
    gap = at;
  }
  marks[gap] = kEmpty;
}

void SegmentedIndex::insert(std::uint64_t hash, std::uint32_t index) {
  Segment& segment = segments_[segment_of(hash)];
  if (is_too_full(segment.size + 1, segment.capacity)) segment.resize(grown(segment.capacity));
  segment.place(mark_of(hash), index);
  ++segment.size;
  ++size_;
}

bool SegmentedIndex::erase(std::uint64_t hash, std::uint32_t index) {
  Segment& segment = segments_[segment_of(hash)];
  if (segment.size == 0) return false;
  const std::uint16_t mark = mark_of(hash);
  std::uint32_t at = segment.home(mark);
  while (segment.marks[at] != mark || segment.indexes[at] != index) {
    if (segment.marks[at] == kEmpty) return false;
    at = segment.after(at);
  }
  segment.close_gap(at);
  --segment.size;
  --size_;
  if (segment.size < segment.capacity / 4 && segment.capacity > kSmallest) {
    segment.resize(std::max(kSmallest, segment.capacity / 2));
  }
  return true;
}

std::size_t SegmentedIndex::memory_bytes() const {
  std::size_t bytes = sizeof *this;
  for (const Segment& segment : segments_) {
    bytes += segment.capacity * (sizeof(std::uint16_t) + sizeof(std::uint32_t));
  }
  return bytes;
}

}  // namespace doorward
