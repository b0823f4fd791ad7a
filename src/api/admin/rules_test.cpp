// The calls about rules: what they do, and the exact answer to those that are wrong.
#include "api/api_test_support.hpp"

namespace doorward::api {
namespace {

using Said = TestApi::Said;

constexpr const char* kRules = "/v1/admin/rules";
constexpr const char* kApiRule = "/v1/admin/rules/api";
constexpr const char* kGood = R"({"name":"api","match":{"paths":["/api/**"]},"quota":"10/s"})";

TEST(AdminRules, ARuleIsMadeReadChangedListedAndRemoved) {
  TestApi api;
  const Said made = api.admin("POST", kRules, kGood);
  ASSERT_EQ(made.status, 201U) << made.body;
  EXPECT_EQ(*made.fields.find("Location"), kApiRule);
  EXPECT_EQ(made.text("source"), "admin");
  EXPECT_EQ(made.json().at("id"), 1);
  EXPECT_EQ(api.desk.shard->rules()->named("api")->quotas()[0].compiled.limit(), 10U);
  EXPECT_EQ(api.admin("GET", kApiRule).body, made.body);
  const Said changed = api.admin("PATCH", kApiRule, R"({"quotas":["20/s","1000/day"]})");
  ASSERT_EQ(changed.status, 200U) << changed.body;
  EXPECT_EQ(changed.json().at("quotas").as_array().size(), 2U);
  EXPECT_EQ(changed.json().at("match").at("paths").at(0), "/api/**") << "PATCH keeps the rest";
  EXPECT_EQ(api.desk.shard->rules()->named("api")->quotas()[0].compiled.limit(), 20U);
  const Said whole = api.admin("PUT", kApiRule, R"({"quota":"5/s"})");
  ASSERT_EQ(whole.status, 200U) << whole.body;
  EXPECT_TRUE(whole.json().at("match").at("paths").as_array().empty()) << "PUT is the whole rule";
  EXPECT_EQ(api.admin("PUT", "/v1/admin/rules/other", R"({"quota":"5/s"})").status, 201U);
  EXPECT_EQ(api.admin("GET", kRules).json().at("rules").as_array().size(), 2U);
  EXPECT_EQ(api.admin("DELETE", kApiRule).status, 204U);
  EXPECT_EQ(api.desk.shard->rules()->named("api"), nullptr);
}

TEST(AdminRules, WhatIsShownCanBeSentBack) {
  TestApi api;
  const Said made = api.admin("POST", kRules, kGood);
  const Said again = api.admin("PUT", kApiRule, made.body);
  EXPECT_EQ(again.status, 200U) << again.body;
  EXPECT_EQ(again.body, made.body);
}

TEST(AdminRules, AnETagGuardsAgainstWhatAnotherChanged) {
  TestApi api;
  const std::string tag(*api.admin("POST", kRules, kGood).fields.find("ETag"));
  const auto send = [&](const char* method, const std::string& match) {
    const TestApi::Fields fields{TestApi::bearer(kAdminToken), {"If-Match", match}};
    return api.call(method, kApiRule, fields, R"({"quota":"3/s"})").status;
  };
  EXPECT_EQ(send("PATCH", "\"other\""), 412U);
  EXPECT_EQ(send("PATCH", tag), 200U);
  EXPECT_EQ(send("PATCH", tag), 412U);
  EXPECT_EQ(send("PUT", tag), 412U);
  EXPECT_EQ(send("DELETE", tag), 412U);
  EXPECT_EQ(send("DELETE", "*"), 204U);
}

TEST(AdminRules, WrongCallsAreAnsweredExactly) {
  TestApi api;
  ASSERT_EQ(api.admin("POST", kRules, kGood).status, 201U);
  struct Row {
    const char* method;
    std::string path;
    std::string body;
    unsigned status;
    const char* problem;
    const char* detail;
  };
  const std::string name_rule =
      "name: must be 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit";
  const Row table[] = {
      {"POST", kRules, kGood, 409, "rule-exists",
       "There is a rule \"api\" already; change it by PUT or PATCH."},
      {"POST", kRules, "", 422, "invalid-value", name_rule.c_str()},
      {"POST", kRules, R"({"quota":"10/s"})", 422, "invalid-value", name_rule.c_str()},
      {"POST", kRules, R"({"name":"b"})", 422, "invalid-value",
       "quotas: is empty; give at least one, such as \"10/s\""},
      {"POST", kRules, R"({"name":"b","qouta":"10/s"})", 422, "invalid-value",
       "qouta: not a known member; the nearest is \"quota\""},
      {"POST", kRules, "[]", 400, "malformed-request", "The body must be a JSON object."},
      {"POST", kRules, R"({"name":"b","name":"c","quota":"1/s"})", 400, "malformed-request",
       "not JSON: a member stands twice in one object"},
      {"PUT", kApiRule, R"({"name":"other","quota":"10/s"})", 422, "invalid-value",
       "name: is not that of the path; a rule is not renamed, but made anew"},
      {"PATCH", kApiRule, R"({"name":"other"})", 422, "invalid-value",
       "name: is not that of the path; a rule is not renamed, but made anew"},
      {"PATCH", kApiRule, R"({"quotas":[]})", 422, "invalid-value",
       "quotas: is empty; give at least one, such as \"10/s\""},
      {"PATCH", "/v1/admin/rules/none", "{}", 404, "no-such-rule", "There is no rule \"none\"."},
      {"GET", "/v1/admin/rules/none", "", 404, "no-such-rule", "There is no rule \"none\"."},
      {"DELETE", "/v1/admin/rules/none", "", 404, "no-such-rule", "There is no rule \"none\"."},
      {"PUT", "/v1/admin/rules/UPPER", R"({"quota":"1/s"})", 422, "invalid-value",
       name_rule.c_str()},
      {"PUT", "/v1/admin/rules/%61pi", R"({"quota":"1/s"})", 422, "invalid-value",
       name_rule.c_str()},
      {"PUT", "/v1/admin/rules/" + std::string(129, 'a'), R"({"quota":"1/s"})", 422,
       "invalid-value", name_rule.c_str()},
  };
  for (const Row& row : table) {
    const Said said = api.admin(row.method, row.path, row.body);
    EXPECT_EQ(said.status, row.status) << row.method << ' ' << row.path << ' ' << row.body;
    EXPECT_EQ(said.problem(), row.problem) << said.body;
    EXPECT_EQ(said.text("detail"), row.detail);
  }
  EXPECT_EQ(api.desk.shard->rules()->rules().size(), 1U);
}

// A PATCH whose body takes so long that another changes the rule before it is here.
class SlowPatch final : public gateway::ExchangeDouble {
 public:
  explicit SlowPatch(TestApi& api) : ExchangeDouble("PATCH", kApiRule), api_(api) {
    head.fields.append("Authorization", "Bearer " + std::string(kAdminToken));
    head.fields.append("Content-Type", "application/json");
    body.emplace_back(R"({"dry_run":true})");
  }
  edge::Task<Result<std::string>> read_whole_body(std::size_t) override {
    limit::Rule rule = api_.desk.shard->rules()->named("api")->rule();
    rule.active = false;
    engine::Command command = engine::SetRule{std::move(rule)};
    const auto outcome = co_await gateway::await_shard(*api_.desk.shard, std::move(command));
    EXPECT_TRUE(outcome);
    co_return body.front();
  }

 private:
  TestApi& api_;
};

TEST(AdminRules, ASlowChangeUndoesNothingThatWasDoneWhileItCame) {
  TestApi api;
  ASSERT_EQ(api.admin("POST", kRules, kGood).status, 201U);
  SlowPatch patch(api);
  const Said said = api.call(patch);
  EXPECT_EQ(said.status, 200U) << said.body;
  EXPECT_TRUE(said.json().at("dry_run").as_bool());
  EXPECT_FALSE(said.json().at("active").as_bool());
}

TEST(AdminRules, AnETagGuardsAgainstWhatChangesWhileTheBodyComes) {
  TestApi api;
  const std::string tag(*api.admin("POST", kRules, kGood).fields.find("ETag"));
  SlowPatch patch(api);
  patch.head.fields.append("If-Match", tag);
  EXPECT_EQ(api.call(patch).status, 412U);
}

TEST(AdminRules, OnlyTheAdminTokenIsTaken) {
  TestApi api;
  const std::pair<const char*, const char*> calls[] = {{"GET", kRules},     {"POST", kRules},
                                                       {"GET", kApiRule},   {"PUT", kApiRule},
                                                       {"PATCH", kApiRule}, {"DELETE", kApiRule}};
  for (const auto& [method, path] : calls) {
    EXPECT_EQ(api.call(method, path).status, 401U) << method;
    EXPECT_EQ(api.call(method, path, {TestApi::bearer("wrong")}, kGood).status, 401U) << method;
  }
  api.client.forwarded = true;
  EXPECT_EQ(api.admin("GET", kRules).status, 403U);
  EXPECT_TRUE(api.desk.shard->rules()->rules().empty());
}

}  // namespace
}  // namespace doorward::api
