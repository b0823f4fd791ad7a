// What every request passes: client address, id, route, other origins, rate rules, then either
// Doorward's own calls or the filters of a route in their order.
//
// Why:     one list decides what runs and what `doorward check --explain` shows.
// Ownership: immutable. A reload makes a new one; requests under way finish in theirs, and hold it.
// Threads: const-safe; filters are shared by all loops.
// Errors:  what a filter throws becomes a 500 here, once, and is told to the observer.
#pragma once

#include "gateway/client_address.hpp"
#include "gateway/dress.hpp"
#include "gateway/filter.hpp"
#include "gateway/own_calls.hpp"
#include "gateway/route.hpp"

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::gateway {

// One request that is over.
struct RequestRecord {
  const Context& context;
  const wire::RequestHead& request;
  unsigned status = 0;  // 0: the visitor left before an answer
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

// For the access log and the metrics. Called on every loop.
class RequestObserver {
 public:
  // What it returns is given back in `finished`: a time, as a rule.
  virtual std::uint64_t started() = 0;
  virtual void finished(const RequestRecord& record, std::uint64_t stamp) = 0;

 protected:
  ~RequestObserver() = default;
};

struct PipelineParts {
  TrustedProxies trusted;
  route::RouteTable routes;
  std::shared_ptr<Filter> cors;                  // of requests that no route takes; may be null
  std::shared_ptr<Filter> fetch_keys;            // of all requests, routed or not; may be null
  std::shared_ptr<Filter> limits;                // likewise
  QuickFallback quick = {};                      // may be empty
  Fallback fallback;                             // answers where no route matches
  std::shared_ptr<Filter> before_404;            // where that does not either; may be null
  std::shared_ptr<const Dress> dress;            // of answers to visitors; may be null
  std::vector<std::shared_ptr<Filter>> filters;  // of a route; the last one answers
  RequestObserver* observer = nullptr;           // may be null; outlives the pipeline
  std::uint64_t id_seed = 0;                     // drawn at random by whoever makes the pipeline
  bool debug = false;                            // errors say what went wrong
};

class Pipeline {
 public:
  explicit Pipeline(PipelineParts parts);

  // As edge::Handler: a request that no filter must wait for is answered without a coroutine. One
  // that must wait holds `self`, if given, until it ends.
  std::optional<edge::Task<>> handle(edge::Exchange& exchange,
                                     const std::shared_ptr<const Pipeline>& self = {}) const;

  // What would be done with such a request, a line a phase.
  std::string explain(std::string_view method, std::string_view host, std::string_view path) const;
  const route::RouteTable& routes() const { return route_->table(); }

 private:
  struct Passage;

  bool pass_now(Passage& passage) const;
  edge::Task<> pass(std::unique_ptr<Passage> passage) const;
  static void note_fault(Passage& passage, const std::exception& e);
  void end(Passage& passage) const;

  std::shared_ptr<RouteFilter> route_;
  std::vector<std::shared_ptr<Filter>> filters_;
  std::shared_ptr<const Dress> dress_;
  RequestObserver* observer_;
  bool debug_;
};

}  // namespace doorward::gateway
