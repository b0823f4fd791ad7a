#include "adapters/sqlite/schema.hpp"

#include <fmt/core.h>

namespace doorward::adapters::sqlite {
namespace {

constexpr const char* kCreate = R"(
BEGIN IMMEDIATE;
CREATE TABLE entries(
  number   INTEGER PRIMARY KEY,
  time     INTEGER NOT NULL,
  length   INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  batch    BLOB NOT NULL
) STRICT;
CREATE TABLE anchor(
  id       INTEGER PRIMARY KEY CHECK (id = 0),
  number   INTEGER NOT NULL,
  time     INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  floor    INTEGER NOT NULL
) STRICT;
INSERT INTO anchor VALUES (0, 0, 0, 0, 0);
PRAGMA application_id = 0x446f6f72;
PRAGMA user_version = 1;
COMMIT;
)";
constexpr std::uint64_t kApplicationId = 0x446f6f72;  // "Door"

// In 4 KiB pages. Small, since the append that reaches it writes that much into the database file
// before it returns.
constexpr int kCheckpointPages = 256;

}  // namespace

Result<> prepare_schema(Database& database) {
  const auto version = database.integer("PRAGMA user_version");
  if (version.has_error()) return version.error();
  const auto application = database.integer("PRAGMA application_id");
  if (application.has_error()) return application.error();
  const auto tables = database.integer("SELECT count(*) FROM sqlite_schema");
  if (tables.has_error()) return tables.error();
  if (*tables == 0) return database.execute(kCreate);
  if (*application != kApplicationId) {
    return error(Errc::invalid, fmt::format("{} is a database, but not one of Doorward's; choose "
                                            "another data folder",
                                            database.path().string()));
  }
  if (*version <= kFormatVersion) return {};
  return error(Errc::unsupported_version,
               fmt::format("{} has format {}, and this program knows formats up to {}; start the "
                           "newer program that wrote it",
                           database.path().string(), *version, kFormatVersion));
}

Result<> configure(Database& database, Durability durability) {
  return database.execute(
      fmt::format("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = {};"
                  "PRAGMA wal_autocheckpoint = {}; PRAGMA journal_size_limit = 67108864;"
                  "PRAGMA secure_delete = OFF; PRAGMA cache_size = -256;",
                  durability == Durability::full ? "FULL" : "OFF", kCheckpointPages));
}

Result<Anchor> read_anchor(Database& database) {
  auto select = database.prepare("SELECT number, time, checksum, floor FROM anchor");
  if (select.has_error()) return select.error();
  const auto row = select->step();
  if (row.has_error()) return row.error();
  if (!*row) {
    return error(Errc::corrupt, fmt::format("{} has lost its anchor{}", database.path().string(),
                                            see_repair(database.path())));
  }
  return Anchor{{.number = select->integer(0),
                 .time = LogTime{Millis{static_cast<std::int64_t>(select->integer(1))}},
                 .checksum = static_cast<std::uint32_t>(select->integer(2))},
                select->integer(3)};
}

Result<> write_anchor(Database& database, const Anchor& anchor) {
  return database.execute(fmt::format(
      "UPDATE anchor SET number = {}, time = {}, checksum = {}, floor = {}", anchor.link.number,
      anchor.link.time.time_since_epoch().count(), anchor.link.checksum, anchor.floor));
}

Result<std::string> read_mark(Database& database) {
  const auto tables =
      database.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'mark'");
  if (tables.has_error()) return tables.error();
  if (*tables == 0) return std::string();
  auto select = database.prepare("SELECT mark FROM mark");
  if (select.has_error()) return select.error();
  const auto row = select->step();
  if (row.has_error()) return row.error();
  return *row ? std::string(select->blob(0)) : std::string();
}

Result<> write_mark(Database& database, std::string_view mark) {
  auto made = database.execute(
      "CREATE TABLE IF NOT EXISTS mark(id INTEGER PRIMARY KEY CHECK (id = 0), "
      "mark BLOB NOT NULL) STRICT");
  if (made.has_error()) return made;
  auto insert = database.prepare("INSERT OR REPLACE INTO mark VALUES (0, ?1)");
  if (insert.has_error()) return insert.error();
  return insert->bind(1, mark).run();
}

}  // namespace doorward::adapters::sqlite
