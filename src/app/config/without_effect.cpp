#include "app/config/without_effect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

namespace doorward::app::config {
namespace {

struct Foreign {
  std::string_view name;  // with an underscore at its end: all that begin so
  std::string_view instead;
};
constexpr std::array<Foreign, 9> kForeign{
    {{"DATABASE_URL", "rooms, rules and places are in Doorward's own log (docs/storage.md)"},
     {"REDIS_URL", "nodes share a log by log.redis, and one node needs none"},
     {"REDIS_HOST", "nodes share a log by log.redis, and one node needs none"},
     {"REDIS_PORT", "nodes share a log by log.redis, and one node needs none"},
     {"SPRING_DATA_REDIS_", "nodes share a log by log.redis, and one node needs none"},
     {"EUREKA_", "services are the upstreams of the configuration"},
     {"SPRING_CLOUD_CONFIG_", "routes are those of the configuration"},
     {"SPRING_CONFIG_IMPORT", "routes are those of the configuration"},
     {"ZIPKIN_ENDPOINT", "no spans are sent; requests carry X-Request-Id"}}};

const Foreign* find(std::string_view variable) {
  const auto found = std::find_if(kForeign.begin(), kForeign.end(), [&](const Foreign& foreign) {
    return foreign.name.ends_with('_') ? variable.starts_with(foreign.name)
                                       : variable == foreign.name;
  });
  return found == kForeign.end() ? nullptr : found;
}

bool names(const Node& node, const std::string& reference) {
  for (auto at = node.text.find(reference); at != std::string::npos;
       at = node.text.find(reference, at + 1)) {
    const std::size_t end = at + reference.size();
    if (end < node.text.size() && (node.text[end] == ':' || node.text[end] == '}')) return true;
  }
  return std::any_of(node.values.begin(), node.values.end(),
                     [&](const Node& value) { return names(value, reference); });
}

}  // namespace

void warn_without_effect(const Node& document, const Environment& environment, Problems& problems) {
  for (const auto& [name, value] : environment) {
    const Foreign* foreign = value.empty() ? nullptr : find(name);
    if (foreign == nullptr || names(document, "${" + name)) continue;
    problems.add_warning({{std::make_shared<const std::string>("environment " + name), 0, 0},
                          "",
                          fmt::format("has no effect: {}", foreign->instead)});
  }
}

}  // namespace doorward::app::config
