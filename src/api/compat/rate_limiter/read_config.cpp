#include "api/compat/lax_number.hpp"
#include "api/compat/rate_limiter/config.hpp"
#include "core/route/path.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::api::rate_limiter {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kMaxWindow =
    std::chrono::duration_cast<std::chrono::seconds>(limit::kMaxWindow).count();

class Reader {
 public:
  Reader(const json::object& said, Needed needed) : said_(said), needed_(needed) {}

  // Absent: not said, or null.
  const json::value* member(const char* name, bool is_needed) {
    const json::value* value = said_.if_contains(name);
    if (value == nullptr && is_needed && needed_ == Needed::all)
      fail(name, "missing", "Field required");
    if (value == nullptr || !value->is_null()) return value;
    if (is_needed && needed_ == Needed::all) fail(name, "value_error", "Input should not be null");
    return nullptr;
  }

  void whole(const char* name, const json::value& value, std::uint64_t most, std::uint64_t& to) {
    auto read = compat::lax_integer(name, value);
    if (read.has_error()) return faults_.push_back(std::move(read.error()));
    const double number = *read;
    if (number < 1)
      return fail(name, "greater_than_equal", "Input should be greater than or equal to 1");
    if (number > static_cast<double>(most))
      return fail(name, "less_than_equal",
                  fmt::format("Input should be less than or equal to {}", most));
    to = static_cast<std::uint64_t>(number);
  }

  void rate(const char* name, const json::value& value, double& to) {
    auto read = compat::lax_number(name, value);
    if (read.has_error()) return faults_.push_back(std::move(read.error()));
    const double number = *read;
    if (!(number > 0)) return fail(name, "greater_than", "Input should be greater than 0");
    to = number;
  }

  void fail(const char* name, const char* type, std::string what) {
    faults_.push_back({name, type, std::move(what)});
  }

  Faults take() { return std::move(faults_); }
  bool says(const char* name) const { return said_.contains(name); }

 private:
  const json::object& said_;
  Needed needed_;
  Faults faults_;
};

void read_endpoint(Reader& in, Config& config) {
  const json::value* value = in.member("endpoint", true);
  if (value == nullptr) return;
  if (!value->is_string())
    return in.fail("endpoint", "string_type", "Input should be a valid string");
  const std::string_view text = value->get_string();
  if (text.empty() || text.size() >= limit::kMaxPatternText)
    return in.fail("endpoint", "value_error",
                   fmt::format("Input should have 1 to {} characters", limit::kMaxPatternText - 1));
  const std::string endpoint = endpoint_of(text);
  if (endpoint.find('?') != std::string::npos || !route::read_path(endpoint, {}))
    return in.fail("endpoint", "value_error", "Input should be a path, such as /api/data");
  if (!config.endpoint.empty() && !same_endpoint(endpoint, config.endpoint))
    return in.fail("endpoint", "value_error", "Input should be the endpoint of the address");
  if (config.endpoint.empty()) config.endpoint = endpoint;
}

void read_algorithm(Reader& in, Config& config) {
  const json::value* value = in.member("algorithm", false);
  if (value == nullptr) return;
  const std::string_view text =
      value->is_string() ? std::string_view(value->get_string()) : std::string_view();
  if (text == "sliding_window")
    config.algorithm = Algorithm::sliding_window;
  else if (text == "fixed_window")
    config.algorithm = Algorithm::fixed_window;
  else if (text == "token_bucket")
    config.algorithm = Algorithm::token_bucket;
  else
    in.fail("algorithm", "enum",
            "Input should be 'sliding_window', 'fixed_window' or 'token_bucket'");
}

void read_bucket(Reader& in, Config& config) {
  if (in.says("burst_limit")) config.burst.reset();
  if (in.says("refill_rate")) config.refill.reset();
  if (const auto* value = in.member("burst_limit", false))
    in.whole("burst_limit", *value, limit::kMaxLimit, config.burst.emplace());
  if (const auto* value = in.member("refill_rate", false))
    in.rate("refill_rate", *value, config.refill.emplace());
}

}  // namespace

Faults read_config(const json::object& said, Needed needed, Config& config) {
  Reader in(said, needed);
  read_endpoint(in, config);
  if (const auto* value = in.member("requests_per_window", true))
    in.whole("requests_per_window", *value, limit::kMaxLimit, config.requests);
  if (const auto* value = in.member("window_seconds", true))
    in.whole("window_seconds", *value, kMaxWindow, config.window_s);
  read_algorithm(in, config);
  read_bucket(in, config);
  if (const auto* value = in.member("is_active", false)) {
    if (value->is_bool())
      config.active = value->get_bool();
    else
      in.fail("is_active", "bool_type", "Input should be a valid boolean");
  }
  return in.take();
}

}  // namespace doorward::api::rate_limiter
