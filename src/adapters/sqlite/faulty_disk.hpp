// A disk for tests: an SQLite VFS over the real one that fails to order and loses power.
//
// Why:     `kill -9` leaves the page cache, so it cannot tell a log that syncs from one that does
//          not. Here a file keeps only what was synced, and of the rest a random part, torn at
//          sectors.
// Use:     give `name()` to SqliteLog as its VFS. A step is one write, truncation or sync.
// Ownership: everything opened through it is closed before it ends.
// Threads: thread-safe.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace doorward::adapters::sqlite {

class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  const std::string& name() const { return name_; }

  enum class Lasting { once, until_mended };
  // The step that comes after `steps` more answers `code`, and so do all that follow if it lasts.
  void fail_after(std::uint64_t steps, int code, Lasting lasting);
  void mend();
  // Whether a fault was met since the last `fail_after`.
  bool failed() const;

  // From now on the disk has room for so many bytes, files of others in that folder included.
  void hold_at_most(std::uint64_t bytes, const std::filesystem::path& folder);

  // After `steps` more steps nothing is written any more.
  void cut_power_after(std::uint64_t steps);
  // Makes the files what a machine finds when the power is back. All must be closed.
  void restore(std::uint64_t seed);

 private:
  friend struct FaultyFile;
  struct Change {
    std::uint64_t offset = 0;
    std::string bytes;
    bool truncates = false;
  };
  struct Content {
    std::string durable;
    std::vector<Change> pending;
  };

  // SQLITE_OK, or what this step answers.
  int step();
  bool has_room(std::uint64_t more) const;
  void opened(const std::string& path);
  void changed(const std::string& path, Change change);
  void synced(const std::string& path);
  void removed(const std::string& path);
  static void apply(std::string& content, const Change& change);

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out);
  static int remove(sqlite3_vfs* vfs, const char* path, int sync_folder);

  mutable std::mutex mutex_;
  std::string name_;
  sqlite3_vfs vfs_{};
  sqlite3_vfs* real_ = nullptr;
  std::map<std::string, Content> files_;
  std::uint64_t steps_ = 0;
  std::uint64_t fail_at_ = UINT64_MAX;
  std::uint64_t power_until_ = UINT64_MAX;
  int code_ = SQLITE_OK;
  Lasting lasting_ = Lasting::once;
  std::uint64_t room_ = UINT64_MAX;
  std::filesystem::path folder_;
  bool failed_ = false;
};

}  // namespace doorward::adapters::sqlite
