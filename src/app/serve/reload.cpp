#include "app/serve/reload.hpp"

namespace doorward::app {

std::vector<std::string> needs_restart(const config::Config& now, const config::Config& next) {
  std::vector<std::string> names;
  const auto differ = [&](const char* name, bool same) {
    if (!same) names.emplace_back(name);
  };
  differ("listen", now.listen == next.listen);
  differ("data", now.data == next.data);
  differ("threads", now.threads == next.threads);
  differ("log", now.log == next.log);
  differ("admin", now.admin == next.admin);
  differ("tokens", now.tokens == next.tokens);
  differ("identity", now.identity == next.identity);
  differ("limits", now.limits == next.limits);
  differ("deadlines", now.deadlines == next.deadlines);
  return names;
}

}  // namespace doorward::app
