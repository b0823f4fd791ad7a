#include "gateway/ticket_json.hpp"

#include "base/append.hpp"
#include "core/tenant/tenant.hpp"
#include "engine/shard.hpp"
#include "wire/rfc3339.hpp"

namespace doorward::gateway {
namespace {

using room::TicketState;
using room::TicketView;

void append_place(std::string& out, const TicketView& view) {
  if (view.position) {
    append(out, R"("position":)", *view.position, R"(,"ahead":)", *view.position - 1, ',');
  } else {
    out += R"("position":null,"ahead":null,)";
  }
  append(out, R"("waiting":)", view.waiting, ',');
  if (view.eta) {
    append(out, R"("eta":{"low_s":)", view.eta->low_s, R"(,"high_s":)", view.eta->high_s, '}');
  } else {
    out += R"("eta":null)";
  }
}

// Tokens and names need no escapes.
void append_text(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return append(out, '"', name, R"(":null,)");
  append(out, '"', name, R"(":")", text, R"(",)");
}

void append_time(std::string& out, std::string_view name, const std::optional<LogTime>& time) {
  append_text(out, name, time ? wire::format_rfc3339(*time) : std::string());
}

// Why it is closed, or why nobody is let in now.
std::string_view reason_of(const TicketView& view, bool paused) {
  if (view.state == TicketState::closed) return room::to_string(view.reason);
  return view.state == TicketState::waiting ? halt_of(view, paused) : "";
}

std::uint32_t usual_pace_s(const TicketView& view) {
  if (!view.position) return 10;
  const std::uint32_t ahead = *view.position - 1;
  const std::uint32_t base = ahead < 20       ? 1
                             : ahead < 100    ? 2
                             : ahead < 1'000  ? 5
                             : ahead < 10'000 ? 10
                                              : 25;
  return base + static_cast<std::uint32_t>(view.id.lo % (base / 5 + 1));
}

// The pace, but in time for a sign of life and for a claim, as far as whole seconds are.
std::uint32_t soon_enough_s(const room::Policy& policy, std::uint32_t pace_s) {
  Millis soon = Millis::max();
  if (policy.liveness_silence) soon = std::min(soon, *policy.liveness_silence / 3);
  if (policy.present_only) soon = std::min(soon, policy.liveness_grace / 3);
  if (policy.claim_ttl) soon = std::min(soon, *policy.claim_ttl / 2);
  const auto most = std::chrono::floor<std::chrono::seconds>(soon).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(most, 1, pace_s));
}

}  // namespace

std::string ticket_json(const TicketText& ticket) {
  const TicketView& view = ticket.view;
  std::string out;
  out.reserve(512 + ticket.token.size() + ticket.pass.size());
  append(out, R"({"ticket":")", view.id, R"(","room":")", tenant::plain(ticket.room),
         R"(","state":")", room::to_string(view.state), R"(",)");
  append_place(out, view);
  out += ',';
  append_time(out, "joined_at", view.joined_at);
  append_time(out, "admitted_at", view.admitted_at);
  append_time(out, "expires_at", view.expires_at);
  if (ticket.poll_after_s > 0) {
    append(out, R"("poll_after_s":)", ticket.poll_after_s, ',');
  } else {
    out += R"("poll_after_s":null,)";
  }
  append_text(out, "token", ticket.token);
  append_text(out, "pass", ticket.pass);
  append_text(out, "reason", reason_of(view, ticket.paused));
  out.back() = '}';
  return out;
}

std::string position_json(const TicketView& view, bool paused, std::optional<LogTime> opens_at) {
  std::string out;
  append(out, R"({"state":")", room::to_string(view.state), R"(",)");
  append_place(out, view);
  out += ',';
  append_text(out, "reason", reason_of(view, paused));
  append_time(out, "opens_at", opens_at);
  out.back() = '}';
  return out;
}

std::optional<LogTime> opening_of(const room::Policy& policy, LogTime now) {
  const bool is_ahead =
      policy.mode == room::Mode::open && policy.opens_at && *policy.opens_at > now;
  return is_ahead ? policy.opens_at : std::nullopt;
}

std::uint32_t poll_after_s(const TicketView& view, const room::Policy& policy) {
  return view.state == TicketState::waiting ? soon_enough_s(policy, usual_pace_s(view)) : 0;
}

std::uint32_t reload_after_s(const TicketView& view, const room::Policy& policy) {
  constexpr std::uint32_t kNear = 20, kNear_s = 5, kFar_s = 10;
  if (view.state != TicketState::waiting) return 0;
  const std::uint32_t least = view.position && *view.position <= kNear ? kNear_s : kFar_s;
  return soon_enough_s(policy, std::max(least, usual_pace_s(view)));
}

std::string_view halt_of(const TicketView& waiting, bool paused) {
  if (waiting.sold_out) return "sold_out";
  if (paused) return "paused";
  return waiting.position || waiting.passed_over ? "" : "draw";
}

Outlook outlook_of(const engine::Shard& shard, const TicketView& view) {
  if (view.state != TicketState::waiting) return {};
  const auto entry = shard.room(view.room);
  if (!entry) return {poll_after_s(view, {}), false};
  const room::Policy& policy = entry->view.policy;
  return {poll_after_s(view, policy), policy.mode == room::Mode::paused};
}

}  // namespace doorward::gateway
