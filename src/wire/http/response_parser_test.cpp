#include "wire/http/parser.hpp"
#include "wire/http/parser_test_feed.hpp"

#include <gtest/gtest.h>

#include <string>

namespace doorward::wire {
namespace {

TEST(ResponseParser, ReadsBodiesByEveryFraming) {
  const std::pair<std::string, std::string> cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi"},
      {"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: y\r\n\r\n",
       "hi[X: y]"},
      {"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", "hi"},
      {"HTTP/1.1 204 No Content\r\n\r\n", ""},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", ""},
      {"HTTP/1.1 100 Continue\r\n\r\n", ""},
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", ""},
  };
  for (const auto& [input, expected] : cases) {
    for (std::size_t first = 0; first <= input.size(); ++first) {
      ResponseHead head;
      const Limits limits;
      ResponseParser parser(limits, head);
      parser.reset(false);
      EXPECT_EQ(test::feed(parser, input, first).text(), expected) << input << first;
    }
  }
}

TEST(ResponseParser, KnowsWhenTheBodyEndsWithTheConnection) {
  ResponseHead head;
  const Limits limits;
  ResponseParser parser(limits, head);
  parser.reset(false);
  const auto transcript = test::feed(parser, "HTTP/1.1 200 OK\r\n\r\nabc", 4);
  EXPECT_EQ(transcript.body, "abc");
  EXPECT_FALSE(parser.keep_alive());
  EXPECT_TRUE(parser.finish());

  parser.reset(false);
  test::feed(parser, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 4);
  EXPECT_TRUE(parser.keep_alive());
  EXPECT_FALSE(parser.finish());

  parser.reset(false);
  test::feed(parser, "HTTP/1.1 200", 4);
  EXPECT_FALSE(parser.finish());
}

TEST(ResponseParser, ExpectsNoBodyAfterHead) {
  ResponseHead head;
  const Limits limits;
  ResponseParser parser(limits, head);
  parser.reset(true);
  EXPECT_EQ(test::feed(parser, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 0).text(), "");
  EXPECT_EQ(head.fields.find("content-length"), "9");
  EXPECT_TRUE(parser.keep_alive());
}

TEST(ResponseParser, RefusesDoubtfulFraming) {
  for (const std::string_view input : {
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
           "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
           "HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
           "HTTP/1.1 20 OK\r\n\r\n",
           "HTTP/1.1 099 OK\r\n\r\n",
           "HTTP/2.0 200 OK\r\n\r\n",
           "ICY 200 OK\r\n\r\n",
           "HTTP/1.1 2000\r\n\r\n",
           "HTTP/1.1 20\r\n\r\n",
           "H\r\n\r\n",
           "HTTP/1.1\r\n\r\n",
           "HTTP/1.1 200 OK\nX: a\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
       }) {
    ResponseHead head;
    const Limits limits;
    ResponseParser parser(limits, head);
    parser.reset(false);
    EXPECT_EQ(test::feed(parser, input, 0).text(), "error") << input;
    EXPECT_EQ(parser.error().status, 502u) << input;
  }
}

}  // namespace
}  // namespace doorward::wire
