// Answers what no route takes: Doorward's own calls, else 404; before that, whoever keeps strangers
// off the routes keeps them off what there is not.
//
// Threads: const-safe if the fallback is.
#pragma once

#include "gateway/filter.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace doorward::gateway {

// Answers a request that no route takes, or leaves it unanswered.
using Fallback = std::function<edge::Task<>(Context&)>;
// Asked before it: the answer, where nothing needs to be awaited for it.
using QuickFallback = std::function<std::optional<edge::Response>(Context&)>;

class OwnCalls final : public Filter {
 public:
  OwnCalls(QuickFallback quick, Fallback fallback, std::shared_ptr<Filter> before_404 = nullptr)
      : quick_(std::move(quick)),
        fallback_(std::move(fallback)),
        before_404_(std::move(before_404)) {}

  std::string_view name() const override { return "own_calls"; }
  edge::Task<Verdict> run(Context& context) override;
  std::optional<Verdict> run_now(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  QuickFallback quick_;
  Fallback fallback_;
  std::shared_ptr<Filter> before_404_;  // may be null
};

}  // namespace doorward::gateway
