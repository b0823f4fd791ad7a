// A limit asked by name: what a backend says of somebody else's request, read and decided.
//
// Why:     a backend that only wants the decision counts on the same counters as the filter, so
//          that a client cannot have its limit twice.
// Ownership: a Check keeps the rule set that it was read against.
// Threads: single owner; the store is shared.
// Bounds:  the path of a check has at most kMaxPath bytes.
// Errors:  the sentence begins with the member's path: "checks[3].cost: …". Nothing was counted.
// Spec:    docs/api.md, "Asking for a limit".
#pragma once

#include "api/call.hpp"
#include "core/limit/rule_set.hpp"

#include <boost/container/small_vector.hpp>
#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::api {

inline constexpr std::size_t kMaxChecks = 1'000;
inline constexpr std::size_t kMaxPath = 8'192;  // bytes of a check's `descriptors.path`

// The descriptors of one check: what a request would have said.
class Descriptors final : public limit::HeaderSource, public limit::KeySource {
 public:
  // False where the name is none.
  bool set(std::string_view name, std::string text);
  std::optional<std::string_view> get(std::string_view name) const;
  std::optional<std::string_view> header(std::string_view name, std::size_t n) const override;
  std::string_view client() const override;
  std::optional<std::string_view> value(const limit::KeyPart& part) const override;

  // What stands for `endpoint` where it is not said.
  void set_endpoint(std::string_view endpoint) { endpoint_ = endpoint; }
  std::string_view endpoint() const { return get("endpoint").value_or(endpoint_); }
  // The client's, as it was said.
  std::optional<limit::Address> address() const { return address_; }
  // Whether a key wanted the client's address, and there is none.
  bool lacked_client() const { return lacked_client_; }

 private:
  std::vector<std::pair<std::string, std::string>> texts_;
  std::string endpoint_;
  std::optional<limit::Address> address_;
  mutable bool lacked_client_ = false;
};

// One check, ready to be decided.
class Check {
 public:
  struct Count {
    const limit::CompiledRule* rule;
    const limit::RuleQuota* quota;
    ports::Hit hit;
    limit::Decision decision = {};
  };

  // Reads it and finds its counters.
  static Result<Check> read(const boost::json::value& said, const std::string& path,
                            std::shared_ptr<const limit::RuleSet> rules, const SipKey& key,
                            limit::Time now);

  void decide(ports::CounterStore& store, limit::Time now);
  // What was decided, for who watches; nothing where it was only peeked at.
  void tell(live::Live& live) const;
  // How many counters there were to forget.
  std::size_t reset(ports::CounterStore& store) const;
  boost::json::object json() const;

 private:
  class Reader;
  using Counts = boost::container::small_vector<Count, 2>;

  bool refuses(const Count& count) const;
  void count_outcomes(live::Live& live) const;

  std::shared_ptr<const limit::RuleSet> rules_;
  Descriptors descriptors_;
  Counts counts_;
  const limit::CompiledRule* denied_by_ = nullptr;
  boost::container::small_vector<const limit::CompiledRule*, 1> would_deny_;  // in dry run
  bool peek_ = false;
};

}  // namespace doorward::api
