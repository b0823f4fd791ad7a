// An open file, and the few durable operations on files that the logs need.
//
// Ownership: closes its descriptor.
// Threads: single-owner.
// Errors:  unavailable, naming the file and the system's reason; not_found from `open` only.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::adapters::posix {

class File {
 public:
  File() = default;
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  // `flags` as for open(2); a new file has mode 0600.
  static Result<File> open(const std::filesystem::path& path, int flags);

  Result<> write(std::string_view bytes);
  // Up to `max_bytes`; empty at the end.
  Result<std::string> read(std::size_t max_bytes);
  Result<> seek(std::uint64_t offset);
  Result<std::uint64_t> size() const;
  Result<> truncate(std::uint64_t size);
  Result<> sync();
  // False if another open file holds the lock.
  Result<bool> try_lock();

 private:
  File(int fd, std::filesystem::path path);
  Error failure(std::string_view doing) const;

  int fd_ = -1;
  std::filesystem::path path_;
};

// Which file a path leads to, whatever its name. Absent: to none.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  friend bool operator==(const FileId&, const FileId&) = default;
};
std::optional<FileId> file_id(const std::filesystem::path& path);

// Makes renames and new files in `folder` durable.
Result<> sync_folder(const std::filesystem::path& folder);
// Makes `folder` with its parents if it is not there, readable by its owner only, durably.
Result<> make_folder(const std::filesystem::path& folder);
Result<> rename(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace doorward::adapters::posix
