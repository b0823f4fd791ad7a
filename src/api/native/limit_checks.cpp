#include "api/native/limit_checks.hpp"

#include "gateway/limits/count_hits.hpp"
#include "gateway/limits/rate_rules.hpp"
#include "wire/clip.hpp"
#include "wire/json_reader.hpp"
#include "wire/rate_limit/headers.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace doorward::api {
namespace {

namespace json = boost::json;
using limit::CompiledRule;
using limit::Decision;
using wire::JsonReader;

json::value seconds(limit::Nanos duration) {
  if (duration == limit::kNever) return nullptr;
  return wire::ceil_seconds(duration);
}

json::object said(const Decision& decision) {
  return {{"allowed", decision.allowed},
          {"limit", decision.limit},
          {"remaining", decision.remaining},
          {"reset_s", seconds(decision.reset)},
          {"retry_after_s", seconds(decision.retry_after)}};
}

}  // namespace

// What one check says, and the rules that it meets.
class Check::Reader {
 public:
  Reader(const std::string& path, Check& check, const SipKey& key, limit::Time now)
      : path_(path),
        check_(check),
        key_(key),
        now_(std::chrono::floor<Millis>(now.time_since_epoch())),
        in_(path, fault_) {}

  std::optional<Error> read(const json::value& said) {
    in_.object(said, {{"rule", [this](auto& v, auto& at) { in_.text(v, at, rule_.emplace()); }},
                      {"descriptors", [this](auto& v, auto& at) { read_descriptors(v, at); }},
                      {"key", [this](auto& v, auto& at) { in_.text(v, at, one_key_.emplace()); }},
                      {"plan", [this](auto& v, auto& at) { in_.text(v, at, plan_); }},
                      {"cost", [this](auto& v, auto& at) { in_.count(v, at, cost_.emplace()); }},
                      {"peek", [this](auto& v, auto& at) { in_.boolean(v, at, check_.peek_); }}});
    if (!fault_) find();
    return fault_;
  }

 private:
  void fail(std::string_view member, const std::string& what) {
    in_.fail(path_.empty() ? std::string(member) : fmt::format("{}.{}", path_, member), what);
  }

  void read_descriptors(const json::value& value, const std::string& path) {
    in_.named(value, path, [this](std::string_view name, auto& v, auto& at) {
      std::string text;
      in_.text(v, at, text);
      if (name == "path" && text.size() > kMaxPath)
        return in_.fail(at, fmt::format("is longer than {} bytes", kMaxPath));
      if (!descriptors_.set(name, std::move(text)))
        in_.fail(at,
                 "is no descriptor; choose from client, user, api_key, room, endpoint, "
                 "header:NAME, cookie:NAME, claim:NAME, host, path, method and route");
    });
  }

  void find() {
    if (cost_ && (*cost_ == 0 || *cost_ > limit::kMaxCost))
      return fail("cost", fmt::format("is {}; choose from 1 to {}", *cost_, limit::kMaxCost));
    if (!rule_ && !descriptors_.get("path"))
      return fail("rule", "is missing; name a rule, or say descriptors.path to have them found");
    if (one_key_ && !set_one_key()) return;
    const auto of = [this](std::string_view name) {
      return descriptors_.get(name).value_or(std::string_view());
    };
    const auto client = descriptors_.address();
    limit::FoundRules found;
    check_.rules_->find({of("host"), of("path"), of("method"), of("route"), descriptors_,
                         client.value_or(limit::Address{}), now_},
                        found);
    descriptors_.set_endpoint(found.endpoint);
    rule_ ? add_named(client) : add_found(found);
  }

  void add_found(const limit::FoundRules& found) {
    for (const limit::Applied& applied : found.rules)
      if (applied.denied && !applied.rule->rule().dry_run) check_.denied_by_ = applied.rule;
    if (check_.denied_by_ != nullptr) return;
    for (const limit::Applied& applied : found.rules)
      applied.denied ? check_.would_deny_.push_back(applied.rule) : add(*applied.rule);
  }

  void add_named(const std::optional<limit::Address>& client) {
    const CompiledRule* rule = check_.rules_->named(*rule_);
    if (rule == nullptr)
      return fail("rule", fmt::format("there is no rule \"{}\"", wire::clip(*rule_, 60)));
    if (!rule->is_on(now_)) return;
    const bool denies = client && rule->denies(*client);
    if (denies && !rule->rule().dry_run) check_.denied_by_ = rule;
    if (denies && rule->rule().dry_run) check_.would_deny_.push_back(rule);
    if (!denies && !(client && rule->exempts(*client))) add(*rule);
  }

  bool set_one_key() {
    const CompiledRule* rule = rule_ ? check_.rules_->named(*rule_) : nullptr;
    if (!rule_) fail("key", "needs a rule beside it");
    if (rule == nullptr) return rule_.has_value();
    const auto& key = rule->rule().key;
    if (key.size() == 1) return descriptors_.set(to_string(key.front()), *one_key_);
    fail("key", fmt::format("the rule's key has {} parts; send them as descriptors", key.size()));
    return false;
  }

  void add(const CompiledRule& rule) {
    const auto& quotas = rule.quotas(plan_);
    const std::string text = limit::key_text(rule.rule().key, descriptors_);
    if (descriptors_.lacked_client())
      return fail("descriptors",
                  fmt::format("the key of rule \"{}\" needs client", rule.rule().name));
    for (const limit::RuleQuota& quota : quotas) {
      if (quota.compiled.algorithm() == limit::Algorithm::concurrency && !check_.peek_)
        return fail("rule", fmt::format("\"{}\" counts what is under way, which cannot be asked "
                                        "by name; only peek",
                                        rule.rule().name));
      const std::uint64_t cost = cost_.value_or(rule.rule().cost.amount);
      check_.counts_.push_back(
          {&rule, &quota, {gateway::counter_key(key_, quota, text), &quota.compiled, cost, 0}});
    }
  }

  const std::string& path_;
  Check& check_;
  const SipKey& key_;
  LogTime now_;
  std::optional<Error> fault_;
  JsonReader in_;
  Descriptors& descriptors_ = check_.descriptors_;
  std::optional<std::string> rule_, one_key_;
  std::optional<std::uint32_t> cost_;
  std::string plan_;
};

Result<Check> Check::read(const json::value& said, const std::string& path,
                          std::shared_ptr<const limit::RuleSet> rules, const SipKey& key,
                          limit::Time now) {
  Check check;
  check.rules_ = std::move(rules);
  if (auto fault = Reader(path, check, key, now).read(said)) return *fault;
  return check;
}

// As the filter does: what is in dry run by itself, all others in one step.
void Check::decide(ports::CounterStore& store, limit::Time now) {
  boost::container::small_vector<ports::Hit, 4> hits;
  boost::container::small_vector<Count*, 4> from;
  for (Count& count : counts_) {
    if (peek_) {
      count.decision = store.peek(count.hit, now);
    } else if (count.rule->rule().dry_run) {
      count.decision = store.decide(count.hit, now);
    } else {
      from.push_back(&count);
      hits.push_back(count.hit);
    }
  }
  if (hits.empty()) return;
  boost::container::small_vector<Decision, 4> decisions(hits.size());
  gateway::count_hits(store, hits, now, decisions);
  for (std::size_t i = 0; i < from.size(); ++i) from[i]->decision = decisions[i];
}

// Once for each rule, as the filter does.
void Check::count_outcomes(live::Live& live) const {
  using gateway::LimitOutcome;
  if (denied_by_ != nullptr) return live.count(*denied_by_, LimitOutcome::denied);
  for (const CompiledRule* rule : would_deny_) live.count(*rule, LimitOutcome::would_refuse);
  for (std::size_t i = 0; i < counts_.size();) {
    const CompiledRule& rule = *counts_[i].rule;
    bool passed = true;
    for (; i < counts_.size() && counts_[i].rule == &rule; ++i)
      passed = passed && counts_[i].decision.allowed;
    live.count(rule, passed                ? LimitOutcome::passed
                     : rule.rule().dry_run ? LimitOutcome::would_refuse
                                           : LimitOutcome::refused);
  }
}

void Check::tell(live::Live& live) const {
  if (peek_) return;
  count_outcomes(live);
  if (denied_by_ != nullptr)
    return live.asked({*denied_by_, descriptors_, descriptors_.endpoint(), {}, {}});
  // Each rule with its tightest quota; of the rules that bind, the one that says most.
  const Count* said = nullptr;
  for (const Count& count : counts_) {
    if (count.rule->rule().dry_run) {
      if (!count.decision.allowed)
        live.asked({*count.rule, descriptors_, descriptors_.endpoint(), count.quota->name,
                    count.decision});
    } else if (said == nullptr || (said->decision.allowed && !count.decision.allowed) ||
               (said->decision.allowed == count.decision.allowed &&
                count.decision.remaining < said->decision.remaining)) {
      said = &count;
    }
  }
  if (said != nullptr)
    live.asked(
        {*said->rule, descriptors_, descriptors_.endpoint(), said->quota->name, said->decision});
}

std::size_t Check::reset(ports::CounterStore& store) const {
  return static_cast<std::size_t>(
      std::count_if(counts_.begin(), counts_.end(),
                    [&](const Count& count) { return store.reset(count.hit.key); }));
}

bool Check::refuses(const Count& count) const {
  return !count.decision.allowed && !count.rule->rule().dry_run;
}

json::object Check::json() const {
  json::array quotas;
  std::vector<wire::LimitReport> reports;
  for (const Count& count : counts_) {
    json::object quota{{"rule", count.rule->rule().name}, {"quota", count.quota->name}};
    for (auto& [name, value] : said(count.decision)) quota[name] = value;
    quota["dry_run"] = count.rule->rule().dry_run;
    quotas.push_back(std::move(quota));
    if (!count.rule->rule().dry_run)
      reports.push_back({.policy = count.quota->name,
                         .quota = &count.quota->compiled.quota(),
                         .decision = count.decision,
                         .cost = count.hit.cost});
  }
  const bool is_denied = denied_by_ != nullptr;
  json::object whole{{"allowed", !is_denied},
                     {"limit", nullptr},
                     {"remaining", nullptr},
                     {"reset_s", nullptr},
                     {"retry_after_s", is_denied ? json::value(nullptr) : json::value(0)}};
  if (!reports.empty()) whole = said(wire::tightest(reports).decision);
  // All must let it pass, so the longest wait counts.
  limit::Nanos wait{};
  for (const Count& count : counts_)
    if (refuses(count)) wait = std::max(wait, count.decision.retry_after);
  if (wait > limit::Nanos{}) whole["retry_after_s"] = seconds(wait);
  if (is_denied) whole["denied"] = true;
  whole["quotas"] = std::move(quotas);
  return whole;
}

}  // namespace doorward::api
