#include "app/serve/file_rules.hpp"

#include "core/tenant/tenant.hpp"
#include "engine/digest.hpp"
#include "wire/rule_json.hpp"
#include "wire/sha256.hpp"

#include <boost/json.hpp>

#include <map>
#include <utility>

namespace doorward::app {
namespace {

using limit::RuleSource;

}  // namespace

std::string fingerprint(const limit::Rule& rule) {
  return wire::sha256_hex(boost::json::serialize(wire::rule_to_json(rule)));
}

FileChanges changes_of(const std::vector<config::RuleSettings>& rules, const Fingerprints& before,
                       const limit::RuleSet& present) {
  FileChanges changes;
  for (const auto& settings : rules)
    changes.said.emplace(settings.rule.name, fingerprint(settings.rule));
  for (const auto& [name, print] : before) {
    const limit::CompiledRule* found = present.named(name);
    if (changes.said.contains(name) || found == nullptr) continue;
    if (found->entry().source == RuleSource::file)
      changes.commands.emplace_back(engine::RemoveRule{name, engine::digest_of(found->rule())});
  }
  for (const auto& settings : rules) {
    const limit::Rule& rule = settings.rule;
    const std::string& print = changes.said.at(rule.name);
    const auto said = before.find(rule.name);
    const limit::CompiledRule* found = present.named(rule.name);
    const bool unchanged = said != before.end() && said->second == print;
    if (!unchanged && (found == nullptr || found->rule() != rule))
      changes.commands.emplace_back(engine::SetRule{rule, RuleSource::file});
  }
  return changes;
}

// Each tenant's by themselves, under their plain names, as the shard has them.
FileChanges changes_of_all(const std::vector<config::RuleSettings>& rules,
                           const Fingerprints& before, const engine::Shard& shard) {
  struct Of {
    std::vector<config::RuleSettings> rules;
    Fingerprints before;
  };
  std::map<std::string, Of> by_tenant;
  for (const config::RuleSettings& settings : rules) {
    const auto [tenant, name] = tenant::split(settings.rule.name);
    auto& plain = by_tenant[std::string(tenant)].rules.emplace_back(settings);
    plain.rule.name = std::string(name);
  }
  for (const auto& [full, print] : before) {
    const auto [tenant, name] = tenant::split(full);
    by_tenant[std::string(tenant)].before.emplace(name, print);
  }
  FileChanges all;
  for (const auto& [tenant, of] : by_tenant) {
    FileChanges changes = changes_of(of.rules, of.before, *shard.rules(tenant));
    for (engine::Command& command : changes.commands) {
      auto* set = std::get_if<engine::SetRule>(&command);
      std::string& name =
          set != nullptr ? set->rule.name : std::get<engine::RemoveRule>(command).rule;
      name = tenant::full_name(tenant, name);
      all.commands.push_back(std::move(command));
    }
    for (auto& [name, print] : changes.said)
      all.said.emplace(tenant::full_name(tenant, name), print);
  }
  return all;
}

namespace {

Result<> apply_once(const std::vector<config::RuleSettings>& rules, const FileMemory& memory,
                    engine::Shard& shard, Log& log) {
  auto before = memory.read(kRulesOfFile);
  if (!before) return before.error();
  FileChanges changes = changes_of_all(rules, *before, shard);
  const std::size_t count = changes.commands.size();
  const Result<> applied = apply_and_remember(shard, changes, *before, memory, kRulesOfFile);
  if (applied && count > 0)
    log.info("rules changed, as the configuration has them", {{"rules", std::to_string(count)}});
  return applied;
}

}  // namespace

Result<> apply_file_rules(const std::vector<config::RuleSettings>& rules, const FileMemory& memory,
                          engine::Shard& shard, Log& log) {
  return until_settled([&] { return apply_once(rules, memory, shard, log); });
}

}  // namespace doorward::app
