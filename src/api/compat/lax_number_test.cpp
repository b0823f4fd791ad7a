// The rows but `true` were asked of Pydantic 2.14 itself (model_validate_json, int and float
// fields).
#include "api/compat/lax_number.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace doorward::api::compat {
namespace {

// The number, or the type of the fault.
std::string shown(const LaxNumber& number) {
  return number.has_value() ? boost::json::serialize(boost::json::value(*number))
                            : number.error().type;
}

TEST(LaxNumber, TakesWhatPydanticTakes) {
  const struct {
    const char* said;
    const char* integer;
    const char* number;
  } rows[] = {{"20", "2E1", "2E1"},
              {"20.0", "2E1", "2E1"},
              {"20.5", "int_from_float", "2.05E1"},
              {"true", "int_type", "float_type"},
              {"[]", "int_type", "float_type"},
              {"{}", "int_type", "float_type"},
              {R"("20")", "2E1", "2E1"},
              {R"("  20 ")", "2E1", "2E1"},
              {R"("+20")", "2E1", "2E1"},
              {R"("-3")", "-3E0", "-3E0"},
              {R"("020")", "2E1", "2E1"},
              {R"("1_000")", "1E3", "1E3"},
              {R"("20.00")", "2E1", "2E1"},
              {R"("20.5")", "int_parsing", "2.05E1"},
              {R"("20.")", "int_parsing", "2E1"},
              {R"(".0")", "int_parsing", "0E0"},
              {R"("2e1")", "int_parsing", "2E1"},
              {R"("0x10")", "int_parsing", "float_parsing"},
              {R"("")", "int_parsing", "float_parsing"},
              {R"("abc")", "int_parsing", "float_parsing"},
              {R"("1__0")", "int_parsing", "float_parsing"},
              {R"("_1")", "int_parsing", "float_parsing"},
              {R"("- 3")", "int_parsing", "float_parsing"},
              {R"("+-3")", "int_parsing", "float_parsing"},
              {R"("2 0")", "int_parsing", "float_parsing"},
              {R"("nan")", "int_parsing", "float_parsing"}};
  for (const auto& row : rows) {
    EXPECT_EQ(shown(lax_integer("a", boost::json::parse(row.said))), row.integer) << row.said;
    EXPECT_EQ(shown(lax_number("a", boost::json::parse(row.said))), row.number) << row.said;
  }
}

TEST(LaxNumber, NamesTheMember) {
  const auto refused = lax_integer("admission_limit", boost::json::value("ten"));
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().member, "admission_limit");
  EXPECT_EQ(refused.error().what,
            "Input should be a valid integer, unable to parse string as an integer");
}

}  // namespace
}  // namespace doorward::api::compat
