// What falls due next, of many things that each have at most one deadline.
//
// Why:     nothing may scan all tickets. The heap keeps for itself where each index stands in it,
//          so that the tickets hold nothing that depends on history.
// State:   derived. What falls due, and in which order, is a function of the pairs alone: by
//          deadline, and by index where deadlines are equal.
// Time:    O(log n) to set, change and remove, four ways a level; all in chunks of 1,024 entries,
//          so that no step moves the whole.
// Threads: one owner changes it; const functions from any thread while the owner changes nothing.
// Bounds:  16 bytes an entry, and 4 for each index of every run of 1,024 indexes that has had one.
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace doorward {

class DeadlineHeap {
 public:
  struct Due {
    ServiceTime deadline{};
    std::uint32_t index = 0;
    friend auto operator<=>(const Due&, const Due&) = default;
  };

  // Gives `index` a deadline, or another one.
  void set(std::uint32_t index, ServiceTime deadline);
  // False if it had none.
  bool remove(std::uint32_t index);

  std::optional<ServiceTime> deadline_of(std::uint32_t index) const;
  std::optional<Due> first() const;
  // Removes and returns the first, if it is due at `now`.
  std::optional<Due> pop_due(ServiceTime now);

  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t kChunk = 1024;
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::uint32_t kWays = 4;
  template <class T>
  using Chunks = std::vector<std::unique_ptr<std::array<T, kChunk>>>;

  Due& at(std::uint32_t position) { return (*entries_[position / kChunk])[position % kChunk]; }
  const Due& at(std::uint32_t position) const {
    return (*entries_[position / kChunk])[position % kChunk];
  }
  std::uint32_t position_of(std::uint32_t index) const;
  void put(const Due& due, std::uint32_t position);
  void rise(Due due, std::uint32_t position);
  void sink(Due due, std::uint32_t position);
  void settle(Due due, std::uint32_t position);

  Chunks<Due> entries_;
  Chunks<std::uint32_t> positions_;  // by index; null where no index of the run has had a deadline
  std::uint32_t size_ = 0;
};

}  // namespace doorward
