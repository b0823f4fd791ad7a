#include "adapters/sqlite/sqlite_log.hpp"

#include <fmt/core.h>

#include <thread>
#include <utility>

namespace doorward::adapters::sqlite {
namespace {

using ports::LogEntry;
using ports::LogPosition;

// One step of a trim keeps appends out for the time that this takes to delete.
constexpr std::size_t kTrimRows = 256;
constexpr std::size_t kTrimBytes = 1U << 20;
// Lets an append that waits go first; a mutex alone does not.
constexpr std::chrono::milliseconds kTrimPause{1};

LogPosition position_of(const Link& link) { return {.epoch = 0, .major = link.number, .minor = 0}; }

}  // namespace

SqliteLog::SqliteLog(Options options, DataFolder folder, const ports::Clock& clock)
    : options_(std::move(options)),
      folder_(std::move(folder)),
      clock_(clock),
      snapshots_(folder_.path(), options_.warn),
      reserve_(folder_.path() / "reserve") {}

Result<std::unique_ptr<SqliteLog>> SqliteLog::open(Options options, const ports::Clock& clock) {
  auto folder = DataFolder::hold(options.folder);
  if (folder.has_error()) return folder.error();
  std::unique_ptr<SqliteLog> log(new SqliteLog(std::move(options), std::move(*folder), clock));
  if (auto opened = log->open_connections(); opened.has_error()) return opened.error();
  log->opened_ = log->folder_.files();
  if (auto settled = log->writer_->settle_last_row(log->options_.warn); settled.has_error()) {
    return settled.error();
  }
  const auto last = log->writer_->last();
  if (last.has_error()) return last.error();
  log->pace_ = ports::LogPace(last->time, clock.steady_now());
  log->publish(log->writer_->has_rows() ? last->number : 0, std::nullopt);
  log->snapshots_.remove_unfinished();
  log->reserve_.take();
  if (auto checked = log->set_strays_aside(); checked.has_error()) return checked.error();
  return log;
}

Result<> SqliteLog::open_connections() {
  auto first = Database::open(folder_.database(), options_.vfs);
  if (first.has_error()) return first.error();
  // Before anything is set, which would already change a database that is not ours.
  if (auto known = prepare_schema(**first); known.has_error()) return known;
  if (auto set = configure(**first, options_.durability); set.has_error()) return set;
  auto writer = LogWriter::open(std::move(*first));
  if (writer.has_error()) return writer.error();
  writer_ = std::move(*writer);
  for (auto* place : {&reader_, &keeper_}) {
    auto database = Database::open(folder_.database(), options_.vfs);
    if (database.has_error()) return database.error();
    if (auto set = configure(**database, options_.durability); set.has_error()) return set;
    auto reader = LogReader::open(std::move(*database));
    if (reader.has_error()) return reader.error();
    *place = std::move(*reader);
  }
  return {};
}

Result<> SqliteLog::set_strays_aside() {
  for (const auto& mark : snapshots_.list()) {
    const auto standing = stands(mark);
    if (standing.has_error()) return standing.error();
    if (*standing) continue;
    options_.warn(
        fmt::format("the snapshot of entry 0-{}-0 in {} is not of this log; it is set aside",
                    mark.number, folder_.path().string()));
    snapshots_.set_aside(mark);
  }
  return {};
}

bool SqliteLog::is_in_place() const { return folder_.files() == opened_; }

Result<> SqliteLog::refuse_where_displaced() const {
  if (is_in_place()) return {};
  return error(Errc::unavailable,
               fmt::format("the files of the data folder {} were removed or replaced while they "
                           "were open; put them back, or restart",
                           folder_.path().string()));
}

Result<LogPosition> SqliteLog::append(std::string_view batch) {
  if (batch.size() > kMaxBatchBytes) {
    return error(Errc::too_large,
                 fmt::format("a batch of {} bytes is over the {} that an entry may have",
                             batch.size(), kMaxBatchBytes));
  }
  const std::lock_guard writing(writing_);
  if (auto refused = refuse_where_displaced(); refused.has_error()) return refused.error();
  const LogTime now = pace_.next(clock_.wall_now(), clock_.steady_now());
  const auto last = writer_->append(batch, now);
  if (last.has_error()) return last.error();
  // Once more, so that nobody is told of a place in a file that went meanwhile.
  if (auto refused = refuse_where_displaced(); refused.has_error()) return refused.error();
  publish(last->number, LogEntry{position_of(*last), last->time, std::string(batch)});
  return position_of(*last);
}

void SqliteLog::publish(std::uint64_t last_row, std::optional<LogEntry> entry) {
  {
    const std::lock_guard lock(mutex_);
    last_row_ = last_row;
    if (entry.has_value()) tail_.push(std::move(*entry));
  }
  // The reader needs the mutex, and would have to wait for it again.
  arrived_.notify_all();
}

Result<std::vector<LogEntry>> SqliteLog::read(const LogPosition& after, std::size_t max_entries,
                                              Millis wait) {
  std::unique_lock lock(mutex_);
  const auto there_is_more = [&] {
    return LogPosition{.epoch = 0, .major = last_row_, .minor = 0} > after;
  };
  arrived_.wait_for(lock, wait, [&] { return interrupted_ || there_is_more(); });
  if (!there_is_more()) {
    interrupted_ = false;
    return std::vector<LogEntry>{};
  }
  auto entries = tail_.take(after.major, max_entries);
  if (!entries.empty()) return entries;
  const std::uint64_t up_to = last_row_;
  lock.unlock();
  return reader_->read(after.major, up_to, max_entries);
}

void SqliteLog::interrupt() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  arrived_.notify_all();
}

Result<std::unique_ptr<ports::SnapshotWriter>> SqliteLog::begin_snapshot(const LogPosition& at) {
  const auto link = keeper_->find(at.major);
  if (link.has_error()) return link.error();
  if (at.epoch != 0 || at.minor != 0 || !link->has_value()) {
    return error(Errc::invalid, "no entry stands at " + ports::to_string(at));
  }
  return snapshots_.begin({(*link)->number, (*link)->checksum});
}

Result<std::unique_ptr<ports::SnapshotReader>> SqliteLog::latest_snapshot() {
  const auto kept = snapshots_.list();
  for (auto mark = kept.rbegin(); mark != kept.rend(); ++mark) {
    const auto standing = stands(*mark);
    if (standing.has_error()) return standing.error();
    if (!*standing) continue;
    auto reader = snapshots_.open(*mark);
    if (reader.has_error()) return reader.error();
    if (*reader != nullptr) return reader;
  }
  const auto first = keeper_->first_after_loss();
  if (first.has_error()) return first.error();
  if (!first->has_value()) return nullptr;
  return error(
      Errc::corrupt,
      fmt::format("the log in {} begins with entry {}, and no whole snapshot reaches it: without "
                  "the entries before, its rooms, places and tenants are unknown. Put the newest "
                  "snapshot-….snap back into the folder (one of another log is named .stray), or "
                  "the whole folder from a backup; to begin anew without all of them, move "
                  "doorward.db away",
                  folder_.path().string(), **first));
}

Result<bool> SqliteLog::stands(const SnapshotMark& mark) {
  const auto link = keeper_->find(mark.number);
  if (link.has_error()) return link.error();
  return link->has_value() && (*link)->checksum == mark.checksum;
}

Result<> SqliteLog::trim(LogTime keep_from) {
  const auto kept = snapshots_.list();
  if (kept.empty()) return {};
  reserve_.take();
  const std::uint64_t covered = kept.front().number;
  for (;;) {
    const auto stretch = keeper_->first_stretch(covered, keep_from, kTrimRows, kTrimBytes);
    if (stretch.has_error()) return stretch.error();
    if (!stretch->has_value()) return {};
    if (auto dropped = drop(**stretch); dropped.has_error()) return dropped;
    std::this_thread::sleep_for(kTrimPause);
  }
}

Result<> SqliteLog::drop(const Link& up_to) {
  const std::lock_guard writing(writing_);
  auto trimmed = writer_->trim(up_to);
  // What is dropped is written down first, and on a full disk there is no room for that.
  if (trimmed.has_error() && reserve_.give_up()) {
    writer_->checkpoint();
    trimmed = writer_->trim(up_to);
  }
  if (trimmed.has_error()) return trimmed;
  const auto last = writer_->last();
  if (last.has_error()) return last.error();
  publish(writer_->has_rows() ? last->number : 0, std::nullopt);
  return {};
}

Result<std::string> SqliteLog::mark() {
  const std::lock_guard writing(writing_);
  return writer_->mark();
}

Result<std::string> SqliteLog::leave_mark(std::string_view mark) {
  const std::lock_guard writing(writing_);
  auto standing = writer_->mark();
  if (standing.has_error() || !standing->empty()) return standing;
  if (auto left = writer_->replace_mark(mark); left.has_error()) return left.error();
  return std::string(mark);
}

Result<> SqliteLog::replace_mark(std::string_view mark) {
  const std::lock_guard writing(writing_);
  return writer_->replace_mark(mark);
}

}  // namespace doorward::adapters::sqlite
