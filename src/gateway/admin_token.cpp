#include "gateway/admin_token.hpp"

#include "edge/problem_response.hpp"
#include "wire/http/text.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace doorward::gateway {

// Whatever the scheme: the backend must not read it behind another one either.
bool AdminTokenGuard::is_token(std::string_view authorization) const {
  const auto space = std::min(authorization.find(' '), authorization.size());
  const std::string_view shown = wire::trim(authorization.substr(space));
  return !token_.empty() && shown.size() == token_.size() &&
         CRYPTO_memcmp(shown.data(), token_.data(), shown.size()) == 0;
}

std::optional<Verdict> AdminTokenGuard::run_now(Context& context) {
  const wire::Fields& fields = context.exchange.request().fields;
  bool shown = false;
  for (std::size_t i = 0; i < fields.size() && !shown; ++i)
    shown = wire::equal_ignoring_case(fields[i].name, "authorization") && is_token(fields[i].value);
  if (!shown) return Verdict::pass;
  context.reply = edge::problem_response(
      wire::Problem(421,
                    "This address belongs to a route, and no backend is sent the admin token. "
                    "Use /.doorward/v1/admin."));
  return Verdict::answered;
}

edge::Task<Verdict> AdminTokenGuard::run(Context& context) { co_return *run_now(context); }

std::string AdminTokenGuard::explain(const route::Route&) const {
  return "a request with the admin token is refused: the backend must not see it";
}

}  // namespace doorward::gateway
