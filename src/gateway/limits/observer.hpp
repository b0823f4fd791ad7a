// Hears what the rules decided: for metrics, statistics and the live events.
//
// Ownership: everything in an event is valid during the call only.
// Threads: called on every loop.
#pragma once

#include "core/limit/decision.hpp"
#include "core/limit/rule_set.hpp"
#include "gateway/filter.hpp"

#include <string_view>

namespace doorward::gateway {

enum class LimitOutcome : std::uint8_t {
  passed,
  refused,
  would_refuse,  // dry_run
  denied,        // by the rule's networks; nothing was counted
};

// What one rule said of one request.
struct LimitEvent {
  Context& context;
  const limit::CompiledRule& rule;
  const limit::KeySource& key;
  LimitOutcome outcome = LimitOutcome::passed;
  std::string_view quota = {};    // the tightest one; empty where nothing was counted
  limit::Decision decision = {};  // of it
};

// Counts how often each rule said what.
class OutcomeCounter {
 public:
  virtual void count(std::string_view rule, LimitOutcome outcome) = 0;

 protected:
  ~OutcomeCounter() = default;
};

class LimitObserver {
 public:
  virtual void decided(const LimitEvent& event) = 0;

 protected:
  ~LimitObserver() = default;
};

}  // namespace doorward::gateway
