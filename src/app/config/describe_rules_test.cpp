#include "app/config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace doorward::app::config {
namespace {

using ::testing::HasSubstr;

Loaded load(std::string_view text) { return load_text(text, "demo.yaml", {}); }

TEST(Rules, ReadsRulesInShortAndInFull) {
  const auto loaded = load(R"(
rules:
  api: 10/s
  two: [10/s, 1000/day]
  checkout:
    match: { path: /checkout/**, method: POST, headers: { X-Plan: go* } }
    key: [user, "header:X-Client-ID"]
    quotas: [{ limit: 10, window: 2s, algorithm: gcra, burst: 20 }, { limit: 9, name: second }]
    plan_claim: plan
    tiers: { gold: 100/s, free: {} }
    allow: 10.0.0.0/8
    cost: { response_header: X-Cost, default: 2 }
    headers: kong
    fallback: true
  open: { quota: 1/m, key: [] }
  list: { quotas: [1000/s, { quota: 5/m, algorithm: gcra, burst: 9 }] }
identity: { issuers: [{ jwks_uri: "http://127.0.0.1:9/keys" }] }
)");
  ASSERT_EQ(loaded.problems.text(), "");
  const auto& rules = loaded.config.rules;
  ASSERT_EQ(rules.size(), 5u);
  EXPECT_EQ(rules[0].rule.name, "api");
  EXPECT_EQ(rules[0].rule.key, (std::vector<limit::KeyPart>{{limit::KeyKind::client, {}}}));
  ASSERT_EQ(rules[0].rule.quotas.size(), 1u);
  EXPECT_EQ(rules[0].rule.quotas[0].quota.limit, 10u);
  EXPECT_EQ(rules[1].rule.quotas.at(1).name, "1d");
  const limit::Rule& full = rules[2].rule;
  EXPECT_EQ(full.match.paths, std::vector<std::string>{"/checkout/**"});
  EXPECT_EQ(full.match.headers, (std::vector<limit::HeaderMatch>{{"X-Plan", "go*"}}));
  EXPECT_EQ(full.key.at(1), (limit::KeyPart{limit::KeyKind::header, "X-Client-ID"}));
  EXPECT_EQ(full.quotas.at(0).quota.algorithm, limit::Algorithm::gcra);
  EXPECT_EQ(full.quotas.at(0).name, "2s");
  EXPECT_EQ(full.quotas.at(1).name, "second");
  EXPECT_EQ(full.tiers.at(0).quotas.at(0).quota.limit, 100u);
  EXPECT_TRUE(full.tiers.at(1).quotas.empty());
  EXPECT_EQ(full.cost, (limit::Cost{limit::Cost::From::response_header, "X-Cost", 2}));
  EXPECT_EQ(full.headers, limit::Dialect::kong);
  EXPECT_TRUE(full.fallback);
  EXPECT_TRUE(rules[3].rule.key.empty());
  const auto& list = rules[4].rule.quotas;
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].name, "1s");
  EXPECT_EQ(list[0].quota.limit, 1000u);
  EXPECT_EQ(list[1].quota.window, std::chrono::minutes{1});
  EXPECT_EQ(list[1].quota.algorithm, limit::Algorithm::gcra);
  EXPECT_EQ(list[1].quota.burst, 9u);
}

TEST(Rules, WhatIsWrongInARuleIsSaidWithItsPlace) {
  const std::pair<const char*, const char*> table[] = {
      {"api: ten/s", "rules.api.quota: expected a number, '/' and a time"},
      {"api: {}", "rules.api: quotas: is empty"},
      {"API: 10/s", "rules.API: name: must be 1 to 128"},
      {"api: {quota: 0/s}", "rules.api: quota[0].limit: is 0"},
      {"api: {quota: 1/s, key: ip}", "rules.api.key: expected client, user"},
      {"api: {quota: 1/s, alow: ::1}", "rules.api.alow: unknown key; did you mean \"allow\"?"},
      {"api: {quota: 1/s, allow: 10.0.0.1/8}", "rules.api.allow: expected a network"},
      {"api: {quota: 1/s, tiers: {gold: 1/m}}", "rules.api: plan_claim: is needed beside tiers"},
      {"api: {quotas: [{window: 1s}]}", "rules.api.quotas[0].limit: this setting is required"},
      {"api: {quotas: [many/s]}", "rules.api.quotas[0].quota: expected a number, '/' and a time"},
      {"api: {quotas: [{limit: 1, window: 1ms}]}", "rules.api.quotas[0].window: expected a durat"},
      {"api: {quotas: [{limit: 1, algorithm: leaky}]}", "rules.api.quotas[0].algorithm: expected"},
      {"api: {quota: 1/s, match: {route: shop}}", "there is no route \"shop\""},
      {"api: {quota: 1/s, cost: {request_header: A, response_header: B}}", "stands beside"},
  };
  for (const auto& [rule, expected] : table) {
    const auto loaded = load("rules: {" + std::string(rule) + "}\n");
    EXPECT_THAT(loaded.problems.text(), HasSubstr(expected)) << rule;
  }
}

}  // namespace
}  // namespace doorward::app::config
