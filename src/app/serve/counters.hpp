// The counters of all limits: in memory, swept by a timer, the lasting ones in a file.
//
// Time:    a sweep passes over everything once in `clean_every`.
// Ownership: clock, entropy and log outlive it.
// Threads: thread-safe; one thread of its own, beside the file's.
// Bounds:  `bytes` of memory. When a counter had to go that could still refuse somebody, a warning
//          says how many did.
// Spec:    docs/limits.md, docs/storage.md.
#pragma once

#include "adapters/posix/counter_file.hpp"
#include "app/config/config.hpp"
#include "app/observe/log.hpp"
#include "app/observe/metrics.hpp"
#include "ports/memory/memory_counter_store.hpp"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

namespace doorward::app {

class Counters {
 public:
  // Without a folder nothing outlives the process.
  Counters(const config::CounterSettings& settings, const std::filesystem::path& folder,
           const ports::Clock& clock, ports::Entropy& entropy, Log& log);
  ~Counters();
  Counters(const Counters&) = delete;
  Counters& operator=(const Counters&) = delete;

  ports::MemoryCounterStore& store() { return store_; }
  // With which their keys are hashed: the same as long as the file.
  SipKey secret() const { return file_ ? file_->secret() : secret_; }
  void write(MetricWriter& writer) const;

 private:
  void keep_clean();
  void warn_of_loss();

  config::CounterSettings settings_;
  const ports::Clock& clock_;
  Log& log_;
  ports::MemoryCounterStore store_;
  std::optional<adapters::posix::CounterFile> file_;
  SipKey secret_;
  std::uint64_t said_ = 0;  // of the counters that had to go
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace doorward::app
