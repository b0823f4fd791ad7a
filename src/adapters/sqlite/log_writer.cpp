#include "adapters/sqlite/log_writer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

namespace doorward::adapters::sqlite {

Result<std::unique_ptr<LogWriter>> LogWriter::open(std::unique_ptr<Database> database) {
  std::unique_ptr<LogWriter> writer(new LogWriter(std::move(database)));
  const std::string columns(kRecordColumns);
  auto insert =
      writer->database_->prepare("INSERT INTO entries(" + columns + ") VALUES (?1,?2,?3,?4,?5,?6)");
  if (insert.has_error()) return insert.error();
  auto last = writer->database_->prepare("SELECT " + columns +
                                         " FROM entries ORDER BY number DESC LIMIT 1");
  if (last.has_error()) return last.error();
  auto remove = writer->database_->prepare("DELETE FROM entries WHERE number <= ?1");
  if (remove.has_error()) return remove.error();
  writer->insert_ = std::move(*insert);
  writer->select_last_ = std::move(*last);
  writer->remove_ = std::move(*remove);
  return writer;
}

Result<> LogWriter::settle_last_row(const Warn& warn) {
  const ResetGuard guard(select_last_);
  const auto row = select_last_.step();
  if (row.has_error()) return row.error();
  if (!*row) return {};
  const Record record = read_record(select_last_);
  if (intact(record, record.previous)) return {};
  const std::string what = fmt::format("the last entry, 0-{}-0 of {}, in {}", record.number,
                                       to_text(record.time), database_->path().string());
  if (!record.torn()) {
    return error(Errc::corrupt,
                 fmt::format("{}, fails its checksum{}", what, see_repair(database_->path())));
  }
  const std::uint64_t number = record.number;
  warn(fmt::format("{}, was cut short before it was acknowledged ({} of {} bytes); it is removed",
                   what, record.batch.size(), record.length));
  select_last_.reset();
  return database_->execute(fmt::format("DELETE FROM entries WHERE number = {}", number));
}

Result<> LogWriter::find_end() {
  if (end_known_) return {};
  auto anchor = read_anchor(*database_);
  if (anchor.has_error()) return anchor.error();
  const ResetGuard guard(select_last_);
  const auto row = select_last_.step();
  if (row.has_error()) return row.error();
  has_rows_ = *row;
  last_ = *row ? read_record(select_last_).link() : anchor->link;
  floor_ = anchor->floor;
  end_known_ = true;
  return {};
}

Result<Link> LogWriter::last() {
  if (auto found = find_end(); found.has_error()) return found.error();
  return last_;
}

Result<Link> LogWriter::append(std::string_view batch, LogTime now) {
  if (auto found = find_end(); found.has_error()) return found.error();
  const std::uint64_t number = std::max(last_.number, floor_) + 1;
  const Record record = make_record(last_, number, std::max(last_.time, now), batch);
  insert_.bind(1, record.number)
      .bind(2, static_cast<std::uint64_t>(record.time.time_since_epoch().count()))
      .bind(3, record.length)
      .bind(4, std::uint64_t{record.previous})
      .bind(5, std::uint64_t{record.checksum})
      .bind(6, record.batch);
  // One statement is one transaction, so that a failure leaves none open.
  if (auto inserted = insert_.run(); inserted.has_error()) {
    end_known_ = false;
    return inserted.error();
  }
  has_rows_ = true;
  last_ = record.link();
  return last_;
}

Result<> LogWriter::trim(const Link& up_to) {
  if (auto found = find_end(); found.has_error()) return found.error();
  const auto change = [&]() -> Result<> {
    if (auto begun = database_->execute("BEGIN IMMEDIATE"); begun.has_error()) return begun;
    if (auto removed = remove_.bind(1, up_to.number).run(); removed.has_error()) return removed;
    if (auto kept = write_anchor(*database_, {up_to, floor_}); kept.has_error()) return kept;
    return database_->execute("COMMIT");
  };
  auto changed = change();
  end_known_ = false;
  // Some failures have rolled back already, and then there is nothing to roll back.
  if (changed.has_error()) static_cast<void>(database_->execute("ROLLBACK"));
  return changed;
}

void LogWriter::checkpoint() {
  static_cast<void>(database_->execute("PRAGMA wal_checkpoint(PASSIVE)"));
}

}  // namespace doorward::adapters::sqlite
