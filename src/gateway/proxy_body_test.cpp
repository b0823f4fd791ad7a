// Bodies on their way to the upstream, and connections that turn out to be closed.
#include "gateway/proxying/proxy_test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doorward::gateway {
namespace {

using edge::FakePeer;
using edge::Task;
using testing::HasSubstr;

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

}  // namespace
}  // namespace doorward::gateway
