// What others change between a compatible call's reading and its writing is not undone, and what a
// call does not name stays as it was.
#include "api/cut_api_test_support.hpp"
#include "core/tenant/tenant.hpp"

#include <gmock/gmock.h>

namespace doorward::api {
namespace {

using namespace std::chrono_literals;
using Said = TestApi::Said;
using ::testing::ElementsAre;

class ConfigOfABusiness : public testing::Test {
 protected:
  static constexpr const char* kRule = "gatekeeper.enqueue";

  void SetUp() override {
    cut_.uncut.admin("POST", "/v1/admin/tenants", R"({"name":"acme"})");
    key_ = cut_.uncut.admin("POST", "/v1/admin/tenants/acme/keys", R"({"name":"a"})").text("key");
    ASSERT_EQ(cut_.uncut.call("GET", "/config", {{"business_id", key_}}).status, 200U);
  }
  Said change(std::string_view body, std::function<void()> cut_in = {}) {
    return cut_.call_while(std::move(cut_in), "POST", "/config", body, {}, {{"business_id", key_}});
  }
  engine::Shard& shard() { return *cut_.uncut.desk.shard; }
  room::Policy policy() { return shard().room("acme/queue")->view.policy; }
  limit::Rule rule() { return shard().rules("acme")->named(kRule)->rule(); }
  tenant::Settings settings() { return shard().tenants()->named("acme")->settings; }
  void set(limit::Rule rule) {
    rule.name = tenant::full_name("acme", rule.name);
    EXPECT_EQ(cut_.submit_aside(engine::SetRule{std::move(rule)}), engine::Status::done);
  }

  CutApi cut_;
  std::string key_;
};

TEST_F(ConfigOfABusiness, UndoesNoPauseThatComesMeanwhile) {
  const auto pause = [this] {
    room::Policy paused = policy();
    paused.mode = room::Mode::paused;
    EXPECT_EQ(cut_.submit_aside(engine::SetRoom{"acme/queue", paused}), engine::Status::done);
  };
  EXPECT_EQ(change(R"({"ready_ttl_seconds":700})", pause).status, 200U);
  EXPECT_EQ(policy().mode, room::Mode::paused);
  EXPECT_EQ(policy().session_ttl, 700s);
}

TEST_F(ConfigOfABusiness, UndoesNoChangeOfItsRulesOrItsTenantMeanwhile) {
  const auto changes_rule = [this] {
    limit::Rule other = rule();
    other.quotas.front().quota.window = 77s;
    set(other);
  };
  EXPECT_EQ(change(R"({"ip_enqueue_limit":7})", changes_rule).status, 200U);
  EXPECT_EQ(rule().quotas.front().quota.limit, 7U);
  EXPECT_EQ(rule().quotas.front().quota.window, 77s);
  const auto changes_tenant = [this] {
    tenant::Settings other = settings();
    other.rooms = 3;
    EXPECT_EQ(cut_.submit_aside(engine::SetTenant{"acme", {}, {}, other}), engine::Status::done);
  };
  const Said said = change(R"({"jwt_expiry_seconds":120})", changes_tenant);
  EXPECT_EQ(said.json().at("updated_config").at("ip_enqueue_limit_interval").as_int64(), 77);
  EXPECT_EQ(settings().rooms, 3U);
  EXPECT_EQ(settings().token_ttl, 120s);
}

TEST_F(ConfigOfABusiness, KeepsWhatTheOperatorGaveRoomAndRules) {
  limit::Rule given = rule();
  given.dry_run = true;
  given.allow = {"10.0.0.0/8"};
  given.quotas.push_back({"hour", {limit::Algorithm::fixed_window, 100, 1h}});
  set(given);
  room::Policy room = policy();
  room.max_waiting = 50;
  room.renew = room::Renew::use;
  room.session_ttl = 90s;
  ASSERT_EQ(cut_.submit_aside(engine::SetRoom{"acme/queue", room}), engine::Status::done);

  EXPECT_EQ(change(R"({"admission_limit":77})").status, 200U);
  EXPECT_EQ(rule(), given);
  room.admit->count = 77;
  EXPECT_EQ(policy(), room);
  EXPECT_EQ(change(R"({"ip_enqueue_limit":5000,"ip_enqueue_limit_interval":60})").status, 200U);
  given.quotas.front().quota.algorithm = limit::Algorithm::sliding_counter;
  given.quotas.front().quota.limit = 5'000;
  given.quotas.front().quota.window = 60s;
  EXPECT_EQ(rule(), given);
}

TEST_F(ConfigOfABusiness, KeepsAnAlgorithmThatTheOperatorChose) {
  limit::Rule given = rule();
  given.quotas.front().quota.algorithm = limit::Algorithm::fixed_window;
  set(given);
  EXPECT_EQ(change(R"({"ip_enqueue_limit":5000})").status, 200U);
  EXPECT_EQ(rule().quotas.front().quota.algorithm, limit::Algorithm::fixed_window);
}

TEST_F(ConfigOfABusiness, ReadsWhatStandsOnceTheBodyIsThere) {
  EXPECT_EQ(change(R"({"ip_enqueue_limit":5,"ready_ttl_seconds":1})").status, 422U);
  EXPECT_NE(rule().quotas.front().quota.limit, 5U) << "nothing of a wrong call is done";
  EXPECT_EQ(change("{}").status, 200U);
}

class ConfigOfAnEndpoint : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(cut_.uncut
                  .admin("POST", "/admin/configs",
                         R"({"endpoint":"/e","requests_per_window":10,"window_seconds":60})")
                  .status,
              200U);
  }
  limit::Rule rule() { return cut_.uncut.desk.shard->rules()->rules().front()->rule(); }
  auto switches_off() {
    return [this] {
      limit::Rule other = rule();
      other.active = false;
      EXPECT_EQ(cut_.submit_aside(engine::SetRule{other}), engine::Status::done);
    };
  }
  auto moves_away() {
    return [this] {
      limit::Rule other = rule();
      other.match.paths = {"/other"};
      EXPECT_EQ(cut_.submit_aside(engine::SetRule{other}), engine::Status::done);
    };
  }

  CutApi cut_;
};

TEST_F(ConfigOfAnEndpoint, UndoesNothingThatAnotherChangesMeanwhile) {
  const Said said =
      cut_.call_while(switches_off(), "PUT", "/admin/configs/e", R"({"requests_per_window":3})");
  EXPECT_EQ(said.status, 200U) << said.body;
  EXPECT_EQ(rule().quotas.front().quota.limit, 3U);
  EXPECT_FALSE(rule().active);
}

TEST_F(ConfigOfAnEndpoint, OfARuleThatSaysMoreIsAnsweredTheSameByEachCall) {
  limit::Rule narrowed = rule();
  narrowed.match.methods = {"POST"};
  ASSERT_EQ(cut_.submit_aside(engine::SetRule{narrowed}), engine::Status::done);
  constexpr const char* kMade = R"({"endpoint":"/e","requests_per_window":4,"window_seconds":60})";
  const Said all[] = {cut_.uncut.admin("POST", "/admin/configs", kMade),
                      cut_.uncut.admin("PUT", "/admin/configs/e", R"({"requests_per_window":4})"),
                      cut_.uncut.admin("DELETE", "/admin/configs/e")};
  for (const Said& said : all) {
    EXPECT_EQ(said.status, 409U);
    EXPECT_NE(said.text("detail").find("/v1/admin/rules/" + narrowed.name), std::string::npos)
        << said.body;
  }
  EXPECT_EQ(cut_.uncut.admin("GET", "/admin/configs").body, "[]");
  EXPECT_EQ(rule(), narrowed);
}

TEST_F(ConfigOfAnEndpoint, OfOneThatIsAnothersMeanwhileNothingIsChangedOrRemoved) {
  EXPECT_EQ(cut_.call_while(moves_away(), "DELETE", "/admin/configs/e", "").status, 409U);
  EXPECT_THAT(rule().match.paths, ElementsAre("/other"));
  EXPECT_EQ(cut_.uncut.admin("DELETE", "/admin/configs/other").status, 200U);
}

}  // namespace
}  // namespace doorward::api
