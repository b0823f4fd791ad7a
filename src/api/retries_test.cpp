// Every POST that there is, made and made again under one Idempotency-Key.
#include "api/api_test_support.hpp"
#include "api/compat/systems.hpp"
#include "api/compat/wait_queue/wait_queue.hpp"
#include "api/router.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/replace.hpp>

#include <set>

namespace doorward::api {
namespace {

using namespace std::chrono_literals;
using Fields = TestApi::Fields;
using Said = TestApi::Said;

constexpr const char* kKey = "0123456789abcdef";

enum class By { nobody, backend, admin, user, business, ticket };

struct Row {
  const char* pattern;  // as it is routed
  By by;
  const char* body = "";
  // What of the answer must be the same; empty: all.
  const char* member = "";
  // What somebody else does between the two, and where it is seen that the retry did not undo it.
  const char* meanwhile = "";
  const char* meanwhile_body = "";
  const char* seen_at = "";
};

constexpr Row kRows[] = {
    {"/v1/rooms/{room}/tickets", By::nobody, "", "ticket"},
    {"/v1/rooms/{room}/tickets/self/leave", By::ticket, "", "-"},
    {"/v1/passes/verify", By::nobody, R"({"pass":"{pass}"})", "valid"},
    {"/v1/limits/check", By::backend, R"({"rule":"api","key":"ann"})"},
    {"/v1/limits/reset", By::admin, R"({"rule":"api","key":"bob"})"},
    {"/v1/inventories/{inventory}/holds", By::backend, R"({"subject":"ann","count":1})", "hold"},
    {"/v1/inventories/{inventory}/holds/{hold}/extend", By::backend, R"({"ttl":"1m"})"},
    {"/v1/inventories/{inventory}/holds/{hold}/confirm", By::backend, "{}"},
    {"/v1/locks/{lock}", By::backend, R"({"lease":"1m"})", "holder"},
    {"/v1/admin/session", By::nobody, R"({"token":"admin-token-0123456789"})", "signed_in"},
    {"/v1/admin/probe", By::admin, R"({"path":"/"})"},
    {"/v1/admin/rooms/{room}/open", By::admin, "", "", "/v1/admin/rooms/sale/close", "",
     "/v1/admin/rooms/sale"},
    {"/v1/admin/rooms/{room}/pause", By::admin, "", "", "/v1/admin/rooms/sale/open", "",
     "/v1/admin/rooms/sale"},
    {"/v1/admin/rooms/{room}/close", By::admin, "", "", "/v1/admin/rooms/sale/open", "",
     "/v1/admin/rooms/sale"},
    {"/v1/admin/rooms/{room}/bypass", By::admin, "", "", "/v1/admin/rooms/sale/open", "",
     "/v1/admin/rooms/sale"},
    {"/v1/admin/rooms/{room}/draw", By::admin},
    {"/v1/admin/tenants", By::admin, R"({"name":"acme"})"},
    {"/v1/admin/tenants/{tenant}/keys", By::admin, R"({"name":"web"})"},
    {"/v1/admin/rules", By::admin,
     R"({"name":"new","quotas":[{"name":"s","limit":1,"window":"1s"}]})"},
    {"/token/", By::nobody, "", "uuid"},
    {"/token", By::nobody, "", "uuid"},
    {"/reserve", By::nobody},
    {"/process_queue", By::admin},
    {"/admin/reset", By::admin, "", "", "/reserve", R"({"user_id":"ann"})", "/status/ann"},
    {"/api/v1/queue/lineup", By::user, "", "message"},
    {"/queue/enqueue", By::business},
    {"/config", By::business, R"({"admission_limit":5})", "", "/config", R"({"admission_limit":9})",
     "/config"},
    {"/api/submit", By::nobody, R"({"x":1})"},
    {"/admin/configs", By::admin,
     R"({"endpoint":"/x","requests_per_window":5,"window_seconds":60})"},
};

// Answers each request by its number.
edge::Task<> number(edge::Exchange& exchange, std::shared_ptr<int> count) {
  edge::Response answer;
  answer.head.status = 200;
  answer.body = std::to_string(++*count);
  static_cast<void>(co_await exchange.respond(std::move(answer)));
}
edge::Handler numbered() {
  return [count = std::make_shared<int>(0)](edge::Exchange& exchange) {
    return std::optional(number(exchange, count));
  };
}

class Retries : public testing::Test {
 protected:
  ApiOptions options() {
    ApiOptions made{std::string(kAdminToken), [] { return true; }, false, numbered()};
    made.ticketing_gateway.room = "sale";
    made.wait_queue = &queue_;
    return made;
  }

  void SetUp() override {
    api_.desk.set_capacity("sale", 1);
    room::Policy draw;
    draw.order = room::Order::draw;
    api_.desk.set_room("lots", draw);
    good(api_.admin("PUT", "/v1/admin/inventories/hall", R"({"count":5})"));
    good(api_.admin("POST", "/v1/admin/tenants", R"({"name":"shop"})"));
    business_ =
        good(api_.admin("POST", "/v1/admin/tenants/shop/keys", R"({"name":"a"})")).text("key");
    good(api_.admin("POST", "/v1/admin/rules",
                    R"({"name":"api","quotas":[{"name":"s","limit":9,"window":"1h"}]})"));
    good(api_.call("POST", "/v1/limits/check", as(By::backend), R"({"rule":"api","key":"bob"})"));
    const Said hold = good(api_.call("POST", "/v1/inventories/hall/holds", as(By::backend),
                                     R"({"subject":"bob","count":1})"));
    const Said ticket = good(api_.call("POST", "/v1/rooms/sale/tickets"));
    ticket_ = ticket.text("token");
    names_ = {{"{room}", "sale"},   {"{inventory}", "hall"},       {"{lock}", "door"},
              {"{tenant}", "shop"}, {"{hold}", hold.text("hold")}, {"{pass}", ticket.text("pass")}};
  }

  static Said good(Said said) {
    EXPECT_LT(said.status, 300U) << said.body;
    return said;
  }

  Fields as(By by) {
    switch (by) {
      case By::backend: return {{"X-API-Key", std::string(gateway::kApiKey)}};
      case By::admin: return {TestApi::bearer(kAdminToken)};
      case By::user: return {TestApi::bearer(api_.desk.user_token("ann"))};
      case By::business: return {{"business_id", business_}, {"user_id", "ann"}};
      case By::ticket: return {TestApi::bearer(ticket_)};
      case By::nobody: break;
    }
    return {};
  }

  std::string filled(std::string text) {
    if (text.ends_with("/draw")) boost::replace_all(text, "{room}", "lots");
    for (const auto& [name, value] : names_) boost::replace_all(text, name, value);
    return text;
  }

  Said post(const Row& row, const char* key = kKey) {
    Fields fields = as(row.by);
    fields.emplace_back("Sec-Fetch-Site", "same-origin");
    fields.emplace_back("Idempotency-Key", key);
    return api_.call("POST", filled(row.pattern), fields, filled(row.body));
  }

  static std::string part(const Said& said, std::string_view member) {
    if (member == "-") return {};
    if (member.empty()) return said.body;
    const auto body = said.json();
    const auto* found = body.if_contains(member);
    return found == nullptr ? "no " + std::string(member) : boost::json::serialize(*found);
  }

  // Of the wait queue nothing but its settings is asked here.
  gateway::TestDesk aside_;
  TicketStreams streams_{aside_.clock};
  wait_queue::Sockets sockets_{streams_, aside_.clock};
  wait_queue::WaitQueue queue_{{}, aside_.places, sockets_};
  TestApi api_{options()};
  std::string business_;
  std::string ticket_;
  std::vector<std::pair<std::string, std::string>> names_;
};

TEST_F(Retries, EveryPostStandsInTheTable) {
  std::set<std::string> routed;
  std::set<std::string> listed;
  for (const Entry& entry : entries())
    if (entry.method == std::string_view("POST")) routed.insert(std::string("/v1") + entry.path);
  for (const compat::System* system : compat::all_systems())
    for (const compat::Row& row : system->rows)
      if (row.method == "POST") routed.insert(std::string(row.path));
  for (const Row& row : kRows) listed.insert(row.pattern);
  EXPECT_EQ(routed, listed);
}

TEST_F(Retries, ARepeatedPostIsToldWhatTheFirstWasAndDoesNothingMore) {
  for (const Row& row : kRows) {
    const Said first = good(post(row));
    const auto look = [&] { return api_.call("GET", row.seen_at, as(row.by)).body; };
    std::string before;
    if (*row.meanwhile != '\0') {
      good(api_.call("POST", row.meanwhile, as(row.by), row.meanwhile_body));
      before = look();
    }
    const Said again = good(post(row));
    EXPECT_EQ(part(again, row.member), part(first, row.member)) << row.pattern;
    if (*row.meanwhile != '\0') {
      EXPECT_EQ(look(), before) << row.pattern;
    }
  }
}

TEST_F(Retries, AnotherKeyOrBodyIsAnotherCall) {
  const auto left = [&](const char* key, const char* who) {
    const std::string body = fmt::format(R"({{"rule":"api","key":"{}"}})", who);
    const Row row{"/v1/limits/check", By::backend, body.c_str()};
    return post(row, key).json().at("remaining").as_int64();
  };
  EXPECT_EQ(left("0123456789abcdef", "ann"), 8);
  EXPECT_EQ(left("0123456789abcdef", "eve"), 8);
  EXPECT_EQ(left("0123456789abcdef", "ann"), 8);
  EXPECT_EQ(left("another-key-of-16", "ann"), 7);
  api_.desk.clock.advance(RetryTable::kKept);
  EXPECT_EQ(left("0123456789abcdef", "ann"), 6) << "forgotten";
}

TEST_F(Retries, ARefusalIsNotRemembered) {
  const Row row{"/v1/admin/rules", By::admin,
                R"({"name":"api","quotas":[{"name":"s","limit":1,"window":"1s"}]})"};
  EXPECT_EQ(post(row).problem(), "rule-exists");
  EXPECT_EQ(api_.admin("DELETE", "/v1/admin/rules/api").status, 204U);
  EXPECT_EQ(post(row).status, 201U);
  EXPECT_EQ(post(row).status, 201U);
}

TEST_F(Retries, AKeyOpensNothingToWhoMayNotCall) {
  Row row{"/v1/admin/tenants/{tenant}/keys", By::admin, R"({"name":"web"})"};
  EXPECT_EQ(post(row).status, 201U);
  row.by = By::nobody;
  EXPECT_EQ(post(row).problem(), "admin-only");
}

// A second one does nothing more anyway.
bool needs_no_key(std::string_view pattern) {
  return pattern == "/v1/passes/verify" || pattern == "/v1/admin/session" ||
         pattern.ends_with("/leave") || pattern == "/api/submit";
}

TEST_F(Retries, AKeyThatIsNoneIsSaid) {
  for (const Row& row : kRows) {
    if (!std::string_view(row.pattern).starts_with("/v1/") || needs_no_key(row.pattern)) continue;
    EXPECT_EQ(post(row, "short").problem(), "malformed-request") << row.pattern;
  }
}

TEST_F(Retries, TheDocumentNamesTheKeyWhereItIsTaken) {
  const auto paths = api_.call("GET", "/openapi.json").json().at("paths").as_object();
  for (const Row& row : kRows) {
    const auto& post = paths.at(row.pattern).at("post").as_object();
    const auto* list = post.if_contains("parameters");
    const bool names = list != nullptr &&
                       boost::json::serialize(*list).find("Idempotency-Key") != std::string::npos;
    EXPECT_EQ(names, !needs_no_key(row.pattern)) << row.pattern;
  }
}

class Table : public testing::Test {
 protected:
  using Claim = RetryTable::Claim;
  static Hash128 call(std::uint64_t number) { return {number, 7}; }
  Claim claim(std::uint64_t number, Millis now = 0ms, std::string_view tenant = "") {
    return table_.claim(call(number), tenant, now, said_);
  }
  void keep(std::uint64_t number, std::size_t bytes) {
    edge::Response answer;
    answer.body = std::string(bytes, 'a' + static_cast<char>(number % 26));
    table_.keep(call(number), answer);
  }

  RetryTable table_;
  edge::Response said_;
};

TEST_F(Table, OfTwoAtOnceTheSecondWaitsForTheFirst) {
  EXPECT_EQ(claim(1), Claim::first);
  EXPECT_EQ(claim(1), Claim::under_way);
  keep(1, 3);
  EXPECT_EQ(claim(1), Claim::answered);
  EXPECT_EQ(said_.body, "bbb");
  EXPECT_EQ(claim(2), Claim::first);
  table_.give_up(call(2));
  EXPECT_EQ(claim(2), Claim::first) << "the first came to nothing";
}

TEST_F(Table, WhatIsOldestIsForgottenFirst) {
  for (std::uint64_t i = 0; i <= RetryTable::kMost; ++i) EXPECT_EQ(claim(i), Claim::first);
  EXPECT_EQ(claim(1), Claim::under_way);
  EXPECT_EQ(claim(0), Claim::first);
}

TEST_F(Table, AnswersAreBoundedInBytes) {
  constexpr std::size_t kLarge = RetryTable::kMaxBytes / 3;
  for (std::uint64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(claim(i), Claim::first);
    keep(i, kLarge);
  }
  EXPECT_EQ(claim(3), Claim::answered);
  EXPECT_EQ(claim(0), Claim::first);
}

TEST_F(Table, CallsThatCameToNothingTakeNoRoom) {
  EXPECT_EQ(claim(0), Claim::first);
  keep(0, 1);
  for (std::uint64_t i = 1; i <= 2 * RetryTable::kMost; ++i) {
    EXPECT_EQ(claim(i), Claim::first);
    table_.give_up(call(i));
  }
  EXPECT_EQ(claim(0), Claim::answered);
}

TEST_F(Table, NoTenantFlushesWhatAnotherWasAnswered) {
  EXPECT_EQ(claim(0, 0ms, "acme"), Claim::first);
  keep(0, 1);
  for (std::uint64_t i = 1; i <= 2 * RetryTable::kMost; ++i)
    EXPECT_EQ(claim(i, 0ms, "beta"), Claim::first);
  EXPECT_EQ(claim(0, 0ms, "acme"), Claim::answered);
  EXPECT_EQ(claim(1, 0ms, "beta"), Claim::first) << "its own oldest went";
  for (std::uint64_t i = 0; i < 5; ++i) {
    const std::uint64_t number = 3 * RetryTable::kMost + i;
    EXPECT_EQ(claim(number, 0ms, "beta"), Claim::first);
    keep(number, RetryTable::kMaxBytes / 3);
  }
  EXPECT_EQ(claim(0, 0ms, "acme"), Claim::answered) << "neither by bytes";
}

TEST_F(Table, ACallThatWasGivenUpEndsNoLaterOne) {
  EXPECT_EQ(claim(1), Claim::first);
  table_.give_up(call(1));
  EXPECT_EQ(claim(1, 1s), Claim::first);
  keep(1, 1);
  EXPECT_EQ(claim(2, RetryTable::kKept), Claim::first);
  EXPECT_EQ(claim(1, RetryTable::kKept), Claim::answered);
}

}  // namespace
}  // namespace doorward::api
