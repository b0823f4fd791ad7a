#include "adapters/sqlite/database.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <utility>

namespace doorward::adapters::sqlite {
namespace {

// SQLite creates files for everybody's eyes, but gives its log and index the mode of the database.
// A file that is there is not opened: closing it would drop the locks that this process has on it.
// Where the mode is not ours to change, it stays.
void keep_to_owner(const std::filesystem::path& path) {
  constexpr auto kOwn = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made >= 0) ::close(made);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code stays;
    std::filesystem::permissions(path.string() + suffix, kOwn, stays);
  }
}

}  // namespace

Statement& Statement::bind(int parameter, std::uint64_t value) {
  sqlite3_bind_int64(handle_.get(), parameter, static_cast<sqlite3_int64>(value));
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view blob) {
  // A null pointer would bind NULL, and an empty batch is not NULL.
  const char* bytes = blob.empty() ? "" : blob.data();
  sqlite3_bind_blob64(handle_.get(), parameter, bytes, blob.size(), SQLITE_STATIC);
  return *this;
}

Result<bool> Statement::step() {
  switch (sqlite3_step(handle_.get())) {
    case SQLITE_ROW: return true;
    case SQLITE_DONE: return false;
    default: return database_->failure("use");
  }
}

Result<> Statement::run() {
  auto stepped = step();
  reset();
  if (stepped.has_error()) return stepped.error();
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
}

std::uint64_t Statement::integer(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(handle_.get(), column));
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path,
                                                 const std::string& vfs) {
  std::unique_ptr<Database> database(new Database(path));
  sqlite3* handle = nullptr;
  if (vfs.empty()) keep_to_owner(path);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int opened =
      sqlite3_open_v2(path.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  database->handle_.reset(handle);
  if (opened != SQLITE_OK) return database->failure("open");
  sqlite3_extended_result_codes(handle, 1);
  return database;
}

Result<> Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return failure("use");
  }
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return failure("use");
  }
  return Statement(*this, statement);
}

Result<std::uint64_t> Database::integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (statement.has_error()) return statement.error();
  const auto row = statement->step();
  if (row.has_error()) return row.error();
  return *row ? statement->integer(0) : 0;
}

std::string see_repair(const std::filesystem::path& database) {
  return fmt::format("{} --data {}` shows what can be kept; copy the folder before --yes",
                     kSeeRepair, database.parent_path().string());
}

Error Database::failure(std::string_view doing) const {
  const int code = sqlite3_extended_errcode(handle_.get());
  const int primary = code & 0xff;
  const bool corrupt = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
  std::string what = fmt::format("cannot {} {}: {} (SQLite {})", doing, path_.string(),
                                 sqlite3_errmsg(handle_.get()), code);
  if (corrupt) what += see_repair(path_);
  return error(corrupt ? Errc::corrupt : Errc::unavailable, std::move(what));
}

}  // namespace doorward::adapters::sqlite
