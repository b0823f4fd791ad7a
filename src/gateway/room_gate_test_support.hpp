// For tests: a gated route /buy to room "sale", as one visitor after the other asks for it.
#pragma once

#include "gateway/answer.hpp"
#include "gateway/desk_test_support.hpp"
#include "gateway/room_gate.hpp"

#include <boost/json.hpp>

namespace doorward::gateway {

using namespace std::chrono_literals;

class RoomGateTest : public testing::Test {
 protected:
  struct Asked {
    Verdict verdict = Verdict::pass;
    unsigned status = 0;
    wire::Fields fields;  // of the answer, or to be added to the backend's
    std::string body;
    wire::Fields to_backend;
    bool watched = false;
    bool tunnel_goes_on = false;
  };
  using Fields = std::vector<std::pair<std::string, std::string>>;

  Asked ask(const Fields& fields, std::string_view method = "GET") {
    ExchangeDouble exchange(method, "/buy");
    exchange.head.query = "x=1";
    exchange.head.has_query = true;
    for (const auto& [name, value] : fields) exchange.head.fields.append(name, value);
    Answer answer(exchange);
    Context context{answer};
    context.client.host = "shop.example";
    context.client.scheme = scheme_;
    context.route = &route_;
    answer.add(context);
    Asked asked;
    asked.verdict = desk_.run(gate_.run(context));
    asked.status = exchange.answer.status;
    asked.body = exchange.answer_body;
    asked.fields = asked.verdict == Verdict::pass ? context.answer_fields : exchange.answer.fields;
    asked.to_backend = exchange.head.fields;
    asked.watched = context.session != nullptr;
    asked.tunnel_goes_on = asked.watched && context.session->look();
    return asked;
  }
  Asked ask_with(const std::string& cookies) { return ask({{"Cookie", cookies}}); }
  static Fields browser(const std::string& cookies) {
    return {{"Accept", "text/html"}, {"Sec-Fetch-Mode", "navigate"}, {"Cookie", cookies}};
  }
  static boost::json::object json(const Asked& asked) {
    return boost::json::parse(asked.body).as_object();
  }

  TestDesk desk_;
  Pages pages_{{}};
  RoomGate gate_{desk_.places, pages_};
  route::Route route_{"buy", {}, "sale", "shop"};
  std::string scheme_ = "http";
};

}  // namespace doorward::gateway
