#include "adapters/sqlite/repair.hpp"

#include "adapters/posix/file.hpp"
#include "adapters/sqlite/data_folder.hpp"
#include "adapters/sqlite/database.hpp"
#include "adapters/sqlite/record.hpp"
#include "adapters/sqlite/schema.hpp"
#include "adapters/sqlite/snapshot_files.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace doorward::adapters::sqlite {
namespace {

namespace fs = std::filesystem;

void include(CutStretch& cut, const Record& record) {
  if (cut.count++ == 0) {
    cut.first = record.number;
    cut.first_time = record.time;
  }
  cut.last = record.number;
  cut.last_time = record.time;
}

// What to keep: the first `report.kept` rows after `after`.
struct Plan {
  Link after;
  std::uint64_t floor = 0;
  RepairReport report;
};

class Scan {
 public:
  Scan(Database& database, const Anchor& anchor, const CheckBatch& check)
      : database_(database), check_(check) {
    plan_.after = anchor.link;
    plan_.floor = std::max(anchor.floor, anchor.link.number);
  }

  Result<Plan> run(const std::optional<SnapshotMark>& snapshot) {
    if (snapshot.has_value()) {
      if (auto scanned = history(*snapshot); scanned.has_error()) return scanned.error();
    }
    if (auto scanned = tail(snapshot); scanned.has_error()) return scanned.error();
    return plan_;
  }

 private:
  // Calls `each` for the rows after `number` up to `up_to`. Where SQLite itself cannot read on, it
  // calls `each` with a torn record, once, and ends.
  template <class Each>
  Result<> rows(std::uint64_t number, std::uint64_t up_to, Each each) {
    auto select = database_.prepare("SELECT " + std::string(kRecordColumns) +
                                    " FROM entries WHERE number > ?1 AND number <= ?2 "
                                    "ORDER BY number");
    if (select.has_error()) return select.error();
    select->bind(1, number).bind(2, up_to);
    for (;;) {
      const auto row = select->step();
      if (row.has_error() && row.error().code != Errc::corrupt) return row.error();
      if (row.has_error()) {
        Record unreadable;
        unreadable.number = number + 1;
        unreadable.length = 1;
        each(unreadable);
        return {};
      }
      if (!*row) return {};
      const Record record = read_record(*select);
      number = record.number;
      each(record);
    }
  }

  // The last damage that the snapshot covers: all up to there is history and goes.
  Result<> history(const SnapshotMark& snapshot) {
    std::uint32_t previous = plan_.after.checksum;
    Link good = plan_.after;
    CutStretch seen;
    const auto look = [&](const Record& record) {
      include(seen, record);
      plan_.floor = std::max(plan_.floor, record.number);
      const bool whole = intact(record, previous);
      previous = record.checksum;
      good = record.link();
      if (whole) {
        ++plan_.report.kept;
        return;
      }
      plan_.report.history = seen;
      plan_.report.kept = 0;
      plan_.after = record.link();
    };
    if (auto read = rows(plan_.after.number, snapshot.number, look); read.has_error()) return read;
    // The row that the snapshot names is unreadable: the snapshot's own mark stands for it.
    if (good.number == snapshot.number && good.checksum == snapshot.checksum) return {};
    plan_.report.history = seen;
    plan_.report.kept = 0;
    plan_.after = {snapshot.number, good.time, snapshot.checksum};
    return {};
  }

  // The first damage after the snapshot: the log ends before it.
  Result<> tail(const std::optional<SnapshotMark>& snapshot) {
    Link last = plan_.after;
    if (snapshot.has_value()) last = {snapshot->number, {}, snapshot->checksum};
    const auto look = [&](const Record& record) {
      plan_.floor = std::max(plan_.floor, record.number);
      if (plan_.report.lost.count == 0 && intact(record, last.checksum) && readable(record)) {
        last = record.link();
        ++plan_.report.kept;
        return;
      }
      include(plan_.report.lost, record);
    };
    if (auto read = rows(last.number, INT64_MAX, look); read.has_error()) return read;
    return problem_;
  }

  // Asked of what follows the snapshot only: what it covers was applied once.
  bool readable(const Record& record) {
    const Result<> checked = check_(record.batch);
    if (checked.has_value()) return true;
    if (checked.error().code == Errc::corrupt) {
      plan_.report.unreadable = checked.error().what;
    } else {
      problem_ = checked;
    }
    return false;
  }

  Database& database_;
  const CheckBatch& check_;
  Result<> problem_;
  Plan plan_;
};

// The newest snapshot whose bytes are whole.
Result<std::optional<SnapshotMark>> usable_snapshot(const SnapshotFiles& files,
                                                    const Anchor& anchor) {
  const auto kept = files.list();
  for (auto mark = kept.rbegin(); mark != kept.rend(); ++mark) {
    if (mark->number < anchor.link.number) continue;
    const auto reader = files.open(*mark);
    if (reader.has_error()) return reader.error();
    if (*reader != nullptr) return *mark;
  }
  return std::nullopt;
}

Result<> copy_rows(Database& from, Database& to, const Plan& plan) {
  const std::string columns(kRecordColumns);
  auto select = from.prepare("SELECT " + columns +
                             " FROM entries WHERE number > ?1 ORDER BY number LIMIT ?2");
  if (select.has_error()) return select.error();
  auto insert = to.prepare("INSERT INTO entries(" + columns + ") VALUES (?1,?2,?3,?4,?5,?6)");
  if (insert.has_error()) return insert.error();
  // By count, since to look for a last number would touch the page behind it, which may be the
  // damaged one.
  select->bind(1, plan.after.number).bind(2, plan.report.kept);
  for (;;) {
    const auto row = select->step();
    if (row.has_error()) return row.error();
    if (!*row) return {};
    for (int column = 0; column < 5; ++column) insert->bind(column + 1, select->integer(column));
    if (auto put = insert->bind(6, select->blob(5)).run(); put.has_error()) return put;
  }
}

Result<> write_mended(Database& from, const fs::path& path, const Plan& plan) {
  auto mended = Database::open(path);
  if (mended.has_error()) return mended.error();
  if (auto set = configure(**mended, Durability::full); set.has_error()) return set;
  if (auto made = prepare_schema(**mended); made.has_error()) return made;
  if (auto begun = (*mended)->execute("BEGIN IMMEDIATE"); begun.has_error()) return begun;
  if (auto kept = write_anchor(**mended, {plan.after, plan.floor}); kept.has_error()) return kept;
  if (auto copied = copy_rows(from, **mended, plan); copied.has_error()) return copied;
  if (auto done = (*mended)->execute("COMMIT"); done.has_error()) return done;
  // One file, so that one rename puts it in place.
  return (*mended)->execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
}

fs::path with_suffix(fs::path path, std::string_view suffix) { return path += suffix; }

Result<fs::path> exchange(const fs::path& database, const fs::path& mended) {
  fs::path aside;
  for (int i = 1; aside.empty() || fs::exists(aside); ++i) {
    aside = with_suffix(database, fmt::format(".damaged-{}", i));
  }
  // The write-ahead log first: a crash in between leaves the database without it, never the mended
  // one with the wrong one.
  for (const std::string_view part : {"-wal", "-shm", ""}) {
    const fs::path from = with_suffix(database, part);
    if (!fs::exists(from)) continue;
    if (auto moved = posix::rename(from, with_suffix(aside, part)); moved.has_error()) {
      return moved.error();
    }
  }
  if (auto moved = posix::rename(mended, database); moved.has_error()) return moved.error();
  if (auto synced = posix::sync_folder(database.parent_path()); synced.has_error()) {
    return synced.error();
  }
  return aside;
}

// Of a database of which SQLite itself can read nothing. To send people to `repair` from here would
// send them round.
Error nothing_to_keep(const fs::path& folder, const Error& found) {
  return error(Errc::corrupt,
               fmt::format("{}. Nothing in it can be read, so nothing of it can be kept. Put the "
                           "data folder back from a backup; or, to begin anew without its rooms, "
                           "places and settings, move doorward.db, doorward.db-wal and "
                           "doorward.db-shm out of {}: what the configuration file says is applied "
                           "again at the next start",
                           found.what.substr(0, found.what.find(kSeeRepair)), folder.string()));
}

Result<RepairReport> mend(const fs::path& folder, bool dry_run, const CheckBatch& check,
                          Warn warn) {
  if (!fs::exists(folder / "doorward.db")) {
    return error(Errc::not_found, fmt::format("there is no doorward.db in {}", folder.string()));
  }
  auto held = DataFolder::hold(folder);
  if (held.has_error()) return held.error();
  auto database = Database::open(held->database());
  if (database.has_error()) return database.error();
  if (auto known = prepare_schema(**database); known.has_error()) return known.error();
  const auto anchor = read_anchor(**database);
  if (anchor.has_error()) return anchor.error();
  const SnapshotFiles snapshots(folder, std::move(warn));
  const auto snapshot = usable_snapshot(snapshots, *anchor);
  if (snapshot.has_error()) return snapshot.error();
  auto plan = Scan(**database, *anchor, check).run(*snapshot);
  if (plan.has_error()) return plan.error();
  if (dry_run || !plan->report.damaged()) return plan->report;

  const fs::path mended = with_suffix(held->database(), ".mended");
  for (const std::string_view part : {"", "-wal", "-shm"}) {
    std::error_code ignored;
    fs::remove(with_suffix(mended, part), ignored);
  }
  if (auto written = write_mended(**database, mended, *plan); written.has_error()) {
    return written.error();
  }
  database->reset();
  const auto aside = exchange(held->database(), mended);
  if (aside.has_error()) return aside.error();
  plan->report.damaged_copy = *aside;
  return plan->report;
}

}  // namespace

Result<RepairReport> repair(const fs::path& folder, bool dry_run, const CheckBatch& check,
                            Warn warn) {
  auto report = mend(folder, dry_run, check, std::move(warn));
  if (report.has_error() && report.error().code == Errc::corrupt)
    return nothing_to_keep(folder, report.error());
  return report;
}

std::string to_text(const RepairReport& report) {
  if (!report.damaged()) return fmt::format("The log is whole: {} entries.\n", report.kept);
  std::string text;
  const auto tell = [&](const CutStretch& cut, std::string_view meaning) {
    if (cut.count == 0) return;
    text += fmt::format("{} entries, 0-{}-0 of {} to 0-{}-0 of {}: {}\n", cut.count, cut.first,
                        to_text(cut.first_time), cut.last, to_text(cut.last_time), meaning);
  };
  tell(report.history, "history that a snapshot covers; no place is lost with it.");
  tell(report.lost,
       "acknowledged, and lost: places, admissions and settings made in them are gone.");
  if (!report.unreadable.empty())
    text += fmt::format("The first of them has the right checksum, but cannot be read: {}\n",
                        report.unreadable);
  text += fmt::format("{} entries are whole and stay.\n", report.kept);
  if (!report.damaged_copy.empty()) {
    text += fmt::format("The damaged database is kept as {}.\n", report.damaged_copy.string());
  }
  return text;
}

}  // namespace doorward::adapters::sqlite
