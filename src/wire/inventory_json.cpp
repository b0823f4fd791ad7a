#include "wire/inventory_json.hpp"

#include "core/reserve/seat_map.hpp"
#include "wire/duration.hpp"
#include "wire/json_reader.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace doorward::wire {
namespace {

namespace json = boost::json;
using reserve::Inventory;
using reserve::Section;

using At = JsonReader::At;
using Value = JsonReader::Value;
using Read = JsonReader::Read;

// Null gives a member its default back.
template <class T>
Read or_default(T& to, T by_default, std::function<void(Value, At, T&)> read) {
  return [&to, by_default = std::move(by_default), read = std::move(read)](Value v, At at) {
    if (v.is_null()) {
      to = by_default;
    } else {
      read(v, at, to);
    }
  };
}

struct Members {
  JsonReader& in;
  template <class T>
  Read count(T& to, T by_default) const {
    return or_default<T>(to, by_default, [&in = in](Value v, At at, T& n) { in.count(v, at, n); });
  }
  Read duration(Millis& to, Millis by_default) const {
    return or_default<Millis>(to, by_default,
                              [&in = in](Value v, At at, Millis& t) { in.duration(v, at, t); });
  }
  Read text(std::string& to) const {
    return or_default<std::string>(
        to, {}, [&in = in](Value v, At at, std::string& s) { in.text(v, at, s); });
  }
};

void read_units(JsonReader& in, Value value, At at, std::vector<std::string>& units) {
  units.clear();
  if (value.is_null()) return;
  in.items(value, at, reserve::kMaxTexts,
           [&](Value v, At item) { in.text(v, item, units.emplace_back()); });
}

void read_section(Value value, At path, Section& to, std::optional<Error>& fault) {
  JsonReader in(path, fault);
  const Members members{in};
  in.object(value, {{"name", members.text(to.name)},
                    {"price", members.count<std::uint64_t>(to.price, 0)},
                    {"rows", members.count<std::uint32_t>(to.rows, 0)},
                    {"seats", members.count<std::uint32_t>(to.seats, 0)},
                    {"units", [&](Value v, At at) { read_units(in, v, at, to.units); }}});
}

void read_sections(Value value, At path, std::vector<Section>& to, std::optional<Error>& fault) {
  JsonReader list(path, fault);
  to.clear();
  if (value.is_null()) return;
  if (!value.is_array()) return list.fail(path, "a list of sections", value);
  if (value.get_array().size() > reserve::kMaxSections)
    return list.fail(path, fmt::format("at most {} sections", reserve::kMaxSections));
  for (const json::value& item : value.get_array())
    read_section(item, fmt::format("{}[{}]", path, to.size()), to.emplace_back(), fault);
}

void read_hold(Value value, At path, Inventory& to, std::optional<Error>& fault) {
  const Inventory defaults;
  if (value.is_null()) {
    to.hold_ttl = defaults.hold_ttl;
    to.hold_most = defaults.hold_most;
    return;
  }
  JsonReader in(path, fault);
  const Members members{in};
  in.object(value, {{"ttl", members.duration(to.hold_ttl, defaults.hold_ttl)},
                    {"most", members.duration(to.hold_most, defaults.hold_most)}});
}

}  // namespace

Result<Inventory> inventory_from_json(const json::object& object, Inventory base) {
  std::optional<Error> fault;
  JsonReader in("", fault);
  const Members members{in};
  const Inventory defaults;
  in.object(
      json::value(object),
      {{"count", members.count<std::uint32_t>(base.count, 0)},
       {"price", members.count<std::uint64_t>(base.price, 0)},
       {"sections", [&](Value v, At at) { read_sections(v, at, base.sections, fault); }},
       {"currency", members.text(base.currency)},
       {"max_per_hold", members.count<std::uint32_t>(base.max_per_hold, defaults.max_per_hold)},
       {"max_per_subject",
        [&](Value v, At at) {
          json_optional<std::uint32_t>(v, base.max_per_subject,
                                       [&](std::uint32_t& n) { in.count(v, at, n); });
        }},
       {"hold", [&](Value v, At at) { read_hold(v, at, base, fault); }}});
  if (fault) return *fault;
  if (const auto valid = reserve::validate(base); !valid) return valid.error();
  if (const auto valid = reserve::validate_map(base); !valid) return valid.error();
  return base;
}

json::object inventory_to_json(const Inventory& inventory) {
  json::array sections;
  for (const Section& section : inventory.sections) {
    json::object made{{"name", section.name}, {"price", section.price}};
    if (section.units.empty()) {
      made["rows"] = section.rows;
      made["seats"] = section.seats;
    } else {
      json::array units;
      for (const std::string& unit : section.units) units.emplace_back(unit);
      made["units"] = std::move(units);
    }
    sections.push_back(std::move(made));
  }
  return {{"count", inventory.count},
          {"price", inventory.price},
          {"sections", std::move(sections)},
          {"currency", inventory.currency},
          {"max_per_hold", inventory.max_per_hold},
          {"max_per_subject",
           json_or_null(inventory.max_per_subject, [](std::uint32_t n) { return n; })},
          {"hold", json::object{{"ttl", format_duration(inventory.hold_ttl)},
                                {"most", format_duration(inventory.hold_most)}}}};
}

}  // namespace doorward::wire
