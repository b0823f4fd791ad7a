#include "api/compat/gatekeeper/jwt.hpp"

#include "base/append.hpp"
#include "gateway/tokens.hpp"
#include "wire/json_member.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace doorward::api::gatekeeper {
namespace {

namespace json = boost::json;
namespace jose = wire::jose;

// However long ago it ended: its user's place says what it is worth.
constexpr std::chrono::hours kLeeway{24 * 365 * 20};

std::int64_t seconds(LogTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

LogTime end_of(const json::object& claims) {
  constexpr double kLatest = 7'258'118'400;  // the year 2200
  const double ends = std::ceil(claims.at("exp").to_number<double>());
  return LogTime(std::chrono::seconds(static_cast<std::int64_t>(std::clamp(ends, 0.0, kLatest))));
}

}  // namespace

Jwts::Jwts(jose::KeySet keys, std::string business)
    : keys_(std::move(keys)),
      header_(jose::protected_header(keys_.signer(), "JWT")),
      business_(std::move(business)) {}

std::string Jwts::issue(std::string_view user, LogTime now, Millis ttl) const {
  // The name of a tenant needs no escapes.
  std::string claims;
  append(claims, R"({"user_id":)", json::serialize(user), R"(,"business":")", business_,
         R"(","iat":)", seconds(now), R"(,"exp":)", seconds(now + ttl), '}');
  return jose::sign_text(keys_.signer(), header_, claims);
}

std::optional<Holder> Jwts::read(std::string_view token, LogTime now) const {
  jose::Expectation expected;
  expected.leeway = kLeeway;
  const auto verified = jose::verify(keys_, token, expected, gateway::to_system(now));
  if (verified.has_error() || wire::text_member(verified->claims, "business") != business_)
    return std::nullopt;
  Holder holder{std::string(wire::text_member(verified->claims, "user_id")),
                end_of(verified->claims)};
  if (holder.user.empty() || holder.user.size() > kMaxUser) return std::nullopt;
  return holder;
}

}  // namespace doorward::api::gatekeeper
