#include "gateway/authenticate.hpp"

#include <algorithm>

namespace doorward::gateway {
namespace {

// A subject is whatever the issuer wrote; in a field only visible letters are safe.
bool is_safe(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

edge::Task<Verdict> Authenticate::run(Context& context) {
  wire::RequestHead& head = context.exchange.request();
  if (!head.fields.contains("Authorization")) co_return Verdict::pass;
  const Identity identity = places_.services().identities.identify(head, places_.now());
  if (identity.caller == Caller::user && identity.subject && is_safe(identity.subject->text))
    head.fields.set("X-User-Id", identity.subject->text);
  co_return Verdict::pass;
}

std::string Authenticate::explain(const route::Route&) const {
  return "a user of a configured issuer is told to the backend as X-User-Id";
}

}  // namespace doorward::gateway
