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
  std::optional<std::string_view> header(std::string_view, std::size_t) const override {
    return std::nullopt;
  }
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

// A tenant's 100 rules, each with as many pairs of a host and a path as may be.
void make_set_of_pairs(benchmark::State& state) {
  std::vector<RulePtr> all;
  for (int i = 0; i < 100; ++i) {
    Rule rule;
    rule.name = "rule-" + std::to_string(i);
    for (std::size_t k = 0; k < kMaxPairs / 16; ++k) {
      rule.match.paths.push_back("/api/" + std::to_string(i) + "/" + std::to_string(k) + "/**");
      rule.match.hosts.push_back("h" + std::to_string(k) + ".example");
    }
    rule.quotas = {{"1s", {}}};
    rule.quotas[0].quota.limit = 10;
    all.push_back(std::make_shared<CompiledRule>(RuleEntry{rule, all.size() + 1, {}, {}, {}}));
  }
  for (auto step : state) benchmark::DoNotOptimize(RuleSet(all));
}
BENCHMARK(make_set_of_pairs)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace doorward::limit
