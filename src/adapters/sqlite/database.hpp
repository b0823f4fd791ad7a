// A connection to SQLite and its prepared statements, with errors as Result.
//
// Ownership: a Statement must not outlive its Database.
// Threads: single-owner; a connection is used by one thread at a time.
// Errors:  corrupt: SQLite finds the file malformed; unavailable: everything else (full, I/O,
//          locked). Each names the file and SQLite's own words.
#pragma once

#include "base/result.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace doorward::adapters::sqlite {

// What ends the errors after which `doorward repair` can help begins with this.
inline constexpr std::string_view kSeeRepair = "; `doorward repair";
// All of it: names the folder, so that the command can be copied as it stands.
std::string see_repair(const std::filesystem::path& database);

class Database;

class Statement {
 public:
  Statement() = default;

  // Parameters and columns count as SQLite counts them: parameters from 1, columns from 0.
  Statement& bind(int parameter, std::uint64_t value);
  Statement& bind(int parameter, std::string_view blob);  // must live until `reset`

  // True while there is a row.
  Result<bool> step();
  // Steps a statement that has no rows, and resets it.
  Result<> run();
  // Ends the read, so that it does not hold back a checkpoint.
  void reset();

  std::uint64_t integer(int column) const;
  std::string_view blob(int column) const;  // until the next `step` or `reset`

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  Statement(Database& database, sqlite3_stmt* statement)
      : database_(&database), handle_(statement) {}

  Database* database_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// Resets a statement at the end of a scope, also on an early return.
class ResetGuard {
 public:
  explicit ResetGuard(Statement& statement) : statement_(statement) {}
  ~ResetGuard() { statement_.reset(); }
  ResetGuard(const ResetGuard&) = delete;
  ResetGuard& operator=(const ResetGuard&) = delete;

 private:
  Statement& statement_;
};

class Database {
 public:
  // `vfs` empty: SQLite's own. Immovable, since statements point to it.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path,
                                                const std::string& vfs = "");
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<> execute(const std::string& sql);
  Result<Statement> prepare(std::string_view sql);
  // The one integer that `sql` gives.
  Result<std::uint64_t> integer(std::string_view sql);
  // The error of the last call on this connection.
  Error failure(std::string_view doing) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  explicit Database(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace doorward::adapters::sqlite
