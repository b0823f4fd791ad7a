#include "edge/parking.hpp"

#include "edge/server_test_support.hpp"
#include "wire/websocket/frame.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace doorward::edge {
namespace {

using test::Client;
using test::patient_options;
using test::quick_options;
using test::RunningServer;
using testing::HasSubstr;
using testing::StartsWith;

// Counts what it is asked, and sends what it was told to.
class Source final : public StreamSource {
 public:
  Next render(ParkedStream& stream, StreamKind kind, std::string& out) override {
    const std::lock_guard lock(mutex_);
    const std::string text = "render " + std::to_string(stream.memo++) + padding;
    if (kind == StreamKind::websocket) {
      wire::websocket::append_frame(out, wire::websocket::Opcode::text, text);
    } else {
      out.append("data: ").append(text).append("\n\n");
    }
    ++renders_;
    changed_.notify_all();
    return {again_in, end_at != 0 && stream.memo == end_at};
  }
  Heard message(ParkedStream& stream, std::string_view text, std::string& out) override {
    if (text == "out") {
      wire::websocket::append_close(out, 4001, "out");
      return Heard::closed;
    }
    if (text.starts_with("I am ")) stream.key = std::stoull(std::string(text.substr(5)));
    wire::websocket::append_frame(out, wire::websocket::Opcode::text, "got " + std::string(text));
    return text == "bye" ? Heard::close : Heard::go_on;
  }
  std::uint16_t refuse(ParkedStream& stream, std::uint16_t usual, std::string& reason) override {
    if (stream.key != 99) return usual;
    reason = "no text";
    return 4001;
  }
  void gone(const ParkedStream& stream) override {
    const std::lock_guard lock(mutex_);
    gone_.push_back(stream.key);
    changed_.notify_all();
  }

  std::vector<std::uint64_t> wait_for_gone(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(60), [&] { return gone_.size() >= count; });
    return gone_;
  }
  std::size_t renders() {
    const std::lock_guard lock(mutex_);
    return renders_;
  }

  Millis again_in{0};
  std::uint64_t end_at = 0;
  std::string padding;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t renders_ = 0;
  std::vector<std::uint64_t> gone_;
};

// Parks by the path: /events/KEY or /socket/KEY.
Task<> park(Exchange& exchange) {
  const std::string& path = exchange.request().path;
  ParkedStream stream;
  stream.key = std::stoull(path.substr(path.rfind('/') + 1));
  wire::ResponseHead head;
  if (path.starts_with("/events")) {
    co_await exchange.park_event_stream(stream, head);
  } else {
    co_await exchange.park_websocket(stream, head);
  }
}

std::string events(std::uint64_t key) {
  return "GET /events/" + std::to_string(key) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

std::string socket_request(std::uint64_t key) {
  return "GET /socket/" + std::to_string(key) +
         " HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

// A masked frame of less than 126 bytes; the mask is zero, so the payload is to be read.
std::string frame(unsigned first, std::string_view payload) {
  std::string out{static_cast<char>(first), static_cast<char>(0x80 | payload.size())};
  out.append(4, '\0').append(payload);
  return out;
}

TEST(Parking, SendsAnEventStreamOnWakingOnly) {
  Source source;
  RunningServer running(patient_options(), park, &source);
  Client client(running.port());
  client.send(events(7));
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_EQ(client.read_until("\n\n"), "data: render 0\n\n");
  const std::uint64_t keys[] = {7, 8};
  running.server.wake(keys);
  EXPECT_EQ(client.read_until("\n\n"), "data: render 1\n\n");
  EXPECT_EQ(source.renders(), 2u);
  EXPECT_EQ(running.server.stats().parked_event_streams, 1u);
}

TEST(Parking, WakesEveryTabOfAKey) {
  Source source;
  RunningServer running(patient_options(), park, &source);
  std::vector<std::unique_ptr<Client>> tabs;
  for (int i = 0; i < 5; ++i) {
    tabs.push_back(std::make_unique<Client>(running.port()));
    tabs.back()->send(events(i == 2 ? 8 : 7));
    tabs.back()->read_until("render 0\n\n");
  }
  tabs[0]->close();
  source.wait_for_gone(1);
  const std::uint64_t keys[] = {7};
  running.server.wake(keys);
  for (const int i : {1, 3, 4}) EXPECT_EQ(tabs[i]->read_until("\n\n"), "data: render 1\n\n") << i;
  EXPECT_EQ(source.renders(), 8u);
}

TEST(Parking, AsksAgainAfterTheTimeTheSourceGave) {
  Source source;
  source.again_in = Millis(50);
  source.end_at = 3;
  RunningServer running(patient_options(), park, &source);
  Client client(running.port());
  client.send(events(7));
  EXPECT_THAT(client.read_all(), HasSubstr("render 0\n\ndata: render 1\n\ndata: render 2\n\n"));
  client.close();
  EXPECT_THAT(source.wait_for_gone(1), testing::ElementsAre(7));
}

TEST(Parking, NoticesAHangUp) {
  Source source;
  RunningServer running(patient_options(), park, &source);
  Client one(running.port());
  one.send(events(1));
  one.read_until("render 0\n\n");
  Client two(running.port());
  two.send(socket_request(2));
  two.read_until("render 0");
  EXPECT_EQ(running.server.stats().connections, 2u);
  one.close();
  EXPECT_THAT(source.wait_for_gone(1), testing::ElementsAre(1));
  two.close();
  EXPECT_THAT(source.wait_for_gone(2), testing::ElementsAre(1, 2));
  EXPECT_EQ(running.server.stats().connections, 0u);
}

TEST(Parking, KeepsNoMoreThanItsBoundForAPeerThatDoesNotRead) {
  Source source;
  source.padding = std::string(60'000, 'x');
  ServerOptions options = quick_options();
  RunningServer running(options, park, &source);
  Client client(running.port(), 4'096);
  client.send(events(7));
  client.read_until("render 0");
  // Each waking fills the kernel's buffers a little more, until the peer's deadline cuts it.
  const std::uint64_t keys[] = {7};
  while (running.server.stats().parked_event_streams != 0) running.server.wake(keys);
  EXPECT_THAT(source.wait_for_gone(1), testing::ElementsAre(7));
  EXPECT_LT(source.renders(), 500u) << "a stream that waits to send is not rendered";
  EXPECT_EQ(running.server.stats().deadlines, 1u);
}

TEST(Parking, TalksWebSocket) {
  Source source;
  RunningServer running(patient_options(), park, &source);
  Client client(running.port());
  client.send(socket_request(7) + frame(0x81, "early"));
  EXPECT_THAT(client.read_until("\r\n\r\n"),
              HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  EXPECT_EQ(client.read_bytes(10), "\x81\x08render 0");
  EXPECT_EQ(client.read_bytes(11), "\x81\x09got early");
  // A message in fragments, byte by byte, with a ping between.
  for (const char c : frame(0x01, "la") + frame(0x89, "p") + frame(0x80, "te"))
    client.send({&c, 1});
  EXPECT_EQ(client.read_bytes(3), "\x8a\x01p");
  EXPECT_EQ(client.read_bytes(10), "\x81\x08got late");
  client.send(frame(0x88, "\x03\xe8"));
  EXPECT_EQ(client.read_all(), "\x88\x02\x03\xe8");
  client.close();
  EXPECT_THAT(source.wait_for_gone(1), testing::ElementsAre(7));
}

TEST(Parking, ClosesAWebSocketWithTheReason) {
  Source source;
  RunningServer running(patient_options(), park, &source);
  const std::pair<std::string, std::string> cases[] = {
      {frame(0x81, "bye"), "\x81\x07got bye\x88\x02\x03\xe8"},
      {frame(0x82, "x"), "\x88\x02\x03\xeb"},
      {frame(0x83, "x"), "\x88\x02\x03\xea"},
      {frame(0x81, "\xff"), "\x88\x02\x03\xef"},
      {std::string("\x81\xfe\x10\x01\0\0\0\0", 8), "\x88\x02\x03\xf1"},  // 4,097 bytes
  };
  for (const auto& [bytes, expected] : cases) {
    Client client(running.port());
    client.send(socket_request(7) + bytes);
    client.read_until("render 0");
    EXPECT_EQ(client.read_all(), expected);
  }
}

TEST(Parking, TheSourceMaySayTheClose) {
  Source source;
  RunningServer running(patient_options(), park, &source);
  const std::pair<std::string, std::string> cases[] = {
      {frame(0x81, "out"), "\x88\x05\x0f\xa1out"},
      {frame(0x82, "x"), "\x88\x09\x0f\xa1no text"},
      {frame(0x81, "\xff"), "\x88\x09\x0f\xa1no text"},
      {std::string("\x81\xfe\x10\x01\0\0\0\0", 8), "\x88\x09\x0f\xa1no text"},
      {frame(0x83, "x"), "\x88\x02\x03\xea"},  // a broken protocol is nobody else's to name
  };
  for (const auto& [bytes, expected] : cases) {
    Client client(running.port());
    client.send(socket_request(99) + bytes);
    client.read_until("render 0");
    EXPECT_EQ(client.read_all(), expected);
  }
}

TEST(Parking, APeersMessageMayTellWhoseSocketItIs) {
  Source source;
  RunningServer running(patient_options(), park, &source);
  Client other(running.port());
  other.send(socket_request(7));
  other.read_until("render 0");
  Client client(running.port());
  client.send(socket_request(7) + frame(0x81, "I am 9"));
  client.read_until("got I am 9");
  EXPECT_EQ(client.read_bytes(10), "\x81\x08render 1");
  const std::uint64_t seven[] = {7};
  const std::uint64_t nine[] = {9};
  running.server.wake(nine);
  EXPECT_EQ(client.read_bytes(10), "\x81\x08render 2");
  running.server.wake(seven);
  EXPECT_EQ(other.read_bytes(10), "\x81\x08render 1");
  EXPECT_EQ(source.renders(), 5u);
  client.close();
  EXPECT_THAT(source.wait_for_gone(1), testing::ElementsAre(9));
}

TEST(Parking, RefusesAHandshakeOfAnotherVersion) {
  Source source;
  RunningServer running(patient_options(), park, &source);
  Client client(running.port());
  std::string request = socket_request(7);
  request.replace(request.find("Version: 13"), 11, "Version: 12");
  client.send(request);
  const std::string answer = client.read_until("\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 426 "));
  EXPECT_THAT(answer, HasSubstr("Sec-WebSocket-Version: 13\r\n"));
}

TEST(Parking, EndsEverythingOnADrain) {
  Source source;
  RunningServer running(patient_options(), park, &source);
  Client stream(running.port());
  stream.send(events(1));
  stream.read_until("render 0\n\n");
  Client socket(running.port());
  socket.send(socket_request(2));
  socket.read_until("render 0");
  auto drained =
      std::async(std::launch::async, [&] { return running.server.drain(Millis(20'000)); });
  EXPECT_EQ(stream.read_all(), "");
  stream.close();
  EXPECT_EQ(socket.read_bytes(4), "\x88\x02\x03\xe9") << "going away";
  socket.send(frame(0x88, "\x03\xe9"));
  EXPECT_EQ(socket.read_all(), "");
  socket.close();
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(source.wait_for_gone(2).size(), 2u);
}

TEST(Parking, WakesThousandsInSlices) {
  Source source;
  RunningServer running(patient_options(), park, &source);
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < 400; ++i) {
    clients.push_back(std::make_unique<Client>(running.port()));
    clients.back()->send(events(i));
    keys.push_back(i);
  }
  for (auto& client : clients) client->read_until("render 0\n\n");
  running.server.wake(keys);
  for (auto& client : clients) EXPECT_EQ(client->read_until("\n\n"), "data: render 1\n\n");
}

}  // namespace
}  // namespace doorward::edge
