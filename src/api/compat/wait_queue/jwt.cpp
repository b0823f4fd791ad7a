#include "api/compat/wait_queue/jwt.hpp"

#include "gateway/tokens.hpp"
#include "wire/base64.hpp"
#include "wire/json_member.hpp"
#include "wire/uuid.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::api::wait_queue {
namespace {

namespace json = boost::json;
using wire::jose::Key;
using wire::jose::TokenError;

constexpr std::size_t kFullSecret = 32;
constexpr const char* kWait = "wait";
constexpr const char* kActive = "active";

// HMAC fills a short key with zeros (RFC 2104 section 2), so that these make it no other key, and
// whoever checks the tokens under the short one goes on doing so.
Key key_of(std::string_view secret) {
  std::string filled(secret);
  if (filled.size() < kFullSecret) filled.resize(kFullSecret, '\0');
  return Key::from_secret(filled, "").value();
}

}  // namespace

Jwt::Jwt(std::string_view secret)
    : keys_({key_of(secret)}), header_(wire::base64url_encode(R"({"alg":"HS256","typ":"JWT"})")) {}

std::string Jwt::issue(const Claims& claims, LogTime expires_at) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(expires_at.time_since_epoch());
  return wire::jose::sign_text(
      keys_.signer(), header_,
      fmt::format(R"({{"uuid":"{}","status":"{}","exp":{}}})", wire::to_uuid(claims.ticket),
                  claims.active ? kActive : kWait, seconds.count()));
}

boost::system::result<Jwt::Claims, TokenError> Jwt::read(std::string_view token,
                                                         LogTime now) const {
  wire::jose::Expectation expected;
  expected.algorithms = {wire::jose::Algorithm::hs256};
  const auto verified = wire::jose::verify(keys_, token, expected, gateway::to_system(now));
  if (verified.has_error()) return verified.error();
  const auto ticket = wire::parse_uuid<TicketId>(wire::text_member(verified->claims, "uuid"));
  const std::string_view status = wire::text_member(verified->claims, "status");
  if (!ticket || (status != kWait && status != kActive)) return TokenError::malformed;
  return Claims{*ticket, status == kActive};
}

}  // namespace doorward::api::wait_queue
