// Mends a damaged log: says what would go, and cuts there when asked to. Damage is what fails its
// checksum, and what whoever applies the log cannot read.
//
// Why:     acknowledged entries are never dropped without a person's word. Where a whole snapshot
//          covers the damage, only history goes and nobody loses a place; else the log ends before
//          the damage.
// Ownership: holds the folder while it works; the server must be stopped.
// Bounds:  needs room for a second copy of the log. The damaged database stays, under another name.
// Errors:  not_found: there is no log in the folder; and those of SqliteLog::open, but corrupt only
//          if nothing in the database can be read.
// Spec:    docs/storage.md.
#pragma once

#include "adapters/warn.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace doorward::adapters::sqlite {

// Entries that go, by number; none if `count` is zero.
struct CutStretch {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t count = 0;  // that can still be read, whole or not
  LogTime first_time{};
  LogTime last_time{};
};

struct RepairReport {
  CutStretch history;      // covered by a snapshot: nothing is lost by dropping them
  CutStretch lost;         // acknowledged, and gone after the repair
  std::uint64_t kept = 0;  // entries that stay
  std::string unreadable;  // why the first of the lost cannot be read, if its checksum is right
  std::filesystem::path
      damaged_copy;  // where the database as it was is now; empty if it was not moved

  bool damaged() const { return history.count > 0 || lost.count > 0; }
};

// Whether a batch whose bytes are whole can be applied: `corrupt` if it never can; any other error
// ends the repair, with nothing changed.
using CheckBatch = std::function<Result<>(std::string_view batch)>;

// With `dry_run` nothing is changed.
Result<RepairReport> repair(const std::filesystem::path& folder, bool dry_run,
                            const CheckBatch& check, Warn warn);

// The report as lines for a person.
std::string to_text(const RepairReport& report);

}  // namespace doorward::adapters::sqlite
