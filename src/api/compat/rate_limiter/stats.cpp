// What happened today and what happens now, of one client or of all.
#include "api/compat/rate_limiter/calls.hpp"
#include "wire/json_text.hpp"
#include "wire/retry_after.hpp"
#include "wire/rfc3339.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace doorward::api::rate_limiter {
namespace {

namespace json = boost::json;
using live::Event;
using live::EventType;
using std::chrono::seconds;

constexpr std::string_view kGlobal = "global";
constexpr Millis kClientEvery = seconds{5};
constexpr Millis kGlobalEvery = seconds{10};

json::value seconds_up(Millis wait) { return std::chrono::ceil<seconds>(wait).count(); }

json::value time_or_null(const std::optional<LogTime>& time) {
  if (!time) return nullptr;
  return json::value(wire::format_rfc3339(*time));
}

double percent(const live::Totals& totals) {
  if (totals.requests == 0) return 100;
  const std::uint64_t passed = totals.requests - std::min(totals.requests, totals.refused);
  const double share = static_cast<double>(passed) / static_cast<double>(totals.requests);
  return std::round(share * 10'000) / 100;
}

std::size_t active_configs(const Desk& desk) {
  const auto rules = desk.shard().rules();
  const auto& list = rules->rules();
  return static_cast<std::size_t>(
      std::count_if(list.begin(), list.end(), [](const limit::RulePtr& rule) {
        return rule->rule().active && config_of(rule->rule()).has_value();
      }));
}

json::object global_stats(const Desk& desk) {
  const LogTime now = desk.live.now();
  const live::Totals totals = desk.live.statistics().last_day(now);
  return {{"total_requests_24h", totals.requests},
          {"blocked_requests_24h", totals.refused},
          {"success_rate", percent(totals)},
          {"active_configs", active_configs(desk)},
          {"timestamp", wire::format_rfc3339(now)}};
}

json::array recent_events(const Desk& desk, std::string_view client) {
  json::array list;
  for (const live::ClientEvent& event : desk.live.clients().recent(client)) {
    json::object details{
        {"rule", event.rule}, {"status", event.status}, {"remaining", event.remaining}};
    if (event.retry_after > Millis{0}) details["retry_after"] = seconds_up(event.retry_after);
    list.push_back(json::object{{"endpoint", event.endpoint},
                                {"event_type", live::to_string(event.type)},
                                {"timestamp", wire::format_rfc3339(event.at)},
                                {"details", std::move(details)}});
  }
  return list;
}

json::object client_stats(const Desk& desk, std::string_view client) {
  const auto status = desk.live.clients().status(client, desk.live.now());
  json::object shown{{"last_request", nullptr},
                     {"total_requests", 0},
                     {"blocked_until", nullptr},
                     {"current_tokens", nullptr},
                     {"is_active", status.has_value()}};
  if (status) {
    shown["last_request"] = wire::format_rfc3339(status->last_request);
    shown["total_requests"] = status->total_requests;
    shown["blocked_until"] = time_or_null(status->blocked_until);
    shown["current_tokens"] = status->remaining;
  }
  return {{"client_id", client},
          {"status", std::move(shown)},
          {"recent_events", recent_events(desk, client)}};
}

// The kind is a member, since the page reads its stream with `onmessage`.
class Watcher final : public live::Watcher {
 public:
  Watcher(const Desk& desk, std::string client) : desk_(desk), client_(std::move(client)) {}

  bool wants(const Event& event) const override {
    const bool is_request =
        event.type == EventType::request_processed || event.type == EventType::rate_limit_exceeded;
    return is_request && !event.dry_run && (is_global() || event.client == client_);
  }

  std::string show(const Event& event) const override {
    json::object details{{"method", event.method},
                         {"rule", event.rule},
                         {"status", event.status},
                         {"limit", event.limit},
                         {"remaining", event.remaining}};
    if (event.retry_after > Millis{0}) details["retry_after"] = seconds_up(event.retry_after);
    return wire::json_text(json::object{{"type", live::to_string(event.type)},
                                        {"client_id", event.client},
                                        {"endpoint", event.endpoint},
                                        {"timestamp", wire::format_rfc3339(event.at)},
                                        {"details", std::move(details)}});
  }

  void show_regular(Millis now, Texts& into) override {
    if (next_ && now < *next_) return;
    next_ = now + (is_global() ? kGlobalEvery : kClientEvery);
    json::object stats{{"type", is_global() ? "global_stats" : "client_stats"}};
    for (auto& [name, value] : is_global() ? global_stats(desk_) : client_stats(desk_, client_))
      stats[name] = value;
    stats["timestamp"] = wire::format_rfc3339(desk_.live.now());
    into.push_back(wire::json_text(stats));
  }

 private:
  bool is_global() const { return client_ == kGlobal; }

  const Desk& desk_;
  std::string client_;
  std::optional<Millis> next_;
};

edge::Response too_many() {
  edge::Response response = detail(503, "Too many streams are open");
  response.head.fields.append("Retry-After", wire::retry_after::kCrowded);
  return response;
}

}  // namespace

edge::Task<Answer> all_stats(Desk& desk, Call& call, std::string_view) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  co_return json_answer(200, global_stats(desk));
}

edge::Task<Answer> stats_of_client(Desk& desk, Call& call, std::string_view client) {
  if (auto no_admin = refuse_admin(desk, call)) co_return std::move(*no_admin);
  co_return json_answer(200, client_stats(desk, client));
}

edge::Task<Answer> event_stream(Desk& desk, Call& call, std::string_view client) {
  if (auto no_admin = refuse_watcher(desk, call)) co_return std::move(*no_admin);
  const auto stream =
      desk.live.streams().open(std::make_unique<Watcher>(desk, std::string(client)));
  if (!stream) co_return too_many();
  wire::ResponseHead head;
  head.fields.append("Cache-Control", "no-store");
  head.fields.append("X-Accel-Buffering", "no");
  const auto parked = co_await call.exchange.park_event_stream(*stream, head);
  if (parked.has_error()) desk.live.streams().gone(*stream);
  co_return std::nullopt;
}

edge::Task<Answer> socket(Desk& desk, Call& call, std::string_view client) {
  if (auto no_admin = refuse_watcher(desk, call)) co_return std::move(*no_admin);
  if (!asks_for_websocket(call.head())) {
    edge::Response response = detail(426, "Open this address as a WebSocket");
    response.head.fields.append("Upgrade", "websocket");
    co_return response;
  }
  const auto stream =
      desk.live.streams().open(std::make_unique<Watcher>(desk, std::string(client)));
  if (!stream) co_return too_many();
  const wire::ResponseHead head;
  const auto parked = co_await call.exchange.park_websocket(*stream, head);
  if (parked.has_error()) desk.live.streams().gone(*stream);
  co_return std::nullopt;
}

}  // namespace doorward::api::rate_limiter
