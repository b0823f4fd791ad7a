// WebSockets through the proxy, between real sockets.
#include "gateway/proxying/front_double.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

namespace doorward::gateway {
namespace {

using edge::FakePeer;
using edge::Task;
using edge::test::Client;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kUpgrade =
    "GET /ws HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
constexpr std::string_view kSwitch =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

TEST(Tunnels, CarryBytesBothWaysAndEndEachDirectionAlone) {
  Behind behind([](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    const std::string switched = std::string(kSwitch) + "hello";
    co_await peer.write(switched);
    const std::string asked = co_await peer.read(1'000);  // to the visitor's end
    const std::string answer = "you said " + asked;
    co_await peer.write(answer);
    peer.shutdown_write();
  });
  Front front(behind.endpoint());
  Client client(front.port());
  client.send(std::string(kUpgrade) + "early ");
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(head, HasSubstr("Upgrade: websocket\r\n"));
  EXPECT_EQ(client.read_bytes(5), "hello");
  client.send("and late");
  client.shutdown();
  EXPECT_EQ(client.read_all(), "you said early and late");
}

TEST(Tunnels, EndWithEitherSide) {
  Behind behind([](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    co_await peer.write(kSwitch);
    (void)co_await peer.read(3);
    peer.abort();
  });
  Front front(behind.endpoint());
  Client client(front.port());
  client.send(kUpgrade);
  client.read_until("\r\n\r\n");
  client.send("bye");
  EXPECT_EQ(client.read_all(), "");
  EXPECT_FALSE(client.timed_out());
}

TEST(Tunnels, ARefusedUpgradeIsAnAnswerLikeAnyOther) {
  Behind behind([](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    co_await peer.write("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
  });
  Front front(behind.endpoint());
  Client client(front.port());
  client.send(kUpgrade);
  EXPECT_THAT(client.read_until("\r\n\r\nno"), StartsWith("HTTP/1.1 403 "));
}

// Counts the uses, and ends the session at the third.
class Watched : public Filter {
 public:
  class Watch : public edge::Watch {
   public:
    explicit Watch(std::atomic<int>& uses) : uses_(uses) {}
    Millis interval() const override { return Millis(20); }
    bool look() override { return ++uses_ < 3; }

   private:
    std::atomic<int>& uses_;
  };
  std::string_view name() const override { return "watched"; }
  Task<Verdict> run(Context& context) override {
    context.watches.push_back(std::make_unique<Watch>(uses));
    context.session = context.watches.back().get();
    co_return Verdict::pass;
  }
  std::string explain(const route::Route&) const override { return ""; }
  std::atomic<int> uses{0};
};

TEST(Tunnels, AreWatchedAndCloseWhenTheSessionIsOver) {
  Behind behind([](FakePeer& peer, std::size_t) -> Task<> {
    (void)co_await peer.head();
    co_await peer.write(kSwitch);
    (void)co_await peer.read(1'000);
  });
  const auto watched = std::make_shared<Watched>();
  Front front(behind.endpoint(), watched);
  Client client(front.port());
  client.send(kUpgrade);
  client.read_until("\r\n\r\n");
  EXPECT_EQ(client.read_all(), "");
  EXPECT_FALSE(client.timed_out());
  EXPECT_GE(watched->uses, 3);
}

}  // namespace
}  // namespace doorward::gateway
