#include "wire/json_strict.hpp"

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include <string>

namespace doorward::wire {
namespace {

TEST(StrictJson, ReadsWhatEveryReaderReadsAlike) {
  for (const char* text :
       {R"({"a":1,"b":[{"a":2},{"a":3}],"c":{"a":null}})", "[]", "\"x\"", "1", "true"})
    EXPECT_EQ(boost::json::serialize(parse_json_strict(text).value()), text);
}

TEST(StrictJson, RefusesWhatTwoReadersCouldReadDifferently) {
  for (const char* text :
       {R"({"a":1,"a":2})", R"({"x":{"a":1,"\u0061":2}})", R"([{"a":1,"a":1}])", "{} {}", "{}x", "",
        " ", "{", R"({"a":1,})", "/*c*/{}", R"({'a':1})", "{\"a\":\"\xff\"}", "01", "[1,]", "NaN"})
    EXPECT_TRUE(parse_json_strict(text).has_error()) << text;
  EXPECT_TRUE(parse_json_strict(std::string(100, '[') + std::string(100, ']')).has_error());
}

}  // namespace
}  // namespace doorward::wire
