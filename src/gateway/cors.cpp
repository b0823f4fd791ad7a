#include "gateway/cors.hpp"

#include <algorithm>
#include <array>

namespace doorward::gateway {
namespace {

constexpr std::string_view kOwn = "/.doorward";
constexpr std::array<std::string_view, 3> kOperators{"/v1/admin", "/dashboard", "/metrics"};

constexpr const char* kMethods = "GET, HEAD, POST, PUT, PATCH, DELETE";
// Those of the compatible systems, also as a proxy writes them that drops underscores.
constexpr const char* kHeaders =
    "Authorization, Content-Type, X-Client-ID, business_id, user_id, jwt, Business-Id, User-Id, "
    "Idempotency-Key, If-Match, Last-Event-ID, X-Request-Id";
constexpr const char* kExposed =
    "Retry-After, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, "
    "RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
    "X-RateLimit-Limit-Second, X-RateLimit-Limit-Minute, X-RateLimit-Limit-Hour, "
    "X-RateLimit-Limit-Day, X-RateLimit-Limit-Month, X-RateLimit-Remaining-Second, "
    "X-RateLimit-Remaining-Minute, X-RateLimit-Remaining-Hour, X-RateLimit-Remaining-Day, "
    "X-RateLimit-Remaining-Month, X-RateLimit-Replenish-Rate, X-RateLimit-Burst-Capacity, "
    "X-RateLimit-Requested-Tokens, ETag, Location, X-Request-Id";
constexpr const char* kKeepSeconds = "600";

bool is_operators(std::string_view path) {
  if (path.starts_with(kOwn)) path.remove_prefix(kOwn.size());
  return std::any_of(kOperators.begin(), kOperators.end(), [&](std::string_view own) {
    return path.starts_with(own) && (path.size() == own.size() || path[own.size()] == '/');
  });
}

bool is_preflight(const wire::RequestHead& head) {
  return head.method == "OPTIONS" && head.fields.contains("Access-Control-Request-Method");
}

edge::Response preflight_answer(bool is_allowed) {
  edge::Response response;
  response.head.status = 204;
  wire::Fields& fields = response.head.fields;
  fields.append("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers");
  if (!is_allowed) return response;
  fields.append("Access-Control-Allow-Methods", kMethods);
  fields.append("Access-Control-Allow-Headers", kHeaders);
  fields.append("Access-Control-Max-Age", kKeepSeconds);
  return response;
}

}  // namespace

Cors::Cors(CorsOptions options)
    : options_(std::move(options)),
      any_(std::find(options_.origins.begin(), options_.origins.end(), "*") !=
           options_.origins.end()) {
  if (any_) options_.credentials = false;
}

bool Cors::allows(std::string_view origin) const {
  return any_ || std::any_of(options_.origins.begin(), options_.origins.end(),
                             [&](const std::string& named) {
                               return wire::equal_ignoring_case(named, origin);
                             });
}

std::optional<Verdict> Cors::run_now(Context& context) {
  const wire::RequestHead& head = context.exchange.request();
  if (context.route != nullptr ? !options_.routes : is_operators(head.path)) return Verdict::pass;
  // Whoever keeps answers must not show one origin's to another.
  context.answer_fields.append("Vary", "Origin");
  const auto origin = head.fields.find("Origin");
  if (!origin || head.fields.count("Origin") != 1) return Verdict::pass;
  const bool is_allowed = allows(*origin);
  if (is_allowed) {
    context.client.allowed_origin = true;
    context.client.trusted_origin = options_.credentials;
    context.answer_fields.set("Access-Control-Allow-Origin", any_ ? "*" : std::string(*origin));
    if (options_.credentials) context.answer_fields.set("Access-Control-Allow-Credentials", "true");
  }
  if (is_preflight(head)) {
    context.reply = preflight_answer(is_allowed);
    return Verdict::answered;
  }
  if (is_allowed) context.answer_fields.set("Access-Control-Expose-Headers", kExposed);
  return Verdict::pass;
}

edge::Task<Verdict> Cors::run(Context& context) { co_return *run_now(context); }

std::string Cors::explain(const route::Route&) const {
  if (!options_.routes) return {};
  return any_ ? "pages of any origin may call" : "pages of the origins of `cors` may call";
}

}  // namespace doorward::gateway
