// Whole files, and what YAML can do to its reader.
#include "app/config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace doorward::app::config {
namespace {

using ::testing::HasSubstr;

TEST(LoadFile, AFileThatCannotBeReadIsSaid) {
  const auto loaded = load_file("/nonexistent/doorward.yaml", {});
  EXPECT_THAT(loaded.problems.text(), HasSubstr("/nonexistent/doorward.yaml: cannot be read"));
}

TEST(LoadFile, AFileThatSaysNothingIsRefused) {
  const std::string path = testing::TempDir() + "nothing.yaml";
  for (const char* nothing : {"", "\n", "# soon\n---\n  # more\n"}) {
    std::ofstream(path) << nothing;
    EXPECT_THAT(load_file(path, {}).problems.text(), HasSubstr("says nothing")) << nothing;
  }
  std::ofstream(path) << "{}\n";
  EXPECT_FALSE(load_file(path, {}).problems.any_errors());
}

TEST(LoadFile, AliasesThatMultiplyAreRefused) {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  char name = 'b';
  for (int i = 0; i < 8; ++i, ++name) {
    const std::string before(1, static_cast<char>(name - 1));
    bomb += std::string(1, name) + ": &" + name + " [*" + before;
    for (int k = 0; k < 8; ++k) bomb += ",*" + before;
    bomb += "]\n";
  }
  EXPECT_THAT(load_text(bomb, "demo.yaml", {}).problems.text(), HasSubstr("aliases unfolded"));
}

TEST(LoadFile, DeepNestingIsRefused) {
  EXPECT_THAT(load_text(std::string(5'000, '['), "demo.yaml", {}).problems.text(),
              HasSubstr("nested deeper"));
}

TEST(LoadFile, AnAnchorMayBeUsedAgain) {
  const auto loaded = load_text("rooms:\n  a: &p { capacity: 5 }\n  b: *p\n", "demo.yaml", {});
  ASSERT_EQ(loaded.problems.text(), "");
  EXPECT_EQ(loaded.config.rooms[1].policy.capacity, 5u);
}

}  // namespace
}  // namespace doorward::app::config
