// Statistics and events as the dashboard sees them, of requests that pass the real rules.
#include "api/api_test_support.hpp"
#include "gateway/limits/rate_rules.hpp"
#include "ports/memory/memory_counter_store.hpp"

#include <gmock/gmock.h>

namespace doorward::api {
namespace {

using namespace std::chrono_literals;
using Said = TestApi::Said;

constexpr const char* kStats = "/v1/admin/stats";
constexpr const char* kEvents = "/v1/admin/events";
constexpr const char* kRule =
    R"({"name":"api","match":{"paths":["/api/**"]},"key":["header:X-Client-ID"],"quota":"2/10s"})";

class LiveApi : public testing::Test, private gateway::RequestObserver {
 protected:
  LiveApi() { live().look(*api_.desk.shard); }

  live::Live& live() { return api_.live; }
  unsigned ask(std::string_view path, std::string_view client) {
    gateway::ExchangeDouble exchange("GET", path);
    exchange.head.fields.append("X-Client-ID", client);
    exchange.from.address = boost::asio::ip::make_address("192.0.2.1");
    const gateway::Pipeline pipeline(parts());
    boost::asio::co_spawn(api_.desk.loop, edge::complete(pipeline.handle(exchange)),
                          [](std::exception_ptr fault) { EXPECT_FALSE(fault); });
    api_.desk.loop.restart();
    api_.desk.loop.run();
    return exchange.answer.status;
  }
  std::string see(edge::ParkedStream& stream) {
    std::string out;
    live().streams().render(stream, edge::StreamKind::event_stream, out);
    return out;
  }

  TestApi api_;
  ports::MemoryCounterStore store_;

 private:
  gateway::PipelineParts parts() {
    gateway::PipelineParts parts;
    parts.limits = std::make_shared<gateway::RateRules>(
        gateway::RateRulesParts{[this] { return api_.desk.shard->rules(); },
                                store_,
                                api_.desk.clock,
                                api_.desk.entropy,
                                api_.desk.identities,
                                {3, 4},
                                &live()});
    parts.fallback = [](gateway::Context& context) -> edge::Task<> {
      edge::Response response;
      (void)co_await context.exchange.respond(std::move(response));
    };
    parts.observer = this;
    return parts;
  }
  std::uint64_t started() override { return 0; }
  void finished(const gateway::RequestRecord& record, std::uint64_t) override {
    live().finished(record, 3ms);
  }
};

TEST_F(LiveApi, ARefusedRequestIsSeenAtOnceAndCounted) {
  ASSERT_EQ(api_.admin("POST", "/v1/admin/rules", kRule).status, 201U);
  ASSERT_TRUE(api_.admin("GET", kEvents).parked);
  edge::ParkedStream stream{live::Streams::kFirstKey, 0};
  see(stream);
  EXPECT_EQ(ask("/api/x", "alice"), 200U);
  EXPECT_EQ(ask("/api/x", "alice"), 200U);
  EXPECT_EQ(ask("/api/x", "alice"), 429U);
  const std::string seen = see(stream);
  EXPECT_THAT(seen, testing::HasSubstr(R"("type":"request_processed")"));
  EXPECT_THAT(seen, testing::HasSubstr(R"("type":"rate_limit_exceeded")"));
  EXPECT_THAT(seen, testing::HasSubstr(
                        R"("client":"alice","endpoint":"/api/x","method":"GET","rule":"api")"));
  EXPECT_THAT(seen, testing::HasSubstr(R"("status":429)"));
  EXPECT_EQ(see(stream), "") << "each once";

  const auto stats = api_.admin("GET", kStats).json();
  EXPECT_EQ(stats.at("step_s"), 10);
  EXPECT_EQ(stats.at("active_rules"), 1);
  EXPECT_EQ(stats.at("last_24h").at("requests"), 3);
  EXPECT_EQ(stats.at("last_24h").at("refused"), 1);
  EXPECT_NEAR(stats.at("last_24h").at("success_rate").as_double(), 2.0 / 3, 1e-9);
  const auto& series = stats.at("series").as_object();
  for (const char* name :
       {"requests", "refused", "errors", "latency_p50_ms", "latency_p99_ms", "waiting", "inside"})
    EXPECT_EQ(series.at(name).as_array().size(), 90U) << name;
  EXPECT_EQ(series.at("refused").as_array().back(), 1);
  EXPECT_TRUE(series.at("requests").as_array().front().is_null());
  EXPECT_NEAR(series.at("latency_p50_ms").as_array().back().as_double(), 3, 0.4);
  EXPECT_EQ(stats.at("refusing_rules"), 1);
  EXPECT_EQ(boost::json::serialize(stats.at("rules")),
            R"([{"rule":"api","passed":2,"refused":1,"would_refuse":0,"denied":0}])");
  const auto& top = stats.at("top_refused").at(0).as_object();
  EXPECT_EQ(top.at("key"), "alice");
  EXPECT_EQ(top.at("rule"), "api");
  EXPECT_EQ(top.at("count"), 1);
  const auto status = live().clients().status("alice", live().now());
  ASSERT_TRUE(status);
  EXPECT_EQ(status->total_requests, 3U);
  EXPECT_EQ(status->refused, 1U);
  EXPECT_TRUE(status->blocked_until);
  live().streams().gone(stream);
  EXPECT_FALSE(live().bus().has_listeners());
}

TEST_F(LiveApi, AStreamIsNarrowedByTypeRuleAndClient) {
  ASSERT_EQ(api_.admin("POST", "/v1/admin/rules", kRule).status, 201U);
  ASSERT_TRUE(
      api_.admin("GET", "/v1/admin/events?type=rate_limit_exceeded&rule=api&client=b%6Fb").parked);
  edge::ParkedStream stream{live::Streams::kFirstKey, 0};
  see(stream);
  for (const char* client : {"alice", "bob"})
    for (int i = 0; i < 3; ++i) ask("/api/x", client);
  const std::string seen = see(stream);
  EXPECT_THAT(seen, testing::HasSubstr(R"("client":"bob")"));
  EXPECT_THAT(seen, testing::Not(testing::HasSubstr("alice")));
  EXPECT_THAT(seen, testing::Not(testing::HasSubstr("request_processed")));
  live().streams().gone(stream);
}

TEST_F(LiveApi, WhoeverWatchesIsNotCounted) {
  ask("/v1/admin/stats", "alice");
  ask("/.doorward/dashboard/", "alice");
  ask("/health/live", "alice");
  EXPECT_EQ(live().statistics().last_day(live().now()).requests, 0U);
  ask("/", "alice");
  EXPECT_EQ(live().statistics().last_day(live().now()).requests, 1U);
}

TEST_F(LiveApi, RoomsAndRulesThatChangeAreEvents) {
  ASSERT_TRUE(api_.admin("GET", kEvents).parked);
  edge::ParkedStream stream{live::Streams::kFirstKey, 0};
  see(stream);
  api_.admin("POST", "/v1/admin/rules", kRule);
  api_.desk.set_capacity("sale", 1);
  live().look(*api_.desk.shard);
  std::string seen = see(stream);
  EXPECT_THAT(seen, testing::HasSubstr(R"("rule":"api","detail":"made")"));
  EXPECT_THAT(seen, testing::HasSubstr(R"("detail":"sale: made")"));
  api_.admin("POST", "/v1/admin/rooms/sale/pause");
  live().look(*api_.desk.shard);
  EXPECT_THAT(see(stream), testing::HasSubstr(R"("detail":"sale: is paused now")"));
  live().streams().gone(stream);
  const auto rooms = api_.admin("GET", kStats).json().at("rooms").as_array();
  ASSERT_EQ(rooms.size(), 1U);
  EXPECT_EQ(rooms[0].at("room"), "sale");
  EXPECT_EQ(rooms[0].at("mode"), "paused");
  EXPECT_EQ(rooms[0].at("capacity"), 1);
}

TEST_F(LiveApi, ASlowStreamIsToldHowManyEventsItLost) {
  ASSERT_TRUE(api_.admin("GET", kEvents).parked);
  edge::ParkedStream stream{live::Streams::kFirstKey, 0};
  see(stream);
  for (std::size_t i = 0; i < live::Bus::kEvents + 7; ++i) live().bus().publish({});
  const std::string seen = see(stream);
  EXPECT_THAT(seen, testing::StartsWith("data: {\"type\":\"lost\",\"count\":7}"));
  EXPECT_LT(seen.size(), 64U * 1024U);
  EXPECT_EQ(live().streams().counts().event_streams, 1U);
  EXPECT_EQ(live().streams().counts().sockets, 0U);
  live().streams().gone(stream);
  EXPECT_EQ(live().streams().counts().event_streams, 0U);
}

TEST_F(LiveApi, WrongCallsAreAnsweredExactly) {
  EXPECT_EQ(api_.call("GET", kStats).status, 401U);
  EXPECT_EQ(api_.call("GET", kEvents).status, 401U);
  const Said window = api_.admin("GET", "/v1/admin/stats?window=2h");
  EXPECT_EQ(window.status, 422U);
  EXPECT_EQ(window.text("detail"), "window: must be 15m, 1h or 24h");
  const Said type = api_.admin("GET", "/v1/admin/events?type=other");
  EXPECT_EQ(type.status, 422U);
  EXPECT_FALSE(type.parked);
  for (const auto& [name, size] : {std::pair{"15m", 90U}, {"1h", 60U}, {"24h", 96U}}) {
    const Said said = api_.admin("GET", std::string(kStats) + "?window=" + name);
    EXPECT_EQ(said.json().at("series").at("requests").as_array().size(), size) << name;
  }
}

}  // namespace
}  // namespace doorward::api
