#include "adapters/sqlite/data_folder.hpp"

#include <fcntl.h>
#include <fmt/core.h>

#include <utility>

namespace doorward::adapters::sqlite {

DataFolder::DataFolder(std::filesystem::path path, posix::File lock)
    : path_(std::move(path)),
      names_{path_ / "doorward.db", path_ / "doorward.db-wal", path_ / "lock"},
      lock_(std::move(lock)) {}

Result<DataFolder> DataFolder::hold(const std::filesystem::path& folder) {
  if (auto made = posix::make_folder(folder); made.has_error()) return made.error();
  auto lock = posix::File::open(folder / "lock", O_RDWR | O_CREAT);
  if (lock.has_error()) return lock.error();
  const auto locked = lock->try_lock();
  if (locked.has_error()) return locked.error();
  if (!*locked) {
    return error(
        Errc::conflict,
        fmt::format("the data folder {} is in use by another process; stop it, or give this "
                    "one a folder of its own",
                    folder.string()));
  }
  return DataFolder(folder, std::move(*lock));
}

DataFolder::Files DataFolder::files() const {
  return {posix::file_id(names_[0]), posix::file_id(names_[1]), posix::file_id(names_[2])};
}

}  // namespace doorward::adapters::sqlite
