#include "api/compat/ticketing_gateway/ticketing_gateway.hpp"
#include "api/compat/ticketing_gateway/envelope.hpp"

#include "edge/problem_response.hpp"
#include "gateway/problems.hpp"
#include "ports/memory/fake_clock.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace doorward::api::ticketing_gateway {
namespace {

boost::json::object parse(const edge::Response& response) {
  return boost::json::parse(response.body).as_object();
}

TEST(TicketingGateway, StatusNumbersAgreeAlsoForWhoWasPassedOver) {
  room::TicketView view;
  view.position = 3;
  view.waiting = 10;
  EXPECT_EQ(boost::json::serialize(status_of(view)),
            R"({"totalQueueSize":10,"userQueuePosition":3,"usersBehind":7})");
  view.position.reset();
  view.waiting = 0;
  EXPECT_EQ(boost::json::serialize(status_of(view)),
            R"({"totalQueueSize":1,"userQueuePosition":1,"usersBehind":0})");
}

TEST(TicketingGateway, ProblemsOfOursOnRoutesAreDressedAndNothingElse) {
  const ports::FakeClock clock;
  const Enveloped dress(clock, kKorean);
  struct Row {
    edge::Response native;
    const char* code;
  };
  const Row rows[] = {
      {gateway::answer(gateway::problems::kNoToken, ""), "USER_ID_REQUIRED"},
      {gateway::answer(gateway::problems::kNotInLine, ""), "NOT_IN_QUEUE"},
      {gateway::answer(gateway::problems::kWrongOrigin, ""), "FORBIDDEN"},
      {gateway::answer(gateway::problems::kUnavailable, ""), "SERVICE_UNAVAILABLE"},
      {edge::problem_response(wire::Problem(404, "")), "ENDPOINT_NOT_FOUND"},
      {edge::problem_response(wire::Problem(418, "")), "BAD_REQUEST"},
      {edge::problem_response(wire::Problem(502, "")), "EXTERNAL_API_ERROR"},
      {edge::problem_response(wire::Problem(504, "")), "EXTERNAL_API_TIMEOUT"},
      {edge::problem_response(wire::Problem(599, "")), "INTERNAL_SERVER_ERROR"},
  };
  wire::RequestHead request;
  request.path = "/api/v1/x";
  for (const Row& row : rows) {
    const edge::Response made = dress.problem(row.native, request);
    EXPECT_EQ(made.head.status, row.native.head.status);
    EXPECT_EQ(made.head.fields.find("Content-Type"), "application/json");
    EXPECT_EQ(made.head.fields.find("Retry-After"), row.native.head.fields.find("Retry-After"));
    const auto error = parse(made).at("error").as_object();
    EXPECT_EQ(error.at("code").as_string(), row.code);
    EXPECT_EQ(error.at("path").as_string(), "/api/v1/x");
    EXPECT_EQ(error.at("status").as_int64(), made.head.status);
  }
}

}  // namespace
}  // namespace doorward::api::ticketing_gateway
