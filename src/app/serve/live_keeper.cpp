#include "app/serve/live_keeper.hpp"

#include "adapters/posix/file.hpp"

#include <fcntl.h>

#include <chrono>
#include <string>
#include <utility>

namespace doorward::app {
namespace {

using adapters::posix::File;

constexpr const char* kFile = "statistics";
constexpr std::chrono::seconds kLookEvery{1};
constexpr unsigned kLooksASave = 5;

Result<std::string> read_whole(const std::filesystem::path& path) {
  auto file = File::open(path, O_RDONLY);
  if (!file) return file.error();
  const auto size = file->size();
  if (!size) return size.error();
  std::string bytes;
  while (bytes.size() < *size) {
    auto read = file->read(*size - bytes.size());
    if (!read) return read.error();
    if (read->empty()) break;
    bytes += *read;
  }
  return bytes;
}

Result<> write_whole(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path unfinished = path;
  unfinished += ".unfinished";
  auto file = File::open(unfinished, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return file.error();
  auto done = file->write(bytes);
  if (done) done = file->sync();
  if (done) done = adapters::posix::rename(unfinished, path);
  return done ? adapters::posix::sync_folder(path.parent_path()) : done;
}

}  // namespace

void load_statistics(const std::filesystem::path& folder, api::live::Live& live, Log& log) {
  if (folder.empty()) return;
  const auto bytes = read_whole(folder / kFile);
  if (!bytes && bytes.error().code == Errc::not_found) return;
  const auto loaded = bytes ? live.statistics().load(*bytes, live.now()) : Result<>(bytes.error());
  if (!loaded)
    log.warn("the statistics begin anew",
             {{"file", (folder / kFile).string()}, {"fault", loaded.error().what}});
}

LiveKeeper::LiveKeeper(std::filesystem::path folder, api::live::Live& live,
                       const engine::Shard& shard, Log& log)
    : folder_(std::move(folder)), live_(live), shard_(shard), log_(log) {
  live_.look(shard_);
  thread_ = std::thread([this] { keep(); });
}

LiveKeeper::~LiveKeeper() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
  save();
}

void LiveKeeper::keep() {
  unsigned looks = 0;
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kLookEvery, [this] { return ending_; })) {
    lock.unlock();
    live_.look(shard_);
    if (++looks % kLooksASave == 0) save();
    lock.lock();
  }
}

void LiveKeeper::save() {
  if (folder_.empty()) return;
  const auto saved = write_whole(folder_ / kFile, live_.statistics().save(live_.now()));
  if (!saved && !failed_)
    log_.warn("the statistics were not saved, a restart would lose them",
              {{"fault", saved.error().what}});
  failed_ = saved.has_error();
}

}  // namespace doorward::app
