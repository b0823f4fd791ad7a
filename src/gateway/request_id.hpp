// Names each request, for logs here and behind: the id that a trusted proxy gave it, or a new one.
//
// Why:     Answer adds it to whatever is answered. An id from anybody else was removed by
//          ClientAddress: visitors do not write our logs.
// Threads: thread-safe.
#pragma once

#include "gateway/filter.hpp"

#include <atomic>
#include <cstdint>

namespace doorward::gateway {

class RequestId : public Filter {
 public:
  static constexpr std::string_view kField = "X-Request-Id";

  // `seed` is drawn at random, so that ids of two processes differ.
  explicit RequestId(std::uint64_t seed) : seed_(seed) {}
  std::string_view name() const override { return "request_id"; }
  edge::Task<Verdict> run(Context& context) override;
  std::optional<Verdict> run_now(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  std::uint64_t seed_;
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace doorward::gateway
