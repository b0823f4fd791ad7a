#include "edge/upstream/upstream.hpp"

#include "edge/upstream/loop.hpp"
#include "edge/upstream/upstream_double.hpp"

#include <gtest/gtest.h>

#include <array>

namespace doorward::edge {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view kEmptyOk = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

// Limits short enough to be waited for.
UpstreamLimits quick() {
  UpstreamLimits limits;
  limits.connect = limits.first_byte = limits.idle = limits.wait = Millis(1'000);
  return limits;
}

// Nothing falls due while a slow machine takes its time.
UpstreamLimits patient() {
  UpstreamLimits limits;
  limits.connect = limits.first_byte = limits.idle = limits.wait = limits.keep_alive =
      Millis(60'000);
  return limits;
}

// What came of one request: the status and body, or how it failed.
struct Answer {
  unsigned status = 0;
  std::string body;
  std::string error;
  std::string trailer;
  bool reused = false;
};

Task<Answer> ask(Upstream& upstream, Reuse reuse = Reuse::any, bool head = false) {
  Answer answer;
  auto connected = co_await upstream.connect(reuse);
  if (!connected) {
    answer.error = to_string(connected.error().code);
    co_return answer;
  }
  auto& connection = *connected->lease;
  connection.start(upstream.limits(), head);
  answer.reused = connection.reused();
  std::array pieces{asio::const_buffer(kRequest.data(), kRequest.size())};
  auto done = co_await connection.write(pieces);
  connection.request_sent();
  do {
    if (done) done = co_await connection.read_head();
  } while (done && connection.head().status < 200);
  while (done) {
    const auto piece = co_await connection.read_body();
    if (!piece) done = piece.error();
    if (!piece || piece->empty()) break;
    answer.body += *piece;
  }
  if (!done) answer.error = to_string(done.error().code);
  answer.status = connection.head().status;
  answer.trailer = connection.trailers().find("x-sum").value_or("");
  co_return answer;
}

// A loop with one scripted upstream, run until the test's coroutine is through.
class Upstreams : public testing::Test {
 protected:
  void run(std::function<Task<>()> test) {
    asio::co_spawn(loop_, std::move(test), [&](std::exception_ptr fault) {
      EXPECT_FALSE(fault);
      loop_.stop();
    });
    loop_.run();
  }
  Answer answer_to(std::string_view response, bool head = false) {
    FakeUpstream fake(loop_, [response](FakePeer& peer, std::size_t) -> Task<> {
      (void)co_await peer.head();
      co_await peer.write(response);
    });
    Upstream upstream("u", {fake.endpoint()}, patient());
    Answer answer;
    run([&]() -> Task<> { answer = co_await ask(upstream, Reuse::any, head); });
    return answer;
  }
  asio::io_context loop_{1};
};

struct ResponseRow {
  const char* name;
  std::string response;
  unsigned status;
  const char* body;
  const char* error;
};

class Responses : public Upstreams, public testing::WithParamInterface<ResponseRow> {};
TEST_P(Responses, AreReadOrRefused) {
  const Answer answer = answer_to(GetParam().response);
  EXPECT_EQ(answer.error, GetParam().error);
  if (answer.error.empty()) {
    EXPECT_EQ(answer.status, GetParam().status);
  }
  EXPECT_EQ(answer.body, GetParam().body);
}

INSTANTIATE_TEST_SUITE_P(
    Framing, Responses,
    testing::Values(
        ResponseRow{"length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", ""},
        ResponseRow{"until_close", "HTTP/1.1 200 OK\r\n\r\nabc", 200, "abc", ""},
        ResponseRow{"http_1_0", "HTTP/1.0 404 No\r\n\r\nabc", 404, "abc", ""},
        ResponseRow{
            "chunked",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
            200, "abc", ""},
        ResponseRow{"no_content", "HTTP/1.1 204 No\r\n\r\n", 204, "", ""},
        ResponseRow{"not_modified", "HTTP/1.1 304 No\r\nContent-Length: 3\r\n\r\n", 304, "", ""},
        ResponseRow{"interim",
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
                    200, "a", ""},
        ResponseRow{"nothing", "", 0, "", "closed"},
        ResponseRow{"half_a_head", "HTTP/1.1 200 OK\r\nContent-", 0, "", "closed"},
        ResponseRow{"short_body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 200, "abc",
                    "closed"},
        ResponseRow{"short_chunks",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", 200, "abc",
                    "closed"},
        ResponseRow{"bad_length", "HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\nabc", 0, "",
                    "invalid"},
        ResponseRow{"two_lengths",
                    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 0, "",
                    "invalid"},
        ResponseRow{"length_and_chunked",
                    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: "
                    "chunked\r\n\r\n0\r\n\r\n",
                    0, "", "invalid"},
        ResponseRow{"unknown_coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", 0, "",
                    "invalid"},
        ResponseRow{"bad_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 200,
                    "", "invalid"},
        ResponseRow{"folded", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", 0, "", "invalid"},
        ResponseRow{"no_http", "SSH-2.0-OpenSSH_9.2\r\n\r\n", 0, "", "invalid"},
        ResponseRow{"long_head", "HTTP/1.1 200 OK\r\nA: " + std::string(40'000, 'a') + "\r\n\r\n",
                    0, "", "invalid"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(Upstreams, ReadTrailersAndHeadResponses) {
  EXPECT_EQ(answer_to("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
                      "X-Sum: 7\r\n\r\n")
                .trailer,
            "7");
  loop_.restart();
  const Answer head = answer_to("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", true);
  EXPECT_EQ(head.error, "");
  EXPECT_EQ(head.status, 200u);
}

TEST_F(Upstreams, KeepConnectionsAlive) {
  FakeUpstream fake(loop_, [&](FakePeer& peer, std::size_t) -> Task<> {
    while (!(co_await peer.head()).empty()) co_await peer.write(kEmptyOk);
  });
  Upstream upstream("u", {fake.endpoint()}, patient());
  run([&]() -> Task<> {
    EXPECT_FALSE((co_await ask(upstream)).reused);
    EXPECT_TRUE((co_await ask(upstream)).reused);
    EXPECT_FALSE((co_await ask(upstream, Reuse::none)).reused);
  });
  EXPECT_EQ(fake.accepted(), 2u);
}

TEST_F(Upstreams, CloseAfterSurplusBytesOrAWishToClose) {
  for (std::string_view response :
       {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
    FakeUpstream fake(loop_, [response](FakePeer& peer, std::size_t) -> Task<> {
      while (!(co_await peer.head()).empty()) co_await peer.write(response);
    });
    Upstream upstream("u", {fake.endpoint()}, patient());
    run([&]() -> Task<> {
      (void)co_await ask(upstream);
      EXPECT_FALSE((co_await ask(upstream)).reused) << response;
    });
    loop_.restart();
  }
}

TEST_F(Upstreams, TakeNoStaleConnectionWhereItIsChecked) {
  FakeUpstream fake(loop_, [&](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    co_await peer.write(kEmptyOk);
  });
  Upstream upstream("u", {fake.endpoint()}, patient());
  run([&]() -> Task<> {
    (void)co_await ask(upstream);
    while (UpstreamLoop::of(loop_.get_executor())
               .pool(fake.endpoint().authority(), fake.endpoint())
               .open() == 0)
      co_await asio::post(loop_, asio::use_awaitable);
    // The peer's end has arrived once a request on the kept connection fails.
    EXPECT_EQ((co_await ask(upstream)).error, "closed");
    EXPECT_EQ((co_await ask(upstream, Reuse::checked)).error, "");
  });
}

TEST_F(Upstreams, GiveUpOnASilentPeer) {
  FakeUpstream fake(loop_, [&](FakePeer& peer, std::size_t number) -> Task<> {
    (void)co_await peer.head();
    if (number == 1) co_await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na");
    (void)co_await peer.head();
  });
  Upstream upstream("u", {fake.endpoint()}, quick());
  run([&]() -> Task<> {
    EXPECT_EQ((co_await ask(upstream)).error, "timed_out");
    const Answer half = co_await ask(upstream);
    EXPECT_EQ(half.error, "timed_out");
    EXPECT_EQ(half.body, "a");
  });
}

TEST_F(Upstreams, PassOverAnEndpointThatRefuses) {
  const auto serve = [&](FakePeer& peer, std::size_t) -> Task<> {
    while (!(co_await peer.head()).empty()) co_await peer.write(kEmptyOk);
  };
  FakeUpstream gone(loop_, serve);
  FakeUpstream there(loop_, serve);
  gone.stop();
  Upstream upstream("u", {gone.endpoint(), there.endpoint()}, patient());
  Upstream nobody("n", {gone.endpoint()}, patient());
  run([&]() -> Task<> {
    for (int i = 0; i < 4; ++i) EXPECT_EQ((co_await ask(upstream)).error, "");
    for (int i = 0; i < 2; ++i) EXPECT_EQ((co_await ask(nobody)).error, "unavailable");
  });
}

TEST_F(Upstreams, TakeTurns) {
  const auto serve = [&](FakePeer& peer, std::size_t) -> Task<> {
    while (!(co_await peer.head()).empty()) co_await peer.write(kEmptyOk);
  };
  FakeUpstream one(loop_, serve);
  FakeUpstream two(loop_, serve);
  Upstream upstream("u", {one.endpoint(), two.endpoint()}, patient());
  run([&]() -> Task<> {
    (void)co_await ask(upstream);
    (void)co_await ask(upstream);
  });
  EXPECT_EQ(one.accepted(), 1u);
  EXPECT_EQ(two.accepted(), 1u);
}

TEST_F(Upstreams, LetABoundedNumberWait) {
  FakeUpstream fake(loop_, [&](FakePeer& peer, std::size_t) -> Task<> {
    while (!(co_await peer.head()).empty()) co_await peer.write(kEmptyOk);
  });
  UpstreamLimits limits = quick();
  limits.connections = 1;
  limits.waiting = 1;
  Upstream upstream("u", {fake.endpoint()}, limits);
  run([&]() -> Task<> {
    std::vector<std::string> errors;
    int through = 0;
    {
      const auto held = co_await upstream.connect(Reuse::any);
      for (int i = 0; i < 2; ++i)
        asio::co_spawn(
            loop_,
            [&]() -> Task<> {
              errors.push_back((co_await ask(upstream)).error);
              ++through;
            },
            asio::detached);
      while (through < 1) co_await asio::post(loop_, asio::use_awaitable);
      EXPECT_EQ(errors, std::vector<std::string>{"overloaded"});
    }
    while (through < 2) co_await asio::post(loop_, asio::use_awaitable);
    EXPECT_EQ(errors.back(), "");
    const auto held = co_await upstream.connect(Reuse::any);
    EXPECT_EQ((co_await ask(upstream)).error, "overloaded");  // waited for too long
  });
}

TEST_F(Upstreams, GiveAKeptConnectionToNobodyWhoWaitsForANewOne) {
  bool may_answer = false;
  FakeUpstream fake(loop_, [&](FakePeer& peer, std::size_t) -> Task<> {
    while (!(co_await peer.head()).empty()) {
      while (!may_answer) co_await asio::post(loop_, asio::use_awaitable);
      co_await peer.write(kEmptyOk);
    }
  });
  UpstreamLimits limits;
  limits.connections = 1;
  limits.wait = Millis(30'000);
  Upstream upstream("u", {fake.endpoint()}, limits);
  run([&]() -> Task<> {
    Answer anew;
    anew.reused = true;
    bool through = false;
    asio::co_spawn(
        loop_, [&]() -> Task<> { (void)co_await ask(upstream); }, asio::detached);
    while (fake.accepted() == 0) co_await asio::post(loop_, asio::use_awaitable);
    asio::co_spawn(
        loop_,
        [&]() -> Task<> {
          anew = co_await ask(upstream, Reuse::none);
          through = true;
        },
        asio::detached);
    while (upstream.counts().sum(UpstreamCounts::What::began_waiting) == 0)
      co_await asio::post(loop_, asio::use_awaitable);
    may_answer = true;
    while (!through) co_await asio::post(loop_, asio::use_awaitable);
    EXPECT_EQ(anew.error, "");
    EXPECT_FALSE(anew.reused);
  });
  EXPECT_EQ(fake.accepted(), 2u);
}

TEST_F(Upstreams, CountRequestsConnectionsAndErrorsAlsoForTheNextConfiguration) {
  using What = UpstreamCounts::What;
  const auto serve = [&](FakePeer& peer, std::size_t) -> Task<> {
    while (!(co_await peer.head()).empty()) co_await peer.write(kEmptyOk);
  };
  FakeUpstream gone(loop_, serve);
  FakeUpstream there(loop_, serve);
  gone.stop();
  const auto counts = std::make_shared<UpstreamCounts>();
  run([&]() -> Task<> {
    for (int i = 0; i < 2; ++i) {
      Upstream upstream("u", {gone.endpoint(), there.endpoint()}, patient(), counts);
      (void)co_await ask(upstream);
      const auto held = co_await upstream.connect(Reuse::none);
      EXPECT_EQ(counts->between(What::lent, What::returned), 1u);
    }
  });
  EXPECT_EQ(counts->sum(What::requests), 4u);
  EXPECT_EQ(counts->sum(What::connect_errors), 2u);
  EXPECT_EQ(counts->sum(What::opened), 3u);
  EXPECT_EQ(counts->between(What::opened, What::closed), 1u);
  EXPECT_EQ(counts->between(What::lent, What::returned), 0u);
}

TEST_F(Upstreams, CountWhoWaits) {
  using What = UpstreamCounts::What;
  UpstreamLimits limits = quick();
  limits.connections = 0;
  FakeUpstream fake(loop_, [&](FakePeer&, std::size_t) -> Task<> { co_return; });
  Upstream upstream("u", {fake.endpoint()}, limits);
  run([&]() -> Task<> {
    bool through = false;
    asio::co_spawn(
        loop_,
        [&]() -> Task<> {
          (void)co_await ask(upstream);
          through = true;
        },
        asio::detached);
    while (upstream.counts().sum(What::began_waiting) == 0)
      co_await asio::post(loop_, asio::use_awaitable);
    EXPECT_EQ(upstream.counts().between(What::began_waiting, What::ended_waiting), 1u);
    while (!through) co_await asio::post(loop_, asio::use_awaitable);
    EXPECT_EQ(upstream.counts().between(What::began_waiting, What::ended_waiting), 0u);
  });
}

TEST_F(Upstreams, ResolveNames) {
  FakeUpstream fake(loop_, [&](FakePeer& peer, std::size_t) -> Task<> {
    while (!(co_await peer.head()).empty()) co_await peer.write(kEmptyOk);
  });
  Upstream named("n", {{"localhost", fake.endpoint().port}}, patient());
  Upstream unknown("x", {{"no-such-name.invalid", 80}}, patient());
  run([&]() -> Task<> {
    EXPECT_EQ((co_await ask(named)).error, "");
    EXPECT_EQ((co_await ask(unknown)).error, "unavailable");
  });
}

TEST_F(Upstreams, AreReleasedByALoopThatEndsInTheMidst) {
  FakeUpstream fake(
      loop_, [&](FakePeer& peer, std::size_t) -> Task<> { (void)co_await peer.read(1'000); });
  UpstreamLimits limits;
  limits.connections = 1;
  auto upstream = std::make_shared<Upstream>("u", std::vector{fake.endpoint()}, limits);
  for (int i = 0; i < 3; ++i)
    asio::co_spawn(
        loop_, [upstream]() -> Task<> { (void)co_await ask(*upstream); }, asio::detached);
  run([&]() -> Task<> {
    while (fake.accepted() == 0) co_await asio::post(loop_, asio::use_awaitable);
  });
}

}  // namespace
}  // namespace doorward::edge
