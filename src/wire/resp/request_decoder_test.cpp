#include "wire/resp/request_decoder.hpp"

#include "wire/resp/reply.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace doorward::wire::resp {
namespace {

using namespace std::string_literals;
using Words = std::vector<std::string>;

struct Read {
  std::vector<Words> requests;
  std::string error;
  std::string rest;
};

Read read(std::string_view bytes, std::size_t step, RequestLimits limits = {}) {
  RequestDecoder decoder(limits);
  Read out;
  while (!bytes.empty()) {
    out.rest += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    for (;;) {
      const Parsed parsed = decoder.next(out.rest);
      const auto arguments = decoder.arguments();
      if (parsed.event == Event::request)
        out.requests.emplace_back(arguments.begin(), arguments.end());
      if (parsed.event == Event::error) {
        out.error = decoder.error();
        return out;
      }
      out.rest.erase(0, parsed.consumed);
      if (parsed.event == Event::need_more) break;
    }
  }
  return out;
}

struct Row {
  std::string bytes;
  std::vector<Words> requests;
  std::string error;
};

void expect(const Row& row, RequestLimits limits = {}) {
  for (const std::size_t step : {1U, 2U, 3U, 7U, 100'000U}) {
    const Read got = read(row.bytes, step, limits);
    EXPECT_EQ(got.requests, row.requests) << row.bytes << " by " << step;
    EXPECT_EQ(got.error, row.error) << row.bytes << " by " << step;
  }
}

TEST(RequestDecoder, ReadsArraysHoweverTheBytesArrive) {
  const std::vector<Row> rows = {
      {"*1\r\n$4\r\nPING\r\n", {{"PING"}}, ""},
      {"*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", {{"ECHO", ""}}, ""},
      {"*2\r\n$3\r\nGET\r\n$4\r\n\r\n$1\r\n", {{"GET", "\r\n$1"}}, ""},
      {"*1\r\n$2\r\n\0\xff\r\n"s, {{"\0\xff"s}}, ""},
      {"*1\r\n$1\r\na\r\n*1\r\n$1\r\nb\r\n", {{"a"}, {"b"}}, ""},
      {"*0\r\n*-1\r\n\r\n\n*1\r\n$1\r\na\r\n", {{"a"}}, ""},
      {"*1\r\n$1\r\na\r\nPING\r\n", {{"a"}, {"PING"}}, ""},
      {"*1\r\n$4\r\nPIN", {}, ""},
      {"*", {}, ""},
  };
  for (const Row& row : rows) expect(row);
}

TEST(RequestDecoder, ReadsInlineCommandsAsRedisDoes) {
  const std::vector<Row> rows = {
      {"PING\r\n", {{"PING"}}, ""},
      {"PING\n", {{"PING"}}, ""},
      {"  get\tkey \r\n", {{"get", "key"}}, ""},
      {"set a \"b c\"\r\n", {{"set", "a", "b c"}}, ""},
      {R"(set a "\x41\n\"\q")"
       "\r\n",
       {{"set", "a", "A\n\"q"}},
       ""},
      {R"(set a 'it\'s \n')"
       "\n",
       {{"set", "a", "it's \\n"}},
       ""},
      {"set a \"\"\n", {{"set", "a", ""}}, ""},
      {"a\nb\n", {{"a"}, {"b"}}, ""},
      {"set \"a\"b\n", {}, "Protocol error: unbalanced quotes in request"},
      {"set \"a\n", {}, "Protocol error: unbalanced quotes in request"},
      {"set 'a\n", {}, "Protocol error: unbalanced quotes in request"},
      {"set \"a\\\n", {}, "Protocol error: unbalanced quotes in request"},
  };
  for (const Row& row : rows) expect(row);
}

TEST(RequestDecoder, RefusesWhatIsNotARequestWithTheAnswerOfRedis) {
  const std::string mbulk = "Protocol error: invalid multibulk length";
  const std::string bulk = "Protocol error: invalid bulk length";
  const std::string line = "Protocol error: a line of an array must end in CRLF";
  const std::vector<Row> rows = {
      {"*a\r\n", {}, mbulk},
      {"*\r\n", {}, mbulk},
      {"*01\r\n", {}, mbulk},
      {"*+1\r\n", {}, mbulk},
      {"* 1\r\n", {}, mbulk},
      {"*-0\r\n", {}, mbulk},
      {"*65\r\n", {}, mbulk},
      {"*2147483648\r\n", {}, mbulk},
      {"*99999999999999999999\r\n", {}, mbulk},
      {"*1111111111111111111111111", {}, "Protocol error: too big mbulk count string"},
      {"*1\n$1\r\na\r\n", {}, line},
      {"*1\r$1\r\n", {}, line},
      {"*1\r\n+OK\r\n", {}, "Protocol error: expected '$', got '+'"},
      {"*1\r\n*1\r\n$1\r\na\r\n", {}, "Protocol error: expected '$', got '*'"},
      {"*1\r\n:1\r\n", {}, "Protocol error: expected '$', got ':'"},
      {"*1\r\n\r\n", {}, "Protocol error: expected '$', got '\r'"},
      {"*1\r\n$-1\r\n", {}, bulk},
      {"*1\r\n$\r\n", {}, bulk},
      {"*1\r\n$1x\r\n", {}, bulk},
      {"*1\r\n$16385\r\n", {}, bulk},
      {"*1\r\n$18446744073709551616\r\n", {}, bulk},
      {"*1\r\n$1\na\r\n", {}, line},
      {"*1\r\n$1111111111111111111111111", {}, "Protocol error: too big bulk count string"},
      {"*1\r\n$1\r\nab\r\n", {}, "Protocol error: a bulk string must end in CRLF"},
      {"*1\r\n$1\r\na\rb", {}, "Protocol error: a bulk string must end in CRLF"},
      {"*1\r\n$1\r\na\r\n*x\r\n", {{"a"}}, mbulk},
  };
  for (const Row& row : rows) expect(row);
}

TEST(RequestDecoder, HoldsARequestToItsBounds) {
  const RequestLimits limits{.arguments = 2, .argument_bytes = 10, .request_bytes = 30};
  const std::string ten(10, 'x');
  const std::vector<Row> rows = {
      {"*1\r\n$10\r\n" + ten + "\r\n", {{ten}}, ""},
      {"*1\r\n$11\r\n", {}, "Protocol error: invalid bulk length"},
      {"*3\r\n", {}, "Protocol error: invalid multibulk length"},
      // The second argument ends at byte 38.
      {"*2\r\n$10\r\n" + ten + "\r\n$10\r\n", {}, "Protocol error: invalid bulk length"},
      {"a b\n", {{"a", "b"}}, ""},
      {"a b c\n", {}, "Protocol error: too many arguments in an inline request"},
      {std::string(29, 'a') + "\n", {{std::string(29, 'a')}}, ""},
      {std::string(30, 'a') + "\n", {}, "Protocol error: too big inline request"},
  };
  for (const Row& row : rows) expect(row, limits);
}

TEST(RequestDecoder, TouchesNothingBehindARequest) {
  RequestDecoder decoder;
  const std::string two = "*1\r\n$1\r\na\r\n*1\r\n$1\r\nb\r\n";
  EXPECT_EQ(decoder.next(two).consumed, 11U);
  EXPECT_THAT(decoder.arguments(), testing::ElementsAre("a"));
}

TEST(RequestDecoder, StaysOverAfterAnError) {
  RequestDecoder decoder;
  EXPECT_EQ(decoder.next("*x\r\n").event, Event::error);
  EXPECT_EQ(decoder.next("PING\r\n").event, Event::error);
}

TEST(Reply, IsWrittenAsTheProtocolSays) {
  std::string out;
  append_simple(out, "OK");
  append_error(out, "ERR no\r\n+such\tthing");
  append_integer(out, -1);
  append_integer(out, INT64_MIN);
  append_bulk(out, "a\r\nb");
  append_bulk(out, "");
  append_null(out);
  append_array(out, 2);
  append_null3(out);
  append_map3(out, 7);
  EXPECT_EQ(out,
            "+OK\r\n-ERR no  +such thing\r\n:-1\r\n:-9223372036854775808\r\n"
            "$4\r\na\r\nb\r\n$0\r\n\r\n$-1\r\n*2\r\n_\r\n%7\r\n");
}

}  // namespace
}  // namespace doorward::wire::resp
