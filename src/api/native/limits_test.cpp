#include "api/api_test_support.hpp"
#include "gateway/limits/rate_rules.hpp"
#include "gateway/pipeline.hpp"

namespace doorward::api {
namespace {

using namespace std::chrono_literals;
using limit::Algorithm;
using limit::KeyKind;
using limit::Rule;

constexpr std::string_view kCheck = "/v1/limits/check";

Rule rule_of(std::string name, std::uint64_t most) {
  Rule rule;
  rule.name = std::move(name);
  rule.match.paths = {"/api/**"};
  rule.quotas = {{"ten_seconds", {Algorithm::fixed_window, most, 10s, 0, false}}};
  return rule;
}

class LimitsTest : public testing::Test {
 protected:
  void set_rule(Rule rule) {
    const auto outcome = api_.desk.submit(engine::SetRule{std::move(rule)});
    EXPECT_EQ(outcome.status, engine::Status::done);
  }
  TestApi::Said ask(std::string_view body, std::string_view path = kCheck) {
    return api_.call("POST", path, {{"X-API-Key", std::string(gateway::kApiKey)}}, body);
  }
  bool allowed(std::string_view body) { return ask(body).json().at("allowed").as_bool(); }

  TestApi api_;
};

TEST_F(LimitsTest, ABackendAsksAndTheCallBeyondTheLimitIsRefused) {
  set_rule(rule_of("api", 2));
  const auto first = ask(R"({"rule":"api","descriptors":{"client":"192.0.2.1"}})");
  EXPECT_EQ(first.status, 200u);
  EXPECT_EQ(first.body, R"({"allowed":true,"limit":2,"remaining":1,"reset_s":10,"retry_after_s":0,)"
                        R"("quotas":[{"rule":"api","quota":"ten_seconds","allowed":true,"limit":2,)"
                        R"("remaining":1,"reset_s":10,"retry_after_s":0,"dry_run":false}]})");
  EXPECT_TRUE(allowed(R"({"rule":"api","key":"192.0.2.1"})"));
  const auto refused = ask(R"({"rule":"api","key":"192.0.2.1"})").json();
  EXPECT_FALSE(refused.at("allowed").as_bool());
  EXPECT_EQ(refused.at("retry_after_s").as_int64(), 10);
  EXPECT_TRUE(allowed(R"({"rule":"api","key":"192.0.2.2"})"));
  api_.desk.clock.advance(10s);
  EXPECT_TRUE(allowed(R"({"rule":"api","key":"192.0.2.1"})"));
}

TEST_F(LimitsTest, APathBeyondItsBoundIsRefusedByItsName) {
  set_rule(rule_of("api", 2));
  const auto check = [](std::size_t size) {
    return R"({"descriptors":{"path":"/api/)" + std::string(size - 5, 'a') +
           R"(","client":"192.0.2.1"}})";
  };
  EXPECT_EQ(ask(check(8'192)).status, 200u);
  const auto refused = ask(check(8'193));
  EXPECT_EQ(refused.status, 422u);
  EXPECT_NE(refused.body.find("descriptors.path: is longer than 8192 bytes"), std::string::npos)
      << refused.body;
}

TEST_F(LimitsTest, EveryRuleOfACheckIsAskedHoweverManyApply) {
  for (int i = 0; i < 20; ++i) set_rule(rule_of("a" + std::to_string(i), 100));
  set_rule(rule_of("z", 1));
  const std::string_view body = R"({"descriptors":{"path":"/api/x","client":"192.0.2.1"}})";
  EXPECT_TRUE(allowed(body));
  EXPECT_FALSE(allowed(body));
}

TEST_F(LimitsTest, OnlyABackendOrAnAdminMayAsk) {
  set_rule(rule_of("api", 1));
  const std::string_view body = R"({"rule":"api","key":"a"})";
  EXPECT_EQ(api_.call("POST", kCheck, {}, body).problem(), "backend-only");
  EXPECT_EQ(api_.call("POST", kCheck, {{"X-API-Key", "wrong"}}, body).problem(), "backend-only");
  EXPECT_EQ(api_.call("POST", kCheck, {TestApi::bearer("wrong")}, body).problem(), "admin-only");
  EXPECT_EQ(api_.admin("POST", kCheck, body).status, 200u);
  EXPECT_EQ(ask(body, "/v1/limits/reset").problem(), "admin-only");
}

TEST_F(LimitsTest, PeekingCountsNothingAndACostCountsAsMuch) {
  set_rule(rule_of("api", 10));
  EXPECT_EQ(ask(R"({"rule":"api","key":"a","cost":7})").json().at("remaining").as_int64(), 3);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(ask(R"({"rule":"api","key":"a","peek":true})").json().at("remaining").as_int64(), 2);
  EXPECT_FALSE(allowed(R"({"rule":"api","key":"a","cost":4})"));
  EXPECT_TRUE(allowed(R"({"rule":"api","key":"a","cost":3})"));
  const auto never = ask(R"({"rule":"api","key":"a","cost":11})").json();
  EXPECT_TRUE(never.at("retry_after_s").is_null());
}

TEST_F(LimitsTest, DescriptorsOfARequestFindItsRules) {
  Rule wide = rule_of("wide", 5);
  wide.key = {{KeyKind::header, "X-Client-ID"}, {KeyKind::endpoint, {}}};
  Rule posts = rule_of("posts", 1);
  posts.match.methods = {"POST"};
  set_rule(wide);
  set_rule(posts);
  const std::string_view get =
      R"({"descriptors":{"path":"/api/x","method":"GET","header:x-client-id":"a"}})";
  EXPECT_EQ(ask(get).json().at("quotas").as_array().size(), 1u);
  const std::string_view post =
      R"({"descriptors":{"path":"/api/x","method":"POST","header:X-Client-ID":"a","client":"::1"}})";
  EXPECT_TRUE(allowed(post));
  const auto refused = ask(post).json();
  EXPECT_FALSE(refused.at("allowed").as_bool());
  EXPECT_EQ(refused.at("limit").as_int64(), 1);
  // What one rule refuses uses up nothing of the other.
  EXPECT_EQ(ask(get).json().at("remaining").as_int64(), 2);
  EXPECT_EQ(ask(R"({"descriptors":{"path":"/elsewhere"}})").body,
            R"({"allowed":true,"limit":null,"remaining":null,"reset_s":null,"retry_after_s":0,)"
            R"("quotas":[]})");
}

TEST_F(LimitsTest, ABatchIsAnsweredInItsOrder) {
  set_rule(rule_of("api", 2));
  std::string body = R"({"checks":[)";
  for (int i = 0; i < 1'000; ++i) body += R"({"rule":"api","key":"a"},)";
  body.back() = ']';
  const auto said = ask(body + "}").json();
  const auto& results = said.at("results").as_array();
  ASSERT_EQ(results.size(), 1'000u);
  for (std::size_t i = 0; i < results.size(); ++i)
    EXPECT_EQ(results[i].as_object().at("allowed").as_bool(), i < 2) << i;
}

TEST_F(LimitsTest, APlanPicksTheQuotaAndADryRunRefusesNobody) {
  Rule rule = rule_of("api", 1);
  rule.plan_claim = "plan";
  rule.tiers = {{"gold", {{"ten_seconds", {Algorithm::fixed_window, 3, 10s, 0, false}}}},
                {"staff", {}}};
  set_rule(rule);
  EXPECT_EQ(ask(R"({"rule":"api","key":"a","plan":"gold"})").json().at("limit").as_int64(), 3);
  EXPECT_TRUE(ask(R"({"rule":"api","key":"a","plan":"staff"})").json().at("limit").is_null());
  rule = rule_of("trial", 1);
  rule.dry_run = true;
  set_rule(rule);
  EXPECT_TRUE(allowed(R"({"rule":"trial","key":"a"})"));
  const auto second = ask(R"({"rule":"trial","key":"a"})").json();
  EXPECT_TRUE(second.at("allowed").as_bool());
  EXPECT_FALSE(second.at("quotas").at(0).at("allowed").as_bool());
}

TEST_F(LimitsTest, NetworksOfTheRuleHoldHereToo) {
  Rule rule = rule_of("api", 1);
  rule.deny = {"198.51.100.0/24"};
  rule.allow = {"192.0.2.0/24"};
  set_rule(rule);
  EXPECT_TRUE(ask(R"({"rule":"api","key":"198.51.100.7"})").json().at("denied").as_bool());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(allowed(R"({"rule":"api","key":"192.0.2.1"})"));
}

TEST_F(LimitsTest, NetworksMayBeLongerThanWhatAnIPv6ClientIsCountedBy) {
  Rule rule = rule_of("api", 1);
  rule.deny = {"2001:db8::5", "2001:db8:1::/96"};
  rule.allow = {"2001:db8:2::7"};
  set_rule(rule);
  const auto said = [this](std::string_view client) {
    return ask(fmt::format(R"({{"rule":"api","key":"{}"}})", client)).json();
  };
  for (const char* denied : {"2001:db8::5", "2001:db8:1::1:2"})
    EXPECT_TRUE(said(denied).contains("denied")) << denied;
  for (const char* counted : {"2001:db8::6", "2001:db8:1:0:1::9", "2001:db8:2::8"}) {
    EXPECT_FALSE(said(counted).contains("denied")) << counted;
    EXPECT_EQ(said(counted).at("remaining").as_int64(), 0) << counted;
  }
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(said("2001:db8:2::7").at("allowed").as_bool());
}

TEST_F(LimitsTest, WhatIsAskedStandsInTheStatisticsAsRequestsDo) {
  live::Live& live = api_.live;
  live.statistics().sample(0, 0, live.now());
  Rule trial = rule_of("trial", 1);
  trial.dry_run = true;
  set_rule(trial);
  set_rule(rule_of("api", 2));
  std::uint64_t cursor = live.bus().join();
  for (int i = 0; i < 3; ++i)
    ask(R"({"rule":"api","descriptors":{"client":"192.0.2.1","endpoint":"/api/x"}})");
  for (int i = 0; i < 2; ++i) ask(R"({"rule":"trial","key":"192.0.2.1"})");
  ask(R"({"rule":"api","key":"192.0.2.2","peek":true})");
  const live::Totals totals = live.statistics().last_day(live.now());
  EXPECT_EQ(totals.requests, 3u);
  EXPECT_EQ(totals.refused, 1u);
  const auto refused = live.statistics().top_refused(10, live.now());
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].key, "192.0.2.1");
  EXPECT_EQ(refused[0].rule, "api");
  EXPECT_EQ(live.clients().status("192.0.2.1", live.now())->total_requests, 3u);
  EXPECT_EQ(live.clients().recent("192.0.2.1").front().endpoint, "/api/x");
  EXPECT_FALSE(live.clients().status("192.0.2.2", live.now()).has_value());
  std::vector<live::Bus::EventPtr> events;
  live.bus().read(cursor, events);
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[2]->type, live::EventType::rate_limit_exceeded);
  EXPECT_EQ(events[2]->status, 429u);
  EXPECT_TRUE(events[3]->dry_run);
}

TEST_F(LimitsTest, WhatIsAskedCountsOnceForEachRule) {
  Rule trial = rule_of("trial", 1);
  trial.dry_run = true;
  trial.deny = {"198.51.100.0/24"};
  set_rule(trial);
  Rule api = rule_of("api", 2);
  api.quotas.push_back({"day", {limit::Algorithm::fixed_window, 9, std::chrono::hours{24}}});
  api.deny = {"203.0.113.0/24"};
  set_rule(api);
  for (int i = 0; i < 3; ++i) ask(R"({"rule":"api","key":"192.0.2.1"})");
  for (int i = 0; i < 2; ++i) ask(R"({"rule":"trial","key":"192.0.2.1"})");
  ask(R"({"rule":"trial","key":"198.51.100.1"})");
  ask(R"({"rule":"api","key":"203.0.113.1"})");
  ask(R"({"rule":"api","key":"192.0.2.1","peek":true})");
  using Counts = std::map<std::string, int>;
  EXPECT_EQ(api_.outcomes.counts, (Counts{{"api denied", 1},
                                          {"api passed", 2},
                                          {"api refused", 1},
                                          {"trial passed", 1},
                                          {"trial would_refuse", 2}}));
}

TEST_F(LimitsTest, AnAdminMakesACounterAsNew) {
  set_rule(rule_of("api", 1));
  const std::string_view body = R"({"rule":"api","key":"a"})";
  EXPECT_TRUE(allowed(body));
  EXPECT_FALSE(allowed(body));
  EXPECT_EQ(api_.admin("POST", "/v1/limits/reset", body).body, R"({"reset":1})");
  EXPECT_TRUE(allowed(body));
}

TEST_F(LimitsTest, WhatIsWrongIsNamedAndNothingIsCounted) {
  Rule two = rule_of("two", 1);
  two.key = {{KeyKind::client, {}}, {KeyKind::endpoint, {}}};
  Rule busy = rule_of("busy", 1);
  busy.quotas = {{"at_once", {Algorithm::concurrency, 1, 60s, 0, false}}};
  set_rule(rule_of("api", 1));
  set_rule(two);
  set_rule(busy);
  constexpr std::pair<std::string_view, std::string_view> kRows[] = {
      {R"({})", "rule: is missing"},
      {R"({"rule":7})", "rule: "},
      {R"({"rule":"none"})", R"(rule: there is no rule "none")"},
      {R"({"rule":"api"})", R"(descriptors: the key of rule "api" needs client)"},
      {R"({"rule":"two","key":"a"})", "key: the rule's key has 2 parts"},
      {R"({"rule":"busy","key":"a"})", "rule: \"busy\" counts what is under way"},
      {R"({"key":"a"})", "rule: is missing"},
      {R"({"key":"a","descriptors":{"path":"/api"}})", "key: needs a rule beside it"},
      {R"({"rule":"api","key":"a","cost":0})", "cost: is 0"},
      {R"({"rule":"api","key":"a","cost":-1})", "cost: "},
      {R"({"rule":"api","key":"a","cost":"1"})", "cost: "},
      {R"({"rule":"api","key":"a","peek":1})", "peek: "},
      {R"({"rule":"api","key":"a","plan":1})", "plan: "},
      {R"({"rule":"api","keys":"a"})", "keys: not a known member"},
      {R"({"rule":"api","descriptors":"a"})", "descriptors: "},
      {R"({"rule":"api","descriptors":{"client":1}})", "descriptors.client: "},
      {R"({"rule":"api","descriptors":{"colour":"red"}})", "descriptors.colour: is no descriptor"},
      {R"({"checks":7})", "checks: send a list"},
      {R"({"checks":[],"peek":true})", "checks: stands beside other members"},
      {R"({"checks":[{"rule":"api","key":"a"},{"rule":"api"}]})", "checks[1].descriptors: "},
      {R"({"checks":[{"rule":"api","key":"a"},5]})", "checks[1]: "}};
  for (const auto& [body, words] : kRows) {
    const auto said = ask(body);
    EXPECT_EQ(said.status, 422u) << body;
    EXPECT_TRUE(said.text("detail").starts_with(words)) << body << ": " << said.text("detail");
  }
  EXPECT_TRUE(allowed(R"({"rule":"api","key":"a"})"));
  std::string many = R"({"checks":[)";
  for (int i = 0; i < 1'001; ++i) many += "{},";
  many.back() = ']';
  EXPECT_EQ(ask(many + "}").status, 422u);
}

// One counter for a request through the pipeline and for the same asked by name.
TEST_F(LimitsTest, WhatTheFilterCountedIsCountedHere) {
  set_rule(rule_of("api", 2));
  gateway::PipelineParts parts;
  parts.limits = std::make_shared<gateway::RateRules>(
      gateway::RateRulesParts{[this] { return api_.desk.shard->rules(); },
                              api_.counters,
                              api_.desk.clock,
                              api_.desk.entropy,
                              api_.desk.identities,
                              {3, 4}});
  parts.fallback = [](gateway::Context& context) -> edge::Task<> {
    edge::Response response;
    (void)co_await context.exchange.respond(std::move(response));
  };
  gateway::ExchangeDouble exchange("GET", "/api/x");
  exchange.from.address = boost::asio::ip::make_address("2001:db8::1");
  const gateway::Pipeline pipeline(std::move(parts));
  boost::asio::co_spawn(api_.desk.loop, edge::complete(pipeline.handle(exchange)),
                        [](std::exception_ptr fault) { EXPECT_FALSE(fault); });
  api_.desk.loop.restart();
  api_.desk.loop.run();
  EXPECT_EQ(ask(R"({"rule":"api","key":"2001:db8::2"})").json().at("remaining").as_int64(), 0);
}

}  // namespace
}  // namespace doorward::api
