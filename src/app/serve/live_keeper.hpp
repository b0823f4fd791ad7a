// Keeps the live statistics going: looks at the rooms each second, and saves the day to a file.
//
// Ownership: live, shard, clock and log outlive it.
// Threads: one of its own.
// Errors:  none: a file that is damaged, or of a newer program, is named in a warning, and the
//          statistics begin anew; a failed save is warned of once and tried again.
// Spec:    docs/storage.md, "The statistics".
#pragma once

#include "api/live/live.hpp"
#include "app/observe/log.hpp"
#include "engine/shard.hpp"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

namespace doorward::app {

// Puts back what was saved. Before requests come.
void load_statistics(const std::filesystem::path& folder, api::live::Live& live, Log& log);

class LiveKeeper {
 public:
  // Without a folder nothing outlives the process.
  LiveKeeper(std::filesystem::path folder, api::live::Live& live, const engine::Shard& shard,
             Log& log);
  ~LiveKeeper();  // saves
  LiveKeeper(const LiveKeeper&) = delete;
  LiveKeeper& operator=(const LiveKeeper&) = delete;

 private:
  void keep();
  void save();

  std::filesystem::path folder_;
  api::live::Live& live_;
  const engine::Shard& shard_;
  Log& log_;
  bool failed_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace doorward::app
