#include "gateway/limits/rate_rules.hpp"

#include "gateway/desk_test_support.hpp"
#include "gateway/pipeline.hpp"
#include "ports/memory/memory_counter_store.hpp"

#include <gmock/gmock.h>
#include <boost/json.hpp>

namespace doorward::gateway {
namespace {

using namespace std::chrono_literals;
using limit::Algorithm;
using limit::KeyKind;
using limit::Rule;
using testing::HasSubstr;

constexpr const char* kHtml = "text/html; charset=utf-8";
constexpr const char* kProblem = "application/problem+json";
constexpr const char* kOfApi = R"("violated-policies":["api"])";

Rule rule_of(std::string name, std::uint64_t most, std::string path = "/api/**") {
  Rule rule;
  rule.name = std::move(name);
  rule.match.paths = {std::move(path)};
  rule.quotas = {{"ten_seconds", {Algorithm::fixed_window, most, 10s, 0, false}}};
  return rule;
}

// Hears how often each rule said what.
class Ears final : public LimitObserver {
 public:
  void decided(const LimitEvent& event) override {
    heard.push_back(event.rule.rule().name + ' ' + std::to_string(static_cast<int>(event.outcome)));
  }
  std::vector<std::string> heard;
};

// A pipeline with rules before a route that answers "hello".
class RateRulesTest : public testing::Test {
 protected:
  struct Hello final : Filter {
    std::string_view name() const override { return "hello"; }
    edge::Task<Verdict> run(Context& context) override {
      edge::Response response;
      if (!cost.empty()) response.head.fields.append("X-Cost", cost);
      (void)co_await context.exchange.respond(std::move(response));
      co_return Verdict::answered;
    }
    std::string explain(const route::Route&) const override { return "hello"; }
    std::string cost;
  };

  void set_rules(std::vector<Rule> rules) {
    std::vector<limit::RulePtr> compiled;
    for (Rule& rule : rules) {
      const auto valid = limit::validate(rule);
      ASSERT_TRUE(valid) << valid.error().what;
      compiled.push_back(std::make_shared<limit::CompiledRule>(limit::RuleEntry{std::move(rule)}));
    }
    rules_ = std::make_shared<limit::RuleSet>(std::move(compiled));
  }

  ExchangeDouble ask(std::string_view path = "/api/x", wire::Fields fields = {},
                     std::string_view from = "192.0.2.1", std::string_view method = "GET") {
    ExchangeDouble exchange(method, path);
    for (std::size_t i = 0; i < fields.size(); ++i)
      exchange.head.fields.append(fields[i].name, fields[i].value);
    exchange.from.address = boost::asio::ip::make_address(from);
    const Pipeline pipeline(parts());
    boost::asio::co_spawn(desk_.loop, edge::complete(pipeline.handle(exchange)),
                          [](std::exception_ptr fault) { EXPECT_FALSE(fault); });
    desk_.loop.restart();
    desk_.loop.run();
    return exchange;
  }
  unsigned status(std::string_view path = "/api/x", wire::Fields fields = {},
                  std::string_view from = "192.0.2.1") {
    return ask(path, std::move(fields), from).answer.status;
  }
  static wire::Fields with(std::string_view name, std::string_view value) {
    wire::Fields fields;
    fields.append(name, value);
    return fields;
  }

  PipelineParts parts() {
    PipelineParts parts;
    route::Route api;
    api.name = "api";
    api.match.paths = {"/api/**", "/buy/**"};
    parts.routes = route::RouteTable({api});
    parts.limits = std::make_shared<RateRules>(RateRulesParts{[this] { return rules_; },
                                                              store_,
                                                              desk_.clock,
                                                              desk_.entropy,
                                                              desk_.identities,
                                                              {3, 4},
                                                              &ears_});
    parts.fallback = [](Context& context) -> edge::Task<> {
      edge::Response response;
      (void)co_await context.exchange.respond(std::move(response));
    };
    parts.filters = {hello_};
    return parts;
  }

  TestDesk desk_;
  ports::MemoryCounterStore store_;
  std::shared_ptr<const limit::RuleSet> rules_ = std::make_shared<limit::RuleSet>();
  Ears ears_;
  std::shared_ptr<Hello> hello_ = std::make_shared<Hello>();
};

TEST_F(RateRulesTest, WithoutARuleNothingIsSaid) {
  const auto answer = ask();
  EXPECT_EQ(answer.answer.status, 200u);
  EXPECT_FALSE(answer.answer.fields.contains("RateLimit"));
}

TEST_F(RateRulesTest, TheRequestBeyondTheLimitIsRefusedAndPassesInTheNextWindow) {
  set_rules({rule_of("api", 2)});
  EXPECT_EQ(ask().answer.fields.find("RateLimit").value_or(""), R"("api";r=1;t=10)");
  EXPECT_EQ(status(), 200u);
  const auto refused = ask();
  EXPECT_EQ(refused.answer.status, 429u);
  EXPECT_EQ(refused.answer.fields.find("Retry-After").value_or(""), "10");
  EXPECT_EQ(refused.answer.fields.find("Cache-Control").value_or(""), "no-store");
  EXPECT_EQ(refused.answer.fields.find("RateLimit-Policy").value_or(""), R"("api";q=2;w=10)");
  const auto body = boost::json::parse(refused.answer_body).as_object();
  EXPECT_EQ(body.at("violated-policies").as_array().at(0).as_string(), "api");
  desk_.clock.advance(10s);
  EXPECT_EQ(status(), 200u);
}

TEST_F(RateRulesTest, ClientsAreCountedApartAndIPv6ByItsNetwork) {
  set_rules({rule_of("api", 1)});
  EXPECT_EQ(status("/api/x", {}, "192.0.2.1"), 200u);
  EXPECT_EQ(status("/api/x", {}, "192.0.2.2"), 200u);
  EXPECT_EQ(status("/api/x", {}, "2001:db8::1"), 200u);
  EXPECT_EQ(status("/api/x", {}, "2001:db8::ffff"), 429u);
}

TEST_F(RateRulesTest, EveryRuleIsAskedHoweverManyApply) {
  std::vector<Rule> rules;
  for (int i = 0; i < 40; ++i) rules.push_back(rule_of("a" + std::to_string(i), 100));
  rules.push_back(rule_of("z", 1));
  set_rules(rules);
  EXPECT_EQ(status(), 200u);
  EXPECT_EQ(status(), 429u);
  EXPECT_EQ(status(), 429u);
  rules.pop_back();
  set_rules(rules);
  const auto left = ask();
  EXPECT_EQ(left.answer.status, 200u);
  EXPECT_THAT(std::string(left.answer.fields.find("RateLimit").value_or("")),
              testing::HasSubstr("\"a0\";r=98"))
      << "what was refused used up nothing";
}

TEST_F(RateRulesTest, DoorwardsOwnCallsAreLimitedButHealthMetricsAndAdminAreNot) {
  Rule everything = rule_of("all", 1);
  everything.match.paths.clear();
  set_rules({everything});
  EXPECT_EQ(status("/v1/rooms/sale"), 200u);
  EXPECT_EQ(status("/.doorward/v1/rooms/sale"), 429u);
  for (const char* path : {"/health/live", "/.doorward/health/ready", "/metrics", "/v1/admin/rooms",
                           "/v1/tenants/acme/admin/rules", "/.doorward/v1/admin/rooms"})
    EXPECT_EQ(status(path), 200u) << path;
}

TEST_F(RateRulesTest, AHeaderTellsClientsApartAndLeavingItOutGainsNothing) {
  Rule rule = rule_of("api", 1);
  rule.key = {{KeyKind::header, "X-Client-ID"}};
  set_rules({rule});
  EXPECT_EQ(status("/api/x", with("X-Client-ID", "a")), 200u);
  EXPECT_EQ(status("/api/x", with("X-Client-ID", "b")), 200u);
  EXPECT_EQ(status("/api/x", with("X-Client-ID", "a")), 429u);
  EXPECT_EQ(status(), 200u);
  EXPECT_EQ(status(), 429u);
}

TEST_F(RateRulesTest, ARequestThatOneRuleRefusesUsesUpNothingOfAnother) {
  set_rules({rule_of("narrow", 1, "/api/narrow"), rule_of("wide", 3)});
  EXPECT_EQ(status("/api/narrow"), 200u);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(status("/api/narrow"), 429u);
  EXPECT_EQ(ask("/api/x").answer.fields.find("RateLimit").value_or(""), R"("wide";r=1;t=10)");
}

TEST_F(RateRulesTest, ADryRunCountsAndRefusesNobody) {
  Rule rule = rule_of("trial", 1);
  rule.dry_run = true;
  set_rules({rule});
  EXPECT_EQ(status(), 200u);
  const auto second = ask();
  EXPECT_EQ(second.answer.status, 200u);
  EXPECT_FALSE(second.answer.fields.contains("RateLimit"));
  EXPECT_THAT(ears_.heard, testing::ElementsAre("trial 0", "trial 2"));
}

TEST_F(RateRulesTest, RoomsOfTenantsAreTheirOwn) {
  Rule rule = rule_of("api", 1, "/v1/**");
  rule.key = {{KeyKind::room, ""}};
  set_rules({rule});
  desk_.submit(engine::SetTenant{"acme", {}, {}, {}});
  const std::string key = "tenant-key-0123456789";
  desk_.submit(engine::SetTenantKey{"acme", "web", hash_of(key)});
  for (const char* path : {"/v1/rooms/sale", "/v1/rooms/other", "/v1/tenants/acme/rooms/sale",
                           "/v1/tenants/acme/rooms/other/tickets", "/v1/tenants/beta/rooms/sale",
                           "/v1/limits/check"}) {
    EXPECT_EQ(status(path), 200u) << path;
    EXPECT_EQ(status(path), 429u) << path;
  }
  EXPECT_EQ(status("/v1/tenants/acme/rooms/third"), 200u);
  EXPECT_EQ(status("/v1/rooms/third", with("X-API-Key", key)), 429u) << "acme's too";
  EXPECT_EQ(status("/v1/rooms/third"), 200u);
}

TEST_F(RateRulesTest, ADeniedNetworkIsRefusedWithoutCounting) {
  Rule rule = rule_of("api", 1);
  rule.deny = {"198.51.100.0/24"};
  set_rules({rule});
  EXPECT_EQ(status("/api/x", {}, "198.51.100.7"), 403u);
  EXPECT_THAT(ears_.heard, testing::ElementsAre("api 3"));
}

TEST_F(RateRulesTest, ADryRunThatDeniesIsToldAndNotCounted) {
  Rule rule = rule_of("trial", 1);
  rule.deny = {"198.51.100.0/24"};
  rule.dry_run = true;
  set_rules({rule, rule_of("wide", 5)});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(status("/api/x", {}, "198.51.100.7"), 200u);
  EXPECT_THAT(ears_.heard, testing::ElementsAre("trial 2", "wide 0", "trial 2", "wide 0"));
  EXPECT_EQ(store_.stats().keys, 1u);
}

TEST_F(RateRulesTest, AnExemptNetworkIsNotCounted) {
  Rule rule = rule_of("api", 1);
  rule.allow = {"192.0.2.0/24"};
  set_rules({rule});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status(), 200u);
}

TEST_F(RateRulesTest, TheCostMayComeFromTheRequest) {
  Rule rule = rule_of("api", 10);
  rule.cost = {limit::Cost::From::request_header, "X-Cost", 1};
  set_rules({rule});
  EXPECT_EQ(status("/api/x", with("X-Cost", "7")), 200u);
  EXPECT_EQ(status("/api/x", with("X-Cost", "4")), 429u);
  EXPECT_EQ(status("/api/x", with("X-Cost", "3")), 200u);
  EXPECT_EQ(status("/api/x", with("X-Cost", "-1")), 429u);
  desk_.clock.advance(10min);
  EXPECT_EQ(status("/api/x", with("X-Cost", "99999999999999999999999")), 429u);
  EXPECT_EQ(status("/api/x", with("X-Cost", "1")), 200u);
}

TEST_F(RateRulesTest, TheCostMayComeFromTheAnswer) {
  Rule rule = rule_of("api", 10);
  rule.cost = {limit::Cost::From::response_header, "X-Cost", 1};
  set_rules({rule});
  hello_->cost = "0";
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(ask().answer.fields.find("RateLimit").value_or(""), R"("api";r=10;t=10)");
  hello_->cost = "8";
  EXPECT_EQ(ask().answer.fields.find("RateLimit").value_or(""), R"("api";r=2;t=10)");
  EXPECT_EQ(status(), 200u);
  EXPECT_EQ(status(), 429u);
}

TEST_F(RateRulesTest, APlanOfTheTokenPicksTheQuota) {
  Rule rule = rule_of("api", 1);
  rule.key = {{KeyKind::user, ""}};
  rule.plan_claim = "lane";
  rule.tiers = {{"gold", {{"ten_seconds", {Algorithm::fixed_window, 3, 10s, 0, false}}}},
                {"staff", {}}};
  set_rules({rule});
  const auto bearer = [this](std::string_view who, std::string_view plan) {
    return with("Authorization", "Bearer " + desk_.user_token(who, plan));
  };
  EXPECT_EQ(status("/api/x", bearer("ann", "")), 200u);
  EXPECT_EQ(status("/api/x", bearer("ann", "")), 429u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status("/api/x", bearer("bea", "gold")), 200u);
  EXPECT_EQ(status("/api/x", bearer("bea", "gold")), 429u);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(status("/api/x", bearer("cal", "staff")), 200u);
}

TEST_F(RateRulesTest, SeveralQuotasOfAPlanAreToldApart) {
  Rule rule = rule_of("api", 1);
  rule.plan_claim = "lane";
  rule.tiers = {{"gold",
                 {{"burst", {Algorithm::fixed_window, 3, 10s, 0, false}},
                  {"day", {Algorithm::fixed_window, 9, 24h, 0, false}}}}};
  set_rules({rule});
  const auto gold = with("Authorization", "Bearer " + desk_.user_token("bea", "gold"));
  EXPECT_EQ(ask("/api/x", gold).answer.fields.find("RateLimit-Policy").value_or(""),
            R"("api.burst";q=3;w=10, "api.day";q=9;w=86400)");
  EXPECT_EQ(ask().answer.fields.find("RateLimit-Policy").value_or(""), R"("api";q=1;w=10)");
}

TEST_F(RateRulesTest, ASlotIsGivenBackWhenItsRequestEnds) {
  Rule rule = rule_of("busy", 1);
  rule.quotas = {{"at_once", {Algorithm::concurrency, 1, 60s, 0, false}}};
  set_rules({rule});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status(), 200u);
}

TEST_F(RateRulesTest, ASlotIsHeldForAsLongAsItsRequestIsUnderWay) {
  Rule rule = rule_of("busy", 1);
  rule.quotas = {{"at_once", {Algorithm::concurrency, 1, 2s, 0, false}}};
  set_rules({rule});
  ExchangeDouble slow("GET", "/api/x");
  const auto limits = parts().limits;
  {
    Context context{slow};
    context.client.key = "192.0.2.1";
    ASSERT_EQ(limits->run_now(context), Verdict::pass);
    ASSERT_EQ(context.watches.size(), 1u);
    EXPECT_LE(3 * context.watches[0]->interval(), 2s);
    for (int i = 0; i < 20; ++i) {
      desk_.clock.advance(1s);
      EXPECT_TRUE(context.watches[0]->look());
      EXPECT_EQ(status(), 429u) << i;
    }
  }
  EXPECT_EQ(status(), 200u);
}

TEST_F(RateRulesTest, TheOtherBodyIsThatOfTheRateLimiter) {
  Rule rule = rule_of("api", 1);
  rule.refused = limit::RefusedBody::rate_limiter;
  rule.headers = limit::Dialect::x_ratelimit;
  set_rules({rule});
  EXPECT_EQ(ask().answer.fields.find("X-RateLimit-Remaining").value_or(""), "0");
  const auto refused = ask();
  EXPECT_EQ(refused.answer.status, 429u);
  EXPECT_EQ(boost::json::parse(refused.answer_body).at("error").as_string(), "Rate limit exceeded");
}

TEST_F(RateRulesTest, ABrowserSeesASmallPageInItsLanguageAndAProgramTheProblem) {
  const struct {
    const char* method;
    std::vector<std::pair<const char*, const char*>> fields;
    const char* type;
    const char* part;
    bool reloads;
  } rows[] = {
      {"GET", {{"Accept", "text/html,*/*"}}, kHtml, "Please wait 10 seconds", true},
      {"GET", {{"Accept", "text/html"}, {"Accept-Language", "ko"}}, kHtml, "10초 동안", true},
      {"GET", {{"Accept", "text/html"}, {"Accept-Language", "ja"}}, kHtml, "10秒お待ち", true},
      {"GET", {{"Accept", "text/html"}, {"Accept-Language", "zh"}}, kHtml, "等待10秒", true},
      {"GET", {{"Accept", "text/html"}, {"Accept-Language", "es"}}, kHtml, "10 segundos", true},
      {"POST", {{"Accept", "text/html"}}, kHtml, "what you sent was not passed on", false},
      {"GET", {{"Accept", "text/html"}, {"Sec-Fetch-Mode", "cors"}}, kProblem, kOfApi, false},
      {"GET", {{"Accept", "application/json"}}, kProblem, kOfApi, false},
      {"GET", {{"Accept", "*/*"}}, kProblem, kOfApi, false},
      {"POST", {}, kProblem, kOfApi, false},
  };
  set_rules({rule_of("api", 1)});
  EXPECT_EQ(status(), 200u);
  for (const auto& row : rows) {
    wire::Fields asked;
    for (const auto& [name, value] : row.fields) asked.append(name, value);
    const auto refused = ask("/api/x", std::move(asked), "192.0.2.1", row.method);
    EXPECT_EQ(refused.answer.status, 429u);
    const wire::Fields& fields = refused.answer.fields;
    EXPECT_EQ(fields.find("Content-Type").value_or(""), row.type);
    EXPECT_EQ(fields.find("Retry-After").value_or(""), "10");
    EXPECT_EQ(fields.find("Cache-Control").value_or(""), "no-store");
    EXPECT_EQ(fields.find("RateLimit").value_or(""), R"("api";r=0;t=10)");
    EXPECT_THAT(refused.answer_body, HasSubstr(row.part));
    EXPECT_EQ(refused.answer_body.find("http-equiv=\"refresh\"") != std::string::npos, row.reloads);
    EXPECT_EQ(refused.answer_body.find("<script"), std::string::npos);
  }
}

TEST_F(RateRulesTest, ABrowserKeepsTheBodyThatARuleAsksFor) {
  Rule rule = rule_of("api", 1);
  rule.refused = limit::RefusedBody::rate_limiter;
  set_rules({rule});
  EXPECT_EQ(status(), 200u);
  const auto refused = ask("/api/x", with("Accept", "text/html"));
  EXPECT_EQ(refused.answer.status, 429u);
  EXPECT_EQ(boost::json::parse(refused.answer_body).at("error").as_string(), "Rate limit exceeded");
}

TEST_F(RateRulesTest, AChangedRuleGoesOnFromThePresentCount) {
  set_rules({rule_of("api", 2)});
  EXPECT_EQ(status(), 200u);
  EXPECT_EQ(status(), 200u);
  EXPECT_EQ(status(), 429u);
  set_rules({rule_of("api", 3)});
  EXPECT_EQ(status(), 200u);
  EXPECT_EQ(status(), 429u);
}

}  // namespace
}  // namespace doorward::gateway
