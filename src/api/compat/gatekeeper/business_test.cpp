// What a business's keys are good for, and how its two rules count.
#include "api/api_test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doorward::api {
namespace {

using Fields = TestApi::Fields;
using Said = TestApi::Said;
using ::testing::ElementsAre;

class ABusiness : public testing::Test {
 protected:
  void SetUp() override {
    api.admin("POST", "/v1/admin/tenants", R"({"name":"acme"})");
    page = key("business-id");
    ASSERT_EQ(api.call("GET", "/config", {{"business_id", page}}).status, 200U);
  }
  std::string key(std::string_view name) {
    return api
        .admin("POST", "/v1/admin/tenants/acme/keys", R"({"name":")" + std::string(name) + "\"}")
        .text("key");
  }

  TestApi api;
  std::string page;
};

TEST_F(ABusiness, AKeyThatItsPagesCarryIsGoodForItsOwnCallsAlone) {
  const std::string backend = key("web");
  struct Row {
    const char* method;
    const char* path;
    const char* body;
    unsigned backend;  // what a backend is answered
  };
  constexpr Row kRows[] = {
      {"GET", "/v1/admin/rooms/queue", "", 200},
      {"POST", "/v1/admin/rooms/queue/pause", "", 200},
      {"PUT", "/v1/admin/rooms/more", R"({"capacity":1})", 201},
      {"PUT", "/v1/admin/inventories/x", R"({"count":5})", 201},
      {"POST", "/v1/limits/reset", R"({"rule":"gatekeeper.enqueue","key":"192.0.2.1"})", 200},
      {"POST", "/v1/limits/check", R"({"rule":"gatekeeper.enqueue","key":"192.0.2.1"})", 200},
      {"POST", "/v1/rooms/queue/tickets", R"({"subject":"vip"})", 201},
      {"DELETE", "/v1/admin/rules/gatekeeper.enqueue", "", 204},
      {"DELETE", "/v1/admin/rooms/queue", "", 204},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(api.call(row.method, row.path, {{"X-API-Key", page}}, row.body).status, 401U)
        << row.path;
    EXPECT_EQ(api.call(row.method, row.path, {{"X-API-Key", backend}}, row.body).status,
              row.backend)
        << row.path;
  }
  for (const std::string& any : {page, backend}) {
    const Fields fields{{"business_id", any}, {"user_id", "ann"}};
    EXPECT_EQ(api.call("POST", "/queue/enqueue", fields).status, 200U);
    EXPECT_EQ(api.call("POST", "/config", fields, R"({"admission_limit":5})").status, 200U);
  }
}

class RulesOfABusiness : public ABusiness {
 protected:
  static constexpr const char* kRule = "/v1/tenants/acme/admin/rules/gatekeeper.enqueue";

  Said enqueue(const std::string& key) {
    const std::string user = "u" + std::to_string(++users_);
    return api.call("POST", "/queue/enqueue", {{"business_id", key}, {"user_id", user}});
  }
  std::vector<unsigned> enqueue(int times) {
    std::vector<unsigned> statuses;
    for (int i = 0; i < times; ++i) statuses.push_back(enqueue(page).status);
    return statuses;
  }
  void patch(std::string_view body) {
    const Said said = api.admin("PATCH", kRule, body);
    ASSERT_EQ(said.status, 200U) << said.body;
  }
  std::map<std::string, int> take_outcomes() { return std::exchange(api.outcomes.counts, {}); }

 private:
  int users_ = 0;
};

TEST_F(RulesOfABusiness, DoAllThatTheirMembersSay) {
  patch(R"({"quotas":[{"name":"interval","limit":1,"window":"1h"}]})");
  EXPECT_THAT(enqueue(2), ElementsAre(200, 429));
  patch(R"({"active":false})");
  EXPECT_THAT(enqueue(2), ElementsAre(200, 200));
  patch(R"({"active":true,"dry_run":true})");
  EXPECT_THAT(enqueue(2), ElementsAre(200, 200));
  patch(R"({"dry_run":false,"allow":["192.0.2.0/24"]})");
  EXPECT_THAT(enqueue(2), ElementsAre(200, 200));
  patch(R"({"allow":[],"ends_at":"2001-01-01T00:00:00Z"})");
  EXPECT_THAT(enqueue(2), ElementsAre(200, 200));
  patch(R"({"ends_at":null,"deny":["192.0.2.1"],"dry_run":true})");
  EXPECT_THAT(enqueue(1), ElementsAre(200));
  patch(R"({"dry_run":false})");
  EXPECT_THAT(enqueue(1), ElementsAre(403));
  patch(R"({"deny":[],"key":["header:user_id"]})");
  EXPECT_THAT(enqueue(2), ElementsAre(200, 200)) << "others are others";
  patch(R"({"key":["client"],"quotas":[{"name":"second","limit":9,"window":"1s"},
                                       {"name":"day","limit":2,"window":"24h"}]})");
  EXPECT_THAT(enqueue(3), ElementsAre(200, 200, 429)) << "every quota holds";
  EXPECT_EQ(enqueue(page).fields.find("Retry-After").value_or("").size(), 5U) << "of the day";
}

TEST_F(RulesOfABusiness, AreResetByName) {
  patch(R"({"quotas":[{"name":"interval","limit":1,"window":"1h"}]})");
  api.client.key = "192.0.2.1";
  EXPECT_THAT(enqueue(2), ElementsAre(200, 429));
  const Fields backend{{"X-API-Key", key("web")}};
  api.call("POST", "/v1/limits/reset", backend,
           R"({"rule":"gatekeeper.enqueue","key":"192.0.2.1"})");
  EXPECT_THAT(enqueue(1), ElementsAre(200));
}

TEST_F(RulesOfABusiness, AreToldOfUnderTheirFullNames) {
  api.live.statistics().sample(0, 0, api.live.now());
  using Counts = std::map<std::string, int>;
  api.admin("POST", "/v1/admin/tenants", R"({"name":"beta"})");
  const std::string other =
      api.admin("POST", "/v1/admin/tenants/beta/keys", R"({"name":"web"})").text("key");
  EXPECT_EQ(enqueue(other).status, 200U);
  patch(R"({"quotas":[{"name":"interval","limit":1,"window":"1h"}]})");
  enqueue(3);
  EXPECT_EQ(take_outcomes(), (Counts{{"acme/gatekeeper.enqueue passed", 1},
                                     {"acme/gatekeeper.enqueue refused", 2},
                                     {"beta/gatekeeper.enqueue passed", 1}}));
  patch(R"({"dry_run":true})");
  enqueue(1);
  EXPECT_EQ(take_outcomes(), (Counts{{"acme/gatekeeper.enqueue would_refuse", 1}}));
  patch(R"({"dry_run":false,"deny":["192.0.2.1"]})");
  enqueue(1);
  EXPECT_EQ(take_outcomes(), (Counts{{"acme/gatekeeper.enqueue denied", 1}}));
  const auto top = api.live.statistics().top_refused(5, api.live.now());
  ASSERT_EQ(top.size(), 1U);
  EXPECT_EQ(top.front().rule, "acme/gatekeeper.enqueue");
  EXPECT_EQ(top.front().count, 3U);
}

}  // namespace
}  // namespace doorward::api
