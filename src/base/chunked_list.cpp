#include "base/chunked_list.hpp"

#include <cassert>

namespace doorward {

// Stretches the window as needed.
ChunkedList::Chunk& ChunkedList::make_chunk(std::uint64_t number) {
  if (chunks_.empty()) first_chunk_ = number;
  for (; number < first_chunk_; --first_chunk_) chunks_.emplace_front();
  const std::size_t last = chunks_.empty() ? 0 : chunks_.size() - 1;
  while (number - first_chunk_ >= chunks_.size()) chunks_.emplace_back();
  auto& place = chunks_[number - first_chunk_];
  if (!place) place = std::make_unique<Chunk>();
  Chunk& chunk = *place;
  give_back(last);  // only now: it takes away what is empty at the front, and finds this one
  return chunk;
}

// Frees an empty chunk, unless it is the last, which is being filled.
void ChunkedList::give_back(std::size_t chunk) {
  if (!chunks_[chunk] || chunks_[chunk]->live > 0 || chunk + 1 == chunks_.size()) return;
  chunks_[chunk].reset();
  for (; !chunks_.front(); ++first_chunk_) chunks_.pop_front();
}

void ChunkedList::set(Place place, std::uint32_t value) {
  assert(value != kNone);
  Chunk& chunk = make_chunk(place / kChunkPlaces);
  std::uint32_t& slot = chunk.values[place % kChunkPlaces];
  if (slot == kNone) {
    ++chunk.live;
    ++size_;
  }
  slot = value;
}

bool ChunkedList::erase(Place place) {
  if (!at(place)) return false;
  const std::size_t number = place / kChunkPlaces - first_chunk_;
  Chunk& chunk = *chunks_[number];
  chunk.values[place % kChunkPlaces] = kNone;
  --chunk.live;
  --size_;
  give_back(number);
  return true;
}

std::optional<std::uint32_t> ChunkedList::at(Place place) const {
  const std::uint64_t number = place / kChunkPlaces;
  if (number < first_chunk_ || number - first_chunk_ >= chunks_.size()) return std::nullopt;
  const Chunk* chunk = chunks_[number - first_chunk_].get();
  if (!chunk) return std::nullopt;
  const std::uint32_t value = chunk->values[place % kChunkPlaces];
  if (value == kNone) return std::nullopt;
  return value;
}

std::size_t ChunkedList::memory_bytes() const {
  std::size_t bytes = sizeof *this;
  for (const auto& chunk : chunks_) bytes += sizeof chunk + (chunk ? sizeof *chunk : 0);
  return bytes;
}

}  // namespace doorward
