#include "engine/rule_table.hpp"

#include "core/tenant/tenant.hpp"

#include <utility>
#include <vector>

namespace doorward::engine {
namespace {

// "acme/": what its full names begin with.
std::string prefix_of(std::string_view tenant) { return std::string(tenant) + '/'; }

std::string full_name(const limit::RuleEntry& entry) {
  return tenant::full_name(entry.tenant, entry.rule.name);
}

}  // namespace

Status RuleTable::set(const SetRule& command, LogTime now) {
  const auto found = rules_.find(command.rule.name);
  const bool is_new = found == rules_.end();
  if (is_new && command.only == SetRule::Only::if_present) return Status::no_such_rule;
  if (!is_new && command.only == SetRule::Only::if_absent) return Status::rule_exists;
  if (is_new && rules_.size() >= limit::kMaxRules) return Status::too_many_rules;
  const auto [tenant, name] = tenant::split(command.rule.name);
  limit::RuleEntry entry{command.rule, 0, command.source, now, now, std::string(tenant)};
  entry.rule.name = name;
  if (is_new) {
    entry.id = ++ids_;
  } else {
    const limit::RuleEntry& before = found->second->entry();
    if (before.rule == entry.rule && before.source == command.source) return Status::already;
    entry.id = before.id;
    entry.created_at = before.created_at;
  }
  rules_[command.rule.name] = std::make_shared<limit::CompiledRule>(std::move(entry));
  return Status::done;
}

Status RuleTable::remove(std::string_view name) {
  const auto found = rules_.find(name);
  if (found == rules_.end()) return Status::no_such_rule;
  rules_.erase(found);
  return Status::done;
}

const limit::Rule* RuleTable::find(std::string_view full_name) const {
  const auto found = rules_.find(full_name);
  return found == rules_.end() ? nullptr : &found->second->rule();
}

bool RuleTable::restore(limit::RuleEntry entry) {
  std::string name = full_name(entry);
  const bool in_order = rules_.empty() || rules_.rbegin()->first < name;
  if (!in_order || entry.id == 0 || entry.id > ids_ || rules_.size() >= limit::kMaxRules)
    return false;
  rules_.emplace_hint(rules_.end(), std::move(name),
                      std::make_shared<limit::CompiledRule>(std::move(entry)));
  return true;
}

bool RuleTable::remove_all_of(std::string_view tenant) {
  const std::string prefix = prefix_of(tenant);
  const auto begin = rules_.lower_bound(prefix);
  auto end = begin;
  while (end != rules_.end() && end->first.starts_with(prefix)) ++end;
  const bool any = begin != end;
  rules_.erase(begin, end);
  return any;
}

std::size_t RuleTable::count_of(std::string_view tenant) const {
  const std::string prefix = prefix_of(tenant);
  std::size_t count = 0;
  for (auto it = rules_.lower_bound(prefix); it != rules_.end() && it->first.starts_with(prefix);
       ++it)
    ++count;
  return count;
}

std::shared_ptr<const limit::RuleSet> RuleTable::compiled_of(std::string_view tenant) const {
  std::vector<limit::RulePtr> own;
  if (tenant.empty()) {
    for (const auto& [name, rule] : rules_)
      if (rule->entry().tenant.empty()) own.push_back(rule);
  } else {
    const std::string prefix = prefix_of(tenant);
    for (auto it = rules_.lower_bound(prefix); it != rules_.end() && it->first.starts_with(prefix);
         ++it)
      own.push_back(it->second);
  }
  if (own.empty() && !tenant.empty()) return nullptr;
  return std::make_shared<limit::RuleSet>(std::move(own));
}

RuleTable::Sets RuleTable::compiled_sets() const {
  std::map<std::string, std::vector<limit::RulePtr>> rules;
  rules[std::string()];  // the default tenant's
  for (const auto& [name, rule] : rules_) rules[rule->entry().tenant].push_back(rule);
  Sets sets;
  for (auto& [tenant, list] : rules)
    sets.emplace(tenant, std::make_shared<limit::RuleSet>(std::move(list)));
  return sets;
}

}  // namespace doorward::engine
