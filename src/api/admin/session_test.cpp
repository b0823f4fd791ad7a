#include "api/api_test_support.hpp"

namespace doorward::api {
namespace {

using Said = TestApi::Said;
using Fields = TestApi::Fields;

constexpr const char* kSession = "/.doorward/v1/admin/session";
constexpr const char* kRooms = "/.doorward/v1/admin/rooms";
constexpr const char* kSale = "/.doorward/v1/admin/rooms/sale";
constexpr const char* kRightToken = R"({"token":"admin-token-0123456789"})";

struct AdminSession : ::testing::Test {
  TestApi api;

  struct Browser {
    std::string cookie;
    std::string csrf;
  };
  Browser sign_in() {
    const Said said = api.call("POST", kSession, {}, kRightToken);
    EXPECT_EQ(said.status, 200U) << said.body;
    return {gateway::cookies_of(said.fields), said.text("csrf")};
  }
};

TEST_F(AdminSession, ABrowserSignsInActsAndSignsOut) {
  const Browser browser = sign_in();
  const Fields reads{{"Cookie", browser.cookie}};
  const Fields acts{{"Cookie", browser.cookie}, {"X-CSRF-Token", browser.csrf}};
  EXPECT_EQ(api.call("GET", kRooms, reads).status, 200U);
  EXPECT_EQ(api.call("PUT", kSale, acts, "{}").status, 201U);
  EXPECT_EQ(api.call("GET", kSession, reads).text("csrf"), browser.csrf);
  EXPECT_EQ(api.call("GET", kSession, reads).text("by"), "cookie");
  const Said out = api.call("DELETE", kSession, acts);
  EXPECT_EQ(out.status, 204U);
  EXPECT_NE(out.fields.find("Set-Cookie")->find("Max-Age=0"), std::string_view::npos);
  EXPECT_EQ(api.call("GET", kRooms, reads).problem(), "admin-only");
  EXPECT_FALSE(api.call("GET", kSession, reads).json().at("signed_in").as_bool());
}

TEST_F(AdminSession, TheCookieIsForDoorwardAloneAndNoScriptReadsIt) {
  const Said plain = api.call("POST", kSession, {}, kRightToken);
  const std::string set(*plain.fields.find("Set-Cookie"));
  for (const char* part : {"HttpOnly", "SameSite=Strict", "Path=/.doorward/"})
    EXPECT_NE(set.find(part), std::string::npos) << set;
  EXPECT_EQ(set.find("Secure"), std::string::npos) << set;
  api.client.scheme = "https";
  const Said secure = api.call("POST", kSession, {}, kRightToken);
  EXPECT_NE(secure.fields.find("Set-Cookie")->find("Secure"), std::string_view::npos);
}

TEST_F(AdminSession, WhatChangesSomethingNeedsTheCsrfToken) {
  const Browser browser = sign_in();
  const Fields reads{{"Cookie", browser.cookie}};
  EXPECT_EQ(api.call("PUT", kSale, reads, "{}").problem(), "csrf-token-needed");
  EXPECT_EQ(api.call("DELETE", kSession, reads).problem(), "csrf-token-needed");
  const Fields wrong{{"Cookie", browser.cookie}, {"X-CSRF-Token", sign_in().csrf}};
  EXPECT_EQ(api.call("PUT", kSale, wrong, "{}").problem(), "csrf-token-needed");
}

TEST_F(AdminSession, AnotherSiteMayNotUseIt) {
  const Browser browser = sign_in();
  const std::pair<const char*, const char*> table[] = {{"Origin", "http://shop.example:9000"},
                                                       {"Origin", "null"},
                                                       {"Sec-Fetch-Site", "cross-site"},
                                                       {"Sec-Fetch-Site", "same-site"}};
  for (const auto& [name, value] : table) {
    const Fields fields{{"Cookie", browser.cookie}, {"X-CSRF-Token", browser.csrf}, {name, value}};
    EXPECT_EQ(api.call("GET", kRooms, fields).problem(), "wrong-origin") << value;
    EXPECT_EQ(api.call("PUT", kSale, fields, "{}").problem(), "wrong-origin") << value;
    EXPECT_FALSE(api.call("GET", kSession, fields).json().at("signed_in").as_bool()) << value;
    EXPECT_EQ(api.call("POST", kSession, {{name, value}}, kRightToken).problem(), "wrong-origin");
  }
}

TEST_F(AdminSession, WrongTokensAreCounted) {
  for (std::size_t i = 0; i < admin::SessionTable::kMaxFailures; ++i)
    EXPECT_EQ(api.call("POST", kSession, {}, R"({"token":"wrong"})").problem(), "admin-only");
  const Said refused = api.call("POST", kSession, {}, kRightToken);
  EXPECT_EQ(refused.problem(), "too-many-tries");
  EXPECT_EQ(refused.fields.find("Retry-After"), "60");
  EXPECT_EQ(api.admin("GET", kRooms).status, 200U) << "bearer tokens are counted apart";
}

TEST_F(AdminSession, WrongBearerTokensAreCountedToo) {
  const Fields wrong{TestApi::bearer("another-token-0123456789")};
  for (std::size_t i = 0; i < admin::SessionTable::kMaxWrongBearers; ++i)
    EXPECT_EQ(api.call("GET", kRooms, wrong).problem(), "admin-only");
  const Said refused = api.call("GET", kRooms, wrong);
  EXPECT_EQ(refused.problem(), "too-many-tries");
  EXPECT_EQ(refused.fields.find("Retry-After"), "60");
  EXPECT_EQ(api.admin("GET", kRooms).problem(), "too-many-tries")
      << "the right one would tell that it is";
  EXPECT_EQ(api.call("POST", kSession, {}, kRightToken).status, 200U) << "counted apart";
  api.client.key = "198.51.100.7";
  EXPECT_EQ(api.admin("GET", kRooms).status, 200U) << "another address";
  api.client.key.clear();
  api.desk.clock.advance(std::chrono::minutes{1});
  EXPECT_EQ(api.admin("GET", kRooms).status, 200U);
}

TEST_F(AdminSession, WhatIsNotATokenIsRefused) {
  EXPECT_EQ(api.call("POST", kSession).problem(), "admin-only");
  EXPECT_EQ(api.call("POST", kSession, {}, R"({"token":7})").problem(), "invalid-value");
  EXPECT_EQ(api.call("POST", kSession, {}, R"({"name":"x"})").problem(), "invalid-value");
}

TEST_F(AdminSession, AWrongBearerTokenIsNotMendedByACookie) {
  const Fields both{{"Cookie", sign_in().cookie}, TestApi::bearer("another-token-0123456789")};
  EXPECT_EQ(api.call("GET", kRooms, both).problem(), "admin-only");
}

TEST_F(AdminSession, OnAListenerForVisitorsNobodySignsIn) {
  api.client.forwarded = true;
  EXPECT_EQ(api.call("POST", kSession, {}, kRightToken).problem(), "admin-elsewhere");
  EXPECT_EQ(api.call("GET", kSession).problem(), "admin-elsewhere");
  EXPECT_EQ(api.call("GET", "/dashboard").problem(), "admin-elsewhere");
}

struct OpenOnLoopback : ::testing::Test {
  TestApi api{{std::string(kAdminToken), [] { return true; }, true}};
  OpenOnLoopback() {
    api.peer.address = boost::asio::ip::make_address("127.0.0.1");
    api.client.host = "localhost:8080";
  }
};

TEST_F(OpenOnLoopback, NobodyHasToSignIn) {
  EXPECT_EQ(api.call("PUT", kSale, {}, "{}").status, 201U);
  EXPECT_EQ(api.call("GET", kSession).text("by"), "loopback");
  for (const char* host : {"127.0.0.1:8080", "[::1]:8080", "LOCALHOST", "127.0.0.1"}) {
    api.client.host = host;
    EXPECT_EQ(api.call("GET", kRooms).status, 200U) << host;
  }
}

TEST_F(OpenOnLoopback, AnotherSiteIsStillRefused) {
  EXPECT_EQ(api.call("PUT", kSale, {{"Origin", "http://evil.example"}}, "{}").problem(),
            "wrong-origin");
  for (const char* host : {"evil.example:8080", "127.0.0.1.evil.example", "", "[::1].evil"}) {
    api.client.host = host;
    EXPECT_EQ(api.call("GET", kRooms).problem(), "admin-only") << "a name that points here";
  }
}

TEST_F(OpenOnLoopback, AnotherMachineAndAWrongTokenAreStillRefused) {
  EXPECT_EQ(api.call("GET", kRooms, {TestApi::bearer("another-token-0123456789")}).status, 401U);
  api.peer.address = boost::asio::ip::make_address("192.0.2.1");
  EXPECT_EQ(api.call("GET", kRooms).problem(), "admin-only");
}

}  // namespace
}  // namespace doorward::api
