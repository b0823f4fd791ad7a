#include "api/live/event.hpp"

#include "wire/rfc3339.hpp"

#include <boost/json.hpp>

namespace doorward::api::live {

std::string_view to_string(EventType type) {
  switch (type) {
    case EventType::request_processed: return "request_processed";
    case EventType::rate_limit_exceeded: return "rate_limit_exceeded";
    case EventType::room: return "room";
    case EventType::rule: return "rule";
  }
  return "";
}

std::string to_json(const Event& event) {
  boost::json::object json{{"type", to_string(event.type)}, {"at", wire::format_rfc3339(event.at)}};
  const auto put = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) json[name] = text;
  };
  put("client", event.client);
  put("endpoint", event.endpoint);
  put("method", event.method);
  put("rule", event.rule);
  put("quota", event.quota);
  put("detail", event.detail);
  if (event.status != 0) json["status"] = event.status;
  if (event.limit != 0) {
    json["limit"] = event.limit;
    json["remaining"] = event.remaining;
  }
  if (event.retry_after > Millis{}) {
    constexpr std::int64_t kMillis = 1'000;
    json["retry_after"] = (event.retry_after.count() + kMillis - 1) / kMillis;
  }
  if (event.dry_run) json["dry_run"] = true;
  return boost::json::serialize(json);
}

}  // namespace doorward::api::live
