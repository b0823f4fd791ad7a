#include "adapters/sqlite/faulty_disk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <utility>

namespace doorward::adapters::sqlite {

// What SQLite holds for an open file: this, and the real file behind it in the same allocation.
struct FaultyFile {
  sqlite3_file base;
  FaultyDisk* disk;
  std::string* path;  // null for a temporary file

  static FaultyFile* from(sqlite3_file* file) { return reinterpret_cast<FaultyFile*>(file); }
  static sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(from(file) + 1);
  }

  static int close(sqlite3_file* file) {
    delete from(file)->path;
    return real(file)->pMethods->xClose(real(file));
  }
  static int read(sqlite3_file* file, void* out, int bytes, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), out, bytes, offset);
  }
  static int write(sqlite3_file* file, const void* in, int bytes, sqlite3_int64 offset) {
    if (const int code = from(file)->disk->step(); code != SQLITE_OK) return code;
    sqlite3_int64 before = 0;
    size(file, &before);
    const auto more = std::max<sqlite3_int64>(offset + bytes - before, 0);
    if (!from(file)->disk->has_room(static_cast<std::uint64_t>(more))) return SQLITE_FULL;
    from(file)->disk->changed(
        *from(file)->path,
        {static_cast<std::uint64_t>(offset),
         std::string(static_cast<const char*>(in), static_cast<std::size_t>(bytes)), false});
    return real(file)->pMethods->xWrite(real(file), in, bytes, offset);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (const int code = from(file)->disk->step(); code != SQLITE_OK) return code;
    from(file)->disk->changed(*from(file)->path, {static_cast<std::uint64_t>(size), "", true});
    return real(file)->pMethods->xTruncate(real(file), size);
  }
  static int sync(sqlite3_file* file, int /*flags*/) {
    if (const int code = from(file)->disk->step(); code != SQLITE_OK) return code;
    from(file)->disk->synced(*from(file)->path);
    return SQLITE_OK;
  }
  static int size(sqlite3_file* file, sqlite3_int64* out) {
    return real(file)->pMethods->xFileSize(real(file), out);
  }
  static int lock(sqlite3_file* file, int level) {
    return real(file)->pMethods->xLock(real(file), level);
  }
  static int unlock(sqlite3_file* file, int level) {
    return real(file)->pMethods->xUnlock(real(file), level);
  }
  static int reserved(sqlite3_file* file, int* out) {
    return real(file)->pMethods->xCheckReservedLock(real(file), out);
  }
  static int control(sqlite3_file* file, int op, void* arg) {
    // Growing the file ahead would be a write that is not seen here.
    if (op == SQLITE_FCNTL_SIZE_HINT) return SQLITE_OK;
    return real(file)->pMethods->xFileControl(real(file), op, arg);
  }
  static int sector(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
  static int traits(sqlite3_file* file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
  }
  static int shm_map(sqlite3_file* file, int page, int bytes, int extend, void volatile** out) {
    return real(file)->pMethods->xShmMap(real(file), page, bytes, extend, out);
  }
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
  }
  static void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
  static int shm_unmap(sqlite3_file* file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
  }
};

namespace {

constexpr std::size_t kSector = 512;

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = &FaultyFile::close,
    .xRead = &FaultyFile::read,
    .xWrite = &FaultyFile::write,
    .xTruncate = &FaultyFile::truncate,
    .xSync = &FaultyFile::sync,
    .xFileSize = &FaultyFile::size,
    .xLock = &FaultyFile::lock,
    .xUnlock = &FaultyFile::unlock,
    .xCheckReservedLock = &FaultyFile::reserved,
    .xFileControl = &FaultyFile::control,
    .xSectorSize = &FaultyFile::sector,
    .xDeviceCharacteristics = &FaultyFile::traits,
    .xShmMap = &FaultyFile::shm_map,
    .xShmLock = &FaultyFile::shm_lock,
    .xShmBarrier = &FaultyFile::shm_barrier,
    .xShmUnmap = &FaultyFile::shm_unmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

FaultyDisk::FaultyDisk() : real_(sqlite3_vfs_find(nullptr)) {
  static std::uint64_t made = 0;
  name_ = "faulty-" + std::to_string(++made);
  vfs_ = *real_;
  vfs_.szOsFile = static_cast<int>(sizeof(FaultyFile)) + real_->szOsFile;
  vfs_.zName = name_.c_str();
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.xOpen = &FaultyDisk::open;
  vfs_.xDelete = &FaultyDisk::remove;
  sqlite3_vfs_register(&vfs_, 0);
}

FaultyDisk::~FaultyDisk() { sqlite3_vfs_unregister(&vfs_); }

int FaultyDisk::open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
  auto* disk = static_cast<FaultyDisk*>(vfs->pAppData);
  auto* faulty = FaultyFile::from(file);
  *faulty = {};
  if (path != nullptr) disk->opened(path);
  const int code = disk->real_->xOpen(disk->real_, path, FaultyFile::real(file), flags, out);
  if (code != SQLITE_OK) return code;
  *faulty = {{&kMethods}, disk, new std::string(path != nullptr ? path : "")};
  return SQLITE_OK;
}

int FaultyDisk::remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  auto* disk = static_cast<FaultyDisk*>(vfs->pAppData);
  if (const int code = disk->step(); code != SQLITE_OK) return code;
  disk->removed(path);
  return disk->real_->xDelete(disk->real_, path, sync_folder);
}

void FaultyDisk::fail_after(std::uint64_t steps, int code, Lasting lasting) {
  const std::lock_guard lock(mutex_);
  fail_at_ = steps_ + steps;
  code_ = code;
  lasting_ = lasting;
  failed_ = false;
}

void FaultyDisk::mend() {
  const std::lock_guard lock(mutex_);
  fail_at_ = UINT64_MAX;
}

bool FaultyDisk::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

void FaultyDisk::cut_power_after(std::uint64_t steps) {
  const std::lock_guard lock(mutex_);
  power_until_ = steps_ + steps;
}

int FaultyDisk::step() {
  const std::lock_guard lock(mutex_);
  const std::uint64_t now = steps_++;
  if (now >= power_until_) return SQLITE_IOERR;
  const bool fails = lasting_ == Lasting::once ? now == fail_at_ : now >= fail_at_;
  if (!fails) return SQLITE_OK;
  failed_ = true;
  return code_;
}

void FaultyDisk::hold_at_most(std::uint64_t bytes, const std::filesystem::path& folder) {
  const std::lock_guard lock(mutex_);
  room_ = bytes;
  folder_ = folder;
}

bool FaultyDisk::has_room(std::uint64_t more) const {
  const std::lock_guard lock(mutex_);
  if (more == 0 || folder_.empty()) return true;
  std::uint64_t used = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder_)) used += file.file_size();
  return used + more <= room_;
}

void FaultyDisk::opened(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (!files_.contains(path)) files_[path].durable = content_of(path);
}

void FaultyDisk::changed(const std::string& path, Change change) {
  const std::lock_guard lock(mutex_);
  files_[path].pending.push_back(std::move(change));
}

void FaultyDisk::synced(const std::string& path) {
  const std::lock_guard lock(mutex_);
  auto& file = files_[path];
  for (const auto& change : file.pending) apply(file.durable, change);
  file.pending.clear();
}

void FaultyDisk::removed(const std::string& path) {
  const std::lock_guard lock(mutex_);
  files_.erase(path);
}

void FaultyDisk::apply(std::string& content, const Change& change) {
  if (change.truncates) {
    content.resize(change.offset);
    return;
  }
  if (content.size() < change.offset + change.bytes.size()) {
    content.resize(change.offset + change.bytes.size());
  }
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

void FaultyDisk::restore(std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  std::mt19937_64 random(seed);
  for (auto& [path, file] : files_) {
    if (path.empty()) continue;
    for (const auto& change : file.pending) {
      const auto fate = random() % 3;
      if (fate == 0) continue;
      if (fate == 1 || change.truncates) {
        apply(file.durable, change);
        continue;
      }
      for (std::size_t at = 0; at < change.bytes.size(); at += kSector) {
        if (random() % 2 == 0) continue;
        apply(file.durable, {change.offset + at, change.bytes.substr(at, kSector), false});
      }
    }
    file.pending.clear();
    std::ofstream(path, std::ios::binary | std::ios::trunc) << file.durable;
    std::filesystem::remove(path + "-shm");
  }
  files_.clear();
  power_until_ = UINT64_MAX;
  fail_at_ = UINT64_MAX;
}

}  // namespace doorward::adapters::sqlite
