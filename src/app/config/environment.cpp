// `${NAME}` in values, and DOORWARD_… variables over them.
#include "app/config/load.hpp"
#include "app/config/problem.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

namespace doorward::app::config {
namespace {

constexpr std::string_view kPrefix = "DOORWARD_";
constexpr std::string_view kBusinessIds = "BUSINESS_IDS";  // by the name that its users know
constexpr std::size_t kMaxValue = 64U << 10;
constexpr std::size_t kMaxSteps = 8;

// Variables with a name shorter than their path.
struct Short {
  std::string_view variable;
  std::string_view path;
};
constexpr std::array<Short, 4> kShort{{{"ADMIN_TOKEN", "ADMIN__TOKEN"},
                                       {"ADMIN_LISTEN", "ADMIN__LISTEN"},
                                       {"LOG_LEVEL", "LOGGING__LEVEL"},
                                       {"LOG_FORMAT", "LOGGING__FORMAT"}}};

const std::string* find(const Environment& environment, std::string_view name) {
  const auto it = std::find_if(environment.begin(), environment.end(),
                               [&](const auto& variable) { return variable.first == name; });
  return it == environment.end() ? nullptr : &it->second;
}

// SQLAlchemy names its driver in the address: postgresql+asyncpg://… is postgresql://….
std::string without_driver(std::string_view value) {
  constexpr std::string_view kAsyncpg = "postgresql+asyncpg://";
  if (!value.starts_with(kAsyncpg)) return std::string(value);
  return "postgresql://" + std::string(value.substr(kAsyncpg.size()));
}

// The text with its references replaced, or what is wrong with it.
Result<std::string> expand(std::string_view text, const Environment& environment) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("$${")) {
      out += "${";
      at += 3;
      continue;
    }
    if (!text.substr(at).starts_with("${")) {
      out += text[at++];
      continue;
    }
    const auto end = text.find('}', at);
    if (end == std::string_view::npos) return error(Errc::invalid, "\"${\" without its \"}\"");
    const auto inside = text.substr(at + 2, end - at - 2);
    const auto name = inside.substr(0, inside.find(':'));
    const bool has_default = name.size() < inside.size();
    const std::string* value = find(environment, name);
    if (value != nullptr && !(value->empty() && has_default)) {
      out += without_driver(*value);
    } else if (has_default) {
      out += inside.substr(name.size() + 1);
    } else {
      return error(
          Errc::not_found,
          fmt::format("neither the environment nor a .env file has the variable {0}; set it there, "
                      "or write ${{{0}:default}}",
                      name));
    }
    if (out.size() > kMaxValue) return error(Errc::too_large, "the value is longer than 64 KiB");
    at = end + 1;
  }
  return out;
}

// How a key is written in a variable's name.
std::string as_variable(std::string_view key) {
  std::string name = boost::algorithm::to_upper_copy(std::string(key));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

Node* step(Node& map, std::string_view part, const Place& at) {
  if (map.kind == Node::Kind::null) map.kind = Node::Kind::map;
  if (map.kind != Node::Kind::map) return nullptr;
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    if (as_variable(map.keys[i].text) == part) return &map.values[i];
  }
  Node key;
  key.kind = Node::Kind::scalar;
  key.at = at;
  key.text = boost::algorithm::to_lower_copy(std::string(part));
  map.keys.push_back(std::move(key));
  Node value;
  value.at = at;
  map.values.push_back(std::move(value));
  return &map.values.back();
}

Node* locate(Node& document, std::string_view path, const Place& at) {
  Node* node = &document;
  for (std::size_t steps = 0; steps < kMaxSteps && node != nullptr; ++steps) {
    const auto end = path.find("__");
    node = step(*node, path.substr(0, end), at);
    if (end == std::string_view::npos) return node;
    path.remove_prefix(end + 2);
  }
  return nullptr;
}

// `[a, b]` and `{a: 1}` are read as YAML, everything else as it stands.
Node value_of(const std::string& text, const std::string& source, const Place& at,
              Problems& problems) {
  const bool is_list = text.starts_with('[') && text.ends_with(']');  // unlike "[::1]:8080"
  if (is_list || text.starts_with('{')) {
    auto parsed = parse_document(text, source);
    if (parsed) return *std::move(parsed);
    problems.add_error({{}, "", parsed.error().what});
  }
  Node node;
  node.kind = Node::Kind::scalar;
  node.at = at;
  node.text = text;
  return node;
}

constexpr std::array<std::string_view, 24> kTop{"LISTEN",
                                                "FORWARDING_HEADER",
                                                "DATA",
                                                "THREADS",
                                                "TRUSTED_PROXIES",
                                                "REDIS_LISTEN",
                                                "ROOMS",
                                                "UPSTREAMS",
                                                "ROUTES",
                                                "LOG",
                                                "ADMIN",
                                                "TOKENS",
                                                "IDENTITY",
                                                "LIMITS",
                                                "DEADLINES",
                                                "LOGGING",
                                                "FORWARDED_HOST",
                                                "RULES",
                                                "COUNTERS",
                                                "COMPAT",
                                                "CORS",
                                                "DEBUG",
                                                "TENANTS",
                                                "BUSINESS_IDS"};

std::string_view first_step(std::string_view path) { return path.substr(0, path.find("__")); }

// A first step that is a top-level setting; others (DOORWARD_PORT of a container platform) are not
// meant for us.
bool is_setting(std::string_view path) {
  return std::find(kTop.begin(), kTop.end(), first_step(path)) != kTop.end();
}

// What was meant by the variable of a first step that is none, or nothing: a platform's own names
// are no slips of the pen, which seldom change the first letter.
std::string meant_by(std::string_view path) {
  std::vector<std::string> known(kTop.begin(), kTop.end());
  for (const Short& shorter : kShort) known.emplace_back(shorter.variable);
  std::erase_if(known, [&](const std::string& name) { return name.front() != path.front(); });
  const std::string_view first = first_step(path);
  const std::string_view near = nearest(first, known);
  if (near.empty()) return {};
  return fmt::format("{}{}{}", kPrefix, near, path.substr(first.size()));
}

}  // namespace

void substitute(Node& node, const Environment& environment, Problems& problems) {
  for (Node& value : node.values) substitute(value, environment, problems);
  if (node.kind != Node::Kind::scalar || node.text.find("${") == std::string::npos) return;
  auto expanded = expand(node.text, environment);
  if (expanded) {
    node.text = *std::move(expanded);
    node.quoted = false;  // within { } a reference must stand in quotes, whatever its type
  } else {
    problems.add_error({node.at, "", expanded.error().what});
  }
}

void override_from(Node& document, const Environment& environment, Problems& problems) {
  for (const auto& [name, value] : environment) {
    const bool is_plain = name == kBusinessIds;
    if ((!is_plain && !name.starts_with(kPrefix)) || value.empty()) continue;  // empty: not set
    std::string path = is_plain ? name : name.substr(kPrefix.size());
    for (const Short& shorter : kShort) {
      if (shorter.variable == path) path = shorter.path;
    }
    const auto source = "environment " + name;
    const Place at{std::make_shared<const std::string>(source), 0, 0};
    if (path.empty()) continue;
    if (!is_setting(path)) {
      if (const auto meant = meant_by(path); !meant.empty())
        problems.add_warning({at, "", "has no effect; did you mean " + meant + "?"});
      continue;
    }
    Node* node = locate(document, path, at);
    if (node == nullptr) {
      problems.add_error({at, "", "there is no such setting"});
      continue;
    }
    *node = value_of(value, source, at, problems);
  }
}

}  // namespace doorward::app::config
