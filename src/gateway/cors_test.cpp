#include "gateway/cors.hpp"

#include "gateway/exchange_double.hpp"
#include "gateway/origin.hpp"
#include "gateway/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace doorward::gateway {
namespace {

using ::testing::HasSubstr;

constexpr const char* kPage = "https://page.example";

// A limit that lets nobody through, to show what comes before it.
class Refuses final : public Filter {
 public:
  std::string_view name() const override { return "rate_rules"; }
  edge::Task<Verdict> run(Context& context) override {
    edge::Response response;
    response.head.status = 429;
    response.head.fields.append("Vary", "Cookie");
    (void)co_await context.exchange.respond(std::move(response));
    co_return Verdict::answered;
  }
  std::string explain(const route::Route&) const override { return {}; }
};

class CorsTest : public ::testing::Test {
 protected:
  // Sends one request through a pipeline with these options.
  ExchangeDouble& ask(CorsOptions options, std::string_view method, std::string_view path,
                      std::vector<std::pair<const char*, const char*>> fields) {
    exchange_.emplace(method, path);
    for (const auto& [name, value] : fields) exchange_->head.fields.append(name, value);
    route::Route shop;
    shop.name = "shop";
    shop.match.paths = {"/shop/**"};
    PipelineParts parts;
    parts.routes = route::RouteTable({shop});
    parts.cors = std::make_shared<Cors>(std::move(options));
    parts.limits = std::make_shared<Refuses>();
    const Pipeline pipeline(std::move(parts));
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, edge::complete(pipeline.handle(*exchange_)),
                          [](std::exception_ptr fault) { EXPECT_FALSE(fault); });
    loop.run();
    return *exchange_;
  }
  std::string field(const char* name) const {
    return std::string(exchange_->answer.fields.find(name).value_or("-"));
  }

  std::optional<ExchangeDouble> exchange_;
};

TEST_F(CorsTest, APreflightIsAnsweredBeforeLimitsAndWithoutCredentials) {
  const auto& answer = ask({{"*"}}, "OPTIONS", "/queue/enqueue",
                           {{"Origin", kPage},
                            {"Access-Control-Request-Method", "POST"},
                            {"Access-Control-Request-Headers", "business_id,user_id"}});
  EXPECT_EQ(answer.answer.status, 204u);
  EXPECT_EQ(field("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(field("Access-Control-Allow-Credentials"), "-");
  EXPECT_THAT(field("Access-Control-Allow-Methods"), HasSubstr("DELETE"));
  for (const char* header : {"business_id", "user_id", "jwt", "X-Client-ID", "Authorization",
                             "Content-Type", "Business-Id", "User-Id"})
    EXPECT_THAT(field("Access-Control-Allow-Headers"), HasSubstr(header));
  EXPECT_EQ(answer.answer.fields.count("Vary"), 2u);
}

TEST_F(CorsTest, AnAnswerMayBeReadByAllowedOriginsAndNoOthers) {
  const CorsOptions options{{"https://page.example", "http://localhost:3000"}};
  struct Row {
    const char* origin;
    const char* allowed;
  };
  for (const Row& row : {Row{kPage, kPage}, Row{"HTTPS://Page.example", "HTTPS://Page.example"},
                         Row{"http://localhost:3000", "http://localhost:3000"},
                         Row{"http://page.example", "-"}, Row{"https://page.example.evil", "-"},
                         Row{"https://page.example:444", "-"}, Row{"null", "-"}}) {
    EXPECT_EQ(ask(options, "GET", "/api/data", {{"Origin", row.origin}}).answer.status, 429u);
    EXPECT_EQ(field("Access-Control-Allow-Origin"), row.allowed);
    // Its own fields stay.
    EXPECT_EQ(exchange_->answer.fields.count("Vary"), 2u);
    const bool is_allowed = std::string_view(row.allowed) != "-";
    EXPECT_EQ(field("Access-Control-Expose-Headers") != "-", is_allowed);
    ask(options, "OPTIONS", "/api/data",
        {{"Origin", row.origin}, {"Access-Control-Request-Method", "GET"}});
    EXPECT_EQ(exchange_->answer.status, 204u);
    EXPECT_EQ(field("Access-Control-Allow-Methods") != "-", is_allowed);
  }
}

TEST_F(CorsTest, WhatAClientMustKnowOfALimitIsExposed) {
  ask({{"*"}}, "GET", "/api/data", {{"Origin", kPage}});
  for (const char* header : {"Retry-After", "RateLimit", "RateLimit-Policy", "X-RateLimit-Limit",
                             "X-RateLimit-Remaining", "X-RateLimit-Reset"})
    EXPECT_THAT(field("Access-Control-Expose-Headers"), HasSubstr(header));
}

TEST_F(CorsTest, CredentialsAreNeverAllowedBesideAnyOrigin) {
  ask({{"*", kPage}, true}, "GET", "/api/data", {{"Origin", kPage}});
  EXPECT_EQ(field("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(field("Access-Control-Allow-Credentials"), "-");
  ask({{kPage}, true}, "GET", "/api/data", {{"Origin", kPage}});
  EXPECT_EQ(field("Access-Control-Allow-Origin"), kPage);
  EXPECT_EQ(field("Access-Control-Allow-Credentials"), "true");
}

TEST_F(CorsTest, WithoutAnOriginNothingIsSaidButThatItWouldMatter) {
  ask({{kPage}}, "GET", "/api/data", {});
  EXPECT_EQ(field("Access-Control-Allow-Origin"), "-");
  EXPECT_EQ(exchange_->answer.fields.count("Vary"), 2u);
}

TEST_F(CorsTest, TwoOriginsAreNone) {
  ask({{"*"}}, "GET", "/api/data", {{"Origin", kPage}, {"Origin", kPage}});
  EXPECT_EQ(field("Access-Control-Allow-Origin"), "-");
}

TEST_F(CorsTest, RoutesAndTheOperatorsCallsAreLeftAlone) {
  for (const char* path : {"/shop/1", "/v1/admin/rooms", "/.doorward/v1/admin/rooms", "/dashboard",
                           "/.doorward/dashboard/x.js", "/metrics"}) {
    ask({{"*"}}, "OPTIONS", path, {{"Origin", kPage}, {"Access-Control-Request-Method", "GET"}});
    EXPECT_EQ(exchange_->answer.status, 429u) << path;
    EXPECT_EQ(field("Access-Control-Allow-Origin"), "-") << path;
  }
}

TEST_F(CorsTest, RoutesAreIncludedWhereTheOperatorWantsIt) {
  const CorsOptions options{{"*"}, false, true};
  ask(options, "OPTIONS", "/shop/1", {{"Origin", kPage}, {"Access-Control-Request-Method", "GET"}});
  EXPECT_EQ(exchange_->answer.status, 204u);
  ask(options, "GET", "/shop/1", {{"Origin", kPage}});
  EXPECT_EQ(field("Access-Control-Allow-Origin"), "*");
}

TEST(Welcome, PagesOfThisSiteAndOfAllowedOriginsAreAndCookiesOnlyOfTrustedOnes) {
  wire::RequestHead head;
  head.fields.append("Origin", kPage);
  Client client;
  client.host = "shop.example";
  EXPECT_FALSE(is_welcome(head, client, false));
  client.allowed_origin = true;
  EXPECT_TRUE(is_welcome(head, client, false));
  EXPECT_FALSE(is_welcome(head, client, true));
  client.trusted_origin = true;
  EXPECT_TRUE(is_welcome(head, client, true));
  client = {};
  client.host = "page.example";
  EXPECT_TRUE(is_welcome(head, client, true));
}

}  // namespace
}  // namespace doorward::gateway
