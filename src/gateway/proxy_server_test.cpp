// The proxy between real sockets, before an upstream with a will of its own.
#include "gateway/proxying/front_double.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace doorward::gateway {
namespace {

using edge::FakePeer;
using edge::Task;
using edge::test::Client;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Proxied, AnAnswerCutShortClosesTheVisitorsConnection) {
  Behind behind([](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    co_await peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  });
  Front front(behind.endpoint());
  Client client(front.port());
  client.send(get("/"));
  EXPECT_THAT(client.read_all(), EndsWith("3\r\nabc\r\n"));
}

TEST(Proxied, AnEmptyBodyKeepsItsLength) {
  std::promise<std::string> seen;
  Behind behind([&](FakePeer& peer, std::size_t) -> Task<> {
    seen.set_value(co_await peer.head());
    co_await peer.write("HTTP/1.1 204 No\r\n\r\n");
  });
  Front front(behind.endpoint());
  Client client(front.port());
  client.send("POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 204 "));
  EXPECT_THAT(seen.get_future().get(), HasSubstr("\r\nContent-Length: 0\r\n"));
}

TEST(Proxied, AnEventStreamIsSeenAsItComes) {
  std::promise<void> seen;
  auto was_seen = seen.get_future();
  Behind behind([&](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    co_await peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    was_seen.wait();
    co_await peer.write("data: 1\n\n");
  });
  Front front(behind.endpoint());
  Client client(front.port());
  client.send(get("/", "Connection: close\r\n"));
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("text/event-stream"));
  seen.set_value();
  EXPECT_THAT(client.read_all(), HasSubstr("data: 1\n\n"));
}

TEST(Proxied, AnEarlyAnswerReachesAVisitorWhoStillSends) {
  Behind behind([](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    co_await peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge");
    (void)co_await peer.read(10);
  });
  Front front(behind.endpoint());
  Client client(front.port());
  client.send("POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 100000000\r\n\r\n");
  const std::string piece(64 << 10, 'x');
  for (int i = 0; i < 4; ++i) client.send(piece);
  EXPECT_THAT(client.read_until("\r\n\r\nlarge"), StartsWith("HTTP/1.1 413 "));
}

TEST(Proxied, BothDirectionsRunAtOnce) {
  Behind behind([](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    co_await peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 3; ++i) {
      const std::string piece = co_await peer.read(9);  // "4\r\nabcd\r\n"
      co_await peer.write(piece);
    }
    (void)co_await peer.read(5);
    co_await peer.write("0\r\n\r\n");
  });
  Front front(behind.endpoint());
  Client client(front.port());
  client.send("POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.read_until("\r\n\r\n");
  for (const char* piece : {"abcd", "efgh", "ijkl"}) {
    client.send("4\r\n" + std::string(piece) + "\r\n");
    EXPECT_THAT(client.read_until("\r\n" + std::string(piece) + "\r\n"), StartsWith("4\r\n"));
  }
  client.send("0\r\n\r\n");
  EXPECT_EQ(client.read_bytes(5), "0\r\n\r\n");
}

TEST(Proxied, ContinueIsSaidWhenTheUpstreamWantsTheBody) {
  Behind behind([](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    co_await peer.write("HTTP/1.1 100 Continue\r\n\r\n");
    (void)co_await peer.read(3);
    co_await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  Front front(behind.endpoint());
  Client client(front.port());
  client.send("POST / HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 100 "));
  client.send("abc");
  EXPECT_THAT(client.read_until("\r\n\r\nok"), StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace doorward::gateway
