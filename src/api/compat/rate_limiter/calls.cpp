#include "api/compat/rate_limiter/calls.hpp"

#include "wire/rfc3339.hpp"

#include <boost/json.hpp>

namespace doorward::api::rate_limiter {

namespace json = boost::json;

Answer data(Desk& desk, Call&) {
  std::string body;
  body.reserve(80);
  body.append(R"({"data":"This is protected data","timestamp":")");
  wire::append_rfc3339(body, desk.places.now());
  body.append(R"("})");
  return json_answer(200, std::move(body));
}

edge::Task<Answer> submit(Desk& desk, Call& call, std::string_view) {
  auto value = co_await compat::read_value(call);
  if (value.has_error()) co_return std::move(value.error());
  co_return json_answer(200, json::object{{"message", "Data submitted successfully"},
                                          {"received_data", std::move(*value)},
                                          {"timestamp", timestamp(desk)}});
}

}  // namespace doorward::api::rate_limiter
