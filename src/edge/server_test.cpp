#include "edge/server.hpp"

#include "edge/server_test_support.hpp"

#include <gmock/gmock.h>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <future>
#include <semaphore>
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
using test::RunningServer;
using test::text;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Task<> stream_back(Exchange& exchange) {
  const wire::ResponseHead ok;
  const Result<> begun = co_await exchange.begin(ok, BodyLength());
  if (!begun) co_return;
  for (;;) {
    const auto piece = co_await exchange.read_body();
    if (!piece) co_return;
    if (piece->empty()) break;
    const Result<> written = co_await exchange.write(*piece);
    if (!written) co_return;
  }
  wire::Fields trailers = exchange.request_trailers();
  trailers.append("X-Done", "1");
  co_await exchange.end(&trailers);
}

// What must wait of what these tests ask for, by path.
Task<> handle_later(Exchange& exchange) {
  const std::string& path = exchange.request().path;
  if (path == "/stream") {
    co_await stream_back(exchange);
  } else if (path == "/echo") {
    co_await test::echo(exchange);
  } else if (path == "/small") {
    const auto body = co_await exchange.read_whole_body(4);
    if (body) co_await exchange.respond(text(*body));
  } else if (path == "/throw") {
    throw std::runtime_error("a bug");
  } else if (path == "/silent") {
    co_return;
  } else if (path == "/204") {
    Response response;
    response.head.status = 204;
    co_await exchange.respond(std::move(response));
  } else if (path == "/hints") {
    wire::ResponseHead hints;
    hints.status = 103;
    for (const char* name : {"Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive"})
      hints.fields.append(name, "5");
    hints.fields.append("Link", "</a>");
    co_await exchange.interim(hints);
    co_await exchange.respond(text("hello"));
  } else if (path == "/cut") {
    const wire::ResponseHead ok;
    const BodyLength ten{true, 10};
    co_await exchange.begin(ok, ten);
    co_await exchange.write("12345");
  }
}

// All else is answered at once.
std::optional<Task<>> handle(Exchange& exchange) {
  const std::string& path = exchange.request().path;
  for (const char* later :
       {"/stream", "/echo", "/small", "/throw", "/silent", "/204", "/hints", "/cut"})
    if (path == later) return handle_later(exchange);
  if (path == "/throw/now") throw std::runtime_error("a bug");
  return test::tell_now(exchange);
}

TEST(Server, AnswersWithLengthTypeAndDate) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  client.send(get("/a?b", kClose));
  const std::string answer = client.read_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr(" GMT\r\nContent-Length: 8\r\nConnection: close\r\n\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nGET /a?b"));
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  std::string requests;
  for (int i = 0; i < 100; ++i) {
    requests += i % 3 == 0 ? post("/echo", "Content-Length: 3\r\n\r\n" + std::to_string(100 + i))
                           : get("/" + std::to_string(i));
  }
  client.send(requests);
  for (int i = 0; i < 100; ++i) {
    client.read_until("\r\n\r\n");
    const std::string body = i % 3 == 0 ? std::to_string(100 + i) : "GET /" + std::to_string(i);
    ASSERT_EQ(client.read_bytes(body.size()), body);
  }
}

TEST(Server, AnswersGivenAtOnceWaitForAReaderThatIsSlow) {
  const std::string body(16'000, 'a');
  RunningServer running(patient_options(), [&](Exchange& exchange) -> std::optional<Task<>> {
    Response response = text(body);
    EXPECT_TRUE(exchange.respond_now(response));
    return std::nullopt;
  });
  Client client(running.port(), 4'096);
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += get("/");
  client.send(requests);
  for (int i = 0; i < 500; ++i) {
    client.read_until("\r\n\r\n");
    ASSERT_EQ(client.read_bytes(body.size()), body);
  }
}

TEST(Server, AnAnswerThatDoesNotLeaveWithTheOthersLeavesWhenThereIsRoom) {
  const std::string body(16'000, 'a');
  constexpr int kMany = 500;  // more than the sockets hold
  std::counting_semaphore<> handled(0);
  RunningServer running(patient_options(), [&](Exchange& exchange) -> std::optional<Task<>> {
    Response response = text(body);
    EXPECT_TRUE(exchange.respond_now(response));
    handled.release();
    return std::nullopt;
  });
  Client client(running.port(), 4'096);
  // One by one, for as long as the server takes them, so that little is unsent at a time.
  bool is_taken = true;
  for (int i = 0; i < kMany; ++i) {
    client.send(get("/"));
    is_taken = is_taken && handled.try_acquire_for(std::chrono::seconds(1));
  }
  EXPECT_FALSE(is_taken);
  for (int i = 0; i < kMany; ++i) {
    client.read_until("\r\n\r\n");
    ASSERT_EQ(client.read_bytes(body.size()), body);
  }
}

TEST(Server, SeesThatThePeersEndCameWithItsLastRequest) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  client.send(get("/a"));
  client.read_until("GET /a");
  client.send_and_end(get("/b"));
  EXPECT_THAT(client.read_all(), EndsWith("GET /b"));
  EXPECT_FALSE(client.timed_out());
}

TEST(Server, ABodyThatNobodyReadIsNoRequest) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  client.send(post("/a", "Content-Length: 17\r\n\r\nGET /x HTTP/1.1\r\n") + get("/b", kClose));
  client.read_until("POST /a");
  EXPECT_THAT(client.read_all(), EndsWith("GET /b"));
}

TEST(Server, AHandlerThatThrowsAtOnceIsAnsweredForToo) {
  ServerOptions options = patient_options();
  std::string heard;
  options.on_exception = [&](std::string_view what) { heard = what; };
  RunningServer running(options, handle);
  Client client(running.port());
  client.send(get("/a") + get("/throw/now"));
  const std::string answers = client.read_all();
  EXPECT_THAT(answers, HasSubstr("GET /a"));
  EXPECT_THAT(answers, HasSubstr("HTTP/1.1 500 "));
  running.server.stop();
  EXPECT_EQ(heard, "a bug");
}

TEST(Server, TakesARequestByteByByte) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  for (const char c : post("/echo", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")) {
    client.send({&c, 1});
  }
  client.read_until("\r\n\r\n");
  EXPECT_EQ(client.read_bytes(3), "abc");
}

TEST(Server, AnInterimAnswerCarriesNoFraming) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  client.send(get("/hints", kClose));
  EXPECT_THAT(client.read_until("\r\n\r\n"),
              EndsWith("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"));
  EXPECT_THAT(client.read_all(), EndsWith("\r\n\r\nhello"));
}

TEST(Server, StreamsChunkedBothWaysWithTrailers) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  client.send(
      post("/stream", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n"));
  std::string answer = client.read_until("\r\n\r\n");
  answer += client.read_until("\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(answer, EndsWith("5\r\nhello\r\n0\r\nX-Sum: 7\r\nX-Done: 1\r\n\r\n"));
  client.send(get("/next"));
  EXPECT_THAT(client.read_until("GET /next"), HasSubstr("200 OK"));
}

TEST(Server, StreamsAMebibyteThroughWithoutHoldingIt) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  const std::string body(1'048'576, 'x');
  auto sender = std::async(std::launch::async, [&] {
    client.send(post("/stream", "Content-Length: 1048576\r\n\r\n") + body);
  });
  std::string answer = client.read_until("X-Done: 1\r\n\r\n");
  sender.get();
  EXPECT_GT(answer.size(), body.size());
}

TEST(Server, EndsAnOldClientsStreamWithTheConnection) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  client.send("POST /stream HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi");
  const std::string answer = client.read_all();
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nhi"));
  Client again(running.port());
  again.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(again.read_until("GET /1"), HasSubstr("Connection: keep-alive\r\n"));
  again.send("GET /2 HTTP/1.0\r\n\r\n");
  EXPECT_THAT(again.read_all(), HasSubstr("Connection: close\r\n"));
}

TEST(Server, SendsNoBodyToHeadNorWith204) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  client.send("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\n");
  client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  client.send(get("/204"));
  client.send(get("/end", kClose));
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Content-Length: 9\r\n"));
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(client.read_until("\r\n\r\n"),
              testing::AllOf(StartsWith("HTTP/1.1 204 "), Not(HasSubstr("Content-Length"))));
  EXPECT_THAT(client.read_all(), EndsWith("GET /end"));
}

TEST(Server, AsksForABodyOnlyWhenItIsRead) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  const std::string expect = "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n";
  client.send(post("/echo", expect));
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  EXPECT_THAT(client.read_until("abc"), StartsWith("HTTP/1.1 200 OK\r\n"));
  // Refused without its body: whether that follows is unknown, so the connection ends.
  client.send(post("/204", expect));
  const std::string answer = client.read_until("\r\n\r\n");
  EXPECT_THAT(answer, testing::AllOf(StartsWith("HTTP/1.1 204"), HasSubstr(kClose)));
}

TEST(Server, DropsAnUnreadBodyToKeepTheConnection) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  client.send(post("/204", "Content-Length: 20000\r\n\r\n" + std::string(20'000, 'x')));
  client.send(get("/next", kClose));
  EXPECT_THAT(client.read_all(), EndsWith("GET /next"));
}

TEST(Server, ClosesWhereAnUnreadBodyIsTooLarge) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  client.send(post("/204", "Content-Length: 10000000\r\n\r\n" + std::string(20'000, 'x')));
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr(kClose));
}

TEST(Server, AnswersForAHandlerThatFails) {
  ServerOptions options = patient_options();
  std::promise<std::string> thrown;
  options.on_exception = [&](std::string_view what) { thrown.set_value(std::string(what)); };
  RunningServer running(std::move(options), handle);
  for (const char* path : {"/throw", "/silent"}) {
    Client client(running.port());
    client.send(get(path));
    const std::string answer = client.read_all();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 ")) << path;
    EXPECT_THAT(answer, HasSubstr("application/problem+json")) << path;
  }
  EXPECT_EQ(thrown.get_future().get(), "a bug");
}

TEST(Server, CutsAnAnswerThatWasNotEnded) {
  RunningServer running(patient_options(), handle);
  Client client(running.port());
  client.send(get("/cut"));
  EXPECT_THAT(client.read_all(), EndsWith("\r\n\r\n12345"));
}

TEST(Server, TellsAHandlerThatWaitsThatThePeerHungUp) {
  std::promise<bool> before;
  std::promise<bool> after;
  const auto wait = [&](Exchange& exchange) -> Task<> {
    before.set_value(exchange.peer_is_gone());
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    for (int i = 0; i < 3'000 && !exchange.peer_is_gone(); ++i) {
      timer.expires_after(std::chrono::milliseconds{10});
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
    after.set_value(exchange.peer_is_gone());
  };
  RunningServer running(patient_options(), wait);
  Client client(running.port());
  client.send(get("/"));
  EXPECT_FALSE(before.get_future().get());
  client.close();
  EXPECT_TRUE(after.get_future().get());
}

TEST(Server, TellsAHandlerThatWaitsThatItsConnectionWasCut) {
  std::promise<void> waits;
  std::promise<void> told;
  const auto wait = [&](Exchange& exchange) -> Task<> {
    waits.set_value();
    const auto loop = co_await boost::asio::this_coro::executor;
    while (!exchange.peer_is_gone()) co_await boost::asio::post(loop, boost::asio::use_awaitable);
    told.set_value();
  };
  RunningServer running(patient_options(), wait);
  Client client(running.port());
  client.send(get("/"));
  waits.get_future().get();
  running.server.stop();
  EXPECT_EQ(told.get_future().wait_for(std::chrono::seconds{0}), std::future_status::ready);
}

TEST(Server, AnswersBrokenRequestsAndCloses) {
  RunningServer running(patient_options(), handle);
  const std::pair<std::string, std::string> cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
      {"GET / HTTP/3.0\r\n\r\n", "HTTP/1.1 505 "},
      {"GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 414 "},
      {get("/", "X: " + std::string(40'000, 'x') + "\r\n"), "HTTP/1.1 431 "},
      {post("/echo", "Transfer-Encoding: gzip, chunked\r\n\r\n"), "HTTP/1.1 501 "},
      {post("/echo", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "HTTP/1.1 400 "},
      {post("/small", "Content-Length: 5\r\n\r\nhello"), "HTTP/1.1 413 "},
      {post("/small", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), "HTTP/1.1 413 "},
      {get("/", "Expect: tea\r\n"), "HTTP/1.1 417 "},
  };
  for (const auto& [request, expected] : cases) {
    Client client(running.port());
    client.send(request + get("/never"));
    const std::string answer = client.read_all();
    EXPECT_THAT(answer, StartsWith(expected));
    EXPECT_THAT(answer, HasSubstr(kClose));
    EXPECT_THAT(answer, Not(HasSubstr("/never"))) << "what follows has no meaning any more";
  }
  EXPECT_EQ(running.server.stats().refused_requests[0], 2u);
}

}  // namespace
}  // namespace doorward::edge
