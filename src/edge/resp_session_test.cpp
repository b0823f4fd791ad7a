#include "edge/resp_session.hpp"

#include "edge/server_test_support.hpp"
#include "wire/resp/reply.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>

namespace doorward::edge {
namespace {

using test::Client;
using test::patient_options;
using test::RunningServer;
namespace resp = wire::resp;

// Counts what it was asked, says it back, and does as told by the first word.
class Echo final : public RespConversation {
 public:
  After answer(std::span<const std::string_view> arguments, std::string& out) override {
    if (arguments.front() == "throw") throw std::runtime_error("a bug");
    if (arguments.front() == "large") {
      resp::append_bulk(out, std::string(50'000, 'x'));
      return After::go_on;
    }
    ++asked_;
    std::string text = std::to_string(asked_);
    for (const std::string_view argument : arguments) text.append(" ").append(argument);
    resp::append_bulk(out, text);
    return arguments.front() == "quit" ? After::close : After::go_on;
  }

 private:
  int asked_ = 0;
};

Task<> no_http(Exchange&) { co_return; }

ServerOptions resp_options() {
  ServerOptions options = patient_options();
  options.listeners = {Listener{.protocol = Protocol::resp}};
  options.resp.conversations = [](const Peer&) { return std::make_unique<Echo>(); };
  return options;
}

std::string bulk(std::string_view text) {
  std::string out;
  resp::append_bulk(out, text);
  return out;
}

TEST(RespSession, AnswersArraysAndInlineCommandsInOrder) {
  RunningServer running(resp_options(), no_http);
  Client client(running.port());
  client.send("*2\r\n$1\r\na\r\n$1\r\nb\r\nc d\r\n");
  EXPECT_EQ(client.read_bytes(bulk("1 a b").size() + bulk("2 c d").size()),
            bulk("1 a b") + bulk("2 c d"));
  client.send("*1\r\n$4");
  client.send("\r\nquit\r\nnot read");
  EXPECT_EQ(client.read_all(), bulk("3 quit"));
}

TEST(RespSession, AnswersAPipelineOfThousandsThatIsReadLate) {
  RunningServer running(resp_options(), no_http);
  Client client(running.port(), 4'096);
  std::string sent, expected;
  constexpr int kCommands = 20'000;
  for (int i = 1; i <= kCommands; ++i) {
    const std::string word = "word" + std::to_string(i);
    sent += "*1\r\n" + bulk(word);
    expected += bulk(std::to_string(i) + " " + word);
  }
  // In another thread: with nobody reading, the server stops to read too.
  auto sender = std::async(std::launch::async, [&] { client.send(sent); });
  std::string got;
  while (got.size() < expected.size()) {
    const std::string piece =
        client.read_bytes(std::min<std::size_t>(1'000, expected.size() - got.size()));
    if (piece.empty()) break;
    got += piece;
  }
  sender.get();
  EXPECT_EQ(got, expected);
  EXPECT_EQ(running.server.stats().resp_requests, static_cast<std::uint64_t>(kCommands));
}

TEST(RespSession, SendsRepliesLargerThanItGathers) {
  ServerOptions options = resp_options();
  options.resp.unsent_bytes = 60'000;
  RunningServer running(std::move(options), no_http);
  Client client(running.port());
  for (int i = 0; i < 40; ++i) client.send("large\n");
  client.send("quit\n");
  EXPECT_EQ(client.read_all().size(), 40 * (50'000 + 10) + bulk("1 quit").size());
}

TEST(RespSession, SaysWhyItEndsAConnectionThatBreaksTheProtocol) {
  RunningServer running(resp_options(), no_http);
  Client client(running.port());
  client.send("a\r\n*1\r\n:1\r\nb\r\n");
  EXPECT_EQ(client.read_all(), bulk("1 a") + "-ERR Protocol error: expected '$', got ':'\r\n");
  EXPECT_EQ(running.server.stats().resp_errors, 1U);
}

TEST(RespSession, EndsAConnectionWhoseCommandFailed) {
  ServerOptions options = resp_options();
  std::promise<std::string> told;
  options.on_exception = [&](std::string_view what) { told.set_value(std::string(what)); };
  RunningServer running(std::move(options), no_http);
  Client client(running.port());
  client.send("a\r\nthrow\r\n");
  EXPECT_EQ(client.read_all(), bulk("1 a") + "-ERR the command could not be handled\r\n");
  EXPECT_EQ(told.get_future().get(), "a bug");
}

TEST(RespSession, RefusesConnectionsBeyondTheirNumber) {
  ServerOptions options = resp_options();
  options.resp.connections = 1;
  RunningServer running(std::move(options), no_http);
  Client first(running.port());
  first.send("a\r\n");
  EXPECT_EQ(first.read_bytes(9), bulk("1 a"));
  Client second(running.port());
  EXPECT_EQ(second.read_all(), "-ERR max number of clients reached\r\n");
  EXPECT_EQ(running.server.stats().resp_connections, 1U);
}

TEST(RespSession, EndsWhoIsSilentOrStopsWithinARequest) {
  ServerOptions options = resp_options();
  options.resp.idle = Millis(300);
  options.resp.request = Millis(300);
  RunningServer running(std::move(options), no_http);
  Client silent(running.port());
  Client slow(running.port());
  slow.send("*1\r\n$4\r\nab");
  EXPECT_EQ(silent.read_all() + slow.read_all(), "");
  EXPECT_FALSE(silent.timed_out() || slow.timed_out());
}

// Knows nobody until told "auth".
class Guarded final : public RespConversation {
 public:
  After answer(std::span<const std::string_view> arguments, std::string& out) override {
    known_ = known_ || arguments.front() == "auth";
    resp::append_simple(out, known_ ? "OK" : "WHO");
    return After::go_on;
  }
  bool is_known() const override { return known_; }

 private:
  bool known_ = false;
};

TEST(RespSession, EndsWhoDoesNotLogInHoweverBusy) {
  ServerOptions options = resp_options();
  options.resp.idle = Millis(600'000);
  options.resp.request = Millis(500);
  options.resp.conversations = [](const Peer&) { return std::make_unique<Guarded>(); };
  RunningServer running(std::move(options), no_http);
  Client silent(running.port());
  Client busy(running.port());
  std::string said;
  do {
    busy.send("a\r\n");
    said = busy.read_bytes(6);
  } while (said == "+WHO\r\n");
  EXPECT_EQ(said + silent.read_all(), "");
  EXPECT_FALSE(silent.timed_out() || busy.timed_out());
}

TEST(RespSession, OneAddressTakesAtMostAQuarterOfTheConnections) {
  ServerOptions options = resp_options();
  options.resp.connections = 8;
  RunningServer running(std::move(options), no_http);
  Client first(running.port());
  Client second(running.port());
  for (Client* each : {&first, &second}) {
    each->send("a\r\n");
    EXPECT_EQ(each->read_bytes(9), bulk("1 a"));
  }
  Client third(running.port());
  EXPECT_EQ(third.read_all(), "-ERR max number of clients reached\r\n");
}

TEST(RespSession, DrainsByEndingIdleConnectionsAtOnce) {
  RunningServer running(resp_options(), no_http);
  Client client(running.port());
  client.send("a\r\n");
  EXPECT_EQ(client.read_bytes(9), bulk("1 a"));
  EXPECT_TRUE(running.server.drain(Millis(10'000)));
  EXPECT_EQ(client.read_all(), "");
  EXPECT_FALSE(client.timed_out());
}

}  // namespace
}  // namespace doorward::edge
