#include "app/config/scalar.hpp"

#include "wire/duration.hpp"
#include "wire/rfc3339.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>

#include <array>
#include <charconv>

namespace doorward::app::config {
namespace {

constexpr std::int64_t kKiB = 1024;
constexpr std::string_view kDurationPattern = "^[0-9]+(ms|s|m|h|d)$";

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr std::array<Unit, 6> kByteUnits{{{"GiB", kKiB* kKiB* kKiB},
                                          {"MiB", kKiB* kKiB},
                                          {"KiB", kKiB},
                                          {"GB", 1'000'000'000},
                                          {"MB", 1'000'000},
                                          {"KB", 1'000}}};

template <class Int>
std::optional<Int> whole(std::string_view text) {
  Int value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_plain(const Node& node) { return node.kind == Node::Kind::scalar && !node.quoted; }

}  // namespace

std::optional<std::int64_t> read_integer(const Node& node) {
  if (!is_plain(node)) return std::nullopt;
  std::string text = node.text;
  // 1_000_000 reads better than 1000000.
  if (text.find('_') != std::string::npos && text.front() != '_' && text.back() != '_') {
    std::erase(text, '_');
  }
  return whole<std::int64_t>(text);
}

std::optional<bool> read_boolean(const Node& node) {
  if (!is_plain(node)) return std::nullopt;
  if (node.text == "true") return true;
  if (node.text == "false") return false;
  return std::nullopt;
}

std::optional<Millis> read_duration(const Node& node) {
  if (node.kind != Node::Kind::scalar) return std::nullopt;
  const auto parsed = wire::parse_duration(node.text);
  if (!parsed) return std::nullopt;
  return *parsed;
}

std::optional<std::uint64_t> read_bytes(const Node& node) {
  if (node.kind != Node::Kind::scalar) return std::nullopt;
  for (const Unit& unit : kByteUnits) {
    if (!node.text.ends_with(unit.name)) continue;
    const auto number = std::string_view(node.text).substr(0, node.text.size() - unit.name.size());
    const auto value = whole<std::uint64_t>(number);
    if (!value || *value > UINT64_MAX / unit.factor) return std::nullopt;
    return *value * unit.factor;
  }
  return whole<std::uint64_t>(node.text);
}

std::optional<LogTime> read_time(const Node& node) {
  if (node.kind != Node::Kind::scalar) return std::nullopt;
  const auto parsed = wire::parse_rfc3339(node.text);
  if (!parsed) return std::nullopt;
  return *parsed;
}

std::string show_duration(Millis value) { return wire::format_duration(value); }

std::string show_bytes(std::uint64_t value) {
  for (const Unit& unit : kByteUnits) {
    if (unit.name[1] == 'i' && value >= unit.factor && value % unit.factor == 0) {
      return fmt::format("{}{}", value / unit.factor, unit.name);
    }
  }
  return std::to_string(value);
}

Scalar integer_scalar(Range range, std::optional<std::int64_t> by_default,
                      Store<std::int64_t> store) {
  return {fmt::format("a whole number from {} to {}", range.low, range.high),
          fmt::format("number, {} to {}", range.low, range.high),
          {{"type", "integer"}, {"minimum", range.low}, {"maximum", range.high}},
          by_default ? std::to_string(*by_default) : std::string(),
          [range, store = std::move(store)](const Node& node) {
            const auto value = read_integer(node);
            if (!value || *value < range.low || *value > range.high) return false;
            store(*value);
            return true;
          }};
}

Scalar boolean_scalar(bool by_default, Store<bool> store) {
  return {"true or false",
          "true or false",
          {{"type", "boolean"}},
          by_default ? "true" : "false",
          [store = std::move(store)](const Node& node) {
            const auto value = read_boolean(node);
            if (value) store(*value);
            return value.has_value();
          }};
}

Scalar duration_scalar(Within within, std::optional<Millis> by_default, Store<Millis> store) {
  const auto bounds =
      fmt::format("{} to {}", show_duration(within.low), show_duration(within.high));
  return {"a duration from " + bounds + ", such as 250ms, 5s, 4m",
          "duration, " + bounds,
          {{"type", "string"}, {"pattern", kDurationPattern}},
          by_default ? show_duration(*by_default) : std::string(),
          [within, store = std::move(store)](const Node& node) {
            const auto value = read_duration(node);
            if (!value || *value < within.low || *value > within.high) return false;
            store(*value);
            return true;
          }};
}

Scalar bytes_scalar(Bytes bounds, std::uint64_t by_default, Store<std::uint64_t> store) {
  const auto range = fmt::format("{} to {}", show_bytes(bounds.low), show_bytes(bounds.high));
  return {"a size from " + range + ", such as 64KiB",
          "size, " + range,
          {{"type", boost::json::array{"integer", "string"}},
           {"pattern", "^[0-9]+(KiB|MiB|GiB|KB|MB|GB)?$"}},
          show_bytes(by_default),
          [bounds, store = std::move(store)](const Node& node) {
            const auto value = read_bytes(node);
            if (!value || *value < bounds.low || *value > bounds.high) return false;
            store(*value);
            return true;
          }};
}

Scalar time_scalar(Store<LogTime> store) {
  return {"a time with its zone, such as 2026-05-01T10:00:00+09:00",
          "time (RFC 3339)",
          {{"type", "string"}, {"format", "date-time"}},
          {},
          [store = std::move(store)](const Node& node) {
            const auto value = read_time(node);
            if (value) store(*value);
            return value.has_value();
          }};
}

Scalar text_scalar(Text rule, std::string by_default, Store<std::string> store) {
  return {rule.expected,
          "text",
          {{"type", "string"}, {"maxLength", rule.limit}},
          std::move(by_default),
          [rule, store = std::move(store)](const Node& node) {
            if (node.kind != Node::Kind::scalar || node.text.size() > rule.limit) return false;
            if (rule.holds && !rule.holds(node.text)) return false;
            store(node.text);
            return true;
          },
          rule.secret};
}

Scalar choice_scalar(std::vector<std::string_view> names, std::string_view by_default,
                     Store<std::size_t> store) {
  boost::json::array allowed(names.begin(), names.end());
  return {fmt::format("one of {}", fmt::join(names, ", ")),
          fmt::format("`{}`", fmt::join(names, "`, `")),
          {{"enum", std::move(allowed)}},
          std::string(by_default),
          [names, store = std::move(store)](const Node& node) {
            if (node.kind != Node::Kind::scalar) return false;
            for (std::size_t i = 0; i < names.size(); ++i) {
              if (names[i] != node.text) continue;
              store(i);
              return true;
            }
            return false;
          }};
}

}  // namespace doorward::app::config
