#include "wire/policy_json.hpp"

#include "wire/clip.hpp"
#include "wire/duration.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <span>

namespace doorward::wire {
namespace {

namespace json = boost::json;
using room::Mode;
using room::Order;
using room::Policy;
using room::Rejoin;
using room::Renew;

template <class T>
using Names = std::span<const std::pair<const char*, T>>;

constexpr std::pair<const char*, Mode> kModes[] = {{"open", Mode::open},
                                                   {"paused", Mode::paused},
                                                   {"closed", Mode::closed},
                                                   {"bypass", Mode::bypass}};
constexpr std::pair<const char*, Order> kOrders[] = {{"fifo", Order::fifo}, {"draw", Order::draw}};
constexpr std::pair<const char*, Renew> kRenews[] = {{"use", Renew::use}, {"never", Renew::never}};
constexpr std::pair<const char*, Rejoin> kRejoins[] = {{"keep", Rejoin::keep},
                                                       {"to_back", Rejoin::to_back}};

std::string quoted_names(auto names) {
  std::string list;
  for (const auto& item : names)
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", item.first);
  return list;
}

// Letters to insert, remove or change to make one name of the other.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
    }
  }
  return row.back();
}

// Reads one object and keeps the first fault.
class Reader {
 public:
  explicit Reader(std::string path, std::optional<Error>& fault)
      : path_(std::move(path)), fault_(fault) {}

  struct Member {
    std::string_view name;
    std::function<void(const json::value&, const std::string& path)> read;
  };

  void object(const json::value& value, std::initializer_list<Member> members) {
    if (!value.is_object()) return fail(path_, "an object", value);
    for (const auto& [key, item] : value.get_object()) {
      const auto known =
          std::find_if(members.begin(), members.end(),
                       [&key = key](const Member& member) { return member.name == key; });
      if (known == members.end()) return unknown(key, members);
      known->read(item, join(key));
    }
  }

  void count(const json::value& value, const std::string& path, std::uint32_t& to) {
    json::error_code problem;
    const auto number = value.to_number<std::uint32_t>(problem);
    if (problem) return fail(path, "a whole number from 0 to 4294967295", value);
    to = number;
  }
  void duration(const json::value& value, const std::string& path, Millis& to) {
    if (!value.is_string())
      return fail(path, "a duration such as \"250ms\", \"5s\" or \"4m\"", value);
    const auto parsed = parse_duration(value.get_string());
    if (parsed.has_error()) return fail(path, parsed.error().what);
    to = *parsed;
  }
  void time(const json::value& value, const std::string& path, LogTime& to) {
    if (!value.is_string()) return fail(path, "a time such as \"2026-01-31T08:00:00Z\"", value);
    const auto parsed = parse_rfc3339(value.get_string());
    if (parsed.has_error()) return fail(path, parsed.error().what);
    to = *parsed;
  }
  template <class T>
  void name(const json::value& value, const std::string& path, Names<T> names, T& to) {
    for (const auto& [text, named] : names) {
      if (!value.is_string() || value.get_string() != text) continue;
      to = named;
      return;
    }
    fail(path, "one of " + quoted_names(names), value);
  }
  void text(const json::value& value, const std::string& path, std::string& to) {
    if (!value.is_string()) return fail(path, "text", value);
    to = std::string(value.get_string());
  }

  void fail(const std::string& path, const std::string& expected, const json::value& found) {
    fail(path, fmt::format("expected {}, found {}", expected, clip(json::serialize(found), 60)));
  }
  void fail(const std::string& path, const std::string& what) {
    if (!fault_) fault_ = error(Errc::invalid, path.empty() ? what : path + ": " + what);
  }

 private:
  std::string join(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
  }
  void unknown(std::string_view key, std::initializer_list<Member> members) {
    const auto nearest =
        std::min_element(members.begin(), members.end(), [&](const Member& a, const Member& b) {
          return edits_between(key, a.name) < edits_between(key, b.name);
        });
    fail(join(clip(key, 60)),
         fmt::format("not a known member; the nearest is \"{}\"", nearest->name));
  }

  std::string path_;
  std::optional<Error>& fault_;
};

// Null takes a limit away; anything else is read into it.
template <class T>
void optional_member(const json::value& value, std::optional<T>& to,
                     const std::function<void(T&)>& read) {
  if (value.is_null()) {
    to.reset();
    return;
  }
  T inner = to.value_or(T{});
  read(inner);
  to = inner;
}

using At = const std::string&;
using Value = const json::value&;

void read_admit(Value value, At path, std::optional<room::Rate>& to, std::optional<Error>& fault) {
  optional_member<room::Rate>(value, to, [&](room::Rate& rate) {
    Reader in(path, fault);
    in.object(value, {{"count", [&](Value v, At at) { in.count(v, at, rate.count); }},
                      {"every", [&](Value v, At at) { in.duration(v, at, rate.every); }}});
  });
}

void read_lanes(Value value, At path, std::vector<room::Lane>& to, std::optional<Error>& fault) {
  Reader list(path, fault);
  if (!value.is_array()) return list.fail(path, "a list of lanes", value);
  if (value.get_array().size() > room::kMaxLanes)
    return list.fail(path, fmt::format("at most {} lanes", room::kMaxLanes));
  to.clear();
  for (const json::value& item : value.get_array()) {
    room::Lane lane;
    Reader in(fmt::format("{}[{}]", path, to.size()), fault);
    in.object(item, {{"name", [&](Value v, At at) { in.text(v, at, lane.name); }},
                     {"share", [&](Value v, At at) { in.count(v, at, lane.share); }}});
    to.push_back(std::move(lane));
  }
}

void read_session(Value value, At path, Policy& to, std::optional<Error>& fault) {
  Reader in(path, fault);
  in.object(value, {{"ttl", [&](Value v, At at) { in.duration(v, at, to.session_ttl); }},
                    {"renew", [&](Value v, At at) { in.name<Renew>(v, at, kRenews, to.renew); }}});
}

void read_claim(Value value, At path, Policy& to, std::optional<Error>& fault) {
  if (value.is_null()) {
    to.claim_ttl.reset();
    return;
  }
  Reader in(path, fault);
  in.object(value, {{"ttl", [&](Value v, At at) {
                       optional_member<Millis>(v, to.claim_ttl,
                                               [&](Millis& ttl) { in.duration(v, at, ttl); });
                     }}});
}

void read_liveness(Value value, At path, Policy& to, std::optional<Error>& fault) {
  if (value.is_null()) {
    to.liveness_silence.reset();
    return;
  }
  Reader in(path, fault);
  in.object(value, {{"silence",
                     [&](Value v, At at) {
                       optional_member<Millis>(v, to.liveness_silence, [&](Millis& silence) {
                         in.duration(v, at, silence);
                       });
                     }},
                    {"grace", [&](Value v, At at) { in.duration(v, at, to.liveness_grace); }}});
}

void read_policy(Value value, Policy& to, std::optional<Error>& fault) {
  Reader in("", fault);
  const auto time_into = [&in](std::optional<LogTime>& time) {
    return [&in, &time](Value v, At at) {
      optional_member<LogTime>(v, time, [&](LogTime& t) { in.time(v, at, t); });
    };
  };
  in.object(value,
            {
                {"capacity",
                 [&](Value v, At at) {
                   optional_member<std::uint32_t>(v, to.capacity,
                                                  [&](std::uint32_t& n) { in.count(v, at, n); });
                 }},
                {"admit", [&](Value v, At at) { read_admit(v, at, to.admit, fault); }},
                {"session", [&](Value v, At at) { read_session(v, at, to, fault); }},
                {"claim", [&](Value v, At at) { read_claim(v, at, to, fault); }},
                {"order", [&](Value v, At at) { in.name<Order>(v, at, kOrders, to.order); }},
                {"lanes", [&](Value v, At at) { read_lanes(v, at, to.lanes, fault); }},
                {"rejoin", [&](Value v, At at) { in.name<Rejoin>(v, at, kRejoins, to.rejoin); }},
                {"liveness", [&](Value v, At at) { read_liveness(v, at, to, fault); }},
                {"opens_at", time_into(to.opens_at)},
                {"closes_at", time_into(to.closes_at)},
                {"max_waiting", [&](Value v, At at) { in.count(v, at, to.max_waiting); }},
                {"mode", [&](Value v, At at) { in.name<Mode>(v, at, kModes, to.mode); }},
            });
}

template <class T>
json::value name_of(Names<T> names, T value) {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const auto& item) { return item.second == value; });
  return found->first;
}

template <class T, class Write>
json::value or_null(const std::optional<T>& value, Write write) {
  return value ? json::value(write(*value)) : json::value(nullptr);
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
      {"capacity", or_null(policy.capacity, plain)},
      {"admit",
       or_null(policy.admit,
               [](const room::Rate& rate) {
                 return json::object{{"count", rate.count}, {"every", format_duration(rate.every)}};
               })},
      {"session", json::object{{"ttl", format_duration(policy.session_ttl)},
                               {"renew", name_of<Renew>(kRenews, policy.renew)}}},
      {"claim", or_null(policy.claim_ttl,
                        [](Millis ttl) {
                          return json::object{{"ttl", format_duration(ttl)}};
                        })},
      {"order", name_of<Order>(kOrders, policy.order)},
      {"lanes", std::move(lanes)},
      {"rejoin", name_of<Rejoin>(kRejoins, policy.rejoin)},
      {"liveness", json::object{{"silence", or_null(policy.liveness_silence, format_duration)},
                                {"grace", format_duration(policy.liveness_grace)}}},
      {"opens_at", or_null(policy.opens_at, format_rfc3339)},
      {"closes_at", or_null(policy.closes_at, format_rfc3339)},
      {"max_waiting", policy.max_waiting},
      {"mode", name_of<Mode>(kModes, policy.mode)},
  };
}

}  // namespace doorward::wire
