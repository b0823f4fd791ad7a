#include "app/config/reference.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <fstream>
#include <iterator>
#include <string>

namespace doorward::app::config {
namespace {

std::string file(const std::string& path) {
  std::ifstream in(std::string(DOORWARD_SOURCE_DIR "/") + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

constexpr const char* kRemedy = "; run tools/write-reference";

TEST(Reference, TheSchemaInTheRepositoryIsTheOneOfTheForms) {
  EXPECT_TRUE(file("docs/doorward.schema.json") == json_schema()) << "they differ" << kRemedy;
}

TEST(Reference, TheSchemaIsJson) {
  boost::system::error_code failed;
  const auto schema = boost::json::parse(json_schema(), failed);
  ASSERT_FALSE(failed);
  EXPECT_TRUE(schema.at("properties").at("rooms").is_object());
}

TEST(Reference, TheTablesInTheDocsAreThoseOfTheForms) {
  const std::string page = file("docs/configuration.md");
  const std::string begin = "<!-- settings:begin -->\n";
  const auto from = page.find(begin);
  const auto to = page.find("<!-- settings:end -->");
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  const auto at = from + begin.size();
  EXPECT_TRUE(page.substr(at, to - at) == markdown_reference()) << "they differ" << kRemedy;
}

}  // namespace
}  // namespace doorward::app::config
