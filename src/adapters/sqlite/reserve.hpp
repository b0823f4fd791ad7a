// Space on the log's disk for when there is no other: a file that holds nothing.
//
// Why:     SQLite must write to drop something, so that a full disk would keep a log from being
//          trimmed, which may be all that helps.
// Bounds:  kReserveBytes, and only where as much again is free.
// Errors:  none: a disk without so much space, or that gives none ahead, gives no reserve.
// Threads: single-owner.
#pragma once

#include <cstdint>
#include <filesystem>

namespace doorward::adapters::sqlite {

// What a step of a trim and a checkpoint write at most, most often.
inline constexpr std::uint64_t kReserveBytes = std::uint64_t{4} << 20;

class Reserve {
 public:
  explicit Reserve(std::filesystem::path file) : file_(std::move(file)) {}

  // If there is none. One of an earlier life is taken over.
  void take();
  // False: there is none to give.
  bool give_up();

 private:
  std::filesystem::path file_;
  bool is_there_ = false;
};

}  // namespace doorward::adapters::sqlite
