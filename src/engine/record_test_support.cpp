#include "engine/record_test_support.hpp"

namespace doorward::engine {

room::Policy full_policy() {
  room::Policy p;
  p.capacity = 70'000;
  p.admit = room::Rate{.count = 10, .every = Millis(1500)};
  p.session_ttl = Millis(240'000);
  p.renew = room::Renew::never;
  p.claim_ttl = Millis(60'000);
  p.order = room::Order::draw;
  p.lanes = {{"vip", 3}, {"all", 1}};
  p.rejoin = room::Rejoin::to_back;
  p.liveness_silence = Millis(45'000);
  p.liveness_grace = Millis(300'000);
  p.opens_at = LogTime(Millis(1'700'000'000'000));
  p.closes_at = LogTime(Millis(1'700'000'600'000));
  p.max_waiting = 12;
  p.mode = room::Mode::bypass;
  p.stock = room::Stock{"show", 1'500};
  return p;
}

room::Policy newest_policy() {
  room::Policy p = full_policy();
  p.admit->rounds = true;
  p.present_only = true;
  return p;
}

limit::Quota quota(limit::Algorithm algorithm, std::uint64_t limit, Millis window) {
  limit::Quota made;
  made.algorithm = algorithm;
  made.limit = limit;
  made.window = window;
  return made;
}

limit::Rule small_rule() {
  limit::Rule rule;
  rule.name = "api";
  rule.quotas = {{"1s", quota(limit::Algorithm::sliding_counter, 10, Millis(1'000))}};
  return rule;
}

limit::Rule full_rule() {
  limit::Rule rule = small_rule();
  rule.description = "All calls";
  rule.match = {{"shop.example"}, {"/api/**", "/b"}, {"POST"}, {{"X-Plan", "go*"}}, {"shop"}};
  rule.key = {{limit::KeyKind::client, {}}, {limit::KeyKind::header, "X-Client-ID"}};
  rule.quotas.push_back({"day", quota(limit::Algorithm::gcra, 1'000, Millis(86'400'000))});
  rule.quotas[1].quota.burst = 5;
  rule.quotas[1].quota.count_refused = true;
  rule.plan_claim = "plan";
  rule.tiers = {{"gold", {rule.quotas[1]}}, {"free", {}}};
  rule.allow = {"10.0.0.0/8"};
  rule.deny = {"192.0.2.1", "2001:db8::/32"};
  rule.dry_run = rule.stop = rule.fallback = true;
  rule.on_error = limit::OnError::closed;
  rule.priority = -7;
  rule.starts_at = LogTime(Millis(1'700'000'000'000));
  rule.ends_at = LogTime(Millis(1'700'000'600'000));
  rule.cost = {limit::Cost::From::response_header, "X-Cost", 3};
  rule.headers = limit::Dialect::spring;
  rule.refused = limit::RefusedBody::rate_limiter;
  rule.active = false;
  return rule;
}

limit::Rule largest_rule() {
  limit::Rule rule = full_rule();
  limit::NamedQuota one{"", quota(limit::Algorithm::gcra, limit::kMaxLimit, Millis(100))};
  one.quota.burst = limit::kMaxLimit;
  const auto quotas = [&one] {
    std::vector<limit::NamedQuota> list(limit::kMaxQuotas, one);
    for (std::size_t i = 0; i < list.size(); ++i)
      list[i].name = std::to_string(i) + std::string(30, 'q');
    return list;
  };
  rule.quotas = quotas();
  rule.tiers.clear();
  for (std::size_t i = 0; i < limit::kMaxTiers; ++i)
    rule.tiers.push_back({std::to_string(i) + std::string(50, 't'), quotas()});
  rule.allow.assign(limit::kMaxNetworks, "2001:db8:1:2::/64");
  rule.deny = rule.allow;
  rule.match.paths.assign(10, "/" + std::string(1'000, 'p'));
  return rule;
}

reserve::Inventory full_inventory() {
  reserve::Inventory inventory;
  inventory.sections = {{"A", 9'900, 10, 20, {}}, {"Boxes", 0, 0, 0, {"B7", "B8"}}};
  inventory.currency = "EUR";
  inventory.max_per_hold = 4;
  inventory.max_per_subject = 8;
  inventory.hold_ttl = Millis(60'000);
  inventory.hold_most = Millis(600'000);
  return inventory;
}

reserve::Inventory largest_inventory() {
  reserve::Inventory inventory = full_inventory();
  inventory.sections = {{"Boxes", reserve::kMaxPrice, 0, 0, {}}};
  std::size_t bytes = 100;
  for (int i = 0; bytes + 64 < reserve::kMaxTexts; ++i) {
    std::string unit = "B" + std::to_string(i);
    unit.resize(6, '-');
    bytes += unit.size() + 1;
    inventory.sections[0].units.push_back(std::move(unit));
  }
  return inventory;
}

tenant::Settings full_settings() {
  tenant::Settings settings;
  settings.max_waiting = 70'000;
  settings.calls = room::Rate{50, Millis(1'000)};
  settings.rooms = 3;
  settings.rules = 1'000;
  settings.token_ttl = Millis(60'000);
  settings.locks = 10;
  settings.units = 20'000;
  settings.holds = 30'000;
  return settings;
}

limit::Rule rule_of_tenant() {
  limit::Rule rule = small_rule();
  rule.name = "acme/api";
  return rule;
}

std::vector<Command> every_command() {
  const TicketId ticket{0x0102030405060708, 0xfffefdfcfbfaf9f8};
  return {Join{"drop", {1, 2}, ticket, "vip"},
          Join{"drop", {~0ULL, 0}, {0, 0}, ""},
          Leave{ticket},
          Touch{ticket},
          PresenceStart{ticket},
          PresenceEnd{ticket},
          Finish{ticket},
          SetRoom{"drop", full_policy(), SetRoom::Source::file},
          SetRoom{std::string(64, 'r'), {}, SetRoom::Source::admin},
          SetRoom{"drop", newest_policy()},
          RemoveRoom{"drop"},
          Draw{"drop", 7, 8},
          NodeStarted{99, Millis(5000)},
          NodeStarted{99, Millis(5000), kNewestRules},
          Tick{},
          SetRule{full_rule(), limit::RuleSource::file, SetRule::Only::if_present},
          SetRule{small_rule()},
          RemoveRule{"api"},
          SetRule{rule_of_tenant()},
          SetTenant{"acme", tenant::Source::file, SetTenant::Only::if_absent, full_settings()},
          SetTenant{"b", {}, {}, {}},
          RemoveTenant{"acme"},
          SetTenantKey{"acme", "web", {1, 2, 3}},
          RemoveTenantKey{"acme", "web"},
          ChangeRoom{"drop", {}, full_policy()},
          ChangeRoom{"drop", newest_policy(), {}, SetRoom::Source::file},
          SetInventory{"show", full_inventory(), SetRoom::Source::file},
          SetInventory{std::string(64, 'i'), {}},
          RemoveInventory{"show"},
          Hold{"show", {1, 2}, {3, 4}, Millis(60'000), 0, {"A-1-1", "B7"}},
          Hold{"show", {1, 2}, {3, 4}, Millis(0), 3, {}},
          Extend{"show", {3, 4}, SubjectKey{1, 2}, 9, Millis(1)},
          Confirm{"show", {3, 4}, std::nullopt, 0},
          Release{"show", {3, 4}, SubjectKey{1, 2}, ~0ULL},
          AcquireLock{"door", {5, 6}, Millis(5'000), Millis(60'000)},
          RenewLock{"door", {5, 6}, 7, Millis(5'000)},
          ReleaseLock{"door", {5, 6}, 0},
          SetRule{full_rule(), {}, {}, Digest{1, 2}},
          RemoveRule{"api", Digest{}},
          SetInventory{"show", full_inventory(), {}, Digest{~0ULL, 3}},
          RemoveInventory{"show", Digest{1, 2}},
          SetTenant{"acme", {}, {}, full_settings(), Digest{1, 2}},
          RemoveRoom{"drop", Digest{1, 2}}};
}

}  // namespace doorward::engine
