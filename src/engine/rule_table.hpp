// The rules of a shard, as the log has them.
//
// Why:     holds; which rules a request meets is asked of the RuleSet that `compiled` makes.
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

  std::shared_ptr<const limit::RuleSet> compiled() const;
  template <class Visit>
  void for_each(Visit visit) const {  // by name
    for (const auto& [name, rule] : rules_) visit(rule->entry());
  }

 private:
  std::map<std::string, limit::RulePtr, std::less<>> rules_;
  std::uint64_t ids_ = 0;
};

}  // namespace doorward::engine
