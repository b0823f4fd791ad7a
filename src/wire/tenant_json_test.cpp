// A tenant's settings: shown as they are read, and what is wrong is named.
#include "wire/tenant_json.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace doorward::wire {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

Result<tenant::Settings> read(const char* text, tenant::Settings base = {}) {
  return settings_from_json(json::parse(text).as_object(), base);
}

TEST(TenantJson, WhatIsShownCanBeSentBack) {
  tenant::Settings settings;
  settings.max_waiting = 5;
  settings.calls = room::Rate{10, 2s};
  settings.rooms = 7;
  settings.token_ttl = 90s;
  settings.locks = 8;
  settings.units = 9;
  settings.holds = 10;
  EXPECT_EQ(settings_from_json(settings_to_json(settings)).value(), settings);
  EXPECT_EQ(settings_from_json(settings_to_json({})).value(), tenant::Settings());
}

TEST(TenantJson, WhatIsMissingStaysAndNullGivesTheDefaultBack) {
  tenant::Settings base;
  base.max_waiting = 5;
  base.rooms = 7;
  EXPECT_EQ(read("{}", base).value(), base);
  EXPECT_EQ(read(R"({"rooms":null,"max_waiting":null})", base).value(), tenant::Settings());
}

TEST(TenantJson, WhatIsWrongIsNamed) {
  const std::pair<const char*, const char*> table[] = {
      {R"({"max_waiting":0})", "max_waiting: "},
      {R"({"calls":{"every":"1s"}})", "calls.count: "},
      {R"({"calls":{"count":1,"every":1}})", "calls.every: "},
      {R"({"token_ttl":"1h"})", "token_ttl: "},
      {R"({"locks":0})", "locks: "},
      {R"({"room":1})", "room: "},
  };
  for (const auto& [text, begin] : table) {
    const auto settings = read(text);
    ASSERT_FALSE(settings) << text;
    EXPECT_EQ(settings.error().what.find(begin), 0U) << settings.error().what;
  }
}

}  // namespace
}  // namespace doorward::wire
