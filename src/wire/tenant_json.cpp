#include "wire/tenant_json.hpp"

#include "wire/duration.hpp"
#include "wire/json_reader.hpp"

#include <boost/json.hpp>

namespace doorward::wire {
namespace {

namespace json = boost::json;
using tenant::Settings;
using At = const std::string&;
using Value = const json::value&;

JsonReader::Read count_into(JsonReader& in, std::uint32_t& to, std::uint32_t by_default) {
  return [&in, &to, by_default](Value v, At at) {
    v.is_null() ? static_cast<void>(to = by_default) : in.count(v, at, to);
  };
}

JsonReader::Read duration_into(JsonReader& in, Millis& to, Millis by_default) {
  return [&in, &to, by_default](Value v, At at) {
    v.is_null() ? static_cast<void>(to = by_default) : in.duration(v, at, to);
  };
}

void read_calls(Value value, At path, std::optional<room::Rate>& to, std::optional<Error>& fault) {
  json_optional<room::Rate>(value, to, [&](room::Rate& rate) {
    JsonReader in(path, fault);
    in.object(value, {{"count", [&](Value v, At at) { in.count(v, at, rate.count); }},
                      {"every", duration_into(in, rate.every, room::Rate().every)}});
  });
}

}  // namespace

Result<Settings> settings_from_json(const json::object& object, Settings base) {
  const Settings defaults;
  std::optional<Error> fault;
  JsonReader in("", fault);
  in.object(json::value(object),
            {{"max_waiting",
              [&](Value v, At at) {
                json_optional<std::uint32_t>(v, base.max_waiting,
                                             [&](auto& n) { in.count(v, at, n); });
              }},
             {"calls", [&](Value v, At at) { read_calls(v, at, base.calls, fault); }},
             {"rooms", count_into(in, base.rooms, defaults.rooms)},
             {"rules", count_into(in, base.rules, defaults.rules)},
             {"locks", count_into(in, base.locks, defaults.locks)},
             {"units", count_into(in, base.units, defaults.units)},
             {"holds", count_into(in, base.holds, defaults.holds)},
             {"token_ttl", duration_into(in, base.token_ttl, defaults.token_ttl)}});
  if (fault) return *fault;
  if (auto valid = tenant::validate(base); !valid) return valid.error();
  return base;
}

json::object settings_to_json(const Settings& settings) {
  return {{"max_waiting", json_or_null(settings.max_waiting, [](std::uint32_t n) { return n; })},
          {"calls",
           json_or_null(
               settings.calls,
               [](const room::Rate& rate) {
                 return json::object{{"count", rate.count}, {"every", format_duration(rate.every)}};
               })},
          {"rooms", settings.rooms},
          {"rules", settings.rules},
          {"token_ttl", format_duration(settings.token_ttl)},
          {"locks", settings.locks},
          {"units", settings.units},
          {"holds", settings.holds}};
}

}  // namespace doorward::wire
