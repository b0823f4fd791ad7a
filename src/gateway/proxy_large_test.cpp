// Bodies far larger than what the proxy keeps.
#include "gateway/proxying/front_double.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <future>

namespace doorward::gateway {
namespace {

using edge::FakePeer;
using edge::Task;
using edge::test::Client;
using testing::StartsWith;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kLarge = 64U << 20;
constexpr bool kMemoryIsOurs = false;
#else
constexpr std::uint64_t kLarge = 1U << 30;
constexpr bool kMemoryIsOurs = true;
#endif
constexpr std::size_t kPiece = 64U << 10;

long peak_rss_kb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// Front, upstream and visitor live in this process, so its peak bounds what the proxy keeps.
void expect_small_growth(long before_kb) {
  if (!kMemoryIsOurs) return;
  EXPECT_LT(peak_rss_kb() - before_kb, 8 << 10);
}

TEST(LargeBodies, AreNotKeptOnTheWayToTheVisitor) {
  Behind behind([](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    const std::string piece(kPiece, 'x');
    const std::string head =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kLarge) + "\r\n\r\n";
    co_await peer.write(head);
    for (std::uint64_t sent = 0; sent < kLarge; sent += kPiece) co_await peer.write(piece);
  });
  Front front(behind.endpoint());
  Client client(front.port());
  client.send(get("/"));
  client.read_until("\r\n\r\n");
  client.read_bytes(kPiece);
  const long before = peak_rss_kb();
  std::uint64_t read = kPiece;
  while (read < kLarge) {
    const std::size_t size = client.read_bytes(kPiece).size();
    if (size == 0) break;
    read += size;
  }
  EXPECT_EQ(read, kLarge);
  expect_small_growth(before);
}

TEST(LargeBodies, AreNotKeptOnTheWayToTheUpstream) {
  std::promise<std::uint64_t> received;
  Behind behind([&](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    std::uint64_t read = 0;
    while (read < kLarge) {
      const std::size_t size = (co_await peer.read(kPiece)).size();
      if (size == 0) break;
      read += size;
    }
    received.set_value(read);
    co_await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  Front front(behind.endpoint());
  Client client(front.port());
  client.send("POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: " + std::to_string(kLarge) +
              "\r\n\r\n");
  const std::string piece(kPiece, 'x');
  client.send(piece);
  const long before = peak_rss_kb();
  for (std::uint64_t sent = kPiece; sent < kLarge; sent += kPiece) client.send(piece);
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(received.get_future().get(), kLarge);
  expect_small_growth(before);
}

}  // namespace
}  // namespace doorward::gateway
