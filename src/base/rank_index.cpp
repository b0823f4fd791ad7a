#include "base/rank_index.hpp"

#include "base/fenwick.hpp"

#include <bit>
#include <cassert>

namespace doorward {
namespace {

constexpr std::uint64_t bit_of(std::uint64_t place) { return std::uint64_t{1} << place % 64; }

std::size_t ones(std::uint64_t word) { return static_cast<std::size_t>(std::popcount(word)); }

// Where the one with k ones below it stands.
std::size_t select_bit(std::uint64_t word, std::size_t k) {
  for (; k > 0; --k) word &= word - 1;
  return static_cast<std::size_t>(std::countr_zero(word));
}

}  // namespace

std::size_t RankIndex::Chunk::rank(std::size_t bit) const {
  const std::size_t word = bit / 64;
  const std::size_t block = word / kBlockWords;
  std::size_t alive = fenwick_before(sums, block);
  for (std::size_t i = block * kBlockWords; i < word; ++i) alive += ones(words[i]);
  return alive + ones(words[word] & (bit_of(bit) - 1));
}

std::size_t RankIndex::Chunk::select(std::size_t k) const {
  std::size_t word = fenwick_find(sums, k) * kBlockWords;
  for (std::size_t alive = ones(words[word]); k >= alive; alive = ones(words[++word])) k -= alive;
  return word * 64 + select_bit(words[word], k);
}

const RankIndex::Chunk* RankIndex::chunk_of(Place place) const {
  const std::uint64_t number = chunk_number(place);
  if (number < first_chunk_ || number - first_chunk_ >= chunks_.size()) return nullptr;
  return chunks_[number - first_chunk_].get();
}

// Stretches the window as needed.
RankIndex::Chunk& RankIndex::make_chunk(std::uint64_t number) {
  if (chunks_.empty()) first_chunk_ = number;
  if (number < first_chunk_) {
    for (; number < first_chunk_; --first_chunk_) chunks_.emplace_front();
    rebuild_sums();
  }
  while (number - first_chunk_ >= chunks_.size()) {
    chunks_.emplace_back();
    fenwick_push_back(sums_);
  }
  auto& chunk = chunks_[number - first_chunk_];
  if (!chunk) chunk = std::make_unique<Chunk>();
  return *chunk;
}

// Frees an empty chunk, unless it is the one now being filled.
void RankIndex::give_back(std::uint64_t number) {
  auto& chunk = chunks_[number - first_chunk_];
  if (!chunk || chunk->alive() > 0 || number == chunk_number(end_)) return;
  chunk.reset();
  if (chunks_.front()) return;
  for (; !chunks_.empty() && !chunks_.front(); ++first_chunk_) chunks_.pop_front();
  rebuild_sums();
}

void RankIndex::rebuild_sums() {
  sums_.assign(chunks_.size(), 0);
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    if (chunks_[i]) fenwick_add(sums_, i, static_cast<std::uint32_t>(chunks_[i]->alive()));
  }
}

RankIndex::Place RankIndex::push_back() {
  const Place place = end_++;
  set(place);
  // The chunk before was kept while it was being filled.
  if (end_ % kChunkPlaces == 0) give_back(chunk_number(place));
  return place;
}

bool RankIndex::set(Place place) {
  assert(place < end_);
  const std::uint64_t number = chunk_number(place);
  Chunk& chunk = make_chunk(number);
  const std::size_t bit = place % kChunkPlaces;
  std::uint64_t& word = chunk.words[bit / 64];
  if (word & bit_of(bit)) return false;
  word |= bit_of(bit);
  fenwick_add(chunk.sums, bit / 64 / kBlockWords, 1);
  fenwick_add(sums_, number - first_chunk_, 1);
  ++count_;
  return true;
}

bool RankIndex::clear(Place place) {
  if (!test(place)) return false;
  const std::uint64_t number = chunk_number(place);
  Chunk& chunk = *chunks_[number - first_chunk_];
  const std::size_t bit = place % kChunkPlaces;
  chunk.words[bit / 64] &= ~bit_of(bit);
  fenwick_add(chunk.sums, bit / 64 / kBlockWords, -1);
  fenwick_add(sums_, number - first_chunk_, -1);
  --count_;
  give_back(number);
  return true;
}

bool RankIndex::test(Place place) const {
  const Chunk* chunk = chunk_of(place);
  return chunk && (chunk->words[place % kChunkPlaces / 64] & bit_of(place)) != 0;
}

std::uint64_t RankIndex::rank(Place place) const {
  const std::uint64_t number = chunk_number(place);
  if (number < first_chunk_) return 0;
  if (number - first_chunk_ >= chunks_.size()) return count_;
  const Chunk* chunk = chunk_of(place);
  return fenwick_before(sums_, number - first_chunk_) +
         (chunk ? chunk->rank(place % kChunkPlaces) : 0);
}

std::optional<RankIndex::Place> RankIndex::select(std::uint64_t k) const {
  if (k >= count_) return std::nullopt;
  std::size_t rest = k;
  const std::size_t chunk = fenwick_find(sums_, rest);
  return (first_chunk_ + chunk) * kChunkPlaces + chunks_[chunk]->select(rest);
}

std::size_t RankIndex::memory_bytes() const {
  std::size_t bytes = sizeof *this + sums_.capacity() * sizeof(std::uint32_t);
  for (const auto& chunk : chunks_) bytes += sizeof chunk + (chunk ? sizeof *chunk : 0);
  return bytes;
}

}  // namespace doorward
