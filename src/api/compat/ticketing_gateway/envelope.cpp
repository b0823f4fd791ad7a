#include "api/compat/ticketing_gateway/envelope.hpp"

#include "wire/rfc3339.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <utility>

namespace doorward::api::ticketing_gateway {
namespace {

namespace json = boost::json;

struct Row {
  unsigned status;
  std::string_view code;
  std::string_view Messages::*message;
};
constexpr Row kByStatus[] = {
    {400, "BAD_REQUEST", &Messages::bad_request},
    {401, "USER_ID_REQUIRED", &Messages::login_needed},
    {403, "FORBIDDEN", &Messages::forbidden},
    {404, "ENDPOINT_NOT_FOUND", &Messages::not_found},
    {405, "METHOD_NOT_ALLOWED", &Messages::wrong_method},
    {409, "CONFLICT", &Messages::conflict},
    {410, "CONFLICT", &Messages::conflict},
    {413, "PAYLOAD_TOO_LARGE", &Messages::too_large},
    {429, "TOO_MANY_REQUESTS", &Messages::too_many},
    {500, "INTERNAL_SERVER_ERROR", &Messages::internal},
    {502, "EXTERNAL_API_ERROR", &Messages::bad_gateway},
    {503, "SERVICE_UNAVAILABLE", &Messages::unavailable},
    {504, "EXTERNAL_API_TIMEOUT", &Messages::too_late},
};

const Row& row_of(unsigned status) {
  for (const Row& row : kByStatus)
    if (row.status == status) return row;
  return status < 500 ? kByStatus[0]
                      : *std::find_if(std::begin(kByStatus), std::end(kByStatus),
                                      [](const Row& r) { return r.status == 500; });
}

std::string type_of(const std::string& problem) {
  boost::system::error_code failed;
  const json::value parsed = json::parse(problem, failed);
  const json::object* object = failed ? nullptr : parsed.if_object();
  const json::value* type = object == nullptr ? nullptr : object->if_contains("type");
  return type != nullptr && type->is_string() ? std::string(type->get_string()) : std::string();
}

edge::Response enveloped(const ports::Clock& clock, unsigned status, json::object envelope) {
  envelope["timestamp"] = wire::format_rfc3339(clock.wall_now());
  return json_answer(status, envelope);
}

}  // namespace

edge::Response success(const ports::Clock& clock, unsigned status, const Success& said) {
  json::object envelope{{"success", true}};
  if (!said.message.empty()) envelope["message"] = said.message;
  if (said.data != nullptr) envelope["data"] = *said.data;
  return enveloped(clock, status, std::move(envelope));
}

edge::Response failure(const ports::Clock& clock, unsigned http_status, const Failure& said) {
  json::object error{{"code", said.code}, {"message", said.message}, {"status", said.status}};
  if (!said.path.empty()) error["path"] = said.path;
  return enveloped(clock, http_status, {{"success", false}, {"error", std::move(error)}});
}

edge::Response login_needed(const ports::Clock& clock, const Messages& messages,
                            std::string_view path) {
  edge::Response response = by_status(clock, messages, 401, path);
  response.head.fields.append("WWW-Authenticate", "Bearer");
  return response;
}

edge::Response by_status(const ports::Clock& clock, const Messages& messages, unsigned status,
                         std::string_view path) {
  const Row& row = row_of(status);
  return failure(clock, status, {row.code, messages.*row.message, status, path});
}

json::object status_of(const room::TicketView& waiting) {
  // A place that was passed over takes the next free slot: nobody is ahead of it.
  const std::uint32_t position = waiting.position.value_or(1);
  const std::uint32_t total = std::max(waiting.waiting, position);
  return {{"totalQueueSize", total},
          {"userQueuePosition", position},
          {"usersBehind", total - position}};
}

edge::Response Enveloped::problem(edge::Response native, const wire::RequestHead& request) const {
  const unsigned status = native.head.status;
  const bool not_in_line = type_of(native.body) == "urn:doorward:problem:not-in-line";
  edge::Response made =
      not_in_line
          ? failure(clock_, status, {"NOT_IN_QUEUE", messages_.not_in_queue, status, request.path})
          : by_status(clock_, messages_, status, request.path);
  for (const char* kept : {"Retry-After", "WWW-Authenticate", "Allow"})
    if (const auto value = native.head.fields.find(kept)) made.head.fields.set(kept, *value);
  return made;
}

edge::Response Enveloped::waiting(const room::TicketView& place, unsigned status) const {
  const json::object data = status_of(place);
  return success(clock_, status, {messages_.waiting, &data});
}

}  // namespace doorward::api::ticketing_gateway
