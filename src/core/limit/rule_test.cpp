#include "core/limit/rule.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace doorward::limit {
namespace {

using namespace std::chrono_literals;

Quota quota(std::uint64_t limit = 10, Nanos window = 1s) {
  Quota made;
  made.limit = limit;
  made.window = window;
  return made;
}

Rule good() {
  Rule rule;
  rule.name = "api";
  rule.quotas = {{"second", quota()}};
  return rule;
}

using Break = std::function<void(Rule&)>;

std::string fault_after(const Break& change) {
  Rule rule = good();
  change(rule);
  const auto checked = validate(rule);
  return checked ? "" : checked.error().what;
}

TEST(Rule, OneWithAQuotaIsValid) { EXPECT_TRUE(validate(good())) << validate(good()).error().what; }

TEST(Rule, HostsTimesPathsHaveABoundThatOldLogsKnewNot) {
  Rule rule = good();
  for (int i = 0; i < 17; ++i) rule.match.hosts.push_back("h" + std::to_string(i) + ".example");
  for (int i = 0; i < 16; ++i) rule.match.paths.push_back("/" + std::to_string(i));
  const auto checked = validate(rule);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().what.find("match.hosts"), std::string::npos);
  EXPECT_NE(checked.error().what.find("match.paths"), std::string::npos);
  EXPECT_TRUE(validate_kept(rule));
  rule.match.hosts.pop_back();
  EXPECT_TRUE(validate(rule)) << "256 pairs";
}

TEST(Rule, AllThatItMayHaveIsValid) {
  const std::string fault = fault_after([](Rule& rule) {
    rule.description = "All calls of the shop";
    rule.match = {{"shop.example", "*.shop.example:8080"},
                  {"/", "/buy/*", "/api/**", "/**"},
                  {"GET", "M-SEARCH"},
                  {{"X-Plan", "go*"}, {"X-Any", "*"}, {"X-Exact", "a b"}},
                  {"shop"}};
    rule.key = {
        {KeyKind::client, {}}, {KeyKind::header, "X-Client-ID"}, {KeyKind::claim, "org id"}};
    rule.quotas.push_back({"day", quota(1'000, 24h)});
    rule.plan_claim = "plan";
    rule.tiers = {{"gold", {{"second", quota(100)}}}, {"unlimited", {}}};
    rule.allow = {"10.0.0.0/8", "2001:db8::/32"};
    rule.deny = {"192.0.2.1"};
    rule.starts_at = LogTime{Millis{1}};
    rule.ends_at = LogTime{Millis{2}};
    rule.cost = {Cost::From::response_header, "X-Cost", 5};
  });
  EXPECT_EQ(fault, "");
}

const std::pair<Break, const char*> kFaults[] = {
    {[](Rule& r) { r.name = ""; }, "name: must be 1 to 128"},
    {[](Rule& r) { r.name = "Upper"; }, "name: must be"},
    {[](Rule& r) { r.name = "-x"; }, "name: must be"},
    {[](Rule& r) { r.name = std::string(129, 'a'); }, "name: must be"},
    {[](Rule& r) { r.description = std::string(501, 'a'); }, "description: must be at most 500"},
    {[](Rule& r) { r.description = "a\nb"; }, "description: must be at most 500"},
    {[](Rule& r) {
       r.match.hosts = {"a", "a*b"};
     },
     "match.hosts[1]: '*' may stand only at the"},
    {[](Rule& r) { r.match.hosts = {""}; }, "match.hosts[0]: a host pattern is a name"},
    {[](Rule& r) { r.match.paths = {"buy"}; }, "match.paths[0]: a path pattern begins with '/'"},
    {[](Rule& r) { r.match.paths = {"/a/*/b"}; }, "match.paths[0]: '*' may stand only at the end"},
    {[](Rule& r) { r.match.paths = {"/a?b"}; }, "match.paths[0]: a path pattern has no query"},
    {[](Rule& r) { r.match.paths = {"/.doorward/v1/**"}; }, "match.paths[0]: leave \"/.doorward\""},
    {[](Rule& r) { r.match.paths.assign(65, "/a"); }, "match.paths: has 65 entries; keep to 64"},
    {[](Rule& r) { r.match.methods = {"get"}; }, "match.methods[0]: must be a method in capitals"},
    {[](Rule& r) { r.match.methods = {""}; }, "match.methods[0]: must be a method"},
    {[](Rule& r) { r.match.methods.assign(17, "GET"); }, "match.methods: has 17 entries"},
    {[](Rule& r) {
       r.match.headers = {{"a b", "x"}};
     },
     "match.headers.a b: is no name of a"},
    {[](Rule& r) {
       r.match.headers = {{"A", ""}};
     },
     "match.headers.A: is empty"},
    {[](Rule& r) {
       r.match.headers = {{"A", "x*y"}};
     },
     "match.headers.A: '*' may stand only"},
    {[](Rule& r) {
       r.match.headers = {{"A", "x\r\ny"}};
     },
     "match.headers.A: must be at most"},
    {[](Rule& r) {
       r.match.headers = {{"X-A", "1"}, {"x-a", "2"}};
     },
     "match.headers.X-A: stands"},
    {[](Rule& r) { r.quotas[0].quota.window = 1s + 1us; }, "quotas[0].window: must be whole"},
    {[](Rule& r) { r.match.routes = {""}; }, "match.routes[0]: must be the name of a route"},
    {[](Rule& r) {
       r.key = {{KeyKind::header, "a b"}};
     },
     "key[0]: \"header:a b\" has no valid"},
    {[](Rule& r) {
       r.key = {{KeyKind::client, "x"}};
     },
     "key[0]: \"clientx\" has no valid name"},
    {[](Rule& r) {
       r.key = {{KeyKind::room, {}}, {KeyKind::room, {}}};
     },
     "key[1]: \"room\" stands there twice"},
    {[](Rule& r) {
       r.key.assign(9, {KeyKind::client, {}});
     },
     "key: has 9 entries; keep to 8"},
    {[](Rule& r) { r.quotas.clear(); }, "quotas: is empty"},
    {[](Rule& r) { r.quotas.assign(9, r.quotas[0]); }, "quotas: has 9 entries; keep to 8"},
    {[](Rule& r) { r.quotas[0].name = "A"; }, "quotas[0].name: must be 1 to 64"},
    {[](Rule& r) { r.quotas.push_back(r.quotas[0]); }, "quotas[1].name: \"second\" is taken"},
    {[](Rule& r) { r.quotas[0].quota.limit = 0; }, "quotas[0].limit: is 0"},
    {[](Rule& r) { r.quotas[0].quota.window = 99ms; }, "quotas[0].window: is 99ms"},
    {[](Rule& r) { r.quotas[0].quota.window = 24h * 31; }, "quotas[0].window: is 31d"},
    {[](Rule& r) {
       r.tiers = {{"gold", {}}};
     },
     "plan_claim: is needed beside tiers"},
    {[](Rule& r) {
       r.plan_claim = "p", r.tiers = {{"", {}}};
     },
     "tiers.: a plan has a name"},
    {[](Rule& r) {
       r.plan_claim = "p", r.tiers = {{"a", {}}, {"a", {}}};
     },
     "tiers.a: stands there twice"},
    {[](Rule& r) {
       r.plan_claim = "p", r.tiers = {{"a", {{"b", quota(0)}}}};
     },
     "tiers.a[0].limit: is 0"},
    {[](Rule& r) {
       r.allow = {"10.0.0.0/8", "10.0.0.1/8"};
     },
     "allow[1]: is no network"},
    {[](Rule& r) { r.deny = {"shop.example"}; }, "deny[0]: is no network"},
    {[](Rule& r) { r.deny.assign(257, "10.0.0.1"); }, "deny: has 257 entries; keep to 256"},
    {[](Rule& r) { r.priority = 1'000'001; }, "priority: is 1000001; choose from -1000000"},
    {[](Rule& r) { r.starts_at = LogTime{Millis{-1}}; }, "starts_at: is before 1970"},
    {[](Rule& r) { r.ends_at = LogTime{Millis{-1}}; }, "ends_at: is before 1970"},
    {[](Rule& r) { r.starts_at = r.ends_at = LogTime{Millis{5}}; }, "ends_at: is not after"},
    {[](Rule& r) { r.match.paths.assign(40, "/" + std::string(1'000, 'a')); },
     "match: the rule's texts have 40049 bytes together; keep to 32768"},
    {[](Rule& r) { r.cost.amount = 0; }, "cost: is 0; choose from 1 to 1000000"},
    {[](Rule& r) {
       r.cost = {Cost::From::request_header, "X-Cost", 0};
     },
     "cost.default: is 0"},
    {[](Rule& r) { r.cost.from = Cost::From::request_header; }, "cost.request_header: is no name"},
    {[](Rule& r) { r.cost.from = Cost::From::response_header; }, "cost.response_header: is no"},
};

TEST(Rule, TheFirstFaultIsNamedWithItsField) {
  for (const auto& [change, expected] : kFaults)
    EXPECT_EQ(fault_after(change).find(expected), 0U) << expected << " | " << fault_after(change);
}

TEST(KeyPart, IsWrittenAsItIsRead) {
  for (const char* text : {"client", "user", "api_key", "room", "endpoint", "header:X-Client-ID",
                           "cookie:sid", "claim:org"})
    EXPECT_EQ(to_string(parse_key_part(text).value()), text);
  for (const char* text : {"", "ip", "header", "header:", "Client", "claim:", "endpoint:x"})
    EXPECT_FALSE(parse_key_part(text)) << text;
}

}  // namespace
}  // namespace doorward::limit
