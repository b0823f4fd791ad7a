#include "wire/http/parser.hpp"
#include "wire/http/parser_test_feed.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace doorward::wire {
namespace {

struct Case {
  std::string input;
  std::string expected;
};

std::string get(std::string_view target, std::string_view fields = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

std::string path_of(std::string_view target) {
  RequestHead head;
  const Limits limits;
  RequestParser parser(limits, head);
  const std::string bytes = get(target);
  const Parsed parsed = parser.next(bytes);
  if (parsed.event != Event::head) return std::to_string(parser.error().status);
  return head.has_query ? head.path + "?" + head.query : head.path;
}

unsigned status_of(std::string_view input, const Limits& limits = {}) {
  RequestHead head;
  RequestParser parser(limits, head);
  parser.reset();
  test::Transcript transcript = test::feed(parser, input, input.size());
  return transcript.ended ? 200 : transcript.failed ? parser.error().status : 0;
}

TEST(RequestParser, ReadsWholeMessages) {
  const Case cases[] = {
      {get("/"), ""},
      {"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "hello"},
      {"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", ""},
      {"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
       "5\r\nhello\r\n6;a=\"b\";c\r\n world\r\n0\r\n\r\n",
       "hello world"},
      {"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n"
       "0000000000000005\r\nhello\r\n0 ; x\r\nX-Sum: 1\r\nContent-Length: 9\r\n\r\n",
       "hello[X-Sum: 1]"},
  };
  for (const Case& c : cases) {
    // Every split in two, and byte by byte: the answer may not depend on how the bytes arrive.
    for (std::size_t first = 0; first <= c.input.size(); ++first) {
      RequestHead head;
      const Limits limits;
      RequestParser parser(limits, head);
      EXPECT_EQ(test::feed(parser, c.input, first).text(), c.expected) << c.input << first;
    }
    RequestHead head;
    const Limits limits;
    RequestParser parser(limits, head);
    EXPECT_EQ(test::feed_bytewise(parser, c.input).text(), c.expected) << c.input;
  }
}

TEST(RequestParser, LeavesTheNextMessageAlone) {
  RequestHead head;
  const Limits limits;
  RequestParser parser(limits, head);
  const std::string one = get("/1");
  const std::string two = "POST /2 HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi";
  std::string bytes = one + two;
  EXPECT_EQ(parser.next(bytes).consumed, one.size());
  EXPECT_TRUE(parser.keep_alive());
  EXPECT_EQ(parser.next(std::string_view(bytes).substr(one.size())).event, Event::end);
  parser.reset();
  EXPECT_FALSE(parser.started());
  EXPECT_EQ(test::feed(parser, two, 3).text(), "hi");
  EXPECT_EQ(head.path, "/2");
  EXPECT_FALSE(parser.keep_alive());
}

TEST(RequestParser, TakesTheAuthorityFromTheTargetBeforeHost) {
  RequestHead head;
  const Limits limits;
  RequestParser parser(limits, head);
  test::feed(parser, get("HTTP://b.example:81?q"), 0);
  EXPECT_EQ(head.authority, "b.example:81");
  EXPECT_EQ(head.path, "/");
  EXPECT_EQ(head.query, "q");
  EXPECT_EQ(head.fields.find("host"), "b.example:81");
}

TEST(RequestParser, SkipsOneEmptyLineBeforeTheRequest) {
  EXPECT_EQ(status_of("\r\n" + get("/")), 200u);
  EXPECT_EQ(status_of("\r\n\r\n" + get("/")), 400u);
  RequestHead head;
  const Limits limits;
  RequestParser parser(limits, head);
  EXPECT_EQ(test::feed_bytewise(parser, "\r\n\r\n" + get("/")).text(), "error")
      << "nor where they come one by one";
}

TEST(RequestParser, ResolvesPathsOrRefusesThem) {
  const std::string a8000 = "/" + std::string(7'980, 'a');
  const std::pair<std::string, std::string> cases[] = {
      {"/a/b", "/a/b"},
      {"/a//b", "/a//b"},
      {"/a?", "/a?"},
      {"/a?b=/../c", "/a?b=/../c"},
      {"/a/./b", "/a/b"},
      {"/a/../b", "/b"},
      {"/a/..", "/"},
      {"/a/b/..", "/a/"},
      {"/a/.", "/a/"},
      {"/a/b/../../c/", "/c/"},
      {"/a/%2e%2E/b", "/b"},
      {"/a/.%2e/b", "/b"},
      {"/a/%2e/b", "/a/b"},
      {"/...", "/..."},
      {"/a/.hidden", "/a/.hidden"},
      {"/a%2Fb%41", "/a%2Fb%41"},
      {"/a;v=1/b", "/a;v=1/b"},
      {"/a|b^c", "/a%7Cb%5Ec"},
      {"/\"<>[]`{}", "/%22%3C%3E%5B%5D%60%7B%7D"},
      {"/a?{\"b\":[1|2]}\\", "/a?%7B%22b%22:%5B1%7C2%5D%7D%5C"},
      {"/!$&'()*+,;=:@-._~?/?", "/!$&'()*+,;=:@-._~?/?"},
      {"/a?\x7f", "400"},
      {a8000, a8000},
      {"/..", "400"},
      {"/../a", "400"},
      {"/%2e%2e/a", "400"},
      {"/a/../../b", "400"},
      {"/a/..%2fb", "400"},
      {"/a/..%5cb", "400"},
      {"/a%2f..", "400"},
      {"/a/..;/b", "400"},
      {"/a/.;x/b", "400"},
      {"/a\\b", "400"},
      {"/a%00", "400"},
      {"/a?b=%00", "400"},
      {"/a%", "400"},
      {"/a%4", "400"},
      {"/a%zz", "400"},
      {"/a#b", "400"},
      {"/\xed\x95\x9c", "400"},
      {"*", "400"},
      {"a", "400"},
      {"a:80", "400"},
      {"ftp://a/", "400"},
      {"http://", "400"},
      {"http://u@b/", "400"},
      {"http:///a", "400"},
  };
  for (const auto& [target, expected] : cases) EXPECT_EQ(path_of(target), expected) << target;
}

TEST(RequestParser, RefusesWhatIsMalformed) {
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  const std::pair<std::string, unsigned> cases[] = {
      {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 200},
      {"GET / HTTP/1.0\r\n\r\n", 200},
      {"GET / HTTP/1.1\r\nhOsT:\ta:80 \r\n\r\n", 200},
      {"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200},
      {"GET / HTTP/1.1\r\nHost: a\r\nX-Empty:\r\n\r\n", 200},
      {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 200},
      // the request line
      {"GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
      {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"GET /\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTX/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\rHost: a\r\n\r\n", 400},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"GET /\t HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      // fields
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\n X: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX y: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: b\x01\r\n\r\n", 400},
      {std::string("GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", 35), 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: b\x7f\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", 417},
      // framing
      {post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400},
      {post + "Content-Length: 1, 1\r\n\r\nx", 400},
      {post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400},
      {post + "Content-Length: +1\r\n\r\nx", 400},
      {post + "Content-Length: -1\r\n\r\nx", 400},
      {post + "Content-Length: 0x1\r\n\r\nx", 400},
      {post + "Content-Length:\r\n\r\nx", 400},
      {post + "Content-Length: 1 1\r\n\r\nx", 400},
      {post + "Content-Length: 18446744073709551616\r\n\r\nx", 400},
      {post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", 400},
      {post + "Transfer-Encoding: gzip\r\n\r\n", 400},
      {post + "Transfer-Encoding: identity\r\n\r\n", 400},
      {post + "Transfer-Encoding:\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked, gzip\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: \x0b"
              "chunked\r\n\r\n0\r\n\r\n",
       400},
      {post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {post + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      // chunks
      {chunked + "1\r\nx\r\n0\r\n\r\n", 200},
      {chunked + "x\r\n", 400},
      {chunked + "\r\n", 400},
      {chunked + "0x1\r\nx\r\n0\r\n\r\n", 400},
      {chunked + "-1\r\nx\r\n0\r\n\r\n", 400},
      {chunked + " 1\r\nx\r\n0\r\n\r\n", 400},
      {chunked + "1 \r\nx\r\n0\r\n\r\n", 400},
      {chunked + "1\nx\r\n0\r\n\r\n", 400},
      {chunked + "1\rx\r\n0\r\n\r\n", 400},
      {chunked + "1\r\nxy\r\n0\r\n\r\n", 400},
      {chunked + "2\r\nx\r\n0\r\n\r\n", 400},
      {chunked + "1\r\nx\n0\r\n\r\n", 400},
      {chunked + "1;a\nb\r\nx\r\n0\r\n\r\n", 400},
      {chunked + "1;\x01\r\nx\r\n0\r\n\r\n", 400},
      {chunked + "10000000000000001\r\nx", 400},
      {chunked + "1;" + std::string(5'000, 'e') + "\r\nx\r\n0\r\n\r\n", 400},
      {chunked + "0\r\nX: 1\n\r\n", 400},
      {chunked + "0\r\nX : 1\r\n\r\n", 400},
      {chunked + "0\r\n X: 1\r\n\r\n", 400},
      {chunked + "0\r\nX: \x01\r\n\r\n", 400},
      {chunked + "0\r\nX: " + std::string(9'000, 't') + "\r\n\r\n", 431},
  };
  for (const auto& [input, expected] : cases) EXPECT_EQ(status_of(input), expected) << input;
}

TEST(RequestParser, HoldsItsLimits) {
  Limits limits;
  limits.body_bytes = 4;
  limits.fields = 3;
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  const std::pair<std::string, unsigned> cases[] = {
      {get("/" + std::string(8'178, 'a')), 200},
      {get("/" + std::string(8'179, 'a')), 414},
      {std::string(9'000, 'a'), 414},
      {get("/", "X: " + std::string(32'768, 'x') + "\r\n"), 431},
      {get("/", "A: 1\r\nB: 2\r\n"), 200},
      {get("/", "A: 1\r\nB: 2\r\nC: 3\r\n"), 431},
      {post + "Content-Length: 4\r\n\r\nabcd", 200},
      {post + "Content-Length: 5\r\n\r\nabcde", 413},
      {chunked + "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", 200},
      {chunked + "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n", 413},
      {chunked + "ffffffffffffffff\r\nab", 413},
      {chunked + "0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", 200},
      {chunked + "0\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n", 431},
  };
  for (const auto& [input, expected] : cases) {
    EXPECT_EQ(status_of(input, limits), expected) << input.substr(0, 80);
  }
}

TEST(RequestParser, SaysWhetherTheClientWaitsForContinueAndKeepsAlive) {
  struct Row {
    std::string fields;
    bool expects, keeps;
  };
  for (const Row& row : {Row{"", false, true}, Row{"Expect: 100-Continue\r\n", true, true},
                         Row{"Connection: x, Close\r\n", false, false}}) {
    RequestHead head;
    const Limits limits;
    RequestParser parser(limits, head);
    parser.next(get("/", row.fields));
    EXPECT_EQ(parser.expects_continue(), row.expects) << row.fields;
    EXPECT_EQ(parser.keep_alive(), row.keeps) << row.fields;
  }
}

}  // namespace
}  // namespace doorward::wire
