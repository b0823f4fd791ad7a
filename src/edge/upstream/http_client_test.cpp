#include "edge/upstream/http_client.hpp"

#include "edge/upstream/upstream_double.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace doorward::edge {
namespace {

namespace asio = boost::asio;
using ports::HttpAnswer;

struct Got {
  Result<HttpAnswer> answer = error(Errc::invalid, "nothing came");
  std::string request;
};

Got get(std::string_view response, std::size_t most_bytes = 1'000) {
  asio::io_context loop{1};
  Got got;
  FakeUpstream fake(loop, [&](FakePeer& peer, std::size_t) -> Task<> {
    got.request = co_await peer.head();
    co_await peer.write(response);
    if (response.empty()) (void)co_await peer.head();
  });
  HttpClient client(loop);
  // Where nothing comes, its end is what is waited for.
  const Millis timeout{response.empty() ? 150 : 30'000};
  client.get({"http://" + fake.endpoint().authority() + "/keys?x=1", timeout, most_bytes},
             [&](Result<HttpAnswer> answer) {
               got.answer = std::move(answer);
               loop.stop();
             });
  loop.run();
  return got;
}

TEST(HttpClient, GetsAPage) {
  const Got got = get("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
  ASSERT_TRUE(got.answer);
  EXPECT_EQ(got.answer->status, 200U);
  EXPECT_EQ(got.answer->body, "abc");
  EXPECT_TRUE(got.request.starts_with("GET /keys?x=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
  const Got chunked =
      get("HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n");
  ASSERT_TRUE(chunked.answer);
  EXPECT_EQ(chunked.answer->status, 404U);
  EXPECT_EQ(chunked.answer->body, "abc");
}

TEST(HttpClient, SaysWhyThereIsNoAnswer) {
  EXPECT_EQ(get("").answer.error().code, Errc::timed_out);
  EXPECT_EQ(get("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 2).answer.error().code,
            Errc::too_large);
  EXPECT_EQ(get("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").answer.error().code,
            Errc::closed);
  EXPECT_EQ(get("SSH-2.0-OpenSSH_9.2\r\n\r\n").answer.error().code, Errc::invalid);
}

}  // namespace
}  // namespace doorward::edge
