// Answers what no route takes: Doorward's own calls, else 404.
//
// Threads: const-safe if the fallback is.
#pragma once

#include "gateway/filter.hpp"

#include <functional>
#include <string>

namespace doorward::gateway {

// Answers a request that no route takes, or leaves it unanswered.
using Fallback = std::function<edge::Task<>(Context&)>;

class OwnCalls final : public Filter {
 public:
  explicit OwnCalls(Fallback fallback) : fallback_(std::move(fallback)) {}

  std::string_view name() const override { return "own_calls"; }
  edge::Task<Verdict> run(Context& context) override;
  std::optional<Verdict> run_now(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  Fallback fallback_;
};

}  // namespace doorward::gateway
