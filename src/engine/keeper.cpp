#include "engine/keeper.hpp"

#include <algorithm>
#include <utility>

namespace doorward::engine {
namespace {

constexpr std::chrono::minutes kTrimEvery{1};

}  // namespace

bool Keeper::is_busy() const {
  const std::lock_guard lock(mutex_);
  return busy_;
}

bool Keeper::claim() {
  const std::lock_guard lock(mutex_);
  return !std::exchange(busy_, true);
}

void Keeper::give_back() {
  const std::lock_guard lock(mutex_);
  busy_ = false;
}

void Keeper::offer(Snapshot snapshot, LogTime now) {
  {
    const std::lock_guard lock(mutex_);
    offered_.emplace(std::move(snapshot));
    offered_at_ = now;
  }
  changed_.notify_one();
}

void Keeper::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const bool is_asked =
        changed_.wait_for(lock, kTrimEvery, [this] { return stopped_ || offered_; });
    if (is_asked && !offered_) return;
    lock.unlock();
    is_asked ? step() : trim();
    lock.lock();
  }
}

void Keeper::step() {
  std::unique_lock lock(mutex_);
  if (!offered_) return;
  Snapshot snapshot = std::move(*offered_);
  offered_.reset();
  const LogTime now = offered_at_;
  lock.unlock();
  write(std::move(snapshot), now);
  give_back();
}

void Keeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
}

void Keeper::write(Snapshot snapshot, LogTime now) {
  const auto written = try_to_write(std::move(snapshot), now);
  if (!written) return count_failure(Trouble::snapshot_failed, written.error());
  trim_before(now);
}

void Keeper::count_failure(Trouble what, const Error& error) {
  ++core_.snapshot_failures;
  core_.tell(what, error.what);
}

Result<> Keeper::try_to_write(Snapshot snapshot, LogTime now) {
  auto writer = core_.log.begin_snapshot(snapshot.at());
  if (!writer) return writer.error();
  while (const auto piece = snapshot.next()) {
    if (auto r = (*writer)->write(*piece); !r) return r;
  }
  if (auto r = (*writer)->commit(); !r) return r;
  ++core_.snapshots;
  written_.push_back(now);
  if (written_.size() > kMostBehind) written_.pop_front();
  return {};
}

LogTime Keeper::keep_from(LogTime now) const {
  const LogTime by_time = now - core_.options.keep_records;
  return written_.size() < kMostBehind ? by_time : std::max(by_time, written_.front());
}

void Keeper::trim() {
  if (!claim()) return;
  trim_before(core_.log_now());
  give_back();
}

void Keeper::trim_before(LogTime now) {
  const auto trimmed = core_.log.trim(keep_from(now));
  if (!trimmed) count_failure(Trouble::trim_failed, trimmed.error());
}

}  // namespace doorward::engine
