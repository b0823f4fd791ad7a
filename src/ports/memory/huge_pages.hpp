// Memory out of one range of addresses, in huge pages where the system gives them.
//
// Why:     with a million keys every decision reads a slot somewhere in 60 MB. With pages of 4 KiB
//          the processor waits for the page's place as long as for the slot.
// Threads: thread-safe.
// Bounds:  a reservation of addresses, not of memory: a page is taken when it is first used, and
//          kept until the end. What finds no room in it is taken from the heap.
#pragma once

#include <cstddef>
#include <map>
#include <memory_resource>
#include <mutex>

namespace doorward::ports {

class HugePages final : public std::pmr::memory_resource {
 public:
  explicit HugePages(std::size_t reserved_bytes);
  ~HugePages() override;
  HugePages(const HugePages&) = delete;
  HugePages& operator=(const HugePages&) = delete;

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* at, std::size_t bytes, std::size_t alignment) override;
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  std::mutex mutex_;
  std::byte* begin_ = nullptr;
  std::size_t size_ = 0;
  std::map<std::size_t, std::size_t> free_;  // where, and how much; no two touch
};

}  // namespace doorward::ports
