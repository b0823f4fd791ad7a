#include "app/serve/file_memory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace doorward::app {
namespace {

using ports::LogPosition;

constexpr const char* kFile = "rooms-of-file.json";
const Fingerprints kSaid{{"sale", "9f86"}};
constexpr LogPosition kAt{0, 17, 0};

class FileMemoryTest : public testing::Test {
 protected:
  FileMemoryTest() { mkdtemp(folder_.data()); }
  ~FileMemoryTest() override { std::filesystem::remove_all(folder_); }
  Fingerprints read(const std::string& log, const LogPosition& applied) const {
    return FileMemory(folder_, log).read(kFile, applied).value();
  }
  void write() const { ASSERT_TRUE(FileMemory(folder_, "sqlite").write(kFile, kSaid, kAt)); }

  std::string folder_ = testing::TempDir() + "memory-XXXXXX";
};

TEST_F(FileMemoryTest, KeepsWhatWasSaidBesideItsLog) {
  EXPECT_TRUE(read("sqlite", {}).empty());
  write();
  EXPECT_EQ(read("sqlite", kAt), kSaid);
  EXPECT_EQ(read("sqlite", {0, 400, 0}), kSaid);
}

TEST_F(FileMemoryTest, AnotherLogOrAnEarlierOneWasToldNothing) {
  write();
  EXPECT_TRUE(read("sqlite", {0, 16, 0}).empty()) << "a backup, or a log begun anew";
  EXPECT_TRUE(read("sqlite", {0, 400, 0}).empty()) << "nor is it believed later";
  write();
  EXPECT_TRUE(read("redis main", {0, 400, 0}).empty());
}

TEST_F(FileMemoryTest, AFileOfAnOlderVersionIsBelieved) {
  std::ofstream(folder_ + "/" + kFile) << R"({"sale":"9f86"})";
  EXPECT_EQ(read("sqlite", {}), kSaid);
}

TEST_F(FileMemoryTest, ABrokenFileIsNamed) {
  std::ofstream(folder_ + "/" + kFile) << "{";
  const auto broken = FileMemory(folder_, "sqlite").read(kFile, kAt);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Errc::corrupt);
  EXPECT_NE(broken.error().what.find(kFile), std::string::npos);
}

TEST(FileMemory, WithoutAFolderNothingIsKept) {
  const FileMemory none({}, "memory");
  EXPECT_TRUE(none.write(kFile, kSaid, kAt));
  EXPECT_TRUE(none.read(kFile, kAt).value().empty());
}

}  // namespace
}  // namespace doorward::app
