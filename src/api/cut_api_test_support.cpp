#include "api/cut_api_test_support.hpp"

#include <utility>

namespace doorward::api {

CutApi::Said CutApi::call_while(std::function<void()> cut_in, std::string_view method,
                                std::string_view path, std::string_view body,
                                std::string_view if_match, const TestApi::Fields& more) {
  shard.before_submit = std::move(cut_in);
  gateway::ExchangeDouble exchange(method, path);
  exchange.head.fields.append("Authorization", "Bearer " + std::string(kAdminToken));
  exchange.head.fields.append("Content-Type", "application/json");
  for (const auto& [name, value] : more) exchange.head.fields.append(name, value);
  if (!if_match.empty()) exchange.head.fields.append("If-Match", if_match);
  if (!body.empty()) exchange.body.emplace_back(body);
  uncut.desk.run(serve(exchange));
  return {exchange.answer.status, exchange.answer.fields, exchange.answer_body, false};
}

edge::Task<int> CutApi::serve(edge::Exchange& exchange) {
  gateway::Context context{exchange, uncut.client};
  co_await api_.serve(context);
  co_return 0;
}

}  // namespace doorward::api
