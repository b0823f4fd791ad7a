// Places in the order of arrival, some of them alive, and how many alive ones stand before each.
//
// Why:     a position in a queue must be exact although people leave from its middle. One bit a
//          place, Fenwick trees over the bits' counts: nothing is ever renumbered.
// State:   derived: fully given by `end` and the set of alive places.
// Time:    every call is O(log n); rank takes some ten nanoseconds at ten million places. A step of
//          growth makes one chunk of 4 KiB, or shifts one word for every 32,768 places in the
//          window.
// Threads: one owner changes it; const functions from any thread while the owner changes nothing.
// Bounds:  fewer than 2^32 alive. Memory is given back wherever 32,768 places in a row are dead, so
//          it follows the number of alive places, and of the others a few bytes for each 32,768
//          between the first and the last alive one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace doorward {

class RankIndex {
 public:
  using Place = std::uint64_t;

  // Gives out places from `end` on. To rebuild an index, `set` its alive places.
  explicit RankIndex(Place end = 0) : end_(end) {}

  // A new last place, alive.
  Place push_back();
  // `n` new last places, all dead, of which some may then be `set`.
  void extend(std::uint64_t n) { end_ += n; }

  // Makes a place before `end` alive; false if it was.
  bool set(Place place);
  // Makes a place dead; false if it was.
  bool clear(Place place);

  bool test(Place place) const;
  // Alive places before `place`, whether itself is alive or not.
  std::uint64_t rank(Place place) const;
  // The alive place with k alive ones before it; none if there are not so many.
  std::optional<Place> select(std::uint64_t k) const;
  std::optional<Place> first_alive() const { return select(0); }

  std::uint64_t count() const { return count_; }
  Place end() const { return end_; }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t kBlockWords = 8;  // 512 bits, one cache line
  static constexpr std::size_t kBlocks = 64;
  static constexpr std::size_t kChunkPlaces = kBlocks * kBlockWords * 64;

  struct Chunk {
    std::array<std::uint16_t, kBlocks> sums{};  // Fenwick tree over the blocks' alive places
    alignas(64) std::array<std::uint64_t, kBlocks * kBlockWords> words{};

    // The last node of a tree of 2^n counts is their total.
    std::size_t alive() const { return sums.back(); }
    std::size_t rank(std::size_t bit) const;
    std::size_t select(std::size_t k) const;
  };

  static std::uint64_t chunk_number(Place place) { return place / kChunkPlaces; }
  const Chunk* chunk_of(Place place) const;
  Chunk& make_chunk(std::uint64_t number);
  void give_back(std::uint64_t number);
  void rebuild_sums();

  // A window over the chunks that may hold alive places; null where all are dead.
  std::deque<std::unique_ptr<Chunk>> chunks_;
  std::vector<std::uint32_t> sums_;  // Fenwick tree over chunks_
  std::uint64_t first_chunk_ = 0;
  std::uint64_t count_ = 0;
  Place end_ = 0;
};

}  // namespace doorward
