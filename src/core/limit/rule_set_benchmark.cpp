// Finding the rules of a request, by the number of rules, and making a set anew.
#include "core/limit/rule_set.hpp"

#include <benchmark/benchmark.h>

namespace doorward::limit {
namespace {

std::vector<RulePtr> rules(std::int64_t count) {
  std::vector<RulePtr> all;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    Rule rule;
    rule.name = "rule-" + number;
    rule.match.paths = {"/api/" + number + "/**"};
    if (i % 2 == 0) rule.match.hosts = {"h" + number + ".example"};
    rule.quotas = {{"1s", {}}};
    rule.quotas[0].quota.limit = 10;
    all.push_back(std::make_shared<CompiledRule>(RuleEntry{rule, all.size() + 1, {}, {}, {}}));
  }
  return all;
}

struct NoHeaders final : HeaderSource {
  std::optional<std::string_view> header(std::string_view) const override { return std::nullopt; }
};

void find_rules(benchmark::State& state) {
  const RuleSet set(rules(state.range(0)));
  const std::string path = "/api/" + std::to_string(state.range(0) - 1) + "/orders/7";
  const NoHeaders headers;
  FoundRules found;
  for (auto step : state) {
    set.find({"shop.example", path, "GET", {}, headers, {}, {}}, found);
    benchmark::DoNotOptimize(found.rules.data());
  }
}
BENCHMARK(find_rules)->Arg(2)->Arg(100)->Arg(10'000);

void make_set(benchmark::State& state) {
  const auto all = rules(state.range(0));
  for (auto step : state) benchmark::DoNotOptimize(RuleSet(all));
}
BENCHMARK(make_set)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace doorward::limit
