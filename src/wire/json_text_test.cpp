#include "wire/json_text.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <charconv>
#include <limits>
#include <string>
#include <utility>

namespace doorward::wire {
namespace {

namespace json = boost::json;

TEST(JsonText, WritesDoublesAsPlainDecimals) {
  const std::pair<double, const char*> cases[] = {{100, "100.0"},
                                                  {0.028, "0.028"},
                                                  {0, "0.0"},
                                                  {-1.5, "-1.5"},
                                                  {1.0 / 3, "0.3333333333333333"},
                                                  {1e20, "100000000000000000000.0"},
                                                  {1e-7, "0.0000001"},
                                                  {1e300, "1e+300"},
                                                  {5e-324, "5e-324"}};
  for (const auto& [number, text] : cases) EXPECT_EQ(json_text(json::value(number)), text);
}

TEST(JsonText, ReadsBackAsTheSameNumber) {
  for (const double number : {0.1, 2.8e-2, 1e16 + 2, 123456.789, -1e-300, 0.1 + 0.2,
                              std::numeric_limits<double>::max()}) {
    const std::string text = json_text(json::value(number));
    double read = 0;
    std::from_chars(text.data(), text.data() + text.size(), read);
    EXPECT_EQ(read, number) << text;
  }
}

TEST(JsonText, LeavesTheRestAsItWas) {
  const json::value value{{"n", 1}, {"s", "é\"\\"}, {"e", json::object{}}, {"l", json::array{}}};
  EXPECT_EQ(json_text(value), json::serialize(value));
  const json::object shown{{"success_rate", 100.0}, {"n", 1}, {"list", {1, 2.5}}};
  EXPECT_EQ(json_text(shown), R"({"success_rate":100.0,"n":1,"list":[1,2.5]})");
  EXPECT_EQ(json_text(json::array{1, 2.0, shown}),
            R"([1,2.0,{"success_rate":100.0,"n":1,"list":[1,2.5]}])");
}

}  // namespace
}  // namespace doorward::wire
