// The pipeline in use: replaced by a reload, read by every request on every loop.
//
// Why:     a request must not contend with those on other loops, not even for a reference count.
//          Each loop keeps a pointer of its own, counted by itself, and looks only at a number that
//          seldom changes.
// Ownership: requests under way keep the pipeline that they began with.
// Threads: thread-safe.
#pragma once

#include "gateway/pipeline.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace doorward::app {

class CurrentPipeline {
 public:
  using Pointer = std::shared_ptr<const gateway::Pipeline>;

  void set(Pointer pipeline) {
    const std::scoped_lock lock(mutex_);
    pipeline_ = std::move(pipeline);
    version_.store(next_version(), std::memory_order_release);
  }

  // Until this thread asks again.
  const Pointer& get() const {
    thread_local std::uint64_t seen = 0;
    thread_local Pointer mine;
    const std::uint64_t version = version_.load(std::memory_order_acquire);
    if (seen != version) {
      const std::scoped_lock lock(mutex_);
      // A new control block: its count is this loop's alone.
      mine = Pointer(pipeline_.get(), [keep = pipeline_](const gateway::Pipeline*) {});
      seen = version;
    }
    return mine;
  }

 private:
  // Never the same in two objects, so that what a thread saw of one is not taken for the other.
  static std::uint64_t next_version() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1) + 1;
  }

  mutable std::mutex mutex_;
  Pointer pipeline_;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace doorward::app
