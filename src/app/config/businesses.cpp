#include "app/config/businesses.hpp"

#include "gateway/api_keys.hpp"

#include <algorithm>

namespace doorward::app::config {
namespace {

constexpr std::size_t kShortKey = 16;
constexpr std::size_t kNameDigits = 12;

bool is_visible(std::string_view key) {
  return std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

std::string business_name(std::string_view key) {
  return "business-" + tenant::to_hex(gateway::hash_of(key)).substr(0, kNameDigits);
}

void add_businesses(Config& config, Problems& problems) {
  std::string_view left = config.business_ids;
  bool any_short = false;
  while (!left.empty()) {
    const auto colon = std::min(left.find(':'), left.size());
    const std::string_view key = left.substr(0, colon);
    left.remove_prefix(std::min(colon + 1, left.size()));
    if (key.empty()) continue;
    if (!is_visible(key)) {
      problems.add_error({config.business_ids_at, "business_ids",
                          "expected keys of visible ASCII letters, separated by ':'"});
      return;
    }
    TenantSettings made;
    made.name = business_name(key);
    made.at = config.business_ids_at;
    made.api_keys.push_back(
        {std::string(gateway::kPageKey), tenant::to_hex(gateway::hash_of(key))});
    const bool is_known = std::any_of(config.tenants.begin(), config.tenants.end(),
                                      [&](const auto& other) { return other.name == made.name; });
    if (!is_known) config.tenants.push_back(std::move(made));
    any_short = any_short || key.size() < kShortKey;
  }
  if (any_short)
    problems.add_warning(
        {config.business_ids_at, "business_ids", "a key of fewer than 16 letters can be guessed"});
}

}  // namespace doorward::app::config
