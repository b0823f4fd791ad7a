#include "ports/memory/memory_log.hpp"

#include <algorithm>
#include <utility>

namespace doorward::ports {
namespace {

constexpr std::size_t kSnapshotsKept = 2;

class MemorySnapshotReader final : public SnapshotReader {
 public:
  MemorySnapshotReader(const LogPosition& at, std::shared_ptr<const std::string> bytes)
      : at_(at), bytes_(std::move(bytes)) {}

  LogPosition at() const override { return at_; }

  Result<std::string> read(std::size_t max_bytes) override {
    std::string piece = bytes_->substr(offset_, max_bytes);
    offset_ += piece.size();
    return piece;
  }

 private:
  LogPosition at_;
  std::shared_ptr<const std::string> bytes_;
  std::size_t offset_ = 0;
};

}  // namespace

class MemorySnapshotWriter final : public SnapshotWriter {
 public:
  MemorySnapshotWriter(std::shared_ptr<MemoryStore> store, const LogPosition& at)
      : store_(std::move(store)), at_(at) {}

  Result<> write(std::string_view piece) override {
    bytes_.append(piece);
    return {};
  }

  Result<> commit() override {
    const std::lock_guard lock(store_->mutex_);
    auto& kept = store_->snapshots_;
    std::erase_if(kept, [&](const auto& one) { return one.at == at_; });
    kept.push_back({at_, std::make_shared<const std::string>(std::move(bytes_))});
    std::ranges::sort(kept, {}, &MemoryStore::Snapshot::at);
    if (kept.size() > kSnapshotsKept) kept.erase(kept.begin());
    return {};
  }

 private:
  std::shared_ptr<MemoryStore> store_;
  LogPosition at_;
  std::string bytes_;
};

std::deque<LogEntry>::const_iterator MemoryStore::after(const LogPosition& at) const {
  return std::ranges::upper_bound(entries_, at, {}, &LogEntry::at);
}

MemoryLog::MemoryLog(const Clock& clock) : MemoryLog(clock, std::make_shared<MemoryStore>()) {}

MemoryLog::MemoryLog(const Clock& clock, std::shared_ptr<MemoryStore> store)
    : clock_(clock), store_(std::move(store)) {
  const std::lock_guard lock(store_->mutex_);
  pace_ = LogPace(store_->last_time_, clock_.steady_now());
}

Result<LogPosition> MemoryLog::append(std::string_view batch) {
  if (batch.size() > kMaxBatchBytes) return error(Errc::too_large, "the batch is over 4 MiB");
  const std::lock_guard lock(store_->mutex_);
  const bool fails = faults_ > 0;
  if (fails) --faults_;
  if (refuse_ || (fails && fault_ == Fault::not_taken)) {
    return error(Errc::unavailable, "the log refuses writes, as the test ordered");
  }
  const LogTime now = pace_.next(clock_.wall_now(), clock_.steady_now());
  store_->last_time_ = std::max(store_->last_time_, now);
  const LogPosition at{.epoch = 0, .major = ++store_->last_number_, .minor = 0};
  store_->entries_.push_back({at, store_->last_time_, std::string(batch)});
  store_->changed_.notify_all();
  if (fails) return error(Errc::unavailable, "the log did not answer, as the test ordered");
  return at;
}

Result<std::vector<LogEntry>> MemoryLog::read(const LogPosition& after, std::size_t max_entries,
                                              Millis wait) {
  std::unique_lock lock(store_->mutex_);
  if (refuse_reads_) return error(Errc::unavailable, "the log refuses reads, as the test ordered");
  store_->changed_.wait_for(
      lock, wait, [&] { return interrupted_ || store_->after(after) != store_->entries_.end(); });
  if (after < store_->trimmed_) {
    return error(Errc::not_found, "the log was trimmed up to " + to_string(store_->trimmed_) +
                                      ", and was read up to " + to_string(after));
  }
  std::vector<LogEntry> found;
  std::size_t bytes = 0;
  for (auto it = store_->after(after); it != store_->entries_.end(); ++it) {
    if (found.size() == max_entries || bytes >= kReadBytes) break;
    bytes += it->batch.size();
    found.push_back(*it);
  }
  if (found.empty()) interrupted_ = false;
  return found;
}

void MemoryLog::interrupt() {
  const std::lock_guard lock(store_->mutex_);
  interrupted_ = true;
  store_->changed_.notify_all();
}

Result<std::unique_ptr<SnapshotWriter>> MemoryLog::begin_snapshot(const LogPosition& at) {
  const std::lock_guard lock(store_->mutex_);
  if (refuse_snapshots_)
    return error(Errc::unavailable, "the log refuses snapshots, as the test ordered");
  if (at.epoch != 0 || at.major > store_->last_number_ || at < store_->trimmed_) {
    return error(Errc::invalid, "no entry stands at " + to_string(at));
  }
  return std::make_unique<MemorySnapshotWriter>(store_, at);
}

Result<std::unique_ptr<SnapshotReader>> MemoryLog::latest_snapshot() {
  const std::lock_guard lock(store_->mutex_);
  if (store_->snapshots_.empty()) return nullptr;
  const auto& latest = store_->snapshots_.back();
  return std::make_unique<MemorySnapshotReader>(latest.at, latest.bytes);
}

Result<> MemoryLog::trim(LogTime keep_from) {
  const std::lock_guard lock(store_->mutex_);
  if (store_->snapshots_.empty()) return {};
  const LogPosition covered = store_->snapshots_.front().at;
  auto& entries = store_->entries_;
  while (!entries.empty() && entries.front().time < keep_from && entries.front().at <= covered) {
    store_->trimmed_ = entries.front().at;
    entries.pop_front();
  }
  return {};
}

void MemoryLog::fail_next(Fault fault, std::size_t appends) {
  const std::lock_guard lock(store_->mutex_);
  fault_ = fault;
  faults_ = appends;
}

void MemoryLog::refuse_reads(bool refuse) {
  const std::lock_guard lock(store_->mutex_);
  refuse_reads_ = refuse;
}

void MemoryLog::refuse_snapshots(bool refuse) {
  const std::lock_guard lock(store_->mutex_);
  refuse_snapshots_ = refuse;
}

void MemoryLog::refuse_appends(bool refuse) {
  const std::lock_guard lock(store_->mutex_);
  refuse_ = refuse;
}

std::size_t MemoryLog::size() const {
  const std::lock_guard lock(store_->mutex_);
  return store_->entries_.size();
}

}  // namespace doorward::ports
