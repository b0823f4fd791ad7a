#include "api/compat/gatekeeper/jwt.hpp"

#include "gateway/tokens.hpp"

#include <boost/json.hpp>

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

std::string_view text(const json::object& claims, std::string_view name) {
  const json::value* value = claims.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                : std::string_view();
}

}  // namespace

std::string issue(const jose::Key& key, std::string_view business, std::string_view user,
                  LogTime now, Millis ttl) {
  return jose::sign(key, "JWT",
                    {{"user_id", user},
                     {"business", business},
                     {"iat", seconds(now)},
                     {"exp", seconds(now + ttl)}});
}

std::optional<Holder> read(const jose::Key& key, std::string_view token, std::string_view business,
                           LogTime now) {
  jose::Expectation expected;
  expected.leeway = kLeeway;
  const auto verified = jose::verify(jose::KeySet({key}), token, expected, gateway::to_system(now));
  if (verified.has_error() || text(verified->claims, "business") != business) return std::nullopt;
  Holder holder;
  holder.user = text(verified->claims, "user_id");
  if (holder.user.empty() || holder.user.size() > kMaxUser) return std::nullopt;
  const json::value& ends = verified->claims.at("exp");
  holder.expired = ends.to_number<double>() <= static_cast<double>(seconds(now));
  return holder;
}

}  // namespace doorward::api::gatekeeper
