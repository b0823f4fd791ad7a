#include "ports/memory/huge_pages.hpp"

#include <sys/mman.h>

namespace doorward::ports {
namespace {

constexpr std::size_t kLine = 64;  // blocks begin and end with a cache line
constexpr std::size_t kHugePage = std::size_t{2} << 20;

std::size_t up_to(std::size_t bytes, std::size_t step) { return (bytes + step - 1) / step * step; }

}  // namespace

HugePages::HugePages(std::size_t reserved_bytes) : size_(up_to(reserved_bytes, kHugePage)) {
  void* const at = mmap(nullptr, size_, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return;
  begin_ = static_cast<std::byte*>(at);
  madvise(begin_, size_, MADV_HUGEPAGE);  // refused by a kernel without: small pages do as well
  free_.emplace(0, size_);
}

HugePages::~HugePages() {
  if (begin_ != nullptr) munmap(begin_, size_);
}

// The first that fits: what is taken stays together at the beginning.
void* HugePages::do_allocate(std::size_t bytes, std::size_t alignment) {
  const std::size_t taken = up_to(bytes, kLine);
  const std::lock_guard lock(mutex_);
  auto fit = free_.begin();
  while (fit != free_.end() && fit->second < taken) ++fit;
  if (fit == free_.end()) return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  const auto [at, room] = *fit;
  free_.erase(fit);
  if (room > taken) free_.emplace(at + taken, room - taken);
  return begin_ + at;
}

void HugePages::do_deallocate(void* block, std::size_t bytes, std::size_t alignment) {
  auto* const from = static_cast<std::byte*>(block);
  if (from < begin_ || from >= begin_ + size_ || begin_ == nullptr)
    return std::pmr::new_delete_resource()->deallocate(block, bytes, alignment);
  auto at = static_cast<std::size_t>(from - begin_);
  std::size_t room = up_to(bytes, kLine);
  const std::lock_guard lock(mutex_);
  auto after = free_.lower_bound(at);
  if (after != free_.end() && after->first == at + room) {
    room += after->second;
    after = free_.erase(after);
  }
  if (after != free_.begin() && std::prev(after)->first + std::prev(after)->second == at)
    std::prev(after)->second += room;
  else
    free_.emplace(at, room);
}

}  // namespace doorward::ports
