#include "api/compat/ticketing_gateway/calls.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json.hpp>

namespace doorward::api::ticketing_gateway {
namespace {

namespace json = boost::json;

constexpr std::string_view kHealth = "/actuator/health";

const char* up_if(bool fine) { return fine ? "UP" : "DOWN"; }

std::optional<edge::Response> refuse_reader(const Desk& desk, const Call& call) {
  if (desk.options.ticketing_gateway.open_actuator) return std::nullopt;
  return refuse_elsewhere(desk, call);
}

json::object route_json(const route::Route& route, std::size_t order) {
  std::string predicate = fmt::format("Paths: [{}]", fmt::join(route.match.paths, ", "));
  if (!route.match.methods.empty())
    predicate += fmt::format(" && Methods: [{}]", fmt::join(route.match.methods, ", "));
  if (!route.match.hosts.empty())
    predicate += fmt::format(" && Hosts: [{}]", fmt::join(route.match.hosts, ", "));
  json::array filters;
  if (!route.room.empty()) filters.emplace_back(fmt::format("Room={}", route.room));
  if (!route.renews.empty()) filters.emplace_back(fmt::format("RenewSession={}", route.renews));
  if (!route.strip_prefix.empty())
    filters.emplace_back(fmt::format("StripPrefix={}", route.strip_prefix));
  return {{"route_id", route.name},
          {"predicate", std::move(predicate)},
          {"filters", std::move(filters)},
          {"uri", route.upstream.empty() ? "no://op" : "lb://" + route.upstream},
          {"order", order}};
}

}  // namespace

edge::Task<Answer> health(Desk& desk, Call& call, std::string_view) {
  const engine::ShardHealth health = desk.shard().health();
  const bool is_live = call.head().path != kHealth;
  const bool fine = !health.broken && (health.writable || is_live);
  json::object body{{"status", up_if(fine)}};
  if (!is_live)
    body["components"] =
        json::object{{"log", json::object{{"status", up_if(health.writable && !health.broken)}}}};
  co_return json_answer(fine ? 200 : 503, body);
}

edge::Task<Answer> routes(Desk& desk, Call& call, std::string_view) {
  if (auto refused = refuse_reader(desk, call)) co_return std::move(*refused);
  json::array list;
  for (const route::Route& route : desk.options.ticketing_gateway.routes())
    list.push_back(route_json(route, list.size()));
  co_return json_answer(200, json::serialize(list));
}

edge::Task<Answer> prometheus(Desk& desk, Call& call, std::string_view) {
  if (auto refused = refuse_reader(desk, call)) co_return std::move(*refused);
  edge::Response response = json_answer(200, desk.options.ticketing_gateway.metrics());
  response.head.fields.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  co_return response;
}

edge::Task<Answer> swagger_page(Desk&, Call&, std::string_view) {
  edge::Response response;
  response.head.status = 302;
  response.head.fields.append("Location", "/docs");
  co_return response;
}

edge::Task<Answer> api_docs(Desk& desk, Call&, std::string_view) {
  co_return json_answer(200, desk.openapi);
}

}  // namespace doorward::api::ticketing_gateway
