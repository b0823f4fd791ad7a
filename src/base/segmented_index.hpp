// A hash table of 32-bit slab indexes that grows in small pieces.
//
// Why:     a table of a million entries that doubles in one step stalls the service for 50 ms and
//          more. Here 4,096 segments grow each on its own. The keys stay in the slab: the caller
//          gives a hash and a predicate. 16 bits of the hash are kept beside each index, so that a
//          search hardly ever asks the predicate in vain, and growth does not touch the slab.
// State:   derived: the order of its entries depends on history and is not shown.
// Time:    find, insert and erase are O(1). A growth or shrinking step moves one segment's entries:
//          some hundred at a million entries, 2,500 at ten million.
// Threads: one owner changes it; const functions from any thread while the owner changes nothing.
// Bounds:  6 bytes an entry at 55 to 80% load, so at most 10 and about 8.5; indexes below 2^32 - 1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace doorward {

class SegmentedIndex {
 public:
  // The index under `hash` for which `is_wanted(index)` holds.
  template <class Predicate>
  std::optional<std::uint32_t> find(std::uint64_t hash, Predicate&& is_wanted) const {
    const Segment& segment = segments_[segment_of(hash)];
    if (segment.size == 0) return std::nullopt;
    const std::uint16_t mark = mark_of(hash);
    for (std::uint32_t at = segment.home(mark); segment.marks[at] != kEmpty;
         at = segment.after(at)) {
      if (segment.marks[at] == mark && is_wanted(segment.indexes[at])) return segment.indexes[at];
    }
    return std::nullopt;
  }

  // The caller knows that the entry is not there.
  void insert(std::uint64_t hash, std::uint32_t index);
  // False if the entry was not there.
  bool erase(std::uint64_t hash, std::uint32_t index);

  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t kSegmentBits = 12;
  static constexpr std::uint16_t kEmpty = 0;

  // Open addressing with linear probing; an entry's home follows from its mark alone.
  struct Segment {
    std::unique_ptr<std::uint16_t[]> marks;
    std::unique_ptr<std::uint32_t[]> indexes;
    std::uint32_t capacity = 0;
    std::uint32_t size = 0;

    std::uint32_t home(std::uint16_t mark) const {
      return static_cast<std::uint32_t>(std::uint64_t{mark} * capacity >> 16);
    }
    std::uint32_t after(std::uint32_t at) const { return at + 1 == capacity ? 0 : at + 1; }
    void place(std::uint16_t mark, std::uint32_t index);
    void resize(std::uint32_t new_capacity);
    void close_gap(std::uint32_t gap);
  };

  static std::size_t segment_of(std::uint64_t hash) { return hash >> (64 - kSegmentBits); }
  static std::uint16_t mark_of(std::uint64_t hash) {
    const auto mark = static_cast<std::uint16_t>(hash >> (64 - kSegmentBits - 16));
    return mark == kEmpty ? 1 : mark;
  }

  std::array<Segment, std::size_t{1} << kSegmentBits> segments_;
  std::size_t size_ = 0;
};

}  // namespace doorward
