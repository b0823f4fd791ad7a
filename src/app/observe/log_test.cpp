#include "app/observe/log.hpp"

#include "ports/memory/fake_clock.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace doorward::app {
namespace {

class Kept : public Log::Sink {
 public:
  explicit Kept(std::vector<std::string>& lines) : lines_(lines) {}
  void write(std::string line) override { lines_.push_back(std::move(line)); }
  void flush() override {}

 private:
  std::vector<std::string>& lines_;
};

class LogTest : public ::testing::Test {
 protected:
  ports::FakeClock clock_;
  std::vector<std::string> lines_;
  Log log_{clock_, std::make_unique<Kept>(lines_)};
};

TEST_F(LogTest, WritesTextForPeople) {
  log_.info("the room is open", {{"room", "sale"}, {"waiting", 5}, {"path", "a b\n\"c"}});
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_NE(lines_[0].find(R"( info  the room is open room=sale waiting=5 path="a b\n\"c")"),
            std::string::npos)
      << lines_[0];
}

TEST_F(LogTest, WritesJsonForPrograms) {
  log_.configure(Level::info, true, false);
  log_.warn("slow", {{"room", "a\"b"}, {"ms", 7}});
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_NE(lines_[0].find(R"("level":"warn","message":"slow","room":"a\"b","ms":7})"),
            std::string::npos)
      << lines_[0];
}

TEST_F(LogTest, LeavesOutWhatIsBelowTheLevel) {
  log_.configure(Level::warn, false, false);
  log_.info("nothing");
  EXPECT_TRUE(lines_.empty());
}

TEST_F(LogTest, SaysARepeatedErrorOnceInTenSecondsAndHowManyWereLeftOut) {
  for (int i = 0; i < 5; ++i) log_.error("the disk is full");
  log_.error("another");
  EXPECT_EQ(lines_.size(), 2u);
  clock_.advance(Millis{10'000});
  log_.error("the disk is full");
  ASSERT_EQ(lines_.size(), 3u);
  EXPECT_NE(lines_[2].find("left_out=4"), std::string::npos) << lines_[2];
}

TEST_F(LogTest, SaysEachTimeWhatAnOperatorWaitsFor) {
  for (int i = 0; i < 3; ++i) log_.each_time(Level::error, "the configuration was not reloaded");
  EXPECT_EQ(lines_.size(), 3u);
  log_.configure(Level::error, false, false);
  log_.each_time(Level::warn, "a setting needs a restart");
  EXPECT_EQ(lines_.size(), 3u);
}

}  // namespace
}  // namespace doorward::app
