// What a log does with damaged, torn, newer and foreign files, and what `repair` makes of them.

#include "adapters/posix/temp_folder.hpp"
#include "adapters/sqlite/repair.hpp"
#include "adapters/sqlite/sqlite_log.hpp"
#include "ports/memory/fake_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace doorward::adapters::sqlite {
namespace {

using ports::LogPosition;
using testing::ElementsAre;
using testing::HasSubstr;

class SqliteDamage : public testing::Test {
 protected:
  Result<std::unique_ptr<SqliteLog>> open() {
    return SqliteLog::open(
        {.folder = folder_.path(),
         .warn = [this](std::string_view said) { warnings_.emplace_back(said); }},
        clock_);
  }

  // Appends the batches, and takes a snapshot after entry `snapshot_at` if that is not zero.
  void fill(const std::vector<std::string>& batches, std::uint64_t snapshot_at = 0) {
    auto log = open();
    ASSERT_TRUE(log.has_value()) << log.error().what;
    for (const auto& batch : batches) ASSERT_TRUE((*log)->append(batch).has_value());
    if (snapshot_at == 0) return;
    auto writer = (*log)->begin_snapshot({.epoch = 0, .major = snapshot_at, .minor = 0});
    ASSERT_TRUE(writer.has_value()) << writer.error().what;
    ASSERT_TRUE((*writer)->write("state").has_value());
    ASSERT_TRUE((*writer)->commit().has_value());
  }

  void sql(const std::string& statement) {
    auto database = Database::open(folder_.path() / "doorward.db");
    ASSERT_TRUE(database.has_value());
    const auto done = (*database)->execute(statement);
    ASSERT_TRUE(done.has_value()) << done.error().what;
  }

  std::vector<std::string> read_after(std::uint64_t number) {
    auto log = open();
    EXPECT_TRUE(log.has_value()) << (log.has_error() ? log.error().what : "");
    if (log.has_error()) return {};
    const auto entries = (*log)->read({.epoch = 0, .major = number, .minor = 0}, 100, Millis{0});
    EXPECT_TRUE(entries.has_value()) << (entries.has_error() ? entries.error().what : "");
    std::vector<std::string> batches;
    if (entries.has_error()) return batches;
    for (const auto& entry : *entries) batches.push_back(entry.batch);
    return batches;
  }

  RepairReport mend(bool dry_run) {
    auto report = repair(folder_.path(), dry_run, check_,
                         [this](std::string_view said) { warnings_.emplace_back(said); });
    EXPECT_TRUE(report.has_value()) << (report.has_error() ? report.error().what : "");
    return report.has_value() ? *report : RepairReport{};
  }

  TempFolder folder_;
  ports::FakeClock clock_;
  CheckBatch check_ = [](std::string_view) { return Result<>(); };
  std::vector<std::string> warnings_;
};

TEST_F(SqliteDamage, ASecondProcessOnTheFolderIsRefused) {
  const auto first = open();
  ASSERT_TRUE(first.has_value());
  const auto second = open();
  ASSERT_TRUE(second.has_error());
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_THAT(second.error().what, HasSubstr(folder_.path().string()));
}

TEST_F(SqliteDamage, ADatabaseOfANewerFormatIsRefused) {
  fill({"a"});
  sql("PRAGMA user_version = 2");
  const auto log = open();
  ASSERT_TRUE(log.has_error());
  EXPECT_EQ(log.error().code, Errc::unsupported_version);
  EXPECT_THAT(log.error().what, HasSubstr("doorward.db"));
}

TEST_F(SqliteDamage, AForeignDatabaseIsRefusedAndLeftAlone) {
  sql("CREATE TABLE shop(item TEXT)");
  const auto bytes_of = [](const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string before = bytes_of(folder_.path() / "doorward.db");
  const auto log = open();
  ASSERT_TRUE(log.has_error());
  EXPECT_EQ(log.error().code, Errc::invalid);
  EXPECT_EQ(bytes_of(folder_.path() / "doorward.db"), before);
}

TEST_F(SqliteDamage, AFileThatIsNoDatabaseIsCorrupt) {
  std::ofstream(folder_.path() / "doorward.db") << std::string(10'000, 'x');
  const auto log = open();
  ASSERT_TRUE(log.has_error());
  EXPECT_EQ(log.error().code, Errc::corrupt);
}

TEST_F(SqliteDamage, ATornLastEntryIsSaidAndRemoved) {
  fill({"a", "b", "torn entry"});
  sql("UPDATE entries SET batch = x'746f' WHERE number = 3");
  EXPECT_THAT(read_after(0), ElementsAre("a", "b"));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("0-3-0")));
  fill({"c"});
  EXPECT_THAT(read_after(0), ElementsAre("a", "b", "c"));
}

TEST_F(SqliteDamage, ADamagedLastEntryStopsTheStart) {
  fill({"a", "b"});
  sql("UPDATE entries SET batch = x'63' WHERE number = 2");
  const auto log = open();
  ASSERT_TRUE(log.has_error());
  EXPECT_EQ(log.error().code, Errc::corrupt);
  EXPECT_THAT(log.error().what, HasSubstr("0-2-0"));
  EXPECT_THAT(log.error().what,
              HasSubstr("`doorward repair --data " + folder_.path().string() + "`"));
  EXPECT_THAT(log.error().what, HasSubstr((folder_.path() / "doorward.db").string()));
}

struct Damage {
  const char* name;
  const char* sql;
};

class SqliteDamageInside : public SqliteDamage, public testing::WithParamInterface<Damage> {};

TEST_P(SqliteDamageInside, StopsTheReaderAtTheDamagedEntryAndNotBefore) {
  fill({"a", "b", "c", "d"});
  sql(GetParam().sql);
  const auto log = open();
  ASSERT_TRUE(log.has_value()) << log.error().what;
  const auto good = (*log)->read({}, 100, Millis{0});
  ASSERT_TRUE(good.has_value()) << good.error().what;
  ASSERT_EQ(good->size(), 1U);
  const auto bad = (*log)->read(good->back().at, 100, Millis{0});
  ASSERT_TRUE(bad.has_error());
  EXPECT_EQ(bad.error().code, Errc::corrupt);
  EXPECT_THAT(bad.error().what,
              HasSubstr("`doorward repair --data " + folder_.path().string() + "`"));
}

TEST_P(SqliteDamageInside, IsCutThereByRepairWhichShowsItFirst) {
  fill({"a", "b", "c", "d"});
  sql(GetParam().sql);
  const auto shown = mend(true);
  EXPECT_TRUE(shown.damaged());
  EXPECT_EQ(shown.kept, 1U);
  EXPECT_EQ(shown.lost.last, 4U);
  EXPECT_TRUE(mend(true).damaged()) << "a dry run changes nothing";

  const auto done = mend(false);
  EXPECT_EQ(done.lost.count, shown.lost.count);
  EXPECT_TRUE(std::filesystem::exists(done.damaged_copy));
  EXPECT_FALSE(mend(true).damaged());
  EXPECT_THAT(read_after(0), ElementsAre("a"));
}

INSTANTIATE_TEST_SUITE_P(
    Sqlite, SqliteDamageInside,
    testing::Values(
        Damage{"Batch", "UPDATE entries SET batch = x'62ff' WHERE number = 2"},
        Damage{"OneByte", "UPDATE entries SET batch = x'63' WHERE number = 2"},
        Damage{"Time", "UPDATE entries SET time = time + 1 WHERE number = 2"},
        Damage{"Checksum", "UPDATE entries SET checksum = checksum + 1 WHERE number = 2"},
        Damage{"Missing", "DELETE FROM entries WHERE number = 2"},
        Damage{"Torn", "UPDATE entries SET batch = x'' WHERE number = 2"},
        Damage{"Exchanged",
               "UPDATE entries SET batch = CASE number WHEN 2 THEN x'63' ELSE x'62' END "
               "WHERE number IN (2, 3)"}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(SqliteDamage, ARepairedLogGivesNoPositionTwice) {
  fill({"a", "b", "c"});
  sql("UPDATE entries SET batch = x'00' WHERE number = 2");
  mend(false);
  auto log = open();
  ASSERT_TRUE(log.has_value()) << log.error().what;
  const auto next = (*log)->append("d");
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(*next, (LogPosition{.epoch = 0, .major = 4, .minor = 0}));
  log->reset();
  EXPECT_THAT(read_after(0), ElementsAre("a", "d"));
  EXPECT_FALSE(mend(true).damaged());
}

TEST_F(SqliteDamage, DamageThatASnapshotCoversCostsOnlyHistory) {
  fill({"a", "b", "c", "d", "e"}, 3);
  sql("UPDATE entries SET batch = x'00' WHERE number = 2");
  EXPECT_THAT(read_after(3), ElementsAre("d", "e")) << "the start needs only what follows";
  const auto report = mend(false);
  EXPECT_EQ(report.history.count, 2U);
  EXPECT_EQ(report.lost.count, 0U);
  EXPECT_EQ(report.kept, 3U);
  EXPECT_THAT(read_after(2), ElementsAre("c", "d", "e"));
  const auto log = open();
  const auto snapshot = (*log)->latest_snapshot();
  ASSERT_TRUE(snapshot.has_value());
  ASSERT_NE(*snapshot, nullptr);
  EXPECT_EQ((*snapshot)->at().major, 3U);
}

TEST_F(SqliteDamage, TheSnapshotStandsForItsOwnDamagedEntry) {
  fill({"a", "b", "c", "d"}, 3);
  sql("UPDATE entries SET checksum = 1 WHERE number = 3");
  const auto report = mend(false);
  EXPECT_EQ(report.history.count, 3U);
  EXPECT_EQ(report.lost.count, 0U);
  EXPECT_THAT(read_after(3), ElementsAre("d"));
  const auto log = open();
  const auto snapshot = (*log)->latest_snapshot();
  ASSERT_TRUE(snapshot.has_value());
  EXPECT_NE(*snapshot, nullptr);
}

TEST_F(SqliteDamage, ABatchThatCannotBeReadIsShownAndCutUnderARightChecksumToo) {
  fill({"a", "b", "bad", "c"});
  check_ = [](std::string_view batch) -> Result<> {
    if (batch == "bad") return error(Errc::corrupt, "a command in it is malformed");
    return {};
  };
  const auto seen = mend(true);
  EXPECT_EQ(seen.lost.first, 3U);
  EXPECT_EQ(seen.lost.count, 2U);
  EXPECT_THAT(to_text(seen), HasSubstr("a command in it is malformed"));
  EXPECT_THAT(read_after(0), ElementsAre("a", "b", "bad", "c")) << "nothing is changed unasked";
  const auto mended = mend(false);
  EXPECT_EQ(mended.kept, 2U);
  EXPECT_THAT(read_after(0), ElementsAre("a", "b"));
  EXPECT_FALSE(mend(true).damaged());
}

TEST_F(SqliteDamage, WhatASnapshotCoversIsNotAskedToBeReadAgain) {
  fill({"a", "bad", "c"}, 3);
  check_ = [](std::string_view batch) -> Result<> {
    if (batch == "bad") return error(Errc::corrupt, "malformed");
    return {};
  };
  EXPECT_FALSE(mend(true).damaged());
}

TEST_F(SqliteDamage, ABatchOfANewerProgramIsNoDamage) {
  fill({"a", "new"});
  check_ = [](std::string_view batch) -> Result<> {
    if (batch == "new") return error(Errc::unsupported_version, "start a newer doorward");
    return {};
  };
  const auto refused = repair(folder_.path(), false, check_,
                              [this](std::string_view said) { warnings_.emplace_back(said); });
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::unsupported_version);
  EXPECT_THAT(read_after(0), ElementsAre("a", "new"));
}

TEST_F(SqliteDamage, OfWhatIsNoDatabaseAnyMoreRepairSaysWhatIsLeftToDo) {
  fill({"a"});
  for (const char* part : {"doorward.db-wal", "doorward.db-shm"})
    std::filesystem::remove(folder_.path() / part);
  std::ofstream(folder_.path() / "doorward.db", std::ios::binary) << std::string(8'192, 'x');
  for (const bool dry_run : {true, false}) {
    const auto report = repair(folder_.path(), dry_run, check_,
                               [this](std::string_view said) { warnings_.emplace_back(said); });
    ASSERT_TRUE(report.has_error());
    EXPECT_EQ(report.error().code, Errc::corrupt);
    EXPECT_THAT(report.error().what, HasSubstr("nothing of it can be kept"));
    EXPECT_THAT(report.error().what, HasSubstr("from a backup"));
    EXPECT_THAT(report.error().what, HasSubstr("move doorward.db, "));
    EXPECT_THAT(report.error().what, testing::Not(HasSubstr("doorward repair")));
  }
}

TEST_F(SqliteDamage, PagesThatSqliteCannotReadAreCutToo) {
  fill(std::vector<std::string>(200, std::string(3'000, 'z')));
  sql("PRAGMA wal_checkpoint(TRUNCATE)");
  {
    std::fstream file(folder_.path() / "doorward.db",
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(0, std::ios::end);
    const auto middle = static_cast<std::int64_t>(file.tellp()) / 2 / 4096 * 4096;
    file.seekp(middle);
    file << std::string(4096, '\xee');
  }
  const auto report = mend(false);
  EXPECT_TRUE(report.damaged());
  EXPECT_GT(report.kept, 50U);
  EXPECT_LT(report.kept, 150U);
  EXPECT_EQ(read_after(0).size(), std::min<std::size_t>(report.kept, 100));
  EXPECT_FALSE(mend(true).damaged());
}

TEST_F(SqliteDamage, ADamagedSnapshotIsPassedOverForTheOneBefore) {
  fill({"a", "b"}, 1);
  fill({"c"}, 2);
  for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
    if (!file.path().filename().string().starts_with("snapshot-00000000000000000002")) continue;
    std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(26);
    bytes.put('X');
  }
  const auto log = open();
  const auto snapshot = (*log)->latest_snapshot();
  ASSERT_TRUE(snapshot.has_value()) << snapshot.error().what;
  ASSERT_NE(*snapshot, nullptr);
  EXPECT_EQ((*snapshot)->at().major, 1U);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("damaged")));
}

TEST_F(SqliteDamage, ALogWhoseFirstEntriesWereTakenAwayIsNotReadFromTheMiddle) {
  fill({"a", "b", "c"}, 2);
  sql("DELETE FROM entries WHERE number <= 2");
  const auto log = open();
  const auto snapshot = (*log)->latest_snapshot();
  ASSERT_TRUE(snapshot.has_error());
  EXPECT_EQ(snapshot.error().code, Errc::corrupt);
  EXPECT_THAT(snapshot.error().what, HasSubstr("begins with entry 3, and no whole snapshot"));
}

TEST_F(SqliteDamage, ASnapshotOfAnotherLogIsSetAside) {
  fill({"a", "b"}, 2);
  std::filesystem::remove(folder_.path() / "doorward.db");
  fill({"x", "y", "z"});
  const auto log = open();
  const auto snapshot = (*log)->latest_snapshot();
  ASSERT_TRUE(snapshot.has_value());
  EXPECT_EQ(*snapshot, nullptr);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("set aside")));
}

}  // namespace
}  // namespace doorward::adapters::sqlite
