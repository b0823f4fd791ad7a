// The proxy between real sockets: our server before nginx, and before an upstream that misbehaves.
#include "edge/server.hpp"
#include "edge/test_client.hpp"
#include "edge/upstream/fake_upstream.hpp"
#include "gateway/pipeline.hpp"
#include "gateway/proxy.hpp"
#include "gateway/proxying/nginx_double.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <fstream>
#include <future>
#include <thread>

namespace doorward::gateway {
namespace {

namespace asio = boost::asio;
using edge::FakePeer;
using edge::FakeUpstream;
using edge::Task;
using edge::test::Client;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kLarge = 64U << 20;
constexpr bool kMemoryIsOurs = false;
#else
constexpr std::uint64_t kLarge = 1U << 30;
constexpr bool kMemoryIsOurs = true;
#endif
constexpr std::size_t kPiece = 64U << 10;

// Our server with one route to `endpoint`.
class Front {
 public:
  explicit Front(const edge::Endpoint& endpoint, std::shared_ptr<Filter> before = nullptr) {
    edge::UpstreamLimits limits;
    limits.connect = limits.wait = Millis(5'000);
    ProxyTargets targets;
    targets["u"] = {std::make_shared<edge::Upstream>("u", std::vector{endpoint}, limits), true};
    route::Route route;
    route.name = "all";
    route.match.paths = {"/**"};
    route.upstream = "u";
    PipelineParts parts;
    parts.routes = route::RouteTable({route});
    if (before) parts.filters.push_back(before);
    parts.filters.push_back(std::make_shared<Proxy>(std::move(targets), ProxyOptions()));
    pipeline_ = std::make_unique<Pipeline>(std::move(parts));
    running_ = std::make_unique<edge::test::RunningServer>(
        edge::test::patient_options(),
        [this](edge::Exchange& exchange) { return pipeline_->handle(exchange); });
  }
  std::uint16_t port() const { return running_->port(); }

 private:
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<edge::test::RunningServer> running_;
};

// A scripted upstream on a thread of its own.
class Behind {
 public:
  explicit Behind(FakeUpstream::Script script)
      : fake_(loop_, std::move(script)), thread_([this] { loop_.run(); }) {}
  ~Behind() {
    loop_.stop();
    thread_.join();
  }
  const edge::Endpoint& endpoint() const { return fake_.endpoint(); }

 private:
  asio::io_context loop_{1};
  FakeUpstream fake_;
  std::thread thread_;
};

std::string get(std::string_view path, std::string_view fields = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: shop\r\n" + std::string(fields) + "\r\n";
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + i * 7 % 26);
  return bytes;
}

class BeforeNginx : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    nginx_ = new NginxDouble(
        "location /put/ { dav_methods PUT; create_full_put_path on; }\n"
        "location /ssi/ { ssi on; ssi_types *; alias www/; }\n"
        "location /close { keepalive_timeout 0; return 200 bye; }\n"
        "location /head { add_header X-A 1; return 200 hello; }\n"
        "location /echo { add_header X-Host $http_host; add_header X-For $http_x_forwarded_for;\n"
        "  return 200 $request_uri; }\n");
    std::ofstream(nginx_->root() / "large") << pattern(5'000'000);
    std::ofstream(nginx_->root() / "empty");
    front_ = new Front(nginx_->endpoint());
  }
  static void TearDownTestSuite() {
    delete front_;
    delete nginx_;
  }
  static NginxDouble* nginx_;
  static Front* front_;
};
NginxDouble* BeforeNginx::nginx_ = nullptr;
Front* BeforeNginx::front_ = nullptr;

TEST_F(BeforeNginx, LargeFilesArriveWholeOnOneConnection) {
  Client client(front_->port());
  for (int i = 0; i < 2; ++i) {
    client.send(get("/large"));
    EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Content-Length: 5000000\r\n"));
    EXPECT_TRUE(client.read_bytes(5'000'000) == pattern(5'000'000));
  }
}

TEST_F(BeforeNginx, ChunkedAnswersArriveWhole) {
  Client client(front_->port());
  client.send(get("/ssi/large", "Connection: close\r\n"));
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  std::string body;
  for (;;) {
    const std::size_t size = std::stoul(client.read_until("\r\n"), nullptr, 16);
    body += client.read_bytes(size);
    client.read_bytes(2);
    if (size == 0) break;
  }
  EXPECT_TRUE(body == pattern(5'000'000));
}

TEST_F(BeforeNginx, RangesHeadAndNotModifiedKeepTheirForm) {
  Client client(front_->port());
  client.send(get("/large", "Range: bytes=26-30\r\n"));
  const std::string partial = client.read_until("\r\n\r\n");
  EXPECT_THAT(partial, StartsWith("HTTP/1.1 206 "));
  EXPECT_THAT(partial, HasSubstr("Content-Range: bytes 26-30/5000000\r\n"));
  EXPECT_EQ(client.read_bytes(5), pattern(31).substr(26));

  client.send("HEAD /large HTTP/1.1\r\nHost: shop\r\n\r\n");
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Length: 5000000\r\n"));
  const std::size_t at = head.find("ETag: ") + 6;
  const std::string etag = head.substr(at, head.find("\r\n", at) - at);

  client.send(get("/large", "If-None-Match: " + etag + "\r\n"));
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 304 "));
  client.send(get("/empty"));
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Content-Length: 0\r\n"));
  client.send(get("/none"));
  EXPECT_THAT(client.read_until("</html>"), StartsWith("HTTP/1.1 404 "));
}

TEST_F(BeforeNginx, UploadsArriveWholeInEitherFraming) {
  const std::string body = pattern(3'000'000);
  Client client(front_->port());
  client.send("PUT /put/length HTTP/1.1\r\nHost: shop\r\nContent-Length: 3000000\r\n\r\n" + body);
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 201 "));
  client.send("PUT /put/chunked HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (std::size_t at = 0; at < body.size(); at += 30'000)
    client.send("7530\r\n" + body.substr(at, 30'000) + "\r\n");
  client.send("0\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 201 "));
  for (const char* name : {"length", "chunked"}) {
    std::ifstream file(nginx_->root() / "put" / name);
    EXPECT_TRUE(std::string(std::istreambuf_iterator<char>(file), {}) == body) << name;
  }
}

TEST_F(BeforeNginx, AnUpstreamThatClosesEachTimeIsNoHindrance) {
  Client client(front_->port());
  for (int i = 0; i < 5; ++i) {
    client.send(get("/close"));
    EXPECT_THAT(client.read_until("bye"), Not(HasSubstr("Connection: close")));
  }
}

TEST_F(BeforeNginx, TheTargetAndWhoAskedArriveAsTheyWere) {
  Client client(front_->port());
  client.send(get("/echo/%7Ea?b=%20;c", "X-Forwarded-For: 6.6.6.6\r\n"));
  const std::string answer = client.read_until("%20;c");
  EXPECT_THAT(answer, EndsWith("/echo/%7Ea?b=%20;c"));
  EXPECT_THAT(answer, HasSubstr("X-Host: shop\r\n"));
  EXPECT_THAT(answer, HasSubstr("X-For: 127.0.0.1\r\n"));
}

TEST_F(BeforeNginx, PipelinedRequestsAreAnsweredInOrder) {
  Client client(front_->port());
  client.send(get("/echo/1") + get("/echo/2") + get("/echo/3", "Connection: close\r\n"));
  const std::string all = client.read_all();
  EXPECT_LT(all.find("\r\n\r\n/echo/1"), all.find("\r\n\r\n/echo/2"));
  EXPECT_THAT(all, EndsWith("/echo/3"));
}

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
  class Watch : public TunnelWatch {
   public:
    explicit Watch(std::atomic<int>& uses) : uses_(uses) {}
    Millis interval() const override { return Millis(20); }
    Task<bool> used() override { co_return ++uses_ < 3; }

   private:
    std::atomic<int>& uses_;
  };
  std::string_view name() const override { return "watched"; }
  Task<Verdict> run(Context& context) override {
    context.tunnel_watch = std::make_unique<Watch>(uses);
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
  const std::string piece(kPiece, 'x');
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
