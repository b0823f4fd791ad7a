// The connection that changes the log: appends at its end, trims at its beginning.
//
// Threads: single-owner; the log serialises appends and steps of a trim, since SQLite has one
//          writer.
// Errors:  unavailable: nothing was changed as far as this connection can see, and the next append
//          looks again at where the log ends; corrupt.
// Spec:    docs/storage.md.
#pragma once

#include "adapters/sqlite/database.hpp"
#include "adapters/sqlite/record.hpp"
#include "adapters/sqlite/schema.hpp"
#include "adapters/warn.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace doorward::adapters::sqlite {

class LogWriter {
 public:
  static Result<std::unique_ptr<LogWriter>> open(std::unique_ptr<Database> database);

  // A torn last row is said and removed; a damaged one is an error.
  Result<> settle_last_row(const Warn& warn);
  // The last row, or what stands for it in an empty log. `has_rows` says which.
  Result<Link> last();
  bool has_rows() const { return has_rows_; }

  Result<Link> append(std::string_view batch, LogTime now);
  // Removes the rows up to and with `up_to`.
  Result<> trim(const Link& up_to);
  // Lets the write-ahead log begin again from its front, where that can be.
  void checkpoint();

  Result<std::string> mark() { return read_mark(*database_); }
  Result<> replace_mark(std::string_view mark) { return write_mark(*database_, mark); }

 private:
  explicit LogWriter(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  Result<> find_end();

  std::unique_ptr<Database> database_;
  Statement insert_;
  Statement select_last_;
  Statement remove_;
  bool end_known_ = false;
  bool has_rows_ = false;
  Link last_;
  std::uint64_t floor_ = 0;
};

}  // namespace doorward::adapters::sqlite
