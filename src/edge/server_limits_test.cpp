#include "edge/server.hpp"

#include "edge/server_test_support.hpp"

#include <gmock/gmock.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

namespace doorward::edge {
namespace {

using test::Client;
using test::get;
using test::kClose;
using test::patient_options;
using test::post;
using test::quick_options;
using test::RunningServer;
using test::text;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// Answers at once, or with the body it was sent.
std::optional<Task<>> handle(Exchange& exchange) {
  if (exchange.request().path == "/echo") return test::echo(exchange);
  return test::tell_now(exchange);
}

TEST(ServerLimits, CutsSlowClients) {
  RunningServer running(quick_options(), handle);
  Client silent(running.port());
  Client head(running.port());
  head.send("GET / HTTP/1.1\r\nHo");
  Client body(running.port());
  body.send(post("/echo", "Content-Length: 10\r\n\r\nabc"));
  Client idle(running.port());
  idle.send(get("/"));
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_THAT(head.read_all(), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(body.read_all(), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(idle.read_all(), EndsWith("GET /"));
  EXPECT_FALSE(silent.timed_out() || idle.timed_out());
}

TEST(ServerLimits, CutsABodyThatTricklesJustFastEnoughForItsDeadline) {
  ServerOptions options = quick_options();
  options.deadlines.body = Millis(10'000);
  RunningServer running(options, handle);
  Client client(running.port());
  client.send(post("/echo", "Content-Length: 1000\r\n\r\n"));
  std::promise<void> done;
  auto finished = done.get_future();
  auto sender = std::async(std::launch::async, [&] {
    while (finished.wait_for(std::chrono::milliseconds(20)) == std::future_status::timeout) {
      client.send("x");
    }
  });
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 408 "));
  done.set_value();
  sender.get();
}

TEST(ServerLimits, CutsAClientThatTakesNothing) {
  std::promise<Errc> failed;
  RunningServer running(quick_options(), [&](Exchange& exchange) -> Task<> {
    const wire::ResponseHead ok;
    co_await exchange.begin(ok, BodyLength());
    const std::string piece(65'536, 'x');
    for (;;) {
      const Result<> written = co_await exchange.write(piece);
      if (written) continue;
      failed.set_value(written.error().code);
      break;
    }
  });
  Client client(running.port(), 4'096);
  client.send(get("/"));
  EXPECT_EQ(failed.get_future().get(), Errc::timed_out);
}

TEST(ServerLimits, EndsAConnectionAfterItsLastAllowedRequest) {
  ServerOptions options = patient_options();
  options.requests_per_connection = 2;
  RunningServer running(options, handle);
  Client client(running.port());
  client.send(get("/1") + get("/2") + get("/3"));
  const std::string answers = client.read_all();
  EXPECT_THAT(answers, EndsWith("GET /2"));
  EXPECT_THAT(answers, HasSubstr(kClose));
}

TEST(ServerLimits, LimitsConnectionsOfAnAddress) {
  ServerOptions options = patient_options();
  options.connections_per_address = 2;
  RunningServer running(options, handle);
  Client one(running.port());
  Client two(running.port());
  one.send(get("/1"));
  one.read_until("GET /1");
  two.send(get("/2"));
  two.read_until("GET /2");
  Client three(running.port());
  EXPECT_THAT(three.read_all(), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(running.server.stats().refused_connections, 1u);
  EXPECT_EQ(running.server.stats().connections, 2u);
}

// Connects, and asks once, so that the connection is known to have been let in.
std::string first_answer(Client& client) {
  client.send(get("/in"));
  return client.read_until("GET /in").substr(0, 12);
}

TEST(ServerLimits, AnAddressThatIsSharedIsHeldToTheNumberInAllAlone) {
  ServerOptions options = patient_options();
  options.connections = 3;
  options.connections_per_address = 1;
  options.is_shared = [](const auto& address) { return address.is_loopback(); };
  std::atomic<int> in_all = 0, of_address = 0;
  options.on_refusal = [&](const Refusal& refusal) { ++(refusal.in_all ? in_all : of_address); };
  RunningServer running(options, handle);
  Client one(running.port());
  Client two(running.port());
  Client three(running.port());
  for (Client* each : {&one, &two, &three}) EXPECT_EQ(first_answer(*each), "HTTP/1.1 200");
  Client four(running.port());
  EXPECT_THAT(four.read_all(), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(in_all, 1);
  options.is_shared = nullptr;
  options.connections = 10;
  running.server.adjust(options);
  Client five(running.port());
  EXPECT_THAT(five.read_all(), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(of_address, 1);
}

TEST(ServerLimits, AnAdminListenerAnswersWhileTheOthersAreFull) {
  ServerOptions options = patient_options();
  options.connections = 1;
  options.connections_per_address = 1;
  options.admin_connections = 2;
  options.listeners.push_back(Listener{"127.0.0.1", 0, true});
  RunningServer running(options, handle);
  Client visitor(running.port());
  EXPECT_EQ(first_answer(visitor), "HTTP/1.1 200");
  Client refused(running.port());
  EXPECT_THAT(refused.read_all(), StartsWith("HTTP/1.1 503 "));
  const std::uint16_t admin = running.server.bound_ports()[1];
  Client one(admin);
  Client two(admin);
  EXPECT_EQ(first_answer(one), "HTTP/1.1 200");
  EXPECT_EQ(first_answer(two), "HTTP/1.1 200");
  Client three(admin);
  EXPECT_THAT(three.read_all(), StartsWith("HTTP/1.1 503 ")) << "a bound of its own";
}

TEST(ServerLimits, AdjustedDeadlinesAndNumbersHoldFromThenOn) {
  RunningServer running(patient_options(), handle);
  ServerOptions options = quick_options();
  options.connections_per_address = 1;
  running.server.adjust(options);
  Client slow(running.port());
  slow.send("GET / HTTP/1.1\r\n");
  Client second(running.port());
  EXPECT_THAT(second.read_all(), StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(slow.read_all(), StartsWith("HTTP/1.1 408 "));
}

TEST(ServerLimits, ItsOwnErrorsAreSaidInOtherWords) {
  ServerOptions options = patient_options();
  options.limits.body_bytes = 3;
  options.reword = [](const Response& native, const FailedRequest& request) {
    Response said = text(request.head == nullptr ? "no head" : "head of " + request.head->path);
    said.head.status = native.head.status;
    return said;
  };
  RunningServer running(options, [](Exchange& exchange) -> std::optional<Task<>> {
    if (exchange.request().path == "/bug") throw std::runtime_error("a bug");
    return handle(exchange);
  });
  struct Row {
    std::string sent;
    const char* status;
    const char* said;
  };
  const Row rows[] = {
      {"nonsense\r\n\r\n", "HTTP/1.1 400 ", "no head"},
      {"GET /known HTTP/1.1\r\nHost: a\r\nA B: c\r\n\r\n", "HTTP/1.1 400 ", "no head"},
      {get("/" + std::string(10'000, 'a')), "HTTP/1.1 414 ", "no head"},
      {get("/", "X: " + std::string(40'000, 'a') + "\r\n"), "HTTP/1.1 431 ", "no head"},
      {post("/echo", "Content-Length: 4\r\n\r\nabcd"), "HTTP/1.1 413 ", "no head"},
      {post("/echo", "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n"), "HTTP/1.1 413 ",
       "head of /echo"},
      {get("/bug"), "HTTP/1.1 500 ", "head of /bug"},
      // The one before was whole.
      {get("/") + "nonsense\r\n\r\n", "HTTP/1.1 200 ", "no head"},
  };
  for (const Row& row : rows) {
    Client client(running.port());
    client.send(row.sent);
    const std::string answer = client.read_all();
    EXPECT_THAT(answer, StartsWith(row.status));
    EXPECT_THAT(answer, EndsWith(row.said)) << row.sent.substr(0, 40);
  }
}

TEST(ServerLimits, RefusesAPortThatIsTaken) {
  RunningServer running(patient_options(), handle);
  ServerOptions options = patient_options();
  options.listeners[0].port = running.port();
  Server second(options, handle, nullptr);
  const Result<> started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::unavailable);
}

TEST(ServerLimits, SharesOnePortAmongItsLoops) {
  ServerOptions options = patient_options();
  options.threads = 3;
  options.listeners.push_back(Listener{"127.0.0.1", 0, true});
  RunningServer running(options, [](Exchange& exchange) -> Task<> {
    co_await exchange.respond(text(exchange.peer().admin_listener ? "admin" : "public"));
  });
  EXPECT_EQ(running.server.loops().size(), 3u);
  for (int i = 0; i < 20; ++i) {
    Client client(running.server.bound_ports()[i % 2]);
    client.send(get("/", kClose));
    EXPECT_THAT(client.read_all(), EndsWith(i % 2 == 0 ? "public" : "admin"));
  }
}

TEST(ServerLimits, SendsAHeadThatWasBegunWithoutWaitingForItsBody) {
  std::promise<void> begun;
  auto go_on = begun.get_future().share();
  RunningServer running(patient_options(), [go_on](Exchange& exchange) -> Task<> {
    const wire::ResponseHead ok;
    co_await exchange.begin(ok, BodyLength());
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    while (go_on.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      timer.expires_after(std::chrono::milliseconds(5));
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
    co_await exchange.write("late");
    co_await exchange.end(nullptr);
  });
  Client client(running.port());
  client.send(get("/"));
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  begun.set_value();
  EXPECT_EQ(client.read_until("0\r\n\r\n"), "4\r\nlate\r\n0\r\n\r\n");
}

TEST(ServerLimits, DrainsWhatIsInFlight) {
  std::promise<void> arrived;
  std::promise<void> release;
  auto go_on = release.get_future().share();
  RunningServer running(patient_options(), [&, go_on](Exchange& exchange) -> Task<> {
    if (exchange.request().path == "/slow") {
      arrived.set_value();
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
      while (go_on.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        timer.expires_after(std::chrono::milliseconds(5));
        co_await timer.async_wait(boost::asio::use_awaitable);
      }
    }
    co_await exchange.respond(text("done"));
  });
  Client idle(running.port());
  idle.send(get("/"));
  idle.read_until("done");
  Client slow(running.port());
  slow.send(get("/slow"));
  arrived.get_future().get();
  EXPECT_FALSE(running.server.drain(Millis(50))) << "one is in flight";
  EXPECT_EQ(idle.read_all(), "") << "an idle connection is closed at once";
  EXPECT_THROW(Client(running.port()), boost::system::system_error) << "nobody accepts";
  release.set_value();
  const std::string answer = slow.read_all();
  EXPECT_THAT(answer, testing::AllOf(HasSubstr(kClose), EndsWith("done")));
  EXPECT_TRUE(running.server.drain(Millis(10'000)));
}

TEST(ServerLimits, TunnelsAfterAnUpgrade) {
  RunningServer running(patient_options(), [](Exchange& exchange) -> Task<> {
    wire::ResponseHead head;
    head.fields.append("Upgrade", "echo");
    auto tunnel = co_await exchange.upgrade(head);
    if (!tunnel) co_return;
    for (;;) {
      const auto piece = co_await (*tunnel)->read();
      if (!piece || piece->empty()) break;
      co_await (*tunnel)->write(*piece);
    }
    co_await (*tunnel)->write("bye");
    (*tunnel)->shutdown_write();
  });
  Client client(running.port());
  client.send(get("/", "Connection: Upgrade\r\nUpgrade: echo\r\n") + "early ");
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_THAT(head, testing::AllOf(StartsWith("HTTP/1.1 101 "), HasSubstr("Upgrade: echo\r\n"),
                                   HasSubstr("Connection: Upgrade\r\n")));
  client.send("late ");
  EXPECT_EQ(client.read_bytes(11), "early late ");
  client.shutdown();
  EXPECT_EQ(client.read_all(), "bye");
}

}  // namespace
}  // namespace doorward::edge
