#include "adapters/posix/file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace doorward::adapters::posix {
namespace {

Error system_error(std::string_view doing, const std::filesystem::path& path, int code) {
  return error(Errc::unavailable, fmt::format("cannot {} {}: {}", doing, path.string(),
                                              std::generic_category().message(code)));
}

}  // namespace

File::File(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}

File::File(File&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}

File::~File() {
  if (fd_ >= 0) close(fd_);
}

Error File::failure(std::string_view doing) const { return system_error(doing, path_, errno); }

Result<File> File::open(const std::filesystem::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd >= 0) return File(fd, path);
  Error failed = system_error("open", path, errno);
  if (errno == ENOENT) failed.code = Errc::not_found;
  return failed;
}

Result<> File::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return failure("write");
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::string> File::read(std::size_t max_bytes) {
  std::string bytes(max_bytes, '\0');
  std::size_t filled = 0;
  while (filled < max_bytes) {
    const ssize_t got = ::read(fd_, bytes.data() + filled, max_bytes - filled);
    if (got < 0) {
      if (errno == EINTR) continue;
      return failure("read");
    }
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

Result<> File::seek(std::uint64_t offset) {
  if (lseek(fd_, static_cast<off_t>(offset), SEEK_SET) < 0) return failure("seek in");
  return {};
}

Result<std::uint64_t> File::size() const {
  struct stat found {};
  if (fstat(fd_, &found) != 0) return failure("look at");
  return static_cast<std::uint64_t>(found.st_size);
}

Result<> File::truncate(std::uint64_t size) {
  if (ftruncate(fd_, static_cast<off_t>(size)) != 0) return failure("shorten");
  return {};
}

Result<> File::sync() {
  if (fdatasync(fd_) != 0) return failure("write");
  return {};
}

Result<bool> File::try_lock() {
  if (flock(fd_, LOCK_EX | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return failure("lock");
}

std::optional<FileId> file_id(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return FileId{found.st_dev, found.st_ino};
}

Result<> sync_folder(const std::filesystem::path& folder) {
  auto opened = File::open(folder, O_RDONLY | O_DIRECTORY);
  if (opened.has_error()) return opened.error();
  return opened->sync();
}

Result<> make_folder(const std::filesystem::path& folder) {
  const auto absolute = std::filesystem::absolute(folder).lexically_normal();
  std::error_code failed;
  if (std::filesystem::is_directory(absolute, failed)) return {};
  if (absolute.has_parent_path() && absolute.parent_path() != absolute) {
    if (auto made = make_folder(absolute.parent_path()); made.has_error()) return made;
  }
  if (mkdir(absolute.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_error("make the folder", absolute, errno);
  }
  return sync_folder(absolute.parent_path());
}

Result<> rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return system_error("rename", from, errno);
  return {};
}

}  // namespace doorward::adapters::posix
