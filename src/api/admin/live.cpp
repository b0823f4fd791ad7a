#include "api/live/live.hpp"
#include "api/admin/admin.hpp"
#include "wire/percent.hpp"
#include "wire/policy_json.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <set>
#include <span>
#include <string_view>
#include <vector>

namespace doorward::api::admin {
namespace {

namespace json = boost::json;
namespace problems = gateway::problems;
using live::Event;

constexpr std::size_t kTopRefused = 10;
constexpr std::size_t kMostRefused = 10'000;  // more than the statistics keep

struct WindowName {
  std::string_view name;
  live::Window window;
};
constexpr std::array<WindowName, 3> kWindows{
    {{"15m", live::Window::minutes_15}, {"1h", live::Window::hour}, {"24h", live::Window::day}}};

// As forms write it: a space is a plus sign. What is no escape stands for itself.
std::string unescaped(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return wire::percent_decode(spaced).value_or(spaced);
}

std::string parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    return equals == std::string_view::npos ? "" : unescaped(pair.substr(equals + 1));
  }
  return {};
}

json::value rounded(const std::optional<double>& value) {
  constexpr double kThousand = 1'000;
  if (!value) return nullptr;
  return std::round(*value * kThousand) / kThousand;
}

json::object series_json(const live::Series& series) {
  constexpr double kMiddle = 0.5;
  constexpr double kLast = 0.99;
  json::array requests, refused, errors, p50, p99, waiting, inside;
  for (const live::Bucket& bucket : series.buckets) {
    const bool is_known = bucket.number >= 0;
    const auto put = [&](json::array& to, std::uint64_t value) {
      if (is_known) {
        to.emplace_back(value);
      } else {
        to.emplace_back(nullptr);
      }
    };
    put(requests, bucket.requests);
    put(refused, bucket.refused);
    put(errors, bucket.errors);
    put(waiting, bucket.waiting);
    put(inside, bucket.inside);
    p50.push_back(rounded(bucket.latency_ms(kMiddle)));
    p99.push_back(rounded(bucket.latency_ms(kLast)));
  }
  return {{"requests", std::move(requests)},  {"refused", std::move(refused)},
          {"errors", std::move(errors)},      {"latency_p50_ms", std::move(p50)},
          {"latency_p99_ms", std::move(p99)}, {"waiting", std::move(waiting)},
          {"inside", std::move(inside)}};
}

json::object day_json(const live::Totals& totals) {
  const std::uint64_t bad = std::min(totals.requests, totals.refused + totals.errors);
  const double share = totals.requests == 0 ? 1.0
                                            : static_cast<double>(totals.requests - bad) /
                                                  static_cast<double>(totals.requests);
  return {{"requests", totals.requests}, {"refused", totals.refused}, {"success_rate", share}};
}

// `all` are those that are known, of which the first are told.
json::array top_json(const std::vector<live::Refused>& all) {
  json::array list;
  for (const live::Refused& refused : std::span(all).first(std::min(all.size(), kTopRefused)))
    list.push_back(json::object{{"key", refused.key},
                                {"rule", refused.rule},
                                {"count", refused.count},
                                {"at_most_over", refused.at_most_over}});
  return list;
}

std::size_t refusing_rules(const std::vector<live::Refused>& all) {
  std::set<std::string_view> names;
  for (const live::Refused& refused : all) names.insert(refused.rule);
  return names.size();
}

json::array outcomes_json(const live::Live& live) {
  json::array list;
  for (const auto& [rule, outcomes] : live.outcomes()) {
    const auto& [passed, refused, would_refuse, denied] = outcomes;
    list.push_back(json::object{{"rule", rule},
                                {"passed", passed},
                                {"refused", refused},
                                {"would_refuse", would_refuse},
                                {"denied", denied}});
  }
  return list;
}

json::object room_json(const engine::RoomEntry& entry, live::Live& live) {
  const room::RoomView& view = entry.view;
  json::object room{{"room", entry.name},
                    {"mode", room::to_string(view.mode)},
                    {"waiting", view.waiting},
                    {"inside", view.inside},
                    {"sold_out", view.sold_out},
                    {"admitted_per_min", rounded(live.rooms().admitted_per_min(view, live.now()))},
                    {"eta", nullptr}};
  const json::object policy = wire::policy_to_json(view.policy);
  for (const char* name : {"capacity", "admit"})
    if (const auto* value = policy.if_contains(name)) room[name] = *value;
  if (const auto& eta = view.eta_for_newcomer)
    room["eta"] = json::object{{"low_s", eta->low_s}, {"high_s", eta->high_s}};
  return room;
}

std::size_t active_rules(const limit::RuleSet& rules) {
  std::size_t count = 0;
  for (const auto& rule : rules.rules()) count += rule->rule().active ? 1 : 0;
  return count;
}

bool is_event_type(std::string_view name) {
  for (const auto type : {live::EventType::request_processed, live::EventType::rate_limit_exceeded,
                          live::EventType::room, live::EventType::rule})
    if (name == live::to_string(type)) return true;
  return false;
}

// The native stream: everything that passes its filter.
class AdminWatcher final : public live::Watcher {
 public:
  AdminWatcher(std::string type, std::string rule, std::string client)
      : type_(std::move(type)), rule_(std::move(rule)), client_(std::move(client)) {}

  bool wants(const Event& event) const override {
    return (type_.empty() || type_ == live::to_string(event.type)) &&
           (rule_.empty() || rule_ == event.rule) && (client_.empty() || client_ == event.client);
  }
  std::string show(const Event& event) const override { return live::to_json(event); }

 private:
  std::string type_, rule_, client_;
};

}  // namespace

edge::Task<Answer> read_stats(Desk& desk, Call& call) {
  if (auto refused = refuse_admin(desk, call)) co_return std::move(*refused);
  std::string name = parameter(call.head().query, "window");
  if (name.empty()) name = kWindows.front().name;
  const auto window = std::find_if(kWindows.begin(), kWindows.end(),
                                   [&](const WindowName& known) { return known.name == name; });
  if (window == kWindows.end())
    co_return gateway::answer(problems::kInvalid, "window: must be 15m, 1h or 24h");
  const LogTime now = desk.live.now();
  const live::Series series = desk.live.statistics().series(window->window, now);
  const auto refused = desk.live.statistics().top_refused(kMostRefused, now);
  json::array rooms;
  for (const engine::RoomEntry& entry : desk.shard().rooms())
    rooms.push_back(room_json(entry, desk.live));
  edge::Response response =
      json_answer(200, json::object{{"at", wire::format_rfc3339(now)},
                                    {"from", wire::format_rfc3339(series.from)},
                                    {"step_s", series.step.count()},
                                    {"series", series_json(series)},
                                    {"last_24h", day_json(desk.live.statistics().last_day(now))},
                                    {"active_rules", active_rules(*desk.shard().rules())},
                                    {"refusing_rules", refusing_rules(refused)},
                                    {"top_refused", top_json(refused)},
                                    {"rules", outcomes_json(desk.live)},
                                    {"rooms", std::move(rooms)}});
  co_return response;
}

edge::Task<Answer> watch_events(Desk& desk, Call& call) {
  if (auto refused = refuse_admin(desk, call)) co_return std::move(*refused);
  const std::string& query = call.head().query;
  std::string type = parameter(query, "type");
  if (!type.empty() && !is_event_type(type))
    co_return gateway::answer(problems::kInvalid,
                              "type: must be request_processed, rate_limit_exceeded, room or rule");
  auto watcher = std::make_unique<AdminWatcher>(std::move(type), parameter(query, "rule"),
                                                parameter(query, "client"));
  live::Streams& streams = desk.live.streams();
  const auto stream = streams.open(std::move(watcher));
  if (!stream)
    co_return gateway::answer(problems::kOverloaded, "Too many streams are open; try again later.");
  wire::ResponseHead head;
  head.fields.append("Cache-Control", "no-store");
  head.fields.append("X-Accel-Buffering", "no");
  const auto parked = co_await call.exchange.park_event_stream(*stream, head);
  if (parked.has_error()) streams.gone(*stream);
  co_return std::nullopt;
}

}  // namespace doorward::api::admin
