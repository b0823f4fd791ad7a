// The tables of a data folder's database, and how its connections are set.
//
// Errors:  unsupported_version: a newer program wrote the database; invalid: it is none of
//          Doorward's.
// Spec:    docs/storage.md.
#pragma once

#include "adapters/sqlite/database.hpp"
#include "adapters/sqlite/record.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace doorward::adapters::sqlite {

inline constexpr std::uint64_t kFormatVersion = 1;

// full: an acknowledged row survives the loss of power. off: it survives the end of the process
// only; for tests and rehearsals.
enum class Durability { full, off };

// Makes the tables if the database is new, and refuses what it cannot read.
Result<> prepare_schema(Database& database);
Result<> configure(Database& database, Durability durability);

// What the rows follow: the last row that was trimmed, and the numbers that were given away before.
struct Anchor {
  Link link;
  std::uint64_t floor = 0;  // every new row has a greater number
};

Result<Anchor> read_anchor(Database& database);
Result<> write_anchor(Database& database, const Anchor& anchor);

// The mark of ports/log_mark.hpp; empty where nobody left one. Its table is younger than the format
// and made when it is first written, so that an older program goes on knowing the database.
Result<std::string> read_mark(Database& database);
Result<> write_mark(Database& database, std::string_view mark);

}  // namespace doorward::adapters::sqlite
