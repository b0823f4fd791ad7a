#include "app/serve/file_memory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace doorward::app {
namespace {

using ports::LogPosition;

const Fingerprints kSaid{{"sale", "9f86"}};
constexpr LogPosition kAt{0, 17, 0};

class FileMemoryTest : public testing::Test {
 protected:
  FileMemoryTest() { mkdtemp(folder_.data()); }
  ~FileMemoryTest() override { std::filesystem::remove_all(folder_); }
  Fingerprints read(const std::string& log, const LogPosition& applied) const {
    return FileMemory::open(folder_, log, applied).value().read(kRoomsOfFile).value();
  }
  void write() const {
    const auto memory = FileMemory::open(folder_, "one", kAt);
    ASSERT_TRUE(memory->write(kRoomsOfFile, kSaid, kAt));
    EXPECT_EQ(memory->read(kRoomsOfFile).value(), kSaid);
  }

  std::string folder_ = testing::TempDir() + "memory-XXXXXX";
};

TEST_F(FileMemoryTest, KeepsWhatWasSaidBesideItsLog) {
  EXPECT_TRUE(read("one", {}).empty());
  write();
  EXPECT_EQ(read("one", kAt), kSaid);
  EXPECT_EQ(read("one", {0, 400, 0}), kSaid);
}

TEST_F(FileMemoryTest, AnotherLogOrAnEarlierOneWasToldNothing) {
  write();
  EXPECT_TRUE(read("one", {0, 16, 0}).empty()) << "a backup, or a log begun anew";
  EXPECT_TRUE(read("one", {0, 400, 0}).empty()) << "nor is it believed later";
  write();
  EXPECT_TRUE(read("other", {0, 400, 0}).empty());
}

TEST_F(FileMemoryTest, AFileOfAnOlderVersionIsBelieved) {
  std::ofstream(folder_ + "/" + kRoomsOfFile) << R"({"sale":"9f86"})";
  EXPECT_EQ(read("one", {}), kSaid);
}

TEST_F(FileMemoryTest, ABrokenFileIsNamed) {
  std::ofstream(folder_ + "/" + kRoomsOfFile) << "{";
  const auto broken = FileMemory::open(folder_, "one", kAt);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Errc::corrupt);
  EXPECT_NE(broken.error().what.find(kRoomsOfFile), std::string::npos);
}

TEST(FileMemory, WithoutAFolderNothingIsKept) {
  const FileMemory none = FileMemory::open({}, "", kAt).value();
  EXPECT_TRUE(none.write(kRoomsOfFile, kSaid, kAt));
  EXPECT_TRUE(none.read(kRoomsOfFile).value().empty());
}

}  // namespace
}  // namespace doorward::app
