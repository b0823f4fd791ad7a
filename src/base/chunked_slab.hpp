// A slab of plain values with stable 32-bit indexes, of which a snapshot can be taken at any
// moment.
//
// Why:     a million tickets must be written to disk while they go on changing. A snapshot takes
//          the list of chunks; from then on the owner copies a chunk before it first changes it.
// State:   canonical. Which slot an insert takes follows from the slots alone (a list of dead slots
//          runs through them), and dead slots are zeroed, so equal histories give equal bytes, and
//          a slab that was restored goes on as the original would.
// Threads: one owner changes it. Others may call const functions while the owner changes nothing
//          (the engine's shared lock). A `View` may be read and dropped on any thread at any time.
// Bounds:  2^32 - 1 slots. A change copies at most one chunk of 1,024 slots.
// Errors:  `restore` fails with corrupt; wrong indexes are a programmer's error (asserted).
#pragma once

#include "base/result.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace doorward {

// Finds a value only as long as its slot was not given to another.
struct SlabHandle {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
  friend bool operator==(const SlabHandle&, const SlabHandle&) = default;
};

// What a snapshot must keep beside the slots' bytes.
struct SlabHeader {
  std::uint32_t slots = 0;  // ever used, dead ones included
  std::uint32_t live = 0;
  std::uint32_t next_free = 0;  // one more than the index of the first dead slot; 0: none
  friend bool operator==(const SlabHeader&, const SlabHeader&) = default;
};

template <class T>
class ChunkedSlab {
  // Padding would make equal values differ in their bytes.
  static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
  static_assert(std::endian::native == std::endian::little, "snapshots hold values as they lie");

  struct Slot {
    std::uint32_t generation = 0;  // odd: live
    std::uint32_t next_free = 0;   // of a dead slot, as in SlabHeader
    T value{};
  };
  static_assert(std::has_unique_object_representations_v<Slot>, "T must be aligned to 4 or 8");

 public:
  static constexpr std::uint32_t kChunkSlots = 1024;
  static constexpr std::size_t kSlotBytes = sizeof(Slot);

 private:
  struct Chunk {
    // Held once by the slab and once by each view. Only the owner of the slab, or somebody who
    // holds a view, adds a holder: so when the owner sees 1, nobody else can come.
    std::atomic<std::uint32_t> holders{1};
    std::array<Slot, kChunkSlots> slots{};
  };

  class ChunkRef {
   public:
    ChunkRef() : chunk_(std::make_unique<Chunk>().release()) {}
    explicit ChunkRef(const std::array<Slot, kChunkSlots>& slots) : ChunkRef() {
      chunk_->slots = slots;
    }
    ChunkRef(const ChunkRef& other) : chunk_(other.chunk_) {
      chunk_->holders.fetch_add(1, std::memory_order_relaxed);
    }
    ChunkRef(ChunkRef&& other) noexcept : chunk_(std::exchange(other.chunk_, nullptr)) {}
    ChunkRef& operator=(ChunkRef other) noexcept {
      std::swap(chunk_, other.chunk_);
      return *this;
    }
    ~ChunkRef() {
      // The last reads of a view happen before the owner's next write: release here, acquire in
      // `is_shared` (or in the holder that comes last and frees the chunk).
      if (chunk_ && chunk_->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        std::unique_ptr<Chunk>{chunk_};
      }
    }
    bool is_shared() const { return chunk_->holders.load(std::memory_order_acquire) != 1; }
    std::array<Slot, kChunkSlots>& slots() { return chunk_->slots; }
    const std::array<Slot, kChunkSlots>& slots() const { return chunk_->slots; }

   private:
    Chunk* chunk_;
  };

 public:
  // The slab as it was at one moment. Cheap to move, immutable.
  class View {
   public:
    View() = default;
    const SlabHeader& header() const { return header_; }
    std::size_t chunks() const { return chunks_.size(); }
    // The slots of one chunk, the unused end of the last one left out.
    std::string_view bytes(std::size_t chunk) const {
      const std::size_t left = header_.slots - chunk * kChunkSlots;
      const std::size_t slots = left < kChunkSlots ? left : kChunkSlots;
      return {reinterpret_cast<const char*>(chunks_[chunk].slots().data()), slots * kSlotBytes};
    }
    // Calls f(index, value) for every live value, by rising index.
    template <class F>
    void for_each(F&& f) const {
      ChunkedSlab::for_each_of(chunks_, f);
    }

   private:
    friend class ChunkedSlab;
    View(SlabHeader header, std::vector<ChunkRef> chunks)
        : header_(header), chunks_(std::move(chunks)) {}
    SlabHeader header_;
    std::vector<ChunkRef> chunks_;
  };

  ChunkedSlab() = default;
  ChunkedSlab(ChunkedSlab&&) noexcept = default;
  ChunkedSlab& operator=(ChunkedSlab&&) noexcept = default;

  SlabHandle insert(const T& value) {
    std::uint32_t index = header_.next_free;
    if (index > 0) {
      --index;
    } else {
      assert(header_.slots < UINT32_MAX);
      index = header_.slots++;
      if (index % kChunkSlots == 0) chunks_.emplace_back();
    }
    Slot& slot = writable(index);
    if (header_.next_free > 0) header_.next_free = std::exchange(slot.next_free, 0);
    ++header_.live;
    slot.value = value;
    return {index, ++slot.generation};
  }

  void erase(std::uint32_t index) {
    assert(is_live(index));
    Slot& slot = writable(index);
    slot = Slot{slot.generation + 1, header_.next_free, T{}};
    header_.next_free = index + 1;
    --header_.live;
  }

  bool is_live(std::uint32_t index) const {
    return index < header_.slots && slot(index).generation % 2 == 1;
  }
  SlabHandle handle(std::uint32_t index) const { return {index, slot(index).generation}; }

  // Null if the handle's value is gone.
  const T* find(SlabHandle handle) const {
    if (!is_live(handle.index)) return nullptr;
    const Slot& found = slot(handle.index);
    return found.generation == handle.generation ? &found.value : nullptr;
  }
  const T& operator[](std::uint32_t index) const {
    assert(is_live(index));
    return slot(index).value;
  }
  // For a change. The reference holds until the next call on the slab.
  T& edit(std::uint32_t index) {
    assert(is_live(index));
    return writable(index).value;
  }

  const SlabHeader& header() const { return header_; }
  std::uint32_t size() const { return header_.live; }
  std::size_t memory_bytes() const {
    return chunks_.size() * sizeof(Chunk) + chunks_.capacity() * sizeof(ChunkRef);
  }

  // Calls f(index, value) for every live value, by rising index.
  template <class F>
  void for_each(F&& f) const {
    for_each_of(chunks_, f);
  }

  // A microsecond for every few hundred thousand values.
  View snapshot() const { return View(header_, chunks_); }

  // Begins an empty slab that takes a view's chunks, in their order, by `restore_chunk`, and is
  // done by `finish_restore`. The values themselves are for the caller to check.
  static ChunkedSlab restore(const SlabHeader& header) {
    ChunkedSlab slab;
    slab.header_ = header;
    return slab;
  }
  // The size of the next chunk's bytes; 0 when all are there.
  std::size_t restore_wants() const {
    const std::size_t left = header_.slots - std::min<std::size_t>(header_.slots, restored_slots());
    return std::min<std::size_t>(left, kChunkSlots) * kSlotBytes;
  }
  Result<> restore_chunk(std::string_view bytes) {
    if (bytes.empty() || bytes.size() != restore_wants())
      return broken("has a chunk of wrong size");
    chunks_.emplace_back();
    std::memcpy(static_cast<void*>(chunks_.back().slots().data()), bytes.data(), bytes.size());
    return {};
  }
  // Checks that the list of dead slots holds every dead slot once.
  Result<> finish_restore() const {
    if (restore_wants() != 0) return broken("lacks chunks");
    std::uint32_t dead = 0;
    for (std::uint32_t next = header_.next_free; next > 0; next = slot(next - 1).next_free) {
      if (next > header_.slots || is_live(next - 1))
        return broken("has a false list of dead slots");
      if (++dead > header_.slots) return broken("has a circle in its list of dead slots");
    }
    std::uint32_t live = 0;
    for_each([&](std::uint32_t, const T&) { ++live; });
    if (live != header_.live || live + dead != header_.slots) return broken("has lost slots");
    return {};
  }

 private:
  static Error broken(const char* how) {
    return error(Errc::corrupt, std::string("a table of the snapshot ") + how +
                                    "; delete the snapshot to replay the log from an older one");
  }

  template <class F>
  static void for_each_of(const std::vector<ChunkRef>& chunks, F&& f) {
    std::uint32_t index = 0;
    for (const ChunkRef& chunk : chunks) {
      for (const Slot& slot : chunk.slots()) {
        if (slot.generation % 2 == 1) f(index, slot.value);
        ++index;
      }
    }
  }

  std::size_t restored_slots() const { return chunks_.size() * kChunkSlots; }

  const Slot& slot(std::uint32_t index) const {
    return chunks_[index / kChunkSlots].slots()[index % kChunkSlots];
  }
  Slot& writable(std::uint32_t index) {
    ChunkRef& chunk = chunks_[index / kChunkSlots];
    if (chunk.is_shared()) chunk = ChunkRef(std::as_const(chunk).slots());
    return chunk.slots()[index % kChunkSlots];
  }

  SlabHeader header_;
  std::vector<ChunkRef> chunks_;
};

}  // namespace doorward
