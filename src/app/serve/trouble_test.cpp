#include "app/serve/trouble.hpp"

#include "ports/memory/fake_clock.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace doorward::app {
namespace {

class Last final : public Log::Sink {
 public:
  explicit Last(std::string& line) : line_(line) {}
  void write(std::string line) override { line_ = std::move(line); }
  void flush() override {}

 private:
  std::string& line_;
};

TEST(LogTrouble, SaysTheCauseAndHowBadItIs) {
  using engine::Trouble;
  const std::pair<Trouble, const char*> table[] = {
      {Trouble::append_failed, " warn  "},   {Trouble::read_failed, " warn  "},
      {Trouble::snapshot_failed, " warn  "}, {Trouble::time_stands, " warn  "},
      {Trouble::trim_failed, " warn  "},     {Trouble::skipped, " warn  "},
      {Trouble::broken, " error "}};
  for (const auto& [trouble, level] : table) {
    const ports::FakeClock clock;
    std::string line;
    Log log(clock, std::make_unique<Last>(line));
    log_trouble(log, trouble, "no space left");
    EXPECT_NE(line.find(level), std::string::npos) << line;
    EXPECT_NE(line.find(R"(fault="no space left")"), std::string::npos) << line;
  }
}

TEST(LogTrouble, SaysTheEndOfItToWhoLogsWarningsAlone) {
  const ports::FakeClock clock;
  std::string line;
  Log log(clock, std::make_unique<Last>(line));
  log_trouble(log, engine::Trouble::append_resumed, "");
  EXPECT_NE(line.find(" warn  the command log takes writes again"), std::string::npos) << line;
  EXPECT_EQ(line.find("fault"), std::string::npos) << line;
}

TEST(LogRefusal, NamesTheSettingAndTheAddressAtMostOnceIn10Seconds) {
  using edge::Protocol;
  const auto address = boost::asio::ip::make_address("192.0.2.1");
  const std::pair<edge::Refusal, const char*> table[] = {
      {{Protocol::http, false, true, address}, "limits.connections is reached"},
      {{Protocol::http, false, false, address}, "limits.connections_per_address is reached"},
      {{Protocol::http, true, true, address}, "admin.listen"},
      {{Protocol::resp, false, true, address}, "redis_listen.connections is reached"}};
  for (const auto& [refusal, words] : table) {
    const ports::FakeClock clock;
    std::string line;
    Log log(clock, std::make_unique<Last>(line));
    log_refusal(log, refusal);
    EXPECT_NE(line.find(words), std::string::npos) << line;
    EXPECT_NE(line.find("address=192.0.2.1"), std::string::npos) << line;
    line.clear();
    log_refusal(log, refusal);
    EXPECT_EQ(line, "");
  }
}

}  // namespace
}  // namespace doorward::app
