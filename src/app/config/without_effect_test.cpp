#include "app/config/load.hpp"

#include <gtest/gtest.h>

namespace doorward::app::config {
namespace {

std::string said(std::string_view text, const Environment& environment) {
  return load_text(text, "x.yaml", environment).problems.text();
}

TEST(WithoutEffect, VariablesOfOtherSystemsAreNamed) {
  for (const char* name : {"DATABASE_URL", "REDIS_URL", "REDIS_HOST", "ZIPKIN_ENDPOINT",
                           "EUREKA_CLIENT_SERVICEURL_DEFAULTZONE", "SPRING_CLOUD_CONFIG_URI"}) {
    const std::string text = said("", {{name, "x"}});
    EXPECT_EQ(text.find("warning: environment " + std::string(name) + ": has no effect: "), 0U)
        << text;
    EXPECT_EQ(said("", {{name, ""}}), "");
  }
  EXPECT_EQ(said("", {{"MY_REDIS_URL", "x"}, {"REDIS_URLS", "x"}, {"HOME", "/"}}), "");
}

TEST(WithoutEffect, AVariableThatTheConfigurationNamesHasOne) {
  EXPECT_EQ(said("log: { redis: \"${REDIS_URL:redis://127.0.0.1}\" }",
                 {{"REDIS_URL", "redis://127.0.0.2"}}),
            "");
}

TEST(Substitute, ADriverInAnAddressOfPostgresqlIsPassedOver) {
  const auto read = [](const char* url) {
    return load_text("data: ${DATABASE_URL}", "x.yaml", {{"DATABASE_URL", url}}).config.data;
  };
  EXPECT_EQ(read("postgresql+asyncpg://user:pass@localhost/x"),
            "postgresql://user:pass@localhost/x");
  EXPECT_EQ(read("postgresql://localhost/x"), "postgresql://localhost/x");
  EXPECT_EQ(read("a postgresql+asyncpg://"), "a postgresql+asyncpg://");
}

}  // namespace
}  // namespace doorward::app::config
