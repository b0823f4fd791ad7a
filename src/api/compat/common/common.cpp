#include "api/compat/common/common.hpp"

#include "api/compat/fastapi.hpp"

#include <boost/json.hpp>

namespace doorward::api::compat::common {
namespace {

namespace json = boost::json;

edge::Task<Answer> root(Desk& desk, Call&, std::string_view) {
  co_return json_answer(200, json::object{{"message", "Doorward"},
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

constexpr Row kRows[] = {{"GET", "/", root}, {"GET", "/health", health}};

}  // namespace

constinit const System kSystem{
    .name = {}, .rows = kRows, .refuse = refuse_with_detail, .redirects_slashes = true};

}  // namespace doorward::api::compat::common
