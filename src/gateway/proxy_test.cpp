#include "gateway/proxy.hpp"

#include "gateway/proxying/proxy_test_support.hpp"
#include "gateway/proxying/request_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doorward::gateway {
namespace {

namespace asio = boost::asio;
using edge::FakePeer;
using edge::Task;
using What = edge::UpstreamCounts::What;
using testing::HasSubstr;
using testing::Not;

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
                             "X-Forwarded-Host: shop.example",
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
                    HeadRow{"identity",
                            "192.0.2.1",
                            {{"X-User-Id", "1"},
                             {"X-Doorward-Room", "x"},
                             {"x-user-type", "admin"},
                             {"Proxy", "http://evil.example"}},
                            {},
                            {"X-User", "x-user", "X-Doorward", "Proxy"}},
                    HeadRow{"identity_to_cgi",
                            "192.0.2.1",
                            {{"X_User_Id", "1"},
                             {"X-Doorward_Room", "x"},
                             {"X_Forwarded_For", "192.0.2.9"},
                             {"Transfer_Encoding", "chunked"},
                             {"Content_Length", "9"},
                             {"my_own", "1"}},
                            {"my_own: 1"},
                            {"_User", "_Room", "_Forwarded", "_Encoding", "_Length"}},
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

TEST_F(Proxies, KeepCookiesBackByWhichABackendCouldActForAVisitor) {
  const auto sent = [this](std::string_view cookies, std::string_view room) {
    ExchangeDouble exchange;
    exchange.head.fields.append("Cookie", cookies);
    route::Route route;
    route.room = room;
    Context context{exchange};
    context.route = &route;
    std::string head;
    proxying::append_request(head, context, {}, options_, "h", {});
    const auto begin = head.find("Cookie: ");
    return begin == head.npos ? "" : head.substr(begin + 8, head.find('\r', begin) - begin - 8);
  };
  constexpr std::string_view kAll =
      "a=b; doorward_ticket_sale=1; __Host-doorward_pass_sale=2; doorward_device=3; "
      "doorward_pass_other=4; __Host-doorward_ticket_x=5;doorward_admin=6; doorward_deviceX=7";
  EXPECT_EQ(sent(kAll, "sale"), "a=b; __Host-doorward_pass_sale=2; doorward_deviceX=7");
  EXPECT_EQ(sent(kAll, ""),
            "a=b; __Host-doorward_pass_sale=2; doorward_pass_other=4; doorward_deviceX=7");
  EXPECT_EQ(sent("doorward_device=3; __Host-doorward_device=3", "sale"), "");
  EXPECT_EQ(sent("doorward_device=3; doorward_pass_acme~sale=4", "acme/sale"),
            "doorward_pass_acme~sale=4");
  EXPECT_EQ(sent("a=doorward_device;;  b", ""), "a=doorward_device;;  b");
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
  const bool late = GetParam().status == 504;
  EXPECT_EQ(upstream_->counts().sum(What::timed_out), late ? 1u : 0u);
  EXPECT_EQ(upstream_->counts().sum(What::broken), late ? 0u : 1u);
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
                    FaultRow{"bad_first_chunk",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 502},
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
  EXPECT_EQ(upstream_->counts().sum(What::refused), 1u);
}

TEST_F(Proxies, ShowABrowserASmallPageInItsLanguageWhereNobodyListens) {
  const struct {
    const char* method;
    std::vector<std::pair<const char*, const char*>> fields;
    bool page;
    const char* part;
  } rows[] = {
      {"GET", {{"Accept", "text/html,*/*"}}, true, "This page tries again by itself."},
      {"GET", {{"Accept", "text/html"}, {"Accept-Language", "ko"}}, true, "lang=\"ko\""},
      {"POST", {{"Accept", "text/html"}}, true, "may not have arrived"},
      {"GET", {{"Accept", "text/html"}, {"Sec-Fetch-Mode", "cors"}}, false, "cannot be reached"},
      {"GET", {{"Accept", "application/json"}}, false, "cannot be reached"},
      {"GET", {}, false, "cannot be reached"},
  };
  serve(std::string(kOk));
  fake_->stop();
  for (const auto& row : rows) {
    ExchangeDouble exchange(row.method);
    for (const auto& [name, value] : row.fields) exchange.head.fields.append(name, value);
    handle(exchange);
    EXPECT_EQ(exchange.answer.status, 502u);
    EXPECT_THAT(exchange.answer_body, HasSubstr(row.part));
    EXPECT_THAT(exchange.answer_body, Not(HasSubstr("127.0.0.1")));
    EXPECT_LT(exchange.answer_body.size(), 50'000u);
    const wire::Fields& fields = exchange.answer.fields;
    EXPECT_EQ(fields.find("content-type"),
              row.page ? "text/html; charset=utf-8" : "application/problem+json");
    const bool reloads = exchange.answer_body.find("http-equiv=\"refresh\"") != std::string::npos;
    EXPECT_EQ(reloads, row.page && std::string_view(row.method) == "GET");
    if (!row.page) continue;
    EXPECT_THAT(std::string(fields.find("content-security-policy").value_or("")),
                testing::AllOf(HasSubstr("default-src 'none'"), HasSubstr("style-src 'sha256-"),
                               Not(HasSubstr("unsafe")), Not(HasSubstr("script"))));
    EXPECT_EQ(fields.find("cache-control"), "no-store");
  }
}

TEST_F(Proxies, AskToComeAgainWhereTheQueueIsFull) {
  limits_.connections = 0;
  limits_.waiting = 0;
  serve(std::string(kOk));
  ExchangeDouble exchange;
  handle(exchange);
  EXPECT_EQ(exchange.answer.status, 503u);
  EXPECT_EQ(exchange.answer.fields.find("retry-after"), "1");
  EXPECT_EQ(upstream_->counts().sum(What::overloaded), 1u);
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
    EXPECT_EQ(upstream_->counts().sum(What::broken), 1u);
  }
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
