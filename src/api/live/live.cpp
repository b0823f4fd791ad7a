#include "api/live/live.hpp"

#include "base/siphash.hpp"
#include "gateway/limits/rate_rules.hpp"
#include "wire/clip.hpp"
#include "wire/utf8.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::api::live {
namespace {

using gateway::LimitOutcome;
using limit::KeyKind;

// No rule of an operator has capitals.
constexpr const char* kThrottle = "CL.THROTTLE";

std::string cut(std::string_view text) { return std::string(text.substr(0, kMaxText)); }

Millis whole_millis(limit::Nanos wait) {
  // An operator reads "never" as a day too.
  constexpr limit::Nanos kMost = std::chrono::hours{24 * 30};
  return std::chrono::ceil<Millis>(std::min(wait, kMost));
}

// Whoever may see events must not learn with what to sign in.
bool is_secret(const limit::KeyPart& part) {
  if (part.kind == KeyKind::cookie) return true;
  if (part.kind != KeyKind::header) return false;
  for (const char* word : {"auth", "bearer", "business", "cookie", "credential", "jwt", "key",
                           "pass", "secret", "session", "sign", "token"})
    if (boost::icontains(part.name, word)) return true;
  return false;
}

// An event is UTF-8, whatever a header or a key holds.
std::string shown(std::string name) {
  name.resize(wire::clip(name, kMaxText).size());
  if (!wire::is_utf8(name))
    for (char& c : name)
      if (c < ' ' || c > '~') c = '?';
  return name;
}

// As whom a rule counts: what its key is made of, less what tells requests of one client apart.
std::string client_of(const limit::CompiledRule& rule, const limit::KeySource& source) {
  const std::vector<limit::KeyPart>& key = rule.rule().key;
  if (key.size() == 1 && key.front().kind == KeyKind::client) return std::string(source.client());
  std::string name;
  for (const limit::KeyPart& part : key) {
    if (part.kind == KeyKind::endpoint || part.kind == KeyKind::room) continue;
    if (!name.empty()) name += ", ";
    const auto value = source.value(part);
    if (value && is_secret(part)) {
      name += fmt::format("{}#{:016x}", part.name, siphash64(SipKey{}, *value));
    } else {
      name += value.value_or(source.client());
    }
  }
  if (name.empty()) name = source.client();
  return shown(std::move(name));
}

Event event_of(const gateway::Context& context, LogTime at) {
  const wire::RequestHead& head = context.exchange.request();
  Event event;
  event.at = at;
  event.client = context.limited.client.empty() ? context.client.key : context.limited.client;
  event.endpoint = cut(head.path);
  event.method = cut(head.method);
  event.rule = context.limited.rule;
  event.limit = context.limited.limit;
  event.remaining = context.limited.remaining;
  return event;
}

}  // namespace

void Live::decided(const gateway::LimitEvent& said) {
  count(said.rule, said.outcome);
  gateway::LimitNote& note = said.context.limited;
  const bool refuses =
      said.outcome == LimitOutcome::refused || said.outcome == LimitOutcome::denied;
  const bool is_told =
      bus_.has_listeners() && (refuses || said.outcome == LimitOutcome::would_refuse);
  // Of several rules the one that refused, else the one with the least left; what neither refused
  // nor counted is none of them.
  const bool is_noted = (refuses && !note.refused) ||
                        (!note.refused && said.decision.limit > 0 &&
                         (note.client.empty() || said.decision.remaining < note.remaining));
  note.refused = note.refused || refuses;
  if (!is_noted && !refuses && !is_told) return;

  const std::string client = client_of(said.rule, said.key);
  if (is_noted) {
    note.client = client;
    note.rule = said.rule.full_name();
    note.limit = said.decision.limit;
    note.remaining = said.decision.remaining;
  }
  const Millis wait = whole_millis(said.decision.retry_after);
  if (refuses) {
    statistics_.record_refused(client, said.rule.full_name());
    note.retry_after = std::max(note.retry_after, wait);
  }
  if (!is_told) return;
  Event event = event_of(said.context, now());
  event.type = EventType::rate_limit_exceeded;
  event.client = client;
  event.rule = said.rule.full_name();
  event.quota = said.quota;
  event.limit = said.decision.limit;
  event.remaining = said.decision.remaining;
  event.retry_after = wait;
  event.dry_run = said.outcome == LimitOutcome::would_refuse;
  if (refuses) event.status = said.outcome == LimitOutcome::denied ? 403 : 429;
  bus_.publish(std::move(event));
}

void Live::count(const limit::CompiledRule& rule, gateway::LimitOutcome outcome) {
  if (counter_ != nullptr) counter_->count(rule.full_name(), outcome);
}

void Live::asked(const Asked& said) {
  const bool is_denied = said.quota.empty();
  const bool is_refused = is_denied || !said.decision.allowed;
  Event event;
  event.client = client_of(said.rule, said.key);
  event.endpoint = cut(said.endpoint);
  event.rule = said.rule.full_name();
  event.quota = said.quota;
  event.status = is_denied ? 403 : is_refused ? 429 : 200;
  event.limit = said.decision.limit;
  event.remaining = said.decision.remaining;
  if (is_refused) event.retry_after = whole_millis(said.decision.retry_after);
  tell(std::move(event), is_refused, said.rule.rule().dry_run);
}

void Live::throttled(std::string_view key, const limit::Decision& decision) {
  const bool is_refused = !decision.allowed;
  if (counter_ != nullptr)
    counter_->count(kThrottle, is_refused ? LimitOutcome::refused : LimitOutcome::passed);
  Event event;
  event.client = shown(std::string(wire::clip(key, kMaxText)));
  event.endpoint = kThrottle;
  event.rule = kThrottle;
  event.status = is_refused ? 429 : 200;
  event.limit = decision.limit;
  event.remaining = decision.remaining;
  if (is_refused) event.retry_after = whole_millis(decision.retry_after);
  tell(std::move(event), is_refused, false);
}

void Live::tell(Event event, bool is_refused, bool is_dry) {
  event.type = is_refused ? EventType::rate_limit_exceeded : EventType::request_processed;
  event.at = now();
  event.dry_run = is_refused && is_dry;
  if (!is_dry) {
    statistics_.record_asked(is_refused);
    if (is_refused) statistics_.record_refused(event.client, event.rule);
    clients_.record(event.client, {event.type, event.at, event.endpoint, event.rule, event.status,
                                   event.remaining, event.retry_after});
  }
  if (!is_dry || is_refused) bus_.publish(std::move(event));
}

void Live::finished(const gateway::RequestRecord& record, std::chrono::nanoseconds took) {
  // Whoever watches is not what is watched.
  if (gateway::is_never_limited(record.context)) return;
  const gateway::LimitNote& note = record.context.limited;
  statistics_.record(record.status, note.refused, took);
  const bool listens = bus_.has_listeners() && !note.refused;
  if (note.client.empty() && !listens) return;
  const LogTime at = now();
  if (!note.client.empty()) {
    const EventType type =
        note.refused ? EventType::rate_limit_exceeded : EventType::request_processed;
    clients_.record(note.client, {type, at, cut(record.request.path), note.rule, record.status,
                                  note.remaining, note.retry_after});
  }
  if (!listens) return;
  Event event = event_of(record.context, at);
  event.status = record.status;
  bus_.publish(std::move(event));
}

}  // namespace doorward::api::live
