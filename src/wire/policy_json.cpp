#include "wire/policy_json.hpp"

#include "wire/duration.hpp"
#include "wire/json_reader.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <cmath>

namespace doorward::wire {
namespace {

namespace json = boost::json;
using room::Mode;
using room::Order;
using room::Policy;
using room::Rejoin;
using room::Renew;

template <class T>
using Names = JsonNames<T>;
using Reader = JsonReader;

constexpr std::pair<const char*, Mode> kModes[] = {{"open", Mode::open},
                                                   {"paused", Mode::paused},
                                                   {"closed", Mode::closed},
                                                   {"bypass", Mode::bypass}};
constexpr std::pair<const char*, Order> kOrders[] = {{"fifo", Order::fifo}, {"draw", Order::draw}};
constexpr std::pair<const char*, Renew> kRenews[] = {{"use", Renew::use}, {"never", Renew::never}};
constexpr std::pair<const char*, Rejoin> kRejoins[] = {{"keep", Rejoin::keep},
                                                       {"to_back", Rejoin::to_back}};

using At = const std::string&;
using Value = const json::value&;

// Null gives a member its default back (RFC 7396), as an empty value in YAML does; anything else is
// read.
template <class T, class Read>
void read_or_default(Value value, T& to, const T& by_default, Read read) {
  if (value.is_null()) {
    to = by_default;
  } else {
    read(to);
  }
}

// The readers of members that are never without a value.
struct Plain {
  Reader& in;
  using Read = Reader::Read;

  Read count(std::uint32_t& to, std::uint32_t by_default) const {
    return [&in = in, &to, by_default](Value v, At at) {
      read_or_default(v, to, by_default, [&](auto& n) { in.count(v, at, n); });
    };
  }
  Read duration(Millis& to, Millis by_default) const {
    return [&in = in, &to, by_default](Value v, At at) {
      read_or_default(v, to, by_default, [&](auto& time) { in.duration(v, at, time); });
    };
  }
  Read flag(bool& to, bool by_default) const {
    return [&in = in, &to, by_default](Value v, At at) {
      read_or_default(v, to, by_default, [&](auto& b) { in.boolean(v, at, b); });
    };
  }
  template <class T>
  Read name(Names<T> names, T& to, T by_default) const {
    return [&in = in, names, &to, by_default](Value v, At at) {
      read_or_default(v, to, by_default, [&](auto& name) { in.name<T>(v, at, names, name); });
    };
  }
};

const Policy& defaults() {
  static const Policy policy;
  return policy;
}

void read_admit(Value value, At path, std::optional<room::Rate>& to, std::optional<Error>& fault) {
  json_optional<room::Rate>(value, to, [&](room::Rate& rate) {
    Reader in(path, fault);
    in.object(value, {{"count", [&](Value v, At at) { in.count(v, at, rate.count); }},
                      {"every", Plain{in}.duration(rate.every, room::Rate().every)},
                      {"rounds", Plain{in}.flag(rate.rounds, false)}});
  });
}

void read_lanes(Value value, At path, std::vector<room::Lane>& to, std::optional<Error>& fault) {
  Reader list(path, fault);
  if (value.is_null()) return to.clear();
  if (!value.is_array()) return list.fail(path, "a list of lanes", value);
  if (value.get_array().size() > room::kMaxLanes)
    return list.fail(path, fmt::format("at most {} lanes", room::kMaxLanes));
  to.clear();
  for (const json::value& item : value.get_array()) {
    room::Lane lane;
    Reader in(fmt::format("{}[{}]", path, to.size()), fault);
    in.object(item, {{"name", [&](Value v, At at) { in.text(v, at, lane.name); }},
                     {"share", Plain{in}.count(lane.share, room::Lane().share)}});
    to.push_back(std::move(lane));
  }
}

void read_session(Value value, At path, Policy& to, std::optional<Error>& fault) {
  if (value.is_null()) {
    to.session_ttl = defaults().session_ttl;
    to.renew = defaults().renew;
    return;
  }
  Reader in(path, fault);
  in.object(value, {{"ttl", Plain{in}.duration(to.session_ttl, defaults().session_ttl)},
                    {"renew", Plain{in}.name<Renew>(kRenews, to.renew, defaults().renew)}});
}

void read_claim(Value value, At path, Policy& to, std::optional<Error>& fault) {
  if (value.is_null()) {
    to.claim_ttl.reset();
    return;
  }
  Reader in(path, fault);
  in.object(value, {{"ttl", [&](Value v, At at) {
                       json_optional<Millis>(v, to.claim_ttl,
                                             [&](Millis& ttl) { in.duration(v, at, ttl); });
                     }}});
}

void read_liveness(Value value, At path, Policy& to, std::optional<Error>& fault) {
  if (value.is_null()) {
    to.liveness_silence.reset();
    to.liveness_grace = defaults().liveness_grace;
    return;
  }
  Reader in(path, fault);
  in.object(value, {{"silence",
                     [&](Value v, At at) {
                       json_optional<Millis>(v, to.liveness_silence,
                                             [&](Millis& silence) { in.duration(v, at, silence); });
                     }},
                    {"grace", Plain{in}.duration(to.liveness_grace, defaults().liveness_grace)}});
}

// A factor is kept in thousandths.
void read_factor(Reader& in, Value value, At at, std::uint32_t& to) {
  if (value.is_null()) {
    to = 0;
    return;
  }
  constexpr double kWhole = 1'000;
  const double factor = value.is_number() ? value.to_number<double>() : 0;
  if (!(factor >= 1 / kWhole && factor <= room::kMaxFactor / kWhole))
    return in.fail(at, "a number from 0.001 to 1000, such as 1.5", value);
  to = static_cast<std::uint32_t>(std::lround(factor * kWhole));
}

void read_stock(Value value, At path, std::optional<room::Stock>& to, std::optional<Error>& fault) {
  json_optional<room::Stock>(value, to, [&](room::Stock& stock) {
    Reader in(path, fault);
    in.object(value, {{"inventory", [&](Value v, At at) { in.text(v, at, stock.inventory); }},
                      {"factor", [&](Value v, At at) { read_factor(in, v, at, stock.factor); }}});
  });
}

json::value factor_of(std::uint32_t thousandths) {
  constexpr std::uint32_t kWhole = 1'000;
  if (thousandths == 0) return nullptr;
  if (thousandths % kWhole == 0) return thousandths / kWhole;
  return static_cast<double>(thousandths) / kWhole;
}

void read_policy(Value value, Policy& to, std::optional<Error>& fault) {
  Reader in("", fault);
  const Plain plain{in};
  const auto time_into = [&in](std::optional<LogTime>& time) {
    return [&in, &time](Value v, At at) {
      json_optional<LogTime>(v, time, [&](LogTime& t) { in.time(v, at, t); });
    };
  };
  in.object(value, {
                       {"capacity",
                        [&](Value v, At at) {
                          json_optional<std::uint32_t>(
                              v, to.capacity, [&](std::uint32_t& n) { in.count(v, at, n); });
                        }},
                       {"admit", [&](Value v, At at) { read_admit(v, at, to.admit, fault); }},
                       {"session", [&](Value v, At at) { read_session(v, at, to, fault); }},
                       {"claim", [&](Value v, At at) { read_claim(v, at, to, fault); }},
                       {"order", plain.name<Order>(kOrders, to.order, defaults().order)},
                       {"lanes", [&](Value v, At at) { read_lanes(v, at, to.lanes, fault); }},
                       {"rejoin", plain.name<Rejoin>(kRejoins, to.rejoin, defaults().rejoin)},
                       {"liveness", [&](Value v, At at) { read_liveness(v, at, to, fault); }},
                       {"opens_at", time_into(to.opens_at)},
                       {"closes_at", time_into(to.closes_at)},
                       {"max_waiting", plain.count(to.max_waiting, defaults().max_waiting)},
                       {"mode", plain.name<Mode>(kModes, to.mode, defaults().mode)},
                       {"stock", [&](Value v, At at) { read_stock(v, at, to.stock, fault); }},
                       {"present_only", plain.flag(to.present_only, defaults().present_only)},
                   });
}

}  // namespace

Result<Policy> policy_from_json(const json::object& object, Policy base) {
  std::optional<Error> fault;
  read_policy(json::value(object), base, fault);
  if (fault) return *fault;
  const auto valid = room::validate(base);
  if (valid.has_error()) return valid.error();
  return base;
}

json::object policy_to_json(const Policy& policy) {
  json::array lanes;
  for (const room::Lane& lane : policy.lanes)
    lanes.push_back(json::object{{"name", lane.name}, {"share", lane.share}});
  const auto plain = [](auto value) { return value; };
  return {
      {"capacity", json_or_null(policy.capacity, plain)},
      {"admit", json_or_null(policy.admit,
                             [](const room::Rate& rate) {
                               return json::object{{"count", rate.count},
                                                   {"every", format_duration(rate.every)},
                                                   {"rounds", rate.rounds}};
                             })},
      {"session", json::object{{"ttl", format_duration(policy.session_ttl)},
                               {"renew", json_name<Renew>(kRenews, policy.renew)}}},
      {"claim", json_or_null(policy.claim_ttl,
                             [](Millis ttl) {
                               return json::object{{"ttl", format_duration(ttl)}};
                             })},
      {"order", json_name<Order>(kOrders, policy.order)},
      {"lanes", std::move(lanes)},
      {"rejoin", json_name<Rejoin>(kRejoins, policy.rejoin)},
      {"liveness", json::object{{"silence", json_or_null(policy.liveness_silence, format_duration)},
                                {"grace", format_duration(policy.liveness_grace)}}},
      {"opens_at", json_or_null(policy.opens_at, format_rfc3339)},
      {"closes_at", json_or_null(policy.closes_at, format_rfc3339)},
      {"max_waiting", policy.max_waiting},
      {"mode", json_name<Mode>(kModes, policy.mode)},
      {"stock", json_or_null(policy.stock,
                             [](const room::Stock& stock) {
                               return json::object{{"inventory", stock.inventory},
                                                   {"factor", factor_of(stock.factor)}};
                             })},
      {"present_only", policy.present_only},
  };
}

}  // namespace doorward::wire
