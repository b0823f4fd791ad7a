// The keys seen most often in a stream, from a fixed number of counters.
//
// Why:     a map of everybody who was ever refused would grow with an attack. Here a new key takes
//          over the smallest counter: a key seen more often than total / size is always among
//          those kept, and a count is never too low, and too high by at most `over`, which is at
//          most total / size.
// Time:    O(log size) an addition.
// Threads: single-owner.
// Spec:    Metwally, Agrawal, El Abbadi, "Efficient computation of frequent and top-k elements in
//          data streams" (2005).
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace doorward {

class SpaceSaving {
 public:
  struct Item {
    std::string key;
    std::uint64_t count = 0;
    std::uint64_t over = 0;
  };

  explicit SpaceSaving(std::size_t size) : size_(size) { heap_.reserve(size); }

  void add(std::string_view key, std::uint64_t count = 1, std::uint64_t over = 0);
  const std::vector<Item>& items() const { return heap_; }  // in no order
  bool contains(std::string_view key) const { return places_.contains(key); }
  // How often a key that is not kept may have come at most.
  std::uint64_t missed() const { return heap_.size() < size_ ? 0 : heap_.front().count; }
  void clear();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  void sift_down(std::size_t at);
  void sift_up(std::size_t at);
  void exchange(std::size_t a, std::size_t b);

  std::size_t size_;
  std::vector<Item> heap_;  // the smallest count first
  boost::unordered_flat_map<std::string, std::size_t, Hash, std::equal_to<>> places_;
};

}  // namespace doorward
