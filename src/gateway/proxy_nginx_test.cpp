// The proxy before a real nginx.
#include "edge/upstream/nginx_double.hpp"
#include "gateway/proxying/front_double.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace doorward::gateway {
namespace {

using edge::test::Client;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + i * 7 % 26);
  return bytes;
}

class BeforeNginx : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    nginx_ = std::make_unique<edge::NginxDouble>(
        "location /put/ { dav_methods PUT; create_full_put_path on; }\n"
        "location /ssi/ { ssi on; ssi_types *; alias www/; }\n"
        "location /close { keepalive_timeout 0; return 200 bye; }\n"
        "location /head { add_header X-A 1; return 200 hello; }\n"
        "location /echo { add_header X-Host $http_host; add_header X-For $http_x_forwarded_for;\n"
        "  return 200 $request_uri; }\n");
    std::ofstream(nginx_->root() / "large") << pattern(5'000'000);
    std::ofstream(nginx_->root() / "empty");
    front_ = std::make_unique<Front>(nginx_->endpoint());
  }
  static void TearDownTestSuite() {
    front_.reset();
    nginx_.reset();
  }
  static std::unique_ptr<edge::NginxDouble> nginx_;
  static std::unique_ptr<Front> front_;
};
std::unique_ptr<edge::NginxDouble> BeforeNginx::nginx_;
std::unique_ptr<Front> BeforeNginx::front_;

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

}  // namespace
}  // namespace doorward::gateway
