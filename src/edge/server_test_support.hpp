// For tests: a blocking client on a real socket, and a server for it.
#pragma once

#include "edge/server.hpp"

#include <gtest/gtest.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>
#include <sys/time.h>

#include <string>
#include <string_view>

namespace doorward::edge::test {

class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0);

  void send(std::string_view bytes);
  void send_and_end(std::string_view bytes);  // in one segment
  void shutdown() { socket_.shutdown(socket_.shutdown_send); }
  void close() { socket_.close(); }

  // Until `mark` has come, with it; or the end.
  std::string read_until(std::string_view mark);
  std::string read_bytes(std::size_t size);
  // To the peer's end.
  std::string read_all();
  bool timed_out() const { return timed_out_; }

 private:
  bool read_some();
  std::string take(std::size_t size);

  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
  std::string received_;
  bool timed_out_ = false;
};

// Deadlines short enough to be waited for, and long enough for a test that is held up between two
// steps.
inline ServerOptions quick_options() {
  ServerOptions options;
  options.listeners = {Listener{}};
  options.threads = 1;
  options.deadlines.head = Millis(2'000);
  options.deadlines.keep_alive = Millis(2'500);
  options.deadlines.body = Millis(2'000);
  options.deadlines.write = Millis(1'500);
  options.deadlines.linger = Millis(1'500);
  options.deadlines.rate_grace = Millis(1'000);
  options.parking.write = Millis(1'500);
  return options;
}

// Like quick, but nothing falls due while a slow machine takes its time.
inline ServerOptions patient_options() {
  ServerOptions options;
  options.listeners = {Listener{}};
  options.threads = 1;
  options.deadlines.head = Millis(60'000);
  options.deadlines.body = Millis(60'000);
  return options;
}

struct RunningServer {
  RunningServer(ServerOptions options, Handler handler, StreamSource* source = nullptr);
  std::uint16_t port() const { return server.bound_ports().front(); }

  Server server;
};

inline Response text(std::string body) {
  Response response;
  response.head.fields.append("Content-Type", "text/plain");
  response.body = std::move(body);
  return response;
}

// Answers with the body that came.
inline Task<> echo(Exchange& exchange) {
  const auto body = co_await exchange.read_whole_body(1'000'000);
  if (body) co_await exchange.respond(text(*body));
}

// Answers with what was asked for: "GET /a".
inline Task<> tell(Exchange& exchange) {
  co_await exchange.respond(text(exchange.request().method + " " + exchange.request().target()));
}

// The same without waiting.
inline std::optional<Task<>> tell_now(Exchange& exchange) {
  Response response = text(exchange.request().method + " " + exchange.request().target());
  EXPECT_TRUE(exchange.respond_now(response));
  return std::nullopt;
}

// Requests as bytes. `rest` of a POST: fields, the empty line and the body.
inline std::string get(std::string_view path, std::string_view fields = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}
inline std::string post(std::string_view path, std::string_view rest) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(rest);
}
inline constexpr std::string_view kClose = "Connection: close\r\n";

}  // namespace doorward::edge::test
