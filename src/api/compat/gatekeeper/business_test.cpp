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

}  // namespace
}  // namespace doorward::api
