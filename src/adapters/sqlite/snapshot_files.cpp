#include "adapters/sqlite/snapshot_files.hpp"

#include "adapters/posix/file.hpp"
#include "base/crc32c.hpp"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace doorward::adapters::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "DWSNAP01";
constexpr std::size_t kHeadBytes = 24;  // magic, number, checksum, zero
constexpr std::size_t kTailBytes = 12;  // body length, checksum of all before
constexpr std::size_t kPieceBytes = 256U << 10;
constexpr std::size_t kKept = 2;
constexpr std::uint64_t kFreedAtOnce = 4U << 20;

void put(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint64_t get(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = (value << 8U) | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

std::string head_of(const SnapshotMark& mark) {
  std::string head(kMagic);
  put(head, mark.number, 8);
  put(head, mark.checksum, 4);
  put(head, 0, 4);
  return head;
}

fs::path path_of(const fs::path& folder, const SnapshotMark& mark) {
  return folder / fmt::format("snapshot-{:020}-{:08x}.snap", mark.number, mark.checksum);
}

std::optional<SnapshotMark> mark_of(const fs::path& path) {
  const std::string name = path.filename().string();
  constexpr std::string_view kPrefix = "snapshot-";
  if (name.size() != 43 || !name.starts_with(kPrefix) || !name.ends_with(".snap")) return {};
  SnapshotMark mark;
  const char* number = name.data() + kPrefix.size();
  if (std::from_chars(number, number + 20, mark.number).ptr != number + 20) return {};
  const char* checksum = number + 21;
  if (std::from_chars(checksum, checksum + 8, mark.checksum, 16).ptr != checksum + 8) return {};
  return mark;
}

void remove_quietly(const fs::path& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
}

// A large file is shortened step by step first: to free all of its blocks at once may take the file
// system 50 ms, in which the log's own sync waits.
void remove_gently(const fs::path& path) {
  if (auto file = posix::File::open(path, O_WRONLY); file.has_value()) {
    const auto size = file->size();
    std::uint64_t left = size.has_value() ? *size : 0;
    while (left > kFreedAtOnce) {
      left -= kFreedAtOnce;
      if (file->truncate(left).has_error() || file->sync().has_error()) break;
    }
  }
  remove_quietly(path);
}

// Takes it out of use first, so that one half removed is not taken for a damaged one.
void remove_snapshot(const fs::path& path) {
  fs::path aside = path;
  aside += ".unfinished";
  if (posix::rename(path, aside).has_value()) remove_gently(aside);
}

class FileWriter final : public ports::SnapshotWriter {
 public:
  FileWriter(const SnapshotFiles& files, fs::path folder, const SnapshotMark& mark, fs::path path,
             posix::File file)
      : files_(files),
        folder_(std::move(folder)),
        mark_(mark),
        path_(std::move(path)),
        file_(std::move(file)) {
    pending_ = head_of(mark_);
  }

  ~FileWriter() override {
    if (!committed_) remove_gently(path_);
  }
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  Result<> write(std::string_view bytes) override {
    body_bytes_ += bytes.size();
    while (!bytes.empty()) {
      const auto piece = bytes.substr(0, kPieceBytes - pending_.size());
      pending_.append(piece);
      bytes.remove_prefix(piece.size());
      if (pending_.size() < kPieceBytes) break;
      if (auto flushed = flush(); flushed.has_error()) return flushed;
    }
    return {};
  }

  Result<> commit() override {
    put(pending_, body_bytes_, 8);
    put(pending_, crc32c(pending_, checksum_), 4);
    if (auto flushed = flush(); flushed.has_error()) return flushed;
    if (auto moved = posix::rename(path_, path_of(folder_, mark_)); moved.has_error()) return moved;
    committed_ = true;
    if (auto synced = posix::sync_folder(folder_); synced.has_error()) return synced;
    auto kept = files_.list();
    for (std::size_t i = 0; i + kKept < kept.size(); ++i) {
      remove_snapshot(path_of(folder_, kept[i]));
    }
    return {};
  }

 private:
  Result<> flush() {
    checksum_ = crc32c(pending_, checksum_);
    if (auto written = file_.write(pending_); written.has_error()) return written;
    pending_.clear();
    return file_.sync();
  }

  const SnapshotFiles& files_;
  fs::path folder_;
  SnapshotMark mark_;
  fs::path path_;
  posix::File file_;
  std::string pending_;
  std::uint64_t body_bytes_ = 0;
  std::uint32_t checksum_ = 0;
  bool committed_ = false;
};

class FileReader final : public ports::SnapshotReader {
 public:
  FileReader(const SnapshotMark& mark, posix::File file, std::uint64_t body_bytes)
      : mark_(mark), file_(std::move(file)), left_(body_bytes) {}

  ports::LogPosition at() const override { return {.epoch = 0, .major = mark_.number, .minor = 0}; }

  Result<std::string> read(std::size_t max_bytes) override {
    auto piece = file_.read(static_cast<std::size_t>(std::min<std::uint64_t>(max_bytes, left_)));
    if (piece.has_value()) left_ -= piece->size();
    return piece;
  }

 private:
  SnapshotMark mark_;
  posix::File file_;
  std::uint64_t left_;
};

// The length of the body, or nothing if the file is not what was written.
Result<std::optional<std::uint64_t>> check(posix::File& file, const SnapshotMark& mark) {
  const auto size = file.size();
  if (size.has_error()) return size.error();
  if (*size < kHeadBytes + kTailBytes) return std::nullopt;
  std::uint32_t checksum = 0;
  std::string last;
  for (std::uint64_t left = *size - kTailBytes; left > 0;) {
    auto piece = file.read(static_cast<std::size_t>(std::min<std::uint64_t>(left, kPieceBytes)));
    if (piece.has_error()) return piece.error();
    if (piece->empty()) return std::nullopt;
    if (left == *size - kTailBytes && !piece->starts_with(head_of(mark))) return std::nullopt;
    checksum = crc32c(*piece, checksum);
    left -= piece->size();
  }
  auto tail = file.read(kTailBytes);
  if (tail.has_error()) return tail.error();
  const std::string_view bytes = *tail;
  if (bytes.size() != kTailBytes) return std::nullopt;
  const std::uint64_t body = get(bytes.substr(0, 8));
  if (body != *size - kHeadBytes - kTailBytes) return std::nullopt;
  if (get(bytes.substr(8)) != crc32c(bytes.substr(0, 8), checksum)) return std::nullopt;
  return body;
}

}  // namespace

SnapshotFiles::SnapshotFiles(fs::path folder, Warn warn)
    : folder_(std::move(folder)), warn_(std::move(warn)) {}

Result<std::unique_ptr<ports::SnapshotWriter>> SnapshotFiles::begin(const SnapshotMark& mark) {
  const fs::path path = folder_ / fmt::format("snapshot-{}.unfinished", mark.number);
  auto file = posix::File::open(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.has_error()) return file.error();
  return std::make_unique<FileWriter>(*this, folder_, mark, path, std::move(*file));
}

std::vector<SnapshotMark> SnapshotFiles::list() const {
  std::vector<SnapshotMark> found;
  std::error_code failed;
  for (const auto& file : fs::directory_iterator(folder_, failed)) {
    if (const auto mark = mark_of(file.path())) found.push_back(*mark);
  }
  std::ranges::sort(found, {}, &SnapshotMark::number);
  return found;
}

Result<std::unique_ptr<ports::SnapshotReader>> SnapshotFiles::open(const SnapshotMark& mark) const {
  const fs::path path = path_of(folder_, mark);
  auto file = posix::File::open(path, O_RDONLY);
  if (file.has_error()) return file.error();
  const auto body = check(*file, mark);
  if (body.has_error()) return body.error();
  if (!body->has_value()) {
    warn_(fmt::format("the snapshot {} is damaged and is passed over", path.string()));
    return nullptr;
  }
  if (auto sought = file->seek(kHeadBytes); sought.has_error()) return sought.error();
  return std::make_unique<FileReader>(mark, std::move(*file), **body);
}

void SnapshotFiles::set_aside(const SnapshotMark& mark) const {
  const fs::path path = path_of(folder_, mark);
  fs::path aside = path;
  aside += ".stray";
  std::error_code failed;
  fs::rename(path, aside, failed);
}

void SnapshotFiles::remove_unfinished() const {
  std::error_code failed;
  for (const auto& file : fs::directory_iterator(folder_, failed)) {
    if (file.path().extension() == ".unfinished") remove_quietly(file.path());
  }
}

}  // namespace doorward::adapters::sqlite
