// What is refused, and the exact words. Each row stands beside a good name and, where it has no
// quotas of its own, a good quota.
#include "wire/rule_json.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace doorward::wire {
namespace {

namespace json = boost::json;

constexpr std::pair<const char*, const char*> kRefused[] = {
    {R"({"name":""})",
     R"(name: must be 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning with a letter )"
     R"(or a digit)"},
    {R"({"name":"Upper"})",
     R"(name: must be 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning with a letter )"
     R"(or a digit)"},
    {R"({"name":"-a"})",
     R"(name: must be 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning with a letter )"
     R"(or a digit)"},
    {R"({"name":"a/b"})",
     R"(name: must be 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning with a letter )"
     R"(or a digit)"},
    {R"({"name":null})", R"(name: expected text, found null)"},
    {R"({"name":7})", R"(name: expected text, found 7)"},
    {R"({"nam":"x"})", R"(nam: not a known member; the nearest is "name")"},
    {R"({"quotes":[]})", R"(quotes: not a known member; the nearest is "quotas")"},
    {R"({"description":5})", R"(description: expected text, found 5)"},
    {R"({"description":"a\u0000b"})",
     R"(description: must be at most 500 bytes of text without control characters)"},
    {R"({"match":[]})", R"(match: expected an object, found [])"},
    {R"({"match":{"path":"/a"}})", R"(match.path: not a known member; the nearest is "paths")"},
    {R"({"match":{"paths":["/a",7]}})", R"(match.paths[1]: expected text, found 7)"},
    {R"({"match":{"paths":"a"}})", R"(match.paths[0]: a path pattern begins with '/')"},
    {R"({"match":{"paths":["/a/*/b"]}})",
     R"(match.paths[0]: '*' may stand only at the end of a path pattern, as "/*" or )"
     R"("/**")"},
    {R"({"match":{"paths":["/a?x=1"]}})", R"(match.paths[0]: a path pattern has no query)"},
    {R"({"match":{"paths":["/a;x"]}})", R"(match.paths[0]: a path pattern has no ';' parameters)"},
    {R"({"match":{"paths":["/%zz"]}})",
     R"(match.paths[0]: a path pattern has no '#', no control character and only )"
     R"(whole %xx escapes)"},
    {R"({"match":{"paths":["/.doorward/v1/keys"]}})",
     R"(match.paths[0]: leave "/.doorward" out: Doorward's own calls are matched by )"
     R"(the path after it)"},
    {R"({"match":{"hosts":["http://a"]}})",
     R"(match.hosts[0]: a host pattern is a name and at most a port, without scheme )"
     R"(or path)"},
    {R"({"match":{"hosts":["a*"]}})",
     R"(match.hosts[0]: '*' may stand only at the start of a host pattern, as "*.")"},
    {R"({"match":{"methods":["get"]}})",
     R"(match.methods[0]: must be a method in capitals, such as "GET")"},
    {R"({"match":{"methods":[""]}})",
     R"(match.methods[0]: must be a method in capitals, such as "GET")"},
    {R"({"match":{"headers":["X-A"]}})", R"(match.headers: expected an object, found ["X-A"])"},
    {R"({"match":{"headers":{"X A":"1"}}})", R"(match.headers.X A: is no name of a header)"},
    {R"({"match":{"headers":{"X-A":1}}})", R"(match.headers.X-A: expected text, found 1)"},
    {R"({"match":{"headers":{"X-A":""}}})",
     R"(match.headers.X-A: is empty; write a value, a beginning such as "go*", or "*")"},
    {R"({"match":{"headers":{"X-A":"a*b"}}})",
     R"(match.headers.X-A: '*' may stand only at the end of a header pattern)"},
    {R"({"match":{"headers":{"X-A":"1","x-a":"2"}}})",
     R"(match.headers.X-A: stands there twice; names compare without case)"},
    {R"({"match":{"routes":[""]}})", R"(match.routes[0]: must be the name of a route)"},
    {R"({"key":["ip"]})",
     R"(key[0]: "ip" is no part of a key; choose from client, user, api_key, room, )"
     R"(endpoint, header:NAME, cookie:NAME and claim:NAME)"},
    {R"({"key":[1]})", R"(key[0]: expected text, found 1)"},
    {R"({"key":["header:"]})",
     R"(key[0]: "header:" is no part of a key; choose from client, user, api_key, )"
     R"(room, endpoint, header:NAME, cookie:NAME and claim:NAME)"},
    {R"({"key":["header:a b"]})", R"(key[0]: "header:a b" has no valid name)"},
    {R"({"key":["client","client"]})", R"(key[1]: "client" stands there twice)"},
    {R"({"key":{"client":true}})", R"(key: expected text, found {"client":true})"},
    {R"({"key":["client","user","api_key","room","endpoint","header:a","header:b","hea)"
     R"(der:c","header:d"]})",
     R"(key: has 9 entries; keep to 8)"},
    {R"({"quota":"10/s","quotas":["10/s"]})", R"(quota: stands beside "quotas"; keep one of them)"},
    {R"({"quotas":[]})", R"(quotas: is empty; give at least one, such as "10/s")"},
    {R"({"quotas":null})", R"(quotas: is empty; give at least one, such as "10/s")"},
    {R"({"quotas":["10"]})",
     R"(quotas[0]: "10" is not a quota: write a number, '/' and a time, as in "10/s", )"
     R"("100/1h" or "1000/day")"},
    {R"({"quotas":["ten/s"]})",
     R"(quotas[0]: "ten/s" is not a quota: write a number, '/' and a time, as in )"
     R"("10/s", "100/1h" or "1000/day")"},
    {R"({"quotas":["10/fortnight"]})",
     R"(quotas[0]: "10/fortnight" is not a quota: write a number, '/' and a time, as )"
     R"(in "10/s", "100/1h" or "1000/day")"},
    {R"({"quotas":["-1/s"]})",
     R"(quotas[0]: "-1/s" is not a quota: write a number, '/' and a time, as in )"
     R"("10/s", "100/1h" or "1000/day")"},
    {R"({"quotas":["0/s"]})", R"(quotas[0].limit: is 0; choose from 1 to 1000000000)"},
    {R"({"quotas":["99999999999999999999/s"]})",
     R"(quotas[0]: "99999999999999999999/s" is not a quota: write a number, '/' and a )"
     R"(time, as in "10/s", "100/1h" or "1000/day")"},
    {R"({"quotas":["10/1ms"]})", R"(quotas[0].window: is 1ms; choose from 100ms to 30d)"},
    {R"({"quotas":["10/31d"]})", R"(quotas[0].window: is 31d; choose from 100ms to 30d)"},
    {R"({"quotas":["10/s","20/s"]})",
     R"(quotas[1].name: "1s" is taken by another quota; give each its own)"},
    {R"({"quotas":[{"limit":10,"window":1}]})",
     R"(quotas[0].window: expected a duration such as "250ms", "5s" or "4m", found 1)"},
    {R"({"quotas":[{"limit":10,"window":"1"}]})",
     R"(quotas[0].window: "1" is not a duration: write a whole number and a unit (ms, )"
     R"(s, m, h or d), as in "250ms" or "4m")"},
    {R"({"quotas":[{"limit":1.5}]})",
     R"(quotas[0].limit: expected a whole number from 0, found 1.5)"},
    {R"({"quotas":[{"limit":-1}]})",
     R"(quotas[0].limit: expected a whole number from 0, found -1)"},
    {R"({"quotas":[{"limit":"10"}]})",
     R"(quotas[0].limit: expected a whole number from 0, found "10")"},
    {R"({"quotas":[{"window":"1s"}]})", R"(quotas[0].limit: is 0; choose from 1 to 1000000000)"},
    {R"({"quotas":[{"limit":10,"algorithm":"leaky_bucket"}]})",
     R"(quotas[0].algorithm: expected one of "fixed_window", "sliding_log", )"
     R"("sliding_counter", "token_bucket", "gcra", "concurrency", found "leaky_bucket")"},
    {R"({"quotas":[{"limit":10,"algorithm":"fixed_window","burst":20}]})",
     R"(quotas[0].burst: means nothing to fixed_window; leave it out, or choose )"
     R"(token_bucket or gcra)"},
    {R"({"quotas":[{"limit":10,"algorithm":"gcra","burst":9999999999}]})",
     R"(quotas[0].burst: is 9999999999; choose from 1 to 1000000000)"},
    {R"({"quotas":[{"limit":200000,"algorithm":"sliding_log"}]})",
     R"(quotas[0].limit: is 200000; choose from 1 to 100000, or the algorithm )"
     R"(sliding_counter)"},
    {R"({"quotas":[{"limit":20000,"algorithm":"concurrency"}]})",
     R"(quotas[0].limit: is 20000; choose from 1 to 10000)"},
    {R"({"quotas":[{"limit":10,"name":"Per Second"}]})",
     R"(quotas[0].name: must be 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with )"
     R"(a letter or a digit)"},
    {R"({"quotas":[{"limit":10,"count_refused":"yes"}]})",
     R"(quotas[0].count_refused: expected true or false, found "yes")"},
    {R"({"quotas":[{"limits":10}]})",
     R"(quotas[0].limits: not a known member; the nearest is "limit")"},
    {R"({"quotas":[7]})", R"(quotas[0]: expected an object, found 7)"},
    {R"({"quotas":["1/s","1/m","1/h","1/d","1/2s","1/3s","1/4s","1/5s","1/6s"]})",
     R"(quotas: has 9 entries; keep to 8)"},
    {R"({"tiers":{"gold":["10/s"]}})",
     R"(plan_claim: is needed beside tiers: the claim that names the plan)"},
    {R"({"plan_claim":"plan","tiers":["gold"]})", R"(tiers: expected an object, found ["gold"])"},
    {R"({"plan_claim":"plan","tiers":{"gold":["10"]}})",
     R"(tiers.gold[0]: "10" is not a quota: write a number, '/' and a time, as in )"
     R"("10/s", "100/1h" or "1000/day")"},
    {R"({"plan_claim":"plan","tiers":{"gold":[{"limit":0}]}})",
     R"(tiers.gold[0].limit: is 0; choose from 1 to 1000000000)"},
    {R"({"plan_claim":"plan","tiers":{"":["10/s"]}})", R"(tiers.: a plan has a name)"},
    {R"({"plan_claim":1})", R"(plan_claim: expected text, found 1)"},
    {R"({"allow":["10.0.0.1/8"]})",
     R"(allow[0]: is no network; write "10.0.0.0/8", "2001:db8::/32" or one address)"},
    {R"({"allow":"shop.example"})",
     R"(allow[0]: is no network; write "10.0.0.0/8", "2001:db8::/32" or one address)"},
    {R"({"deny":["10.0.0.0/33"]})",
     R"(deny[0]: is no network; write "10.0.0.0/8", "2001:db8::/32" or one address)"},
    {R"({"deny":[10]})", R"(deny[0]: expected text, found 10)"},
    {R"({"dry_run":"true"})", R"(dry_run: expected true or false, found "true")"},
    {R"({"dry_run":1})", R"(dry_run: expected true or false, found 1)"},
    {R"({"on_error":"maybe"})", R"(on_error: expected one of "open", "closed", found "maybe")"},
    {R"({"priority":"high"})", R"(priority: expected a whole number, found "high")"},
    {R"({"priority":1.5})", R"(priority: expected a whole number, found 1.5)"},
    {R"({"priority":1000001})", R"(priority: is 1000001; choose from -1000000 to 1000000)"},
    {R"({"priority":99999999999})", R"(priority: expected a whole number, found 99999999999)"},
    {R"({"stop":null})", R"(stop: expected true or false, found null)"},
    {R"({"fallback":0})", R"(fallback: expected true or false, found 0)"},
    {R"({"starts_at":"tomorrow"})",
     R"(starts_at: "tomorrow" is not a time: write it as 2026-01-31T08:00:00Z)"},
    {R"({"starts_at":5})", R"(starts_at: expected a time such as "2026-01-31T08:00:00Z", found 5)"},
    {R"({"starts_at":"2026-01-02T00:00:00Z","ends_at":"2026-01-01T00:00:00Z"})",
     R"(ends_at: is not after starts_at; move one of them, or leave it out)"},
    {R"({"cost":0})", R"(cost: is 0; choose from 1 to 1000000)"},
    {R"({"cost":-1})", R"(cost: expected a whole number from 0 to 4294967295, found -1)"},
    {R"({"cost":1000001})", R"(cost: is 1000001; choose from 1 to 1000000)"},
    {R"({"cost":"2"})", R"(cost: expected a whole number from 0 to 4294967295, found "2")"},
    {R"({"cost":{"request_header":"X Cost"}})", R"(cost.request_header: is no name of a header)"},
    {R"({"cost":{"request_header":"A","response_header":"B"}})",
     R"(cost.response_header: stands beside another header; a cost comes from one)"},
    {R"({"cost":{"response_header":"A","default":0}})",
     R"(cost.default: is 0; choose from 1 to 1000000)"},
    {R"({"cost":{"header":"A"}})", R"(cost.header: not a known member; the nearest is "default")"},
    {R"({"headers":"github"})",
     R"(headers: expected one of "ietf", "x_ratelimit", "envoy", "kong", "spring", )"
     R"("none", found "github")"},
    {R"({"headers":false})",
     R"(headers: expected one of "ietf", "x_ratelimit", "envoy", "kong", "spring", )"
     R"("none", found false)"},
    {R"({"refused":"html"})",
     R"(refused: expected one of "problem", "rate_limiter", found "html")"},
    {R"({"active":"no"})", R"(active: expected true or false, found "no")"},
};

TEST(RuleJson, EveryFaultNamesItsPathAndWhatWasExpected) {
  for (const auto& [members, expected] : kRefused) {
    json::object object = json::parse(members).as_object();
    object.emplace("name", "a");
    if (!object.contains("quotas")) object.emplace("quota", "10/s");
    const auto rule = rule_from_json(object);
    ASSERT_TRUE(rule.has_error()) << members;
    EXPECT_EQ(rule.error().what, expected) << members;
  }
}

}  // namespace
}  // namespace doorward::wire
