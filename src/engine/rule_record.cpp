#include "engine/rule_record.hpp"

#include "core/tenant/tenant.hpp"
#include "engine/digest.hpp"
#include "engine/record.hpp"

#include <limits>
#include <utility>

namespace doorward::engine {
namespace {

using limit::Cost;
using limit::NamedQuota;
using limit::Rule;

constexpr std::uint64_t kMaxText = limit::kMaxRuleText;

// Which optional fields follow.
enum : std::uint8_t { kHasStart = 1, kHasEnd = 2, kHasDialect = 4, kAllOptional = 7 };

template <class Enum>
void put_enum(ByteWriter& out, Enum value) {
  out.u8(static_cast<std::uint8_t>(value));
}

template <class Enum>
Enum get_enum(ByteReader& in, Enum last) {
  const std::uint8_t v = in.u8();
  if (v > static_cast<std::uint8_t>(last)) in.fail();
  return static_cast<Enum>(v);
}

void put_time(ByteWriter& out, LogTime t) {
  out.varint(static_cast<std::uint64_t>(t.time_since_epoch().count()));
}

LogTime get_time(ByteReader& in) {
  const auto most = static_cast<std::uint64_t>(kMaxLogTime.time_since_epoch().count());
  return LogTime(Millis(static_cast<std::int64_t>(in.varint(most))));
}

std::string get_text(ByteReader& in) { return std::string(in.text(kMaxText)); }

// A list: its length, then each item.
template <class Item, class Put>
void put_list(ByteWriter& out, const std::vector<Item>& list, Put put) {
  out.varint(list.size());
  for (const Item& item : list) put(item);
}

template <class Item, class Get>
std::vector<Item> get_list(ByteReader& in, std::size_t most, Get get) {
  const std::uint64_t count = in.varint(most);
  std::vector<Item> list;
  for (std::uint64_t i = 0; in.ok() && i < count; ++i) list.push_back(get());
  return list;
}

void put_texts(ByteWriter& out, const std::vector<std::string>& list) {
  put_list(out, list, [&](const std::string& text) { out.text(text); });
}

std::vector<std::string> get_texts(ByteReader& in, std::size_t most) {
  return get_list<std::string>(in, most, [&] { return get_text(in); });
}

void put_match(ByteWriter& out, const limit::RuleMatch& match) {
  put_texts(out, match.hosts);
  put_texts(out, match.paths);
  put_texts(out, match.methods);
  put_list(out, match.headers, [&](const limit::HeaderMatch& header) {
    out.text(header.name);
    out.text(header.pattern);
  });
  put_texts(out, match.routes);
}

limit::RuleMatch get_match(ByteReader& in) {
  limit::RuleMatch match;
  match.hosts = get_texts(in, limit::kMaxPatterns);
  match.paths = get_texts(in, limit::kMaxPatterns);
  match.methods = get_texts(in, limit::kMaxMethods);
  match.headers = get_list<limit::HeaderMatch>(in, limit::kMaxHeaderMatches, [&] {
    limit::HeaderMatch header;
    header.name = get_text(in);
    header.pattern = get_text(in);
    return header;
  });
  match.routes = get_texts(in, limit::kMaxPatterns);
  return match;
}

void put_key(ByteWriter& out, const std::vector<limit::KeyPart>& key) {
  put_list(out, key, [&](const limit::KeyPart& part) {
    put_enum(out, part.kind);
    out.text(part.name);
  });
}

std::vector<limit::KeyPart> get_key(ByteReader& in) {
  return get_list<limit::KeyPart>(in, limit::kMaxKeyParts, [&] {
    limit::KeyPart part;
    part.kind = get_enum(in, limit::KeyKind::endpoint);
    part.name = get_text(in);
    return part;
  });
}

void put_quotas(ByteWriter& out, const std::vector<NamedQuota>& quotas) {
  put_list(out, quotas, [&](const NamedQuota& named) {
    const limit::Quota& quota = named.quota;
    out.text(named.name);
    put_enum(out, quota.algorithm);
    out.varint(quota.limit);
    out.varint(static_cast<std::uint64_t>(quota.window / Millis(1)));
    out.varint(quota.burst);
    out.boolean(quota.count_refused);
  });
}

std::vector<NamedQuota> get_quotas(ByteReader& in) {
  return get_list<NamedQuota>(in, limit::kMaxQuotas, [&] {
    NamedQuota named;
    limit::Quota& quota = named.quota;
    named.name = get_text(in);
    quota.algorithm = get_enum(in, limit::Algorithm::concurrency);
    quota.limit = in.varint(limit::kMaxLimit);
    const auto most = static_cast<std::uint64_t>(limit::kMaxWindow / Millis(1));
    quota.window = Millis(static_cast<std::int64_t>(in.varint(most)));
    quota.burst = in.varint(limit::kMaxLimit);
    quota.count_refused = in.boolean();
    return named;
  });
}

void put_cost(ByteWriter& out, const Cost& cost) {
  put_enum(out, cost.from);
  out.text(cost.header);
  out.varint(cost.amount);
}

Cost get_cost(ByteReader& in) {
  Cost cost;
  cost.from = get_enum(in, Cost::From::response_header);
  cost.header = get_text(in);
  cost.amount = static_cast<std::uint32_t>(in.varint(limit::kMaxCost));
  return cost;
}

// From the priority on.
void put_rest(ByteWriter& out, const Rule& rule) {
  out.varint(static_cast<std::uint64_t>(std::int64_t{rule.priority} + limit::kMaxPriority));
  out.boolean(rule.stop);
  out.boolean(rule.fallback);
  out.u8(static_cast<std::uint8_t>((rule.starts_at ? kHasStart : 0) | (rule.ends_at ? kHasEnd : 0) |
                                   (rule.headers ? kHasDialect : 0)));
  if (rule.starts_at) put_time(out, *rule.starts_at);
  if (rule.ends_at) put_time(out, *rule.ends_at);
  if (rule.headers) put_enum(out, *rule.headers);
  put_cost(out, rule.cost);
  put_enum(out, rule.refused);
  out.boolean(rule.active);
}

void get_rest(ByteReader& in, Rule& rule) {
  constexpr std::uint64_t kMost = 2 * std::uint64_t{limit::kMaxPriority};
  rule.priority =
      static_cast<std::int32_t>(static_cast<std::int64_t>(in.varint(kMost)) - limit::kMaxPriority);
  rule.stop = in.boolean();
  rule.fallback = in.boolean();
  const std::uint8_t has = in.u8();
  if (has > kAllOptional) in.fail();
  if (has & kHasStart) rule.starts_at = get_time(in);
  if (has & kHasEnd) rule.ends_at = get_time(in);
  if (has & kHasDialect) rule.headers = get_enum(in, limit::Dialect::none);
  rule.cost = get_cost(in);
  rule.refused = get_enum(in, limit::RefusedBody::rate_limiter);
  rule.active = in.boolean();
}

// What bounds a rule knows nothing of tenants.
bool is_valid(Rule& rule) {
  const auto [tenant, name] = tenant::split(rule.name);
  if (tenant.empty())
    return rule.name.size() == name.size() && limit::validate_kept(rule).has_value();
  const std::string full = std::exchange(rule.name, std::string(name));
  const bool valid =
      tenant::is_valid_name(tenant::split(full).tenant) && limit::validate_kept(rule);
  rule.name = full;
  return valid;
}

}  // namespace

void put_rule(ByteWriter& out, const Rule& rule) {
  out.text(rule.name);
  out.text(rule.description);
  put_match(out, rule.match);
  put_key(out, rule.key);
  put_quotas(out, rule.quotas);
  out.text(rule.plan_claim);
  put_list(out, rule.tiers, [&](const limit::Tier& tier) {
    out.text(tier.plan);
    put_quotas(out, tier.quotas);
  });
  put_texts(out, rule.allow);
  put_texts(out, rule.deny);
  out.boolean(rule.dry_run);
  put_enum(out, rule.on_error);
  put_rest(out, rule);
}

Rule get_rule(ByteReader& in) {
  Rule rule;
  rule.name = get_text(in);
  rule.description = get_text(in);
  rule.match = get_match(in);
  rule.key = get_key(in);
  rule.quotas = get_quotas(in);
  rule.plan_claim = get_text(in);
  rule.tiers = get_list<limit::Tier>(in, limit::kMaxTiers, [&] {
    limit::Tier tier;
    tier.plan = get_text(in);
    tier.quotas = get_quotas(in);
    return tier;
  });
  rule.allow = get_texts(in, limit::kMaxNetworks);
  rule.deny = get_texts(in, limit::kMaxNetworks);
  rule.dry_run = in.boolean();
  rule.on_error = get_enum(in, limit::OnError::closed);
  get_rest(in, rule);
  if (in.ok() && !is_valid(rule)) in.fail();
  return rule;
}

void put(ByteWriter& out, const SetRule& c) {
  put_rule(out, c.rule);
  put_enum(out, c.source);
  put_enum(out, c.only);
  put_seen(out, c.seen);
}

void get(ByteReader& in, SetRule& c) {
  c.rule = get_rule(in);
  c.source = get_enum(in, limit::RuleSource::admin);
  c.only = get_enum(in, SetRule::Only::if_present);
  c.seen = get_seen(in);
}

void put(ByteWriter& out, const RemoveRule& c) {
  out.text(c.rule);
  put_seen(out, c.seen);
}

void get(ByteReader& in, RemoveRule& c) {
  c.rule = std::string(in.text(naming::kMaxFullRule));
  if (c.rule.empty()) in.fail();
  c.seen = get_seen(in);
}

void put_rule_entry(ByteWriter& out, const limit::RuleEntry& entry) {
  out.varint(entry.id);
  put_enum(out, entry.source);
  put_time(out, entry.created_at);
  put_time(out, entry.updated_at);
  limit::Rule rule = entry.rule;
  rule.name = tenant::full_name(entry.tenant, rule.name);
  put_rule(out, rule);
}

limit::RuleEntry get_rule_entry(ByteReader& in) {
  limit::RuleEntry entry;
  entry.id = in.varint();
  entry.source = get_enum(in, limit::RuleSource::admin);
  entry.created_at = get_time(in);
  entry.updated_at = get_time(in);
  entry.rule = get_rule(in);
  const auto [tenant, name] = tenant::split(entry.rule.name);
  entry.tenant = tenant;
  entry.rule.name = std::string(name);
  if (entry.updated_at < entry.created_at) in.fail();
  return entry;
}

}  // namespace doorward::engine
