// The data folder, held by this process alone.
//
// Why:     two processes on one folder would split the queue; the second gets an error that says
//          so.
// Ownership: the hold ends with the object, and with the process however it ends.
// Threads: const-safe.
// Errors:  conflict: another process holds the folder; unavailable: it cannot be made or opened.
// Spec:    docs/storage.md.
#pragma once

#include "adapters/posix/file.hpp"
#include "base/result.hpp"

#include <array>
#include <filesystem>
#include <optional>

namespace doorward::adapters::sqlite {

class DataFolder {
 public:
  // Makes the folder if it is not there.
  static Result<DataFolder> hold(const std::filesystem::path& folder);

  const std::filesystem::path& path() const { return path_; }
  const std::filesystem::path& database() const { return names_[0]; }

  // What lies now where the database, its write-ahead log and the lock belong.
  using Files = std::array<std::optional<posix::FileId>, 3>;
  Files files() const;

 private:
  DataFolder(std::filesystem::path path, posix::File lock);

  std::filesystem::path path_;
  std::array<std::filesystem::path, 3> names_;  // of `files`, which are looked at for every batch
  posix::File lock_;
};

}  // namespace doorward::adapters::sqlite
