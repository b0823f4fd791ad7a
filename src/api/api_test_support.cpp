#include "api/api_test_support.hpp"

namespace doorward::api {

void LotsDouble::wake(std::span<const std::uint64_t> keys) {
  const std::lock_guard lock(mutex);
  woken.insert(woken.end(), keys.begin(), keys.end());
  heard.notify_all();
}

bool LotsDouble::was_woken(std::uint64_t key) {
  std::unique_lock lock(mutex);
  return heard.wait_for(lock, std::chrono::seconds{30},
                        [&] { return std::find(woken.begin(), woken.end(), key) != woken.end(); });
}

void OutcomeLog::count(std::string_view rule, gateway::LimitOutcome outcome) {
  constexpr std::array kNames{"passed", "refused", "would_refuse", "denied"};
  const auto which = static_cast<std::size_t>(outcome);
  ++counts[std::string(rule) + " " + kNames.at(which)];
  ++sums_[std::string(rule)].at(which);
}

boost::json::object TestApi::Said::json() const {
  boost::json::error_code problem;
  const auto value = boost::json::parse(body, problem);
  return value.is_object() ? value.get_object() : boost::json::object{};
}

std::string TestApi::Said::text(std::string_view member) const {
  const auto object = json();
  const auto* value = object.if_contains(member);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::string TestApi::Said::problem() const {
  const std::string type = text("type");
  return type.substr(type.rfind(':') + 1);
}

TestApi::TestApi(ApiOptions options)
    : api(desk.places, streams, pages, {counters, {3, 4}}, live, std::move(options)) {
  client.address = boost::asio::ip::make_address("192.0.2.1");
  client.host = "shop.example";
  client.scheme = "http";
  streams.attach(desk.places, lots);
  desk.ear.to = &streams;
}

TestApi::~TestApi() { desk.shard.reset(); }

TestApi::Said TestApi::call(std::string_view method, std::string_view path, const Fields& fields,
                            std::string_view body) {
  const auto mark = std::min(path.find('?'), path.size());
  gateway::ExchangeDouble exchange(method, path.substr(0, mark));
  exchange.head.has_query = mark < path.size();
  if (exchange.head.has_query) exchange.head.query = path.substr(mark + 1);
  exchange.from = peer;
  for (const auto& [name, value] : fields) exchange.head.fields.append(name, value);
  if (!body.empty()) {
    exchange.body.emplace_back(body);
    if (!exchange.head.fields.contains("Content-Type"))
      exchange.head.fields.append("Content-Type", "application/json");
  }
  return call(exchange);
}

TestApi::Said TestApi::call(gateway::ExchangeDouble& exchange) {
  desk.run(serve(exchange));
  return {exchange.answer.status, exchange.answer.fields, exchange.answer_body, exchange.parked};
}

TestApi::Said TestApi::admin(std::string_view method, std::string_view path,
                             std::string_view body) {
  return call(method, path, {bearer(kAdminToken)}, body);
}

std::pair<std::string, std::string> TestApi::bearer(std::string_view token) {
  return {"Authorization", "Bearer " + std::string(token)};
}

edge::Task<int> TestApi::serve(edge::Exchange& exchange) {
  gateway::Context context{exchange, client};
  co_await api.serve(context);
  co_return 0;
}

}  // namespace doorward::api
