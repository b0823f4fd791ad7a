#include "app/serve/own_paths.hpp"

#include "gateway/exchange_double.hpp"

#include <gtest/gtest.h>

#include <string>

namespace doorward::app {
namespace {

TEST(OwnPaths, ReadyIsWhoeverServesAndIsNotBroken) {
  struct Row {
    Phase phase;
    engine::ShardHealth health;
    unsigned status;
    const char* body;
  };
  const Row table[] = {
      {Phase::starting, {}, 503, R"({"status":"starting","writable":true})"},
      {Phase::serving, {}, 200, R"({"status":"ready","writable":true})"},
      {Phase::serving, {false, false}, 200, R"({"status":"ready","writable":false})"},
      {Phase::serving, {false, true}, 503, R"({"status":"broken","writable":false})"},
      {Phase::draining, {}, 503, R"({"status":"draining","writable":true})"},
  };
  for (const Row& row : table) {
    OwnPaths paths;
    paths.phase = row.phase;
    paths.health = [&] { return row.health; };
    const gateway::ExchangeDouble exchange("GET", "/health/ready");
    const gateway::Client client;
    const auto answer = paths.answer(exchange, client);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->head.status, row.status);
    EXPECT_EQ(answer->body, row.body);
  }
}

}  // namespace
}  // namespace doorward::app
