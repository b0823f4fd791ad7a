// What leads somewhere by the literal part of a path pattern, and the walk from a path up to it.
//
// Why:     a path is anybody's to write, and may have thousands of parents. Those longer than every
//          literal here lead nowhere, so they are not even hashed: the work for a path is bounded
//          by the patterns and not by its writer.
// Threads: const-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace doorward::route {

template <class T>
class LiteralIndex {
 public:
  T& operator[](const std::string& literal) {
    longest_ = std::max(longest_, literal.size());
    return map_[literal];
  }
  bool empty() const { return map_.empty(); }
  auto begin() { return map_.begin(); }
  auto end() { return map_.end(); }

  // Null: nothing. Counts itself in `look_ups` where it had to look.
  const T* find(std::string_view literal, std::size_t& look_ups) const {
    if (map_.empty() || literal.size() > longest_) return nullptr;
    ++look_ups;
    const auto found = map_.find(literal);
    return found == map_.end() ? nullptr : &found->second;
  }

  // What `path` ("" or one that begins with '/') and its parents up to the root lead to, the
  // longest first, until `visit` returns true.
  template <class Visit>
  void walk(std::string_view path, std::size_t& look_ups, Visit visit) const {
    if (map_.empty()) return;
    if (path.size() > longest_) path = path.substr(0, path.rfind('/', longest_));
    for (;; path = path.substr(0, path.rfind('/'))) {
      const T* found = find(path, look_ups);
      if ((found != nullptr && visit(*found)) || path.empty()) return;
    }
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, T, Hash, std::equal_to<>> map_;
  std::size_t longest_ = 0;
};

}  // namespace doorward::route
