#include "engine/rule_table.hpp"

#include <utility>
#include <vector>

namespace doorward::engine {

Status RuleTable::set(const SetRule& command, LogTime now) {
  const auto found = rules_.find(command.rule.name);
  const bool is_new = found == rules_.end();
  if (is_new && command.only == SetRule::Only::if_present) return Status::no_such_rule;
  if (!is_new && command.only == SetRule::Only::if_absent) return Status::rule_exists;
  if (is_new && rules_.size() >= limit::kMaxRules) return Status::too_many_rules;
  limit::RuleEntry entry{command.rule, 0, command.source, now, now};
  if (is_new) {
    entry.id = ++ids_;
  } else {
    const limit::RuleEntry& before = found->second->entry();
    if (before.rule == command.rule && before.source == command.source) return Status::already;
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

bool RuleTable::restore(limit::RuleEntry entry) {
  const bool in_order = rules_.empty() || rules_.rbegin()->first < entry.rule.name;
  if (!in_order || entry.id == 0 || entry.id > ids_ || rules_.size() >= limit::kMaxRules)
    return false;
  std::string name = entry.rule.name;
  rules_.emplace_hint(rules_.end(), std::move(name),
                      std::make_shared<limit::CompiledRule>(std::move(entry)));
  return true;
}

std::shared_ptr<const limit::RuleSet> RuleTable::compiled() const {
  std::vector<limit::RulePtr> rules;
  rules.reserve(rules_.size());
  for (const auto& [name, rule] : rules_) rules.push_back(rule);
  return std::make_shared<limit::RuleSet>(std::move(rules));
}

}  // namespace doorward::engine
