// The rules of a shard, as the log has them.
//
// Why:     holds; which rules a request meets is asked of the RuleSet that `compiled_of` makes.
//          A tenant's are in a set of their own, under their plain names.
// Ownership: a compiled rule is shared with every set it is in, so an unchanged rule keeps its
// address.
// Threads: single-owner; const functions from any thread while the owner changes nothing.
// Bounds:  limit::kMaxRules.
#pragma once

#include "base/bytes.hpp"
#include "core/limit/rule_set.hpp"
#include "engine/command.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace doorward::engine {

class RuleTable {
 public:
  Status set(const SetRule& command, LogTime now);
  Status remove(std::string_view name);

  std::uint64_t ids() const { return ids_; }  // given out so far
  void restore_ids(std::uint64_t ids) { ids_ = ids; }
  // False if it contradicts what is there.
  bool restore(limit::RuleEntry entry);
  // Those of a tenant. False: it had none.
  bool remove_all_of(std::string_view tenant);
  bool has(std::string_view full_name) const { return rules_.contains(full_name); }
  // Under its plain name; null if there is none.
  const limit::Rule* find(std::string_view full_name) const;
  std::size_t count_of(std::string_view tenant) const;

  // By tenant; the default one's is always there.
  using Sets = std::map<std::string, std::shared_ptr<const limit::RuleSet>, std::less<>>;
  Sets compiled_sets() const;
  // Of one tenant; null where it has none, but for the default one's.
  std::shared_ptr<const limit::RuleSet> compiled_of(std::string_view tenant) const;
  std::shared_ptr<const limit::RuleSet> compiled() const { return compiled_of({}); }
  template <class Visit>
  void for_each(Visit visit) const {  // by full name
    for (const auto& [name, rule] : rules_) visit(rule->entry());
  }

 private:
  std::map<std::string, limit::RulePtr, std::less<>> rules_;  // by full name
  std::uint64_t ids_ = 0;
};

}  // namespace doorward::engine
