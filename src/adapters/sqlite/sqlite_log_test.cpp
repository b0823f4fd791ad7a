#include "adapters/sqlite/sqlite_log.hpp"

#include "adapters/posix/temp_folder.hpp"
#include "ports/contract/command_log_contract.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace doorward::adapters::sqlite {
namespace {

class SqliteBench final : public ports::LogBench {
 public:
  std::unique_ptr<ports::CommandLog> open() override {
    auto log = SqliteLog::open({.folder = folder_.path()}, clock_);
    if (log.has_error()) throw std::runtime_error(log.error().what);
    return std::move(*log);
  }
  bool several_nodes() const override { return false; }
  ports::FakeClock* clock() override { return &clock_; }
  bool damage_snapshot(const ports::LogPosition& at) override {
    for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
      const std::string name = file.path().filename();
      if (!name.starts_with(fmt::format("snapshot-{:020}", at.major))) continue;
      std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
      bytes.seekp(-20, std::ios::end);
      bytes.put('X');
      return bytes.good();
    }
    return false;
  }

 private:
  TempFolder folder_;
  ports::FakeClock clock_;
};

TEST(SqliteLog, OnlyItsOwnerReadsItsFilesAlsoInAFolderThatWasThere) {
  using std::filesystem::perms;
  const perms all = perms::owner_all | perms::group_read | perms::others_read;
  const perms own = perms::owner_read | perms::owner_write;
  TempFolder folder;
  ports::FakeClock clock;
  const auto modes = [&] {
    std::vector<perms> found;
    for (const auto& file : std::filesystem::directory_iterator(folder.path()))
      if (file.path().filename().string().starts_with("doorward.db"))
        found.push_back(file.status().permissions());
    return found;
  };
  {
    const auto log = SqliteLog::open({.folder = folder.path()}, clock);
    ASSERT_TRUE(log);
    EXPECT_THAT(modes(), testing::AllOf(testing::SizeIs(3), testing::Each(own)));
  }
  for (const auto& file : std::filesystem::directory_iterator(folder.path()))
    std::filesystem::permissions(file.path(), all);
  const auto log = SqliteLog::open({.folder = folder.path()}, clock);
  ASSERT_TRUE(log);
  EXPECT_THAT(modes(), testing::AllOf(testing::SizeIs(3), testing::Each(own)));
}

TEST(SqliteLog, NothingIsAppendedToFilesThatAreNoLongerInTheFolder) {
  namespace fs = std::filesystem;
  for (const char* name : {"doorward.db", "doorward.db-wal", "lock"}) {
    TempFolder folder;
    ports::FakeClock clock;
    const auto log = SqliteLog::open({.folder = folder.path()}, clock);
    ASSERT_TRUE(log);
    ASSERT_TRUE((*log)->append("a"));
    const fs::path file = folder.path() / name;
    const fs::path aside = folder.path() / "aside";
    fs::rename(file, aside);
    EXPECT_FALSE((*log)->is_in_place()) << name;
    const auto gone = (*log)->append("b");
    ASSERT_FALSE(gone) << name;
    EXPECT_EQ(gone.error().code, Errc::unavailable);
    EXPECT_THAT(gone.error().what, testing::HasSubstr("removed or replaced"));
    fs::copy_file(aside, file);
    EXPECT_FALSE((*log)->append("b")) << "another file of the same name";
    fs::rename(aside, file);
    EXPECT_TRUE((*log)->is_in_place());
    EXPECT_TRUE((*log)->append("b")) << "it is back";
  }
}

std::unique_ptr<ports::LogBench> make_bench() { return std::make_unique<SqliteBench>(); }

}  // namespace
}  // namespace doorward::adapters::sqlite

namespace doorward::ports {
INSTANTIATE_TEST_SUITE_P(Sqlite, CommandLogContract,
                         testing::Values(&adapters::sqlite::make_bench));
}  // namespace doorward::ports
