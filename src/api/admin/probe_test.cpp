#include "api/api_test_support.hpp"

#include <string>

namespace doorward::api {
namespace {

using Said = TestApi::Said;

constexpr const char* kProbe = "/v1/admin/probe";

// Says what it was asked, and answers as the path wants it.
edge::Task<> visitors(edge::Exchange& exchange) {
  const wire::RequestHead& head = exchange.request();
  if (head.path == "/stream") {
    const edge::ParkedStream stream;
    wire::ResponseHead answer;
    static_cast<void>(co_await exchange.park_event_stream(stream, std::move(answer)));
    co_return;
  }
  const auto body = co_await exchange.read_whole_body(1'000);
  edge::Response answer;
  answer.head.status = head.path == "/refused" ? 429 : 200;
  answer.head.fields.append("RateLimit", "\"a\";r=0;t=7");
  answer.body = head.method + " " + head.target() + " " + std::string(*head.fields.find("Host")) +
                " " + std::string(head.fields.find("X-Client-ID").value_or("-")) + " " + *body;
  if (head.path == "/long") answer.body = std::string(20'000, 'x') + "\xc3";
  if (head.path == "/binary") answer.body = "\xff\xfe";
  if (exchange.peer().admin_listener) answer.body = "on the admin listener";
  static_cast<void>(co_await exchange.respond(std::move(answer)));
}

struct Probe : ::testing::Test {
  TestApi api{{std::string(kAdminToken), [] { return true; }, false, visitors}};
  Said probe(std::string_view body) { return api.admin("POST", kProbe, body); }
};

TEST_F(Probe, ARequestPassesAsAVisitors) {
  const Said said = probe(
      R"({"method":"POST","path":"/a/../buy?x=1","headers":{"X-Client-ID":"ann"},"body":"hello"})");
  ASSERT_EQ(said.status, 200U) << said.body;
  EXPECT_EQ(said.json().at("status").as_int64(), 200);
  EXPECT_EQ(said.text("body"), "POST /buy?x=1 shop.example ann hello");
  EXPECT_EQ(boost::json::serialize(said.json().at("headers")),
            R"([["RateLimit","\"a\";r=0;t=7"]])");
  EXPECT_EQ(probe(R"({"path":"/refused"})").json().at("status").as_int64(), 429);
  EXPECT_EQ(probe(R"({"path":"/","headers":{"Host":"other.example"}})").text("body"),
            "GET / other.example - ");
}

TEST_F(Probe, ALongAnswerIsCutAndABinaryOneLeftOut) {
  const Said said = probe(R"({"path":"/long"})");
  EXPECT_EQ(said.text("body").size(), 16'384U);
  EXPECT_TRUE(said.json().at("cut").as_bool());
  EXPECT_EQ(probe(R"({"path":"/binary"})").text("body"), "");
  EXPECT_FALSE(probe(R"({"path":"/"})").json().at("cut").as_bool());
}

TEST_F(Probe, WhatNoVisitorCouldSendIsRefused) {
  for (const char* body : {
           R"({})",
           R"({"path":"buy"})",
           R"({"path":"http://other.example/"})",
           R"({"path":"/a b"})",
           R"({"path":"/..%2fx"})",
           R"({"path":"/","method":"G T"})",
           R"({"path":"/","method":"CONNECT"})",
           R"({"path":"/","headers":["X"]})",
           R"({"path":"/","headers":{"X Y":"1"}})",
           R"({"path":"/","headers":{"X":"1\r\nY: 2"}})",
           R"({"path":"/","headers":{"X":7}})",
           R"({"path":"/","headers":{"Content_Length":"7"}})",
           R"({"path":"/","headers":{"Upgrade":"websocket"}})",
           R"({"path":"/","headers":{"Host":"a/b"}})",
           R"({"path":"/","body":{}})",
           R"({"path":"/","more":1})",
           R"({"path":"/stream"})",
       }) {
    EXPECT_EQ(probe(body).problem(), "invalid-value") << body;
  }
  EXPECT_EQ(api.call("POST", kProbe, {}, R"({"path":"/"})").problem(), "admin-only");
}

}  // namespace
}  // namespace doorward::api
