#include "ports/memory/huge_pages.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <map>
#include <random>

namespace doorward::ports {
namespace {

TEST(HugePages, BlocksNeverMeetAndTheWholeComesBack) {
  constexpr std::size_t kReserved = std::size_t{4} << 20;
  HugePages pages(kReserved);
  std::mt19937_64 random(11);
  std::map<std::byte*, std::size_t> taken;
  for (int step = 0; step < 20'000; ++step) {
    if (taken.size() < 200 && random() % 2 == 0) {
      const std::size_t size = random() % 20'000 + 1;
      auto* const at = static_cast<std::byte*>(pages.allocate(size, alignof(std::max_align_t)));
      const auto after = taken.lower_bound(at);
      ASSERT_TRUE(after == taken.end() || at + size <= after->first);
      ASSERT_TRUE(after == taken.begin() ||
                  std::prev(after)->first + std::prev(after)->second <= at);
      std::memset(at, 1, size);
      taken.emplace(at, size);
    } else if (!taken.empty()) {
      const auto one = std::next(taken.begin(), static_cast<long>(random() % taken.size()));
      pages.deallocate(one->first, one->second, alignof(std::max_align_t));
      taken.erase(one);
    }
  }
  for (const auto& [at, size] : taken) pages.deallocate(at, size, alignof(std::max_align_t));
  void* const whole = pages.allocate(kReserved);
  pages.deallocate(whole, kReserved);
}

TEST(HugePages, WhatFindsNoRoomComesFromTheHeap) {
  HugePages pages(1);
  void* const first = pages.allocate(std::size_t{2} << 20);
  void* const second = pages.allocate(1'000);
  std::memset(second, 1, 1'000);
  pages.deallocate(second, 1'000);
  pages.deallocate(first, std::size_t{2} << 20);
}

}  // namespace
}  // namespace doorward::ports
