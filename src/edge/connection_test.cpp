#include "edge/connection.hpp"

#include "edge/server_test_support.hpp"

#include <gmock/gmock.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <string>

namespace doorward::edge {
namespace {

namespace asio = boost::asio;

// More than the kernel takes for a peer that does not read.
constexpr std::size_t kStuck = 8'000'000;

struct Upload {
  explicit Upload(asio::any_io_executor executor) : over(executor) {
    over.expires_at(asio::steady_timer::time_point::max());
  }
  std::string body;
  asio::steady_timer over;
};

Task<> read_later(Exchange& exchange, std::shared_ptr<Upload> upload) {
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  const auto body = co_await exchange.read_whole_body(100);
  if (body) upload->body = *body;
  upload->over.cancel();
}

// As a proxy does: what the upstream says first is passed on, while the body is asked for.
Task<> hint_beside_body(Exchange& exchange) {
  const auto executor = co_await asio::this_coro::executor;
  const auto upload = std::make_shared<Upload>(executor);
  asio::co_spawn(executor, read_later(exchange, upload), asio::detached);
  wire::ResponseHead hints;
  hints.status = 103;
  hints.fields.append("Link", std::string(kStuck, 'x'));
  const Result<> sent = co_await exchange.interim(hints);
  if (!sent) co_return;
  if (upload->body.empty()) {
    const auto token = asio::as_tuple(asio::use_awaitable);
    co_await upload->over.async_wait(token);
  }
  co_await exchange.respond(test::text(upload->body));
}

TEST(Connection, AsksForTheBodyBehindWhatIsStillLeaving) {
  ServerOptions options = test::patient_options();
  options.deadlines.write = Millis(60'000);
  test::RunningServer running(options,
                              [](Exchange& exchange) { return hint_beside_body(exchange); });
  test::Client client(running.port(), 4'096);
  client.send(test::post("/", "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
  const std::string hints =
      "HTTP/1.1 103 Early Hints\r\nLink: " + std::string(kStuck, 'x') + "\r\n\r\n";
  EXPECT_TRUE(client.read_bytes(hints.size()) == hints);
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  EXPECT_THAT(client.read_until("abc"), testing::StartsWith("HTTP/1.1 200 OK\r\n"));
}

}  // namespace
}  // namespace doorward::edge
