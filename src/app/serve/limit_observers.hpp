// Several who hear what the rules decided, as one.
//
// Ownership: they outlive it.
// Threads: as theirs.
#pragma once

#include "gateway/limits/observer.hpp"

#include <utility>
#include <vector>

namespace doorward::app {

class LimitObservers final : public gateway::LimitObserver {
 public:
  explicit LimitObservers(std::vector<gateway::LimitObserver*> all) : all_(std::move(all)) {}
  void decided(const gateway::LimitEvent& event) override {
    for (gateway::LimitObserver* one : all_) one->decided(event);
  }

 private:
  std::vector<gateway::LimitObserver*> all_;
};

}  // namespace doorward::app
