#include "api/compat/fastapi.hpp"

#include "wire/json_strict.hpp"
#include "wire/rfc3339.hpp"

#include <boost/json.hpp>

namespace doorward::api::compat {
namespace {

namespace json = boost::json;

edge::Response unread(const Error& problem) {
  if (problem.code == Errc::too_large) return detail(413, "Request body too large");
  return detail(problem.code == Errc::timed_out ? 408 : 400, problem.what);
}

edge::Response missing() { return invalid({{"", "missing", "Field required"}}); }

}  // namespace

edge::Response detail(unsigned status, std::string_view what) {
  return json_answer(status, json::object{{"detail", what}});
}

edge::Response refuse_with_detail(const Desk&, const Call&, unsigned status,
                                  std::string_view what) {
  return detail(status, what);
}

edge::Response invalid(const Faults& faults, std::string_view where) {
  json::array list;
  for (const Fault& fault : faults) {
    json::array place{where};
    if (!fault.member.empty()) place.emplace_back(fault.member);
    list.push_back(
        json::object{{"type", fault.type}, {"loc", std::move(place)}, {"msg", fault.what}});
  }
  return json_answer(422, json::object{{"detail", std::move(list)}});
}

edge::Task<Value> read_value(Call& call) {
  if (!call.exchange.has_body()) co_return missing();
  const auto text = co_await call.exchange.read_whole_body(kMaxBody);
  if (text.has_error()) co_return unread(text.error());
  if (text->empty()) co_return missing();
  remember_body(call, *text);
  auto value = wire::parse_json_strict(*text);
  if (value.has_error())
    co_return invalid({{"", "json_invalid", "JSON decode error: " + value.error().what}});
  co_return std::move(*value);
}

std::string timestamp(const Desk& desk) { return wire::format_rfc3339(desk.places.now()); }

}  // namespace doorward::api::compat
