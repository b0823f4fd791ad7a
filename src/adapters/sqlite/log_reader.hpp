// A connection that reads rows of the log and checks them.
//
// Threads: single-owner; the reader and the keeper of the log each have one.
// Errors:  corrupt, naming the file, the entry and the remedy; unavailable; not_found.
// Spec:    docs/storage.md.
#pragma once

#include "adapters/sqlite/database.hpp"
#include "adapters/sqlite/record.hpp"
#include "adapters/sqlite/schema.hpp"
#include "base/result.hpp"
#include "ports/command_log.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace doorward::adapters::sqlite {

class LogReader {
 public:
  static Result<std::unique_ptr<LogReader>> open(std::unique_ptr<Database> database);

  // Entries with `after` < number ≤ `up_to`, each checked against the one before it. not_found: the
  // first of them were trimmed.
  Result<std::vector<ports::LogEntry>> read(std::uint64_t after, std::uint64_t up_to,
                                            std::size_t max_entries);
  // The link of the row `number`, or of the anchor if that stands for it; nothing if neither is
  // there.
  Result<std::optional<Link>> find(std::uint64_t number);
  // The first entry that is still there, where those before it are gone; nothing in a whole log.
  Result<std::optional<std::uint64_t>> first_after_loss();
  // The last row of a first stretch of at most `max_rows` rows and about `max_bytes` bytes, all of
  // them up to `number` and older than `keep_from`; nothing if there is none.
  Result<std::optional<Link>> first_stretch(std::uint64_t number, LogTime keep_from,
                                            std::size_t max_rows, std::size_t max_bytes);

 private:
  explicit LogReader(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  Result<> check_not_trimmed(std::uint64_t after);
  Error damaged(const Record& record) const;

  std::unique_ptr<Database> database_;
  Statement select_;
  Statement select_link_;
  Statement select_first_;
};

}  // namespace doorward::adapters::sqlite
