#include "engine/keeper.hpp"

#include <utility>

namespace doorward::engine {

bool Keeper::is_busy() const {
  const std::lock_guard lock(mutex_);
  return busy_;
}

void Keeper::offer(Snapshot snapshot, LogTime now) {
  {
    const std::lock_guard lock(mutex_);
    offered_.emplace(std::move(snapshot));
    offered_at_ = now;
    busy_ = true;
  }
  changed_.notify_one();
}

void Keeper::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopped_ || offered_; });
    if (!offered_) return;
    lock.unlock();
    step();
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
  lock.lock();
  busy_ = false;
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
  if (written) return;
  ++core_.snapshot_failures;
  core_.tell(Trouble::snapshot_failed, written.error().what);
}

Result<> Keeper::try_to_write(Snapshot snapshot, LogTime now) {
  auto writer = core_.log.begin_snapshot(snapshot.at());
  if (!writer) return writer.error();
  while (const auto piece = snapshot.next()) {
    if (auto r = (*writer)->write(*piece); !r) return r;
  }
  if (auto r = (*writer)->commit(); !r) return r;
  ++core_.snapshots;
  return core_.log.trim(now - core_.options.keep_records);
}

}  // namespace doorward::engine
