// Hears what the rules decided: for metrics, statistics and the live events.
//
// Ownership: everything in an event is valid during the call only.
// Threads: called on every loop.
#pragma once

#include "core/limit/decision.hpp"
#include "core/limit/rule_set.hpp"
#include "gateway/filter.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
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

// How often a rule said each of them, in their order.
using Outcomes = std::array<std::uint64_t, 4>;
using OutcomeCounts = std::map<std::string, Outcomes, std::less<>>;  // by the rule's name

// Counts how often each rule said what.
class OutcomeCounter {
 public:
  virtual void count(std::string_view rule, LimitOutcome outcome) = 0;
  virtual OutcomeCounts so_far() const = 0;

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
