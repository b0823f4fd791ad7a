// The lasting counters of a store in a file: read at the start, saved every few seconds and at the
// end.
//
// Why:       a day's limit must outlive a restart. It is a file of its own and not the log, since
//            counters change with every request.
// Time:      counters are saved and put back by wall time; the pace is kept by steady time. What
//            was counted since the last save is lost by a crash, never by an orderly end.
// Ownership: store, clock and entropy outlive it.
// Threads:   one of its own. A save locks one of the store's shards at a time, for microseconds. It
//            pauses twenty times as long as it took, so it never takes more than a twentieth of a
//            core.
// Errors:    none: a file that is damaged, or of a newer program, is named in a warning, and the
//            store begins empty; a failed save is warned of once and tried again.
// Spec:      docs/storage.md
#pragma once

#include "adapters/warn.hpp"
#include "base/siphash.hpp"
#include "ports/clock.hpp"
#include "ports/entropy.hpp"
#include "ports/memory/memory_counter_store.hpp"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

namespace doorward::adapters::posix {

class CounterFile {
 public:
  struct Options {
    std::filesystem::path path;  // its folder exists
    Millis every{5'000};
  };

  // Puts the saved counters back before it returns.
  CounterFile(Options options, ports::MemoryCounterStore& store, const ports::Clock& clock,
              ports::Entropy& entropy, Warn warn);
  ~CounterFile();  // saves
  CounterFile(const CounterFile&) = delete;
  CounterFile& operator=(const CounterFile&) = delete;

  // With which keys are hashed: drawn when there was no file, the same ever after.
  const SipKey& secret() const { return secret_; }
  // At once; false if it failed.
  bool save();

 private:
  void load(ports::Entropy& entropy);
  void keep_saving();
  Result<> write_file(const std::filesystem::path& path) const;
  limit::Time now() const;

  Options options_;
  ports::MemoryCounterStore& store_;
  const ports::Clock& clock_;
  Warn warn_;
  SipKey secret_;
  std::mutex saving_;  // one save at a time
  bool failed_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace doorward::adapters::posix
