#include "base/space_saving.hpp"

#include <utility>

namespace doorward {

void SpaceSaving::add(std::string_view key, std::uint64_t count, std::uint64_t over) {
  const auto known = places_.find(key);
  if (known != places_.end()) {
    const std::size_t at = known->second;
    heap_[at].count += count;
    heap_[at].over += over;
    sift_down(at);
    return;
  }
  if (heap_.size() < size_) {
    heap_.push_back({std::string(key), count, over});
    places_.emplace(key, heap_.size() - 1);
    sift_up(heap_.size() - 1);
    return;
  }
  Item& least = heap_.front();
  places_.erase(least.key);
  least = {std::string(key), least.count + count, least.count + over};
  places_.emplace(key, 0);
  sift_down(0);
}

void SpaceSaving::clear() {
  heap_.clear();
  places_.clear();
}

void SpaceSaving::sift_down(std::size_t at) {
  for (;;) {
    std::size_t least = at;
    for (const std::size_t child : {2 * at + 1, 2 * at + 2})
      if (child < heap_.size() && heap_[child].count < heap_[least].count) least = child;
    if (least == at) return;
    exchange(at, least);
    at = least;
  }
}

void SpaceSaving::sift_up(std::size_t at) {
  while (at > 0 && heap_[at].count < heap_[(at - 1) / 2].count) {
    exchange(at, (at - 1) / 2);
    at = (at - 1) / 2;
  }
}

void SpaceSaving::exchange(std::size_t a, std::size_t b) {
  std::swap(heap_[a], heap_[b]);
  places_.find(heap_[a].key)->second = a;
  places_.find(heap_[b].key)->second = b;
}

}  // namespace doorward
