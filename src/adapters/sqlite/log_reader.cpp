#include "adapters/sqlite/log_reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

namespace doorward::adapters::sqlite {
namespace {

Link read_link(const Statement& row) {
  return {.number = row.integer(0),
          .time = LogTime{Millis{static_cast<std::int64_t>(row.integer(1))}},
          .checksum = static_cast<std::uint32_t>(row.integer(2))};
}

ports::LogEntry to_entry(const Record& record) {
  return {{.epoch = 0, .major = record.number, .minor = 0}, record.time, std::string(record.batch)};
}

}  // namespace

Result<std::unique_ptr<LogReader>> LogReader::open(std::unique_ptr<Database> database) {
  std::unique_ptr<LogReader> reader(new LogReader(std::move(database)));
  auto select = reader->database_->prepare(
      "SELECT " + std::string(kRecordColumns) +
      " FROM entries WHERE number > ?1 AND number <= ?2 ORDER BY number LIMIT ?3");
  if (select.has_error()) return select.error();
  auto link =
      reader->database_->prepare("SELECT number, time, checksum FROM entries WHERE number = ?1");
  if (link.has_error()) return link.error();
  auto first = reader->database_->prepare(
      "SELECT number, time, checksum, length FROM entries WHERE number <= ?1 "
      "ORDER BY number LIMIT ?2");
  if (first.has_error()) return first.error();
  reader->select_ = std::move(*select);
  reader->select_link_ = std::move(*link);
  reader->select_first_ = std::move(*first);
  return reader;
}

Result<std::vector<ports::LogEntry>> LogReader::read(std::uint64_t after, std::uint64_t up_to,
                                                     std::size_t max_entries) {
  const auto before = find(after);
  if (before.has_error()) return before.error();
  if (!before->has_value()) {
    if (auto checked = check_not_trimmed(after); checked.has_error()) return checked.error();
  }
  const ResetGuard guard(select_);
  select_.bind(1, after).bind(2, up_to).bind(3, max_entries);
  std::vector<ports::LogEntry> entries;
  std::size_t bytes = 0;
  std::optional<std::uint32_t> previous;
  if (before->has_value()) previous = (*before)->checksum;
  while (bytes < ports::CommandLog::kReadBytes) {
    const auto row = select_.step();
    // What stands before the damage is whole and can be used; the next read meets the damage again.
    if (row.has_error() && !entries.empty()) break;
    if (row.has_error()) return row.error();
    if (!*row) break;
    const Record record = read_record(select_);
    if (!intact(record, previous.value_or(record.previous))) {
      if (!entries.empty()) break;
      return damaged(record);
    }
    previous = record.checksum;
    bytes += record.batch.size();
    entries.push_back(to_entry(record));
  }
  return entries;
}

Result<> LogReader::check_not_trimmed(std::uint64_t after) {
  const auto anchor = read_anchor(*database_);
  if (anchor.has_error()) return anchor.error();
  if (after >= anchor->link.number) return {};
  return error(
      Errc::not_found,
      fmt::format("the log in {} was trimmed up to entry 0-{}-0, and was read up to 0-{}-0",
                  database_->path().string(), anchor->link.number, after));
}

Result<std::optional<Link>> LogReader::find(std::uint64_t number) {
  {
    const ResetGuard guard(select_link_);
    const auto row = select_link_.bind(1, number).step();
    if (row.has_error()) return row.error();
    if (*row) return read_link(select_link_);
  }
  const auto anchor = read_anchor(*database_);
  if (anchor.has_error()) return anchor.error();
  if (anchor->link.number == number) return anchor->link;
  return std::nullopt;
}

Result<std::optional<std::uint64_t>> LogReader::first_after_loss() {
  const auto anchor = read_anchor(*database_);
  if (anchor.has_error()) return anchor.error();
  const auto first = database_->integer("SELECT coalesce(min(number), 0) FROM entries");
  if (first.has_error()) return first.error();
  const std::uint64_t next = std::max(anchor->link.number, anchor->floor) + 1;
  // A repair may leave a log of no entries, whose numbers go on above the old ones.
  const bool whole = anchor->link.number == 0 && *first <= next;
  return whole ? std::nullopt : std::optional(*first == 0 ? next : *first);
}

Result<std::optional<Link>> LogReader::first_stretch(std::uint64_t number, LogTime keep_from,
                                                     std::size_t max_rows, std::size_t max_bytes) {
  const ResetGuard guard(select_first_);
  select_first_.bind(1, number).bind(2, max_rows);
  std::optional<Link> last;
  for (std::size_t bytes = 0; bytes < max_bytes;) {
    const auto row = select_first_.step();
    if (row.has_error()) return row.error();
    if (!*row) break;
    const Link link = read_link(select_first_);
    if (link.time >= keep_from) break;
    last = link;
    bytes += select_first_.integer(3);
  }
  return last;
}

Error LogReader::damaged(const Record& record) const {
  return error(
      Errc::corrupt,
      fmt::format("the entry 0-{}-0 of {} in {} fails its checksum{}", record.number,
                  to_text(record.time), database_->path().string(), see_repair(database_->path())));
}

}  // namespace doorward::adapters::sqlite
