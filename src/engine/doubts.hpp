// What this node's state refuses though another node, or the time, may have changed that already:
// it is asked again once a batch of this node that was appended afterwards is applied, with all
// before it.
//
// Why:     whoever was answered by one node and then asks another must be judged by what the first
//          one did, and a lease that has ended must not keep others out until the next tick.
// Threads: the committer's.
// Bounds:  `most` wait.
#pragma once

#include "engine/shard_core.hpp"

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace doorward::engine {

class Doubts {
 public:
  explicit Doubts(std::size_t most) : most_(most) {}

  // False: as many wait as may.
  bool add(const Submitted& item) {
    if (waiting_.size() >= most_) return false;
    waiting_.push_back({item, 0});
    ++new_;
    return true;
  }
  // Whether some wait for a batch that is not appended yet.
  bool has_new() const { return new_ > 0; }
  bool is_empty() const { return waiting_.empty(); }
  // A batch that ends with this counter was.
  void appended(std::uint64_t last) {
    for (auto one = waiting_.rbegin(); new_ > 0; ++one, --new_) one->until = last;
  }
  // Those for whom enough is applied, in their order.
  std::vector<Submitted> take(std::uint64_t applied) {
    std::vector<Submitted> taken;
    for (; waiting_.size() > new_ && waiting_.front().until <= applied; waiting_.pop_front())
      taken.push_back(std::move(waiting_.front().item));
    return taken;
  }
  std::vector<Submitted> take_all() {
    new_ = 0;
    return take(UINT64_MAX);
  }

 private:
  struct One {
    Submitted item;
    std::uint64_t until = 0;
  };
  const std::size_t most_;
  std::deque<One> waiting_;  // the new ones last
  std::size_t new_ = 0;
};

}  // namespace doorward::engine
