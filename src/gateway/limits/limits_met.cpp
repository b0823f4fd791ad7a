#include "gateway/limits/limits_met.hpp"

#include "gateway/limits/count_hits.hpp"
#include "gateway/limits/held_slots.hpp"
#include "gateway/limits/limited_page.hpp"
#include "gateway/pages.hpp"
#include "gateway/problems.hpp"
#include "wire/rate_limit/refusal.hpp"

#include <algorithm>
#include <charconv>

namespace doorward::gateway {
namespace {

using limit::Algorithm;
using limit::CompiledRule;

// A whole number of `least` or more, or `otherwise`. One that is too large is the largest.
std::uint64_t number(std::optional<std::string_view> text, std::uint64_t least,
                     std::uint64_t otherwise) {
  std::uint64_t value = 0;
  if (!text) return otherwise;
  const char* end = text->data() + text->size();
  const auto [rest, fault] = std::from_chars(text->data(), end, value);
  if (fault == std::errc::result_out_of_range && rest == end) return UINT64_MAX;
  return fault == std::errc() && rest == end && value >= least ? value : otherwise;
}

bool is_charged_later(const CompiledRule& rule) {
  return rule.rule().cost.from == limit::Cost::From::response_header;
}

using Reports = boost::container::small_vector<wire::LimitReport, 4>;

template <class Counts, class Wanted>
Reports reports_of(const Counts& counts, Wanted wanted) {
  Reports reports;
  for (const auto& count : counts) {
    if (!wanted(count)) continue;
    reports.push_back({.policy = count.quota->policy,
                       .quota = &count.quota->compiled.quota(),
                       .decision = count.decision,
                       .cost = count.hit.cost});
  }
  return reports;
}

}  // namespace

LimitsMet::LimitsMet(const RateRulesParts& parts, Context& context,
                     std::shared_ptr<const limit::RuleSet> rules,
                     std::shared_ptr<const limit::RuleSet> own)
    : parts_(parts),
      context_(context),
      rules_(std::move(rules)),
      own_(std::move(own)),
      now_(parts.clock.limit_now()),
      values_(context, parts.identities,
              LogTime{std::chrono::floor<Millis>(now_.time_since_epoch())}) {}

bool LimitsMet::find() {
  const wire::RequestHead& head = context_.exchange.request();
  const limit::RuleRequest request{
      .host = context_.client.host,
      .path = head.path,
      .method = head.method,
      .route = context_.route == nullptr ? std::string_view() : context_.route->name,
      .headers = values_,
      .client = to_limit_address(context_.client.address),
      .now = LogTime{std::chrono::floor<Millis>(now_.time_since_epoch())}};
  rules_->find(request, found_);
  if (own_) {
    limit::FoundRules more;
    own_->find(request, more);
    found_.rules.insert(found_.rules.end(), more.rules.begin(), more.rules.end());
    if (found_.endpoint.empty()) found_.endpoint = std::move(more.endpoint);
  }
  values_.set_endpoint(found_.endpoint);
  return !found_.rules.empty();
}

std::optional<edge::Response> LimitsMet::decide() {
  if (const CompiledRule* rule = denied()) {
    tell(*rule, LimitOutcome::denied);
    return deny();
  }
  // A rule in dry run that denies is told of, and counts as little as one that means it.
  for (const limit::Applied& applied : found_.rules) {
    if (applied.denied)
      tell(*applied.rule, LimitOutcome::would_refuse);
    else
      add_counts(*applied.rule);
  }
  count();
  hold_slots();
  if (parts_.observer) report();
  const Count* refused = refusing();
  if (refused == nullptr) return std::nullopt;
  charged_ = true;  // what is refused here has no cost to charge
  return refuse(refused->rule->rule());
}

const CompiledRule* LimitsMet::denied() const {
  for (const limit::Applied& applied : found_.rules)
    if (applied.denied && !applied.rule->rule().dry_run) return applied.rule;
  return nullptr;
}

void LimitsMet::tell(const CompiledRule& rule, LimitOutcome outcome) const {
  if (parts_.observer) parts_.observer->decided({context_, rule, values_, outcome});
}

std::uint64_t LimitsMet::cost_of(const limit::Cost& cost) const {
  if (cost.from != limit::Cost::From::request_header) return cost.amount;
  return number(values_.header(cost.header), 1, cost.amount);
}

void LimitsMet::add_counts(const CompiledRule& rule) {
  const std::string& claim = rule.rule().plan_claim;
  const auto& quotas = rule.quotas(claim.empty() ? std::string_view() : values_.claim(claim));
  const std::string key = limit::key_text(rule.rule().key, values_);
  // What is known only from the answer is asked for as the least, and charged then.
  const std::uint64_t cost = is_charged_later(rule) ? 1 : cost_of(rule.rule().cost);
  for (const limit::RuleQuota& quota : quotas) {
    ports::Hit hit{counter_key(parts_.counter_key, quota, key), &quota.compiled, cost, 0};
    if (quota.compiled.algorithm() == Algorithm::concurrency)
      parts_.entropy.fill(std::as_writable_bytes(std::span(&hit.lease, 1)));
    counts_.push_back({&rule, &quota, hit});
  }
}

// First what counts nothing yet, so that a request that is refused there uses up nothing elsewhere.
void LimitsMet::count() {
  if (counts_.size() == 1 && !is_charged_later(*counts_[0].rule)) {  // as nearly always
    counts_[0].decision = parts_.store.decide(counts_[0].hit, now_);
    return;
  }
  for (Count& count : counts_) {
    if (is_charged_later(*count.rule))
      count.decision = parts_.store.peek(count.hit, now_);
    else if (count.rule->rule().dry_run)
      count.decision = parts_.store.decide(count.hit, now_);
  }
  const bool is_refused = std::any_of(counts_.begin(), counts_.end(), [](const Count& count) {
    return is_charged_later(*count.rule) && !count.rule->rule().dry_run && !count.decision.allowed;
  });
  if (!is_refused) return count_together();
  for (Count& count : counts_)
    if (!is_charged_later(*count.rule) && !count.rule->rule().dry_run)
      count.decision = parts_.store.peek(count.hit, now_);
}

void LimitsMet::count_together() {
  boost::container::small_vector<Count*, 16> all;
  for (Count& count : counts_)
    if (!is_charged_later(*count.rule) && !count.rule->rule().dry_run) all.push_back(&count);
  if (all.empty()) return;
  if (all.size() == 1) {
    all[0]->decision = parts_.store.decide(all[0]->hit, now_);
    return;
  }
  boost::container::small_vector<ports::Hit, 16> hits;
  for (const Count* count : all) hits.push_back(count->hit);
  boost::container::small_vector<limit::Decision, 16> decisions(hits.size());
  count_hits(parts_.store, hits, now_, decisions);
  for (std::size_t i = 0; i < all.size(); ++i) all[i]->decision = decisions[i];
}

void LimitsMet::hold_slots() {
  const bool is_refused = refusing() != nullptr;
  std::unique_ptr<HeldSlots> slots;
  for (const Count& count : counts_) {
    const bool is_slot = count.quota->compiled.algorithm() == Algorithm::concurrency;
    // Of a request that is refused only rules in dry run, which are asked apart, hold a slot.
    const bool was_counted = count.rule->rule().dry_run || !is_refused;
    if (!is_slot || !was_counted || !count.decision.allowed || is_charged_later(*count.rule))
      continue;
    if (!slots) slots = std::make_unique<HeldSlots>(parts_.store, parts_.clock, rules_, own_);
    slots->add(count.hit);
  }
  if (slots) context_.watches.push_back(std::move(slots));
}

const LimitsMet::Count* LimitsMet::refusing() const {
  const auto found = std::find_if(counts_.begin(), counts_.end(), [](const Count& count) {
    return !count.decision.allowed && !count.rule->rule().dry_run;
  });
  return found == counts_.end() ? nullptr : &*found;
}

// Once for each rule, with the quota that says most.
void LimitsMet::report() const {
  for (std::size_t i = 0; i < counts_.size();) {
    const CompiledRule& rule = *counts_[i].rule;
    const Count* said = &counts_[i];
    for (; i < counts_.size() && counts_[i].rule == &rule; ++i)
      if (said->decision.allowed && !counts_[i].decision.allowed) said = &counts_[i];
    const LimitOutcome outcome = said->decision.allowed ? LimitOutcome::passed
                                 : rule.rule().dry_run  ? LimitOutcome::would_refuse
                                                        : LimitOutcome::refused;
    parts_.observer->decided({context_, rule, values_, outcome, said->quota->name, said->decision});
  }
}

void LimitsMet::charge(const wire::ResponseHead& head) {
  for (Count& count : counts_) {
    if (!is_charged_later(*count.rule)) continue;
    const limit::Cost& cost = count.rule->rule().cost;
    count.hit.cost = number(head.fields.find(cost.header), 0, cost.amount);
    count.decision = parts_.store.charge(count.hit, parts_.clock.limit_now());
  }
}

limit::Dialect LimitsMet::dialect_of(const limit::Rule& rule) const {
  return rule.headers.value_or(parts_.headers);
}

void LimitsMet::edit(wire::ResponseHead& head) {
  if (!charged_) charge(head);
  charged_ = true;
  // Rules of one dialect share its fields.
  boost::container::small_vector<limit::Dialect, 4> done;
  for (const Count& first : counts_) {
    const limit::Dialect dialect = dialect_of(first.rule->rule());
    if (first.rule->rule().dry_run || std::find(done.begin(), done.end(), dialect) != done.end())
      continue;
    done.push_back(dialect);
    const Reports said = reports_of(counts_, [&](const Count& count) {
      return !count.rule->rule().dry_run && dialect_of(count.rule->rule()) == dialect;
    });
    wire::set_rate_limit_fields(head.fields, dialect, said, now_);
  }
}

edge::Response LimitsMet::deny() const {
  return answer(problems::kDeniedByRule, "Requests from this address are refused here.");
}

edge::Response LimitsMet::refuse(const limit::Rule& rule) const {
  const Reports refused = reports_of(counts_, [](const Count& count) {
    return !count.decision.allowed && !count.rule->rule().dry_run;
  });
  const auto wait_s = wire::retry_after_seconds(refused);
  const bool is_problem = rule.refused == limit::RefusedBody::problem;
  edge::Response response;
  if (is_problem && context_.dress == nullptr && wants_page(context_.exchange.request())) {
    response = limited_page(context_, 429, wait_s);
  } else if (is_problem) {
    auto told = wire::rate_limit_problem(wire::RefusalKind::quota_exceeded, refused);
    response.head.status = told.status;
    response.head.fields.append("Content-Type", wire::kProblemMediaType);
    response.body = std::move(told.json);
    response.own_problem = true;
  } else {
    response.head.status = 429;
    response.head.fields.append("Content-Type", "application/json");
    response.body = wire::rate_limiter_refusal(refused, now_);
  }
  response.head.fields.set("Cache-Control", "no-store");
  if (wait_s) response.head.fields.append("Retry-After", std::to_string(*wait_s));
  return response;
}

}  // namespace doorward::gateway
