#include "gateway/authenticate.hpp"

#include "gateway/preflight.hpp"

#include <algorithm>

namespace doorward::gateway {
namespace {

// A subject is whatever the issuer wrote; in a field only visible letters are safe.
bool is_safe(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

Refusal refusal_of(const Identity& identity) {
  if (auto refused = refusal(identity)) return *std::move(refused);
  return problem(problems::kNoToken, "Sign in, and show the token of the identity provider.");
}

}  // namespace

std::optional<Verdict> Authenticate::run_now(Context& context) {
  wire::RequestHead& head = context.exchange.request();
  Identity identity;
  if (head.fields.contains("Authorization"))
    identity = places_.services().identities.identify(head, places_.now());
  const bool is_user = identity.caller == Caller::user && identity.subject;
  if (is_user && is_safe(identity.subject->text)) {
    head.fields.set("X-User-Id", identity.subject->text);
    if (!identity.subject->type.empty() && is_safe(identity.subject->type))
      head.fields.set("X-User-Type", identity.subject->type);
    return Verdict::pass;
  }
  if (!rule_.required || is_preflight(context.exchange) ||
      route::covers(rule_.open, head.path, head.method))
    return Verdict::pass;
  const Refusal refused =
      is_user ? problem(problems::kBadToken, "The token's subject has letters that no field takes.")
              : refusal_of(identity);
  context.reply = answer(refused);
  return Verdict::answered;
}

edge::Task<Verdict> Authenticate::run(Context& context) { co_return *run_now(context); }

std::string Authenticate::explain(const route::Route&) const {
  const std::string told = "a user of a configured issuer is told to the backend as X-User-Id";
  if (!rule_.required) return told;
  return told + (rule_.open.empty() ? "; others get 401" : "; others get 401, but on open paths");
}

}  // namespace doorward::gateway
