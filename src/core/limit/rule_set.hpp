// All rules of a shard, compiled: finds those that apply to a request.
//
// Why:     an immutable value behind a shared pointer: a change of the rules is a new set, which
//          every loop takes up with its next request. A rule that did not change keeps its
//          CompiledRule, by address, and its quotas keep their identity and so their counters.
// Order:   higher priority first; then the more specific path (exact, "/x/*", "/x/**" with the
//          longer before the shorter, any), then the more specific host (a name, "*.x", any), then
//          by name. A rule with `stop` is the last; one that is exempt by `allow` still stops.
// Time:    `now` is log time. Hash look-ups by path and host: their number grows with the depth of
//          the deepest pattern, neither with the rules nor with the request's path. Rules of one
//          path and host are looked at one by one.
// Threads: const-safe.
// Bounds:  kMaxRules.
// Spec:    docs/rules.md.
#pragma once

#include "core/limit/compiled_quota.hpp"
#include "core/limit/network.hpp"
#include "core/limit/rule.hpp"
#include "core/route/literal_index.hpp"
#include "core/route/path.hpp"

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::limit {

// A quota ready for counting, and the first bytes of its counters' keys: the same as long as rule,
// plan, quota and algorithm keep their names, so that a changed limit goes on from the present
// count.
struct RuleQuota {
  std::string name;
  std::string policy;  // what it is called in headers: "api", or "api.day" where there are several
  CompiledQuota compiled;
  std::uint64_t identity = 0;
};

class CompiledRule {
 public:
  explicit CompiledRule(RuleEntry entry);

  const RuleEntry& entry() const { return entry_; }
  const Rule& rule() const { return entry_.rule; }
  // With its tenant's: "acme/api".
  const std::string& full_name() const { return full_name_; }
  // It is switched on, and its time has come and is not over.
  bool is_on(LogTime now) const;
  // The plan's, or else the rule's own. Empty: no limit.
  const std::vector<RuleQuota>& quotas(std::string_view plan = {}) const;
  bool denies(const Address& client) const { return any_contains(deny_, client); }
  bool exempts(const Address& client) const { return any_contains(allow_, client); }
  // Its key or its tiers ask for a verified token or API key.
  bool needs_identity() const { return needs_identity_; }

 private:
  RuleEntry entry_;
  std::string full_name_;
  std::vector<RuleQuota> quotas_;
  std::vector<std::pair<std::string, std::vector<RuleQuota>>> tiers_;
  std::vector<Network> allow_, deny_;
  bool needs_identity_ = false;
};

using RulePtr = std::shared_ptr<const CompiledRule>;

// What a rule may read of a request's head.
class HeaderSource {
 public:
  // The n-th field of this name, from zero.
  virtual std::optional<std::string_view> header(std::string_view name, std::size_t n) const = 0;

 protected:
  ~HeaderSource() = default;
};

struct RuleRequest {
  std::string_view host;
  std::string_view path;  // as it came, without query
  std::string_view method;
  std::string_view route;  // the gateway's route; empty: none
  const HeaderSource& headers;
  Address client;
  LogTime now;
};

struct Applied {
  const CompiledRule* rule = nullptr;
  bool denied = false;  // by the rule's `deny`: to be refused without counting
};

struct FoundRules {
  // In their order; those that are exempt by `allow` are left out.
  boost::container::small_vector<Applied, 4> rules;
  std::string endpoint;      // what KeyKind::endpoint stands for: "/buy"
  std::size_t look_ups = 0;  // that it took
};

// Where each part of a key is to be had. None: the request does not have it.
class KeySource {
 public:
  virtual std::string_view client() const = 0;  // "192.0.2.1", "2001:db8:0:1::/64"
  virtual std::optional<std::string_view> value(const KeyPart& part) const = 0;

 protected:
  ~KeySource() = default;
};

// One text for each combination of values, different from any other's: for the counter's key after
// the quota's identity.
std::string key_text(const std::vector<KeyPart>& key, const KeySource& source);

class RuleSet {
 public:
  RuleSet() = default;
  explicit RuleSet(std::vector<RulePtr> rules);

  // Reuses the room of `found`.
  void find(const RuleRequest& request, FoundRules& found) const;

  const CompiledRule* named(std::string_view name) const;
  const std::vector<RulePtr>& rules() const { return rules_; }  // by name
  bool needs_identity() const { return needs_identity_; }

 private:
  struct Maker;

  // One path pattern and one host pattern of one rule. Its place in `candidates_` is its order.
  struct Candidate {
    std::uint32_t rule = 0;
    std::string_view path;  // the pattern; empty: any
    std::string_view host;
  };
  using Places = std::vector<std::uint32_t>;
  // The candidates of one path pattern.
  struct Hosts {
    route::LiteralIndex<Places> exact, below;
    Places any;
  };
  using Collected = boost::container::small_vector<std::uint32_t, 32>;
  using Chosen = boost::container::small_vector<std::uint32_t, 16>;

  static void collect(const Hosts& hosts, const route::Host& host, Collected& into,
                      std::size_t& look_ups);
  void collect_path(std::string_view path, const route::Host& host, Collected& into,
                    std::size_t& look_ups) const;
  void collect_all(const RuleRequest& request, const route::Host& host, Collected& into,
                   FoundRules& found) const;
  bool applies(const Candidate& candidate, const RuleRequest& request,
               const route::Host& host) const;

  std::vector<RulePtr> rules_;
  std::vector<Candidate> candidates_;
  route::LiteralIndex<Hosts> exact_, one_more_, all_below_;  // by the pattern's literal part
  route::LiteralIndex<Hosts> any_path_;  // by route; "" for rules that name none
  bool needs_identity_ = false;
  bool has_hosts_ = false;  // any rule names a host
};

}  // namespace doorward::limit
