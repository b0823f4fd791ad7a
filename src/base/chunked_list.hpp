// From place to ticket: a list by ever growing number whose dead stretches take no memory.
//
// Why:     a queue is entered at its end and left anywhere. std::deque gives back only the ends, so
//          one patient visitor at the head would hold the memory of all who came and went behind.
// State:   derived.
// Time:    O(1); a step of growth makes one chunk of 4 KiB.
// Threads: one owner changes it; const functions from any thread while the owner changes nothing.
// Bounds:  values below 2^32 - 1. 4 bytes a place, and 8 for each 1,024 dead ones between others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

namespace doorward {

class ChunkedList {
 public:
  using Place = std::uint64_t;

  // Sets or changes the value at any place.
  void set(Place place, std::uint32_t value);
  // False if there was none.
  bool erase(Place place);
  std::optional<std::uint32_t> at(Place place) const;

  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint64_t kChunkPlaces = 1024;
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Chunk {
    Chunk() { values.fill(kNone); }
    std::array<std::uint32_t, kChunkPlaces> values;
    std::uint32_t live = 0;
  };

  Chunk& make_chunk(std::uint64_t number);
  void give_back(std::size_t chunk);

  // A window over the chunks that may hold values; null where every place is dead.
  std::deque<std::unique_ptr<Chunk>> chunks_;
  std::uint64_t first_chunk_ = 0;
  std::size_t size_ = 0;
};

}  // namespace doorward
