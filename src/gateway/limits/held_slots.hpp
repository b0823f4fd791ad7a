// The concurrency slots that one request holds: renewed while it is under way, and given back when
// it is over.
//
// Why:     a lease is there for who dies with its slot, not for who is slow.
// Time:    a third of the shortest lease between two looks.
// Ownership: keeps the rule sets whose quotas it counts by.
// Threads: its loop only.
// Spec:    docs/limits.md, "Concurrency".
#pragma once

#include "core/limit/rule_set.hpp"
#include "edge/watches.hpp"
#include "ports/clock.hpp"
#include "ports/counter_store.hpp"

#include <boost/container/small_vector.hpp>

#include <memory>

namespace doorward::gateway {

class HeldSlots final : public edge::Watch {
 public:
  // `own` may be null.
  HeldSlots(ports::CounterStore& store, const ports::Clock& clock,
            std::shared_ptr<const limit::RuleSet> rules, std::shared_ptr<const limit::RuleSet> own)
      : store_(store), clock_(clock), rules_(std::move(rules)), own_(std::move(own)) {}
  ~HeldSlots() override;
  HeldSlots(const HeldSlots&) = delete;
  HeldSlots& operator=(const HeldSlots&) = delete;

  void add(const ports::Hit& hit) { hits_.push_back(hit); }
  Millis interval() const override;
  bool look() override;

 private:
  ports::CounterStore& store_;
  const ports::Clock& clock_;
  std::shared_ptr<const limit::RuleSet> rules_, own_;
  boost::container::small_vector<ports::Hit, 2> hits_;
};

}  // namespace doorward::gateway
