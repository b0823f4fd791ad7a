#include "app/config/dotenv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace doorward::app::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(Dotenv, ReadsWhatComposeAndPythonDotenvWrite) {
  Problems problems;
  const auto variables = parse_dotenv(
      "# settings\n\nPLAIN=a b  \r\nexport SHOWN=1\n SPACED = x\nHASH=a#b # said\nEMPTY=\n"
      "SINGLE='a # $b \\n'\nDOUBLE=\"a\\n\\\"b\\\"\" # said\nTWICE=1\nTWICE=2",
      ".env", problems);
  EXPECT_EQ(problems.text(), "");
  EXPECT_THAT(variables,
              ElementsAre(Pair("PLAIN", "a b"), Pair("SHOWN", "1"), Pair("SPACED", "x"),
                          Pair("HASH", "a#b"), Pair("EMPTY", ""), Pair("SINGLE", "a # $b \\n"),
                          Pair("DOUBLE", "a\n\"b\""), Pair("TWICE", "2")));
}

TEST(Dotenv, PassesOverWhatIsNoVariableAndSaysWhere) {
  for (const char* line : {"NAME", "=x", "1A=x", "A-B=x", "A='x", "A=\"x", "A='x'y", "A=\"x\" y"}) {
    Problems problems;
    EXPECT_TRUE(parse_dotenv(std::string("#\n") + line, "x/.env", problems).empty()) << line;
    EXPECT_EQ(problems.text(),
              "warning: x/.env:2:1: expected NAME=value; the line is passed over\n")
        << line;
  }
}

class DotenvFile : public ::testing::Test {
 protected:
  DotenvFile() {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "doorward.yaml") << "listen: ${LISTEN:127.0.0.1:1}\n"
                                                "logging: { level: \"${LOG_LEVEL:info}\" }\n";
  }
  ~DotenvFile() override { std::filesystem::remove_all(folder_); }
  Loaded load(const Environment& environment) {
    return load_file((folder_ / "doorward.yaml").string(), environment);
  }

  std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) /
                                  ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(DotenvFile, StandsBesideTheConfigurationAndTheEnvironmentComesFirst) {
  EXPECT_EQ(load({}).config.listen, "127.0.0.1:1");
  std::ofstream(folder_ / ".env") << "LISTEN=127.0.0.1:2\nLOG_LEVEL=debug\nDOORWARD_THREADS=3\n";
  const auto loaded = load({{"LISTEN", "127.0.0.1:3"}});
  EXPECT_EQ(loaded.problems.text(), "");
  EXPECT_EQ(loaded.config.listen, "127.0.0.1:3");
  EXPECT_EQ(loaded.config.logging.level, LogLevel::debug);
  EXPECT_EQ(loaded.config.threads, 3u);
}

TEST_F(DotenvFile, IsNotReadWhereItIsTooLong) {
  std::ofstream(folder_ / ".env") << "LISTEN=127.0.0.1:2\n" << std::string(70'000, '#');
  const auto loaded = load({});
  EXPECT_EQ(loaded.config.listen, "127.0.0.1:1");
  EXPECT_THAT(loaded.problems.text(), HasSubstr("longer than 64 KiB"));
}

}  // namespace
}  // namespace doorward::app::config
