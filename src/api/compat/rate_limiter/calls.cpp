#include "api/compat/rate_limiter/calls.hpp"

#include "wire/json_strict.hpp"
#include "wire/rfc3339.hpp"

#include <boost/json.hpp>

namespace doorward::api::rate_limiter {
namespace {

namespace json = boost::json;

edge::Response unread(const Error& problem) {
  if (problem.code == Errc::too_large) return detail(413, "Request body too large");
  return detail(problem.code == Errc::timed_out ? 408 : 400, problem.what);
}

}  // namespace

edge::Response detail(unsigned status, std::string_view what) {
  return json_answer(status, json::object{{"detail", what}});
}

edge::Response invalid(const Faults& faults) {
  json::array list;
  for (const Fault& fault : faults) {
    json::array where{"body"};
    if (!fault.member.empty()) where.emplace_back(fault.member);
    list.push_back(
        json::object{{"type", fault.type}, {"loc", std::move(where)}, {"msg", fault.what}});
  }
  return json_answer(422, json::object{{"detail", std::move(list)}});
}

std::string timestamp(const Desk& desk) { return wire::format_rfc3339(desk.places.now()); }

edge::Task<Value> read_value(Call& call) {
  if (!call.exchange.has_body()) co_return invalid({{"", "missing", "Field required"}});
  const auto text = co_await call.exchange.read_whole_body(kMaxBody);
  if (text.has_error()) co_return unread(text.error());
  auto value = wire::parse_json_strict(*text);
  if (value.has_error())
    co_return invalid({{"", "json_invalid", "JSON decode error: " + value.error().what}});
  co_return std::move(*value);
}

edge::Task<Answer> root(Desk& desk, Call&, std::string_view) {
  co_return json_answer(200, json::object{{"message", "Doorward, with the rate limiter's calls"},
                                          {"version", desk.options.version},
                                          {"timestamp", timestamp(desk)}});
}

edge::Task<Answer> health(Desk& desk, Call&, std::string_view) {
  const bool is_writable = desk.shard().health().writable;
  co_return json_answer(is_writable ? 200 : 503,
                        json::object{{"status", is_writable ? "healthy" : "unhealthy"},
                                     {"timestamp", timestamp(desk)},
                                     {"database", is_writable ? "connected" : "not writable"}});
}

edge::Task<Answer> data(Desk& desk, Call&, std::string_view) {
  co_return json_answer(
      200, json::object{{"data", "This is protected data"}, {"timestamp", timestamp(desk)}});
}

edge::Task<Answer> submit(Desk& desk, Call& call, std::string_view) {
  auto value = co_await read_value(call);
  if (value.has_error()) co_return std::move(value.error());
  co_return json_answer(200, json::object{{"message", "Data submitted successfully"},
                                          {"received_data", std::move(*value)},
                                          {"timestamp", timestamp(desk)}});
}

}  // namespace doorward::api::rate_limiter
