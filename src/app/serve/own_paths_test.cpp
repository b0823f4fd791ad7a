#include "app/serve/own_paths.hpp"

#include "gateway/exchange_double.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

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
    gateway::ExchangeDouble exchange("GET", "/health/ready");
    const gateway::Client client;
    boost::asio::io_context loop;
    auto done = boost::asio::co_spawn(loop, paths.serve(exchange, client), boost::asio::use_future);
    loop.run();
    EXPECT_TRUE(done.get());
    EXPECT_EQ(exchange.answer.status, row.status);
    EXPECT_EQ(exchange.answer_body, row.body);
  }
}

}  // namespace
}  // namespace doorward::app
