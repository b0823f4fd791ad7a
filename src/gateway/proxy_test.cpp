#include "gateway/proxy.hpp"

#include "edge/upstream/fake_upstream.hpp"
#include "gateway/exchange_double.hpp"
#include "gateway/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

namespace doorward::gateway {
namespace {

namespace asio = boost::asio;
using edge::FakePeer;
using edge::FakeUpstream;
using edge::Task;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// A pipeline with one route, to the scripted upstream, on one loop.
class Proxies : public testing::Test {
 protected:
  Proxies() { limits_.connect = limits_.first_byte = limits_.idle = limits_.wait = Millis(150); }
  void serve(FakeUpstream::Script script) {
    fake_ = std::make_unique<FakeUpstream>(loop_, std::move(script));
    endpoints_ = {fake_->endpoint()};
  }
  // Every connection: reads a head, notes it, and sends `response`.
  void serve(std::string response) {
    serve([this, response](FakePeer& peer, std::size_t) -> Task<> {
      for (;;) {
        const std::string head = co_await peer.head();
        if (head.empty()) co_return;
        seen_ = head;
        co_await peer.write(response);
      }
    });
  }
  void handle(ExchangeDouble& exchange) {
    if (!pipeline_) make_pipeline();
    asio::co_spawn(loop_, pipeline_->handle(exchange), [&](std::exception_ptr fault) {
      EXPECT_FALSE(fault);
      loop_.stop();
    });
    loop_.restart();
    loop_.run();
  }
  void make_pipeline() {
    auto upstream = std::make_shared<edge::Upstream>("shop", endpoints_, limits_);
    ProxyTargets targets;
    targets["shop"] = {upstream, pass_host_};
    route::Route route;
    route.name = "all";
    route.match.paths = {"/**"};
    route.upstream = "shop";
    PipelineParts parts;
    parts.trusted.networks = *Networks::parse(std::vector<std::string>{"10.0.0.0/8"});
    parts.routes = route::RouteTable({route});
    parts.filters = {std::make_shared<Proxy>(std::move(targets), options_)};
    pipeline_ = std::make_unique<Pipeline>(std::move(parts));
  }

  asio::io_context loop_{1};
  edge::UpstreamLimits limits_;
  ProxyOptions options_;
  bool pass_host_ = true;
  std::unique_ptr<FakeUpstream> fake_;
  std::vector<edge::Endpoint> endpoints_;
  std::unique_ptr<Pipeline> pipeline_;
  std::string seen_;
};

TEST_F(Proxies, PassRequestAndResponse) {
  serve("HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-A: 1\r\nX-A: 2\r\nServer: s\r\n\r\nok");
  ExchangeDouble exchange("GET", "/a%20b");
  exchange.head.query = "q=1";
  exchange.head.has_query = true;
  exchange.head.fields.append("Accept", "x");
  handle(exchange);
  EXPECT_THAT(seen_, testing::StartsWith("GET /a%20b?q=1 HTTP/1.1\r\nHost: shop.example\r\n"));
  EXPECT_THAT(seen_, HasSubstr("\r\nAccept: x\r\n"));
  EXPECT_THAT(seen_, HasSubstr("\r\nX-Request-Id: "));
  EXPECT_THAT(seen_, Not(HasSubstr("Content-Length")));
  EXPECT_EQ(exchange.answer.status, 201u);
  EXPECT_EQ(exchange.answer.fields.count("x-a"), 2u);
  EXPECT_EQ(exchange.answer_body, "ok");
  EXPECT_TRUE(exchange.ended);
}

struct HeadRow {
  const char* name;
  const char* peer;
  std::vector<std::pair<const char*, const char*>> came;
  std::vector<const char*> sent;
  std::vector<const char*> not_sent;
};
class Heads : public Proxies, public testing::WithParamInterface<HeadRow> {};
TEST_P(Heads, AreMadeForTheUpstream) {
  serve(std::string(kOk));
  ExchangeDouble exchange;
  exchange.from.address = asio::ip::make_address(GetParam().peer);
  for (const auto& [name, value] : GetParam().came) exchange.head.fields.append(name, value);
  handle(exchange);
  for (const char* line : GetParam().sent)
    EXPECT_THAT(seen_, HasSubstr("\r\n" + std::string(line) + "\r\n"));
  for (const char* part : GetParam().not_sent) EXPECT_THAT(seen_, Not(HasSubstr(part)));
}
INSTANTIATE_TEST_SUITE_P(
    Fields, Heads,
    testing::Values(HeadRow{"untrusted",
                            "192.0.2.1",
                            {{"X-Forwarded-For", "6.6.6.6"}, {"Forwarded", "for=6.6.6.6"}},
                            {"X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: http",
                             "X-Forwarded-Host: shop.example",
                             "Forwarded: for=192.0.2.1;host=shop.example;proto=http"},
                            {"6.6.6.6"}},
                    HeadRow{"trusted",
                            "10.0.0.1",
                            {{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-Proto", "https"}},
                            {"X-Forwarded-For: 1.1.1.1, 10.0.0.1", "X-Forwarded-Proto: https",
                             "Forwarded: for=1.1.1.1;host=shop.example;proto=https"},
                            {}},
                    HeadRow{"trusted_forwarded",
                            "10.0.0.1",
                            {{"Forwarded", "for=1.1.1.1;proto=https;host=a.example"}},
                            {"X-Forwarded-For: 1.1.1.1", "X-Forwarded-Proto: https",
                             "X-Forwarded-Host: a.example",
                             "Forwarded: for=1.1.1.1;proto=https;host=a.example, for=10.0.0.1"},
                            {}},
                    HeadRow{"ipv6",
                            "2001:db8::1",
                            {},
                            {"X-Forwarded-For: 2001:db8::1",
                             "Forwarded: for=\"[2001:db8::1]\";host=shop.example;proto=http"},
                            {}},
                    HeadRow{"hop_by_hop",
                            "192.0.2.1",
                            {{"Connection", "close, X-Mine, X-Forwarded-For"},
                             {"X-Mine", "1"},
                             {"Keep-Alive", "1"},
                             {"Proxy-Authorization", "secret"},
                             {"TE", "trailers"}},
                            {"Connection: TE", "TE: trailers", "X-Forwarded-For: 192.0.2.1"},
                            {"X-Mine", "Keep-Alive", "secret", "close"}},
                    HeadRow{
                        "identity",
                        "192.0.2.1",
                        {{"X-User-Id", "1"}, {"X-Doorward-Room", "x"}, {"x-user-type", "admin"}},
                        {},
                        {"X-User", "x-user", "X-Doorward"}},
                    HeadRow{"h2c",
                            "192.0.2.1",
                            {{"Connection", "Upgrade, HTTP2-Settings"},
                             {"Upgrade", "h2c"},
                             {"HTTP2-Settings", "x"}},
                            {},
                            {"Upgrade", "h2c", "HTTP2"}},
                    HeadRow{"websocket",
                            "192.0.2.1",
                            {{"Connection", "keep-alive, Upgrade"}, {"Upgrade", "websocket"}},
                            {"Connection: Upgrade", "Upgrade: websocket"},
                            {"keep-alive"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(Proxies, UseTheUpstreamsHostAndSayViaWhereTold) {
  serve(std::string(kOk));
  pass_host_ = false;
  options_.via = "doorward";
  ExchangeDouble exchange;
  handle(exchange);
  EXPECT_THAT(seen_, HasSubstr("\r\nHost: " + endpoints_[0].authority() + "\r\n"));
  EXPECT_THAT(seen_, HasSubstr("\r\nVia: 1.1 doorward\r\n"));
}

struct FaultRow {
  const char* name;
  std::string response;  // then the upstream closes; empty: it stays silent
  unsigned status;
};
class Faults : public Proxies, public testing::WithParamInterface<FaultRow> {};
TEST_P(Faults, AreAnsweredAsProblemsThatTellNothing) {
  serve([this](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    if (GetParam().response.empty())
      (void)co_await peer.head();
    else
      co_await peer.write(GetParam().response);
  });
  ExchangeDouble exchange;
  handle(exchange);
  EXPECT_EQ(exchange.answer.status, GetParam().status);
  EXPECT_EQ(exchange.answer.fields.find("content-type"), "application/problem+json");
  EXPECT_THAT(exchange.answer_body, Not(HasSubstr("127.0.0.1")));
}
INSTANTIATE_TEST_SUITE_P(
    Upstream, Faults,
    testing::Values(FaultRow{"silent", "", 504},
                    FaultRow{"half_a_head", "HTTP/1.1 200 OK\r\nA: b", 502},
                    FaultRow{"bad_length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", 502},
                    FaultRow{"both_framings",
                             "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: "
                             "chunked\r\n\r\n0\r\n\r\n",
                             502},
                    FaultRow{"no_http", "hello\r\n\r\n", 502},
                    FaultRow{"unasked_101", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", 502},
                    FaultRow{"endless_interims",
                             [] {
                               std::string many;
                               for (int i = 0; i < 40; ++i)
                                 many += "HTTP/1.1 103 Early Hints\r\n\r\n";
                               return many;
                             }(),
                             502}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(Proxies, AnswerBadGatewayWhereNobodyListens) {
  serve(std::string(kOk));
  fake_->stop();
  ExchangeDouble exchange;
  handle(exchange);
  EXPECT_EQ(exchange.answer.status, 502u);
}

TEST_F(Proxies, AskToComeAgainWhereTheQueueIsFull) {
  limits_.connections = 0;
  limits_.waiting = 0;
  serve(std::string(kOk));
  ExchangeDouble exchange;
  handle(exchange);
  EXPECT_EQ(exchange.answer.status, 503u);
  EXPECT_EQ(exchange.answer.fields.find("retry-after"), "1");
}

TEST_F(Proxies, DoNotEndAnAnswerThatWasCutShort) {
  for (const char* response :
       {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"}) {
    serve([response](FakePeer& peer, std::size_t) -> Task<> {
      (void)co_await peer.head();
      co_await peer.write(response);
    });
    pipeline_.reset();
    ExchangeDouble exchange;
    handle(exchange);
    EXPECT_EQ(exchange.answer_body, "abc");
    EXPECT_FALSE(exchange.ended);
  }
}

struct StaleRow {
  const char* method;
  const char* body;
};
class Stale : public Proxies, public testing::WithParamInterface<StaleRow> {};
TEST_P(Stale, KeptConnectionsCostNoRequest) {
  serve([](FakePeer& peer, std::size_t) -> Task<> {
    const std::string head = co_await peer.head();
    if (head.find("Content-Length: 4") != std::string::npos) (void)co_await peer.read(4);
    co_await peer.write(kOk);
  });
  for (int i = 0; i < 2; ++i) {
    ExchangeDouble exchange(GetParam().method);
    if (*GetParam().body) exchange.body = {GetParam().body};
    handle(exchange);
    EXPECT_EQ(exchange.answer.status, 200u) << i;
    loop_.restart();
    loop_.poll();  // the upstream's end arrives
  }
  EXPECT_EQ(fake_->accepted(), 2u);
}
INSTANTIATE_TEST_SUITE_P(Requests, Stale,
                         testing::Values(StaleRow{"GET", ""}, StaleRow{"DELETE", ""},
                                         StaleRow{"PUT", "abcd"}, StaleRow{"POST", "abcd"},
                                         StaleRow{"POST", ""}));

TEST_F(Proxies, DoNotRepeatWhatMayHaveBeenDone) {
  // The second request on the connection is read, and then the connection is reset.
  int heads = 0;
  serve([&](FakePeer& peer, std::size_t) -> Task<> {
    while (!(co_await peer.head()).empty()) {
      if (++heads == 2) co_return peer.abort();
      co_await peer.write(kOk);
    }
  });
  ExchangeDouble first("POST");
  handle(first);
  ExchangeDouble second("POST");
  handle(second);
  EXPECT_EQ(second.answer.status, 502u);
  EXPECT_EQ(heads, 2);
}

TEST_F(Proxies, RepeatOnlyOnce) {
  serve([&](FakePeer& peer, std::size_t number) -> Task<> {
    (void)co_await peer.head();
    if (number == 0) co_await peer.write(kOk);
  });
  ExchangeDouble first;
  handle(first);
  ExchangeDouble second;
  handle(second);
  EXPECT_EQ(second.answer.status, 502u);
  EXPECT_EQ(fake_->accepted(), 2u);
}

TEST_F(Proxies, StreamBodiesWithTrailersBothWays) {
  std::string body;
  ExchangeDouble exchange("POST");
  exchange.chunked = true;
  exchange.body = {"hello", "world!"};
  exchange.trailers.append("X-Check", "7");
  exchange.trailers.append("X-User-Id", "1");
  exchange.trailers.append("X-Forwarded-For", "1");
  limits_.first_byte = Millis(5'000);
  serve([&](FakePeer& peer, std::size_t) -> Task<> {
    seen_ = co_await peer.head();
    const std::string expected = "5\r\nhello\r\n6\r\nworld!\r\n0\r\nX-Check: 7\r\n\r\n";
    body = co_await peer.read(expected.size());
    co_await peer.write(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
        "2\r\nok\r\n0\r\nX-Sum: 9\r\n\r\n");
  });
  handle(exchange);
  EXPECT_THAT(seen_, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_EQ(body, "5\r\nhello\r\n6\r\nworld!\r\n0\r\nX-Check: 7\r\n\r\n");
  EXPECT_EQ(exchange.answer_body, "ok");
  EXPECT_EQ(exchange.answer_trailers.find("x-sum"), "9");
}

TEST_F(Proxies, PassAnAnswerThatComesBeforeTheBodyHasEnded) {
  serve([&](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    co_await peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    (void)co_await peer.read(10);
  });
  ExchangeDouble exchange("POST");
  exchange.body.assign(200, std::string(64 << 10, 'x'));
  handle(exchange);
  EXPECT_EQ(exchange.answer.status, 413u);
  EXPECT_TRUE(exchange.ended);
  EXPECT_FALSE(exchange.body.empty());
}

TEST_F(Proxies, LetTheUpstreamRefuseABodyThatWasNotSentYet) {
  std::string head;
  serve([&](FakePeer& peer, std::size_t) -> Task<> {
    head = co_await peer.head();
    co_await peer.write("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
  });
  ExchangeDouble exchange("POST");
  exchange.head.fields.append("Expect", "100-continue");
  exchange.body = {"secret"};
  handle(exchange);
  EXPECT_THAT(head, HasSubstr("\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(exchange.answer.status, 401u);
  EXPECT_EQ(exchange.body.size(), 1u);  // never read
}

TEST_F(Proxies, SendTheBodyOnceTheUpstreamWantsIt) {
  std::string body;
  serve([&](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    co_await peer.write("HTTP/1.1 100 Continue\r\n\r\n");
    body = co_await peer.read(6);
    co_await peer.write(kOk);
  });
  ExchangeDouble exchange("POST");
  exchange.head.fields.append("Expect", "100-continue");
  exchange.body = {"sec", "ret"};
  handle(exchange);
  EXPECT_EQ(body, "secret");
  EXPECT_EQ(exchange.answer.status, 200u);
  EXPECT_TRUE(exchange.interims.empty());  // the edge says 100 when the body is read
}

TEST_F(Proxies, PassEarlyHints) {
  serve("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + std::string(kOk));
  ExchangeDouble exchange;
  handle(exchange);
  ASSERT_EQ(exchange.interims.size(), 1u);
  EXPECT_EQ(exchange.interims[0].fields.find("link"), "</a>");
  EXPECT_EQ(exchange.answer_body, "ok");
}

TEST_F(Proxies, RemoveTheResponsesHopByHopFields) {
  serve(
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: X-Mine\r\nX-Mine: 1\r\n"
      "Keep-Alive: timeout=5\r\nUpgrade: h2c\r\nX-Other: 1\r\n\r\n");
  ExchangeDouble exchange;
  handle(exchange);
  for (const char* gone : {"connection", "x-mine", "keep-alive", "upgrade"})
    EXPECT_FALSE(exchange.answer.fields.contains(gone)) << gone;
  EXPECT_TRUE(exchange.answer.fields.contains("x-other"));
}

TEST(Proxy, AnswersForAnotherProxyWhereTheRouteHasNoUpstream) {
  asio::io_context loop;
  Proxy proxy({}, {});
  ExchangeDouble exchange;
  route::Route route;
  Context context{exchange};
  context.route = &route;
  asio::co_spawn(loop, proxy.run(context), asio::detached);
  loop.run();
  EXPECT_EQ(exchange.answer.status, 200u);
}

}  // namespace
}  // namespace doorward::gateway
