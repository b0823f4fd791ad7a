#include "wire/rule_json.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace doorward::wire {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using limit::Algorithm;
using limit::Rule;

Result<Rule> read(const std::string& text, Rule base = {}) {
  return rule_from_json(json::parse(text).as_object(), std::move(base));
}

constexpr const char* kWhole = R"({"name":"api","description":"All calls","match":{"hosts":
  ["shop.example"],"paths":["/api/**"],"methods":["POST"],"headers":{"X-Plan":"go*"},
  "routes":["shop"]},"key":["client","header:X-Client-ID","endpoint"],"quotas":[{"name":"burst",
  "algorithm":"token_bucket","limit":10,"window":"1s","burst":20,"count_refused":true},"1000/day"],
  "plan_claim":"plan","tiers":{"gold":["100/s"],"free":null},"allow":["10.0.0.0/8"],
  "deny":["192.0.2.1"],"dry_run":true,"on_error":"closed","priority":-5,"stop":true,
  "fallback":true,"starts_at":"2026-01-01T00:00:00Z","ends_at":"2026-01-02T00:00:00Z",
  "cost":{"response_header":"X-Cost","default":3},"headers":"kong","refused":"rate_limiter",
  "active":false})";

Rule whole() {
  Rule rule;
  rule.name = "api";
  rule.description = "All calls";
  rule.match = {{"shop.example"}, {"/api/**"}, {"POST"}, {{"X-Plan", "go*"}}, {"shop"}};
  rule.key = {{limit::KeyKind::client, {}},
              {limit::KeyKind::header, "X-Client-ID"},
              {limit::KeyKind::endpoint, {}}};
  rule.quotas = {{"burst", {Algorithm::token_bucket, 10, 1s, 20, true}},
                 {"1d", {Algorithm::sliding_counter, 1'000, 24h, 0, false}}};
  rule.plan_claim = "plan";
  rule.tiers = {{"gold", {{"1s", {Algorithm::sliding_counter, 100, 1s, 0, false}}}}, {"free", {}}};
  rule.allow = {"10.0.0.0/8"};
  rule.deny = {"192.0.2.1"};
  rule.dry_run = rule.stop = rule.fallback = true;
  rule.on_error = limit::OnError::closed;
  rule.priority = -5;
  rule.starts_at = LogTime{Millis{1'767'225'600'000}};
  rule.ends_at = LogTime{Millis{1'767'312'000'000}};
  rule.cost = {limit::Cost::From::response_header, "X-Cost", 3};
  rule.headers = limit::Dialect::kong;
  rule.refused = limit::RefusedBody::rate_limiter;
  rule.active = false;
  return rule;
}

TEST(RuleJson, ReadsTheWholeRuleAndShowsItAsItIsRead) {
  const auto rule = read(kWhole);
  ASSERT_TRUE(rule.has_value()) << rule.error().what;
  EXPECT_EQ(*rule, whole());
  EXPECT_EQ(rule_from_json(rule_to_json(whole())).value(), whole());
}

TEST(RuleJson, ShortFormsStandForTheLong) {
  const auto quick = read(R"({"name":"a","quota":"10/s"})");
  const auto full = read(R"({"name":"a","key":["client"],"quotas":[{"name":"1s",
    "algorithm":"sliding_counter","limit":10,"window":"1s"}]})");
  ASSERT_TRUE(quick.has_value() && full.has_value());
  EXPECT_EQ(*quick, *full);
  const auto one = read(R"({"name":"a","quotas":"5/10s","key":"user","match":{"paths":"/a"},
    "cost":7})");
  ASSERT_TRUE(one.has_value()) << one.error().what;
  EXPECT_EQ(one->match.paths, std::vector<std::string>{"/a"});
  EXPECT_EQ(one->key, (std::vector<limit::KeyPart>{{limit::KeyKind::user, {}}}));
  EXPECT_EQ(one->cost.amount, 7U);
  EXPECT_EQ(one->quotas.at(0).quota.window, 10s);
}

TEST(RuleJson, TiersTakeTheShortFormsOfTheConfigurationFile) {
  const auto quick = read(
      R"({"name":"a","quotas":"10/s","plan_claim":"plan","tiers":{"unlimited":{},"gold":"50/10s",
    "silver":{"quota":"20/s"},"bronze":{"quotas":["15/s","99/day"]},
    "tin":{"limit":12,"window":"1s"}}})");
  const auto full =
      read(R"({"name":"a","quotas":["10/s"],"plan_claim":"plan","tiers":{"unlimited":[],
    "gold":["50/10s"],"silver":["20/s"],"bronze":["15/s","99/day"],
    "tin":[{"limit":12,"window":"1s"}]}})");
  ASSERT_TRUE(quick.has_value()) << quick.error().what;
  ASSERT_TRUE(full.has_value()) << full.error().what;
  EXPECT_EQ(*quick, *full);
}

TEST(RuleJson, MissingMembersKeepTheBaseAndNullTakesAway) {
  const auto changed = read(
      R"({"match":{"paths":["/b"]},"key":null,"starts_at":null,"headers":null,"tiers":null,
          "allow":null})",
      whole());
  ASSERT_TRUE(changed.has_value()) << changed.error().what;
  Rule expected = whole();
  expected.match.paths = {"/b"};
  expected.key.clear();
  expected.starts_at.reset();
  expected.headers.reset();
  expected.tiers.clear();
  expected.allow.clear();
  EXPECT_EQ(*changed, expected);
}

TEST(RuleJson, AnEntryTellsWhenAndFromWhere) {
  const json::object shown = rule_entry_to_json(
      {whole(), 7, limit::RuleSource::file, LogTime{Millis{0}}, LogTime{Millis{1'000}}});
  EXPECT_EQ(shown.at("id"), 7);
  EXPECT_EQ(shown.at("source"), "file");
  EXPECT_EQ(shown.at("created_at"), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(shown.at("updated_at"), "1970-01-01T00:00:01.000Z");
}

}  // namespace
}  // namespace doorward::wire
