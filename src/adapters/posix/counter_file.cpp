#include "adapters/posix/counter_file.hpp"

#include "adapters/posix/file.hpp"
#include "ports/memory/counter_saving.hpp"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace doorward::adapters::posix {

CounterFile::CounterFile(Options options, ports::MemoryCounterStore& store,
                         const ports::Clock& clock, ports::Entropy& entropy, Warn warn)
    : options_(std::move(options)), store_(store), clock_(clock), warn_(std::move(warn)) {
  load(entropy);
  thread_ = std::thread([this] { keep_saving(); });
}

CounterFile::~CounterFile() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
  save();
}

limit::Time CounterFile::now() const {
  return limit::Time{limit::Nanos{clock_.wall_now().time_since_epoch()}};
}

void CounterFile::load(ports::Entropy& entropy) {
  std::array<std::uint64_t, 2> drawn{};
  entropy.fill(std::as_writable_bytes(std::span(drawn)));
  secret_ = {drawn[0], drawn[1]};

  auto file = File::open(options_.path, O_RDONLY);
  if (file.has_error() && file.error().code == Errc::not_found) return;
  auto found = [&]() -> Result<SipKey> {
    if (file.has_error()) return file.error();
    const auto size = file->size();
    if (size.has_error()) return size.error();
    std::uint64_t left = *size;
    return ports::load_counters(store_, now(), [&](std::size_t bytes) {
      auto read = file->read(std::min<std::uint64_t>(bytes, left));
      if (read.has_value()) left -= read->size();
      return read;
    });
  }();
  if (found.has_value()) {
    secret_ = *found;
  } else {
    warn_(fmt::format("{}: {}; all limits begin anew", options_.path.string(), found.error().what));
  }
}

bool CounterFile::save() {
  const std::lock_guard lock(saving_);
  std::filesystem::path unfinished = options_.path;
  unfinished += ".unfinished";
  auto saved = write_file(unfinished);
  if (saved.has_value()) saved = posix::rename(unfinished, options_.path);
  if (saved.has_value()) saved = sync_folder(options_.path.parent_path());
  if (saved.has_error() && !failed_) {
    warn_(fmt::format("the counters of the limits were not saved, a restart would lose them: {}",
                      saved.error().what));
  }
  failed_ = saved.has_error();
  return !failed_;
}

Result<> CounterFile::write_file(const std::filesystem::path& path) const {
  auto file = File::open(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.has_error()) return file.error();
  auto written = ports::save_counters(store_, secret_, now(),
                                      [&](std::string_view bytes) { return file->write(bytes); });
  return written.has_value() ? file->sync() : written;
}

void CounterFile::keep_saving() {
  Millis pause = options_.every;
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, pause, [this] { return ending_; })) {
    lock.unlock();
    const Millis start = clock_.steady_now();
    save();
    constexpr int kShare = 20;
    pause = std::max(options_.every, kShare * (clock_.steady_now() - start));
    lock.lock();
  }
}

}  // namespace doorward::adapters::posix
