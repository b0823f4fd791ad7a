#include "app/cli/cli.hpp"
#include "app/config/load.hpp"
#include "app/serve/explain.hpp"
#include "app/serve/materials.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

namespace doorward::app {
namespace {

struct CheckOptions {
  std::string file;
  std::vector<std::string> explain;  // method, path
  std::string host;
};

std::string summary(const config::Config& config) {
  return fmt::format("{} room(s), {} route(s), {} upstream(s), listening on {}",
                     config.rooms.size(), config.routes.size(), config.upstreams.size(),
                     config.listen);
}

}  // namespace

void add_check(CLI::App& app, int& code) {
  auto options = std::make_shared<CheckOptions>();
  auto* command = app.add_subcommand("check", "Check a configuration, or explain what it does");
  command->footer(R"(
Examples:
  doorward check doorward.yaml
  doorward check doorward.yaml --explain GET /buy/1
  doorward check doorward.yaml --explain POST /buy --host shop.example)");
  command->add_option("--explain", options->explain, "What happens to a request: METHOD PATH")
      ->expected(2)
      ->type_name("METHOD PATH");
  command->add_option("--host", options->host, "Host of that request");
  command->add_option("file", options->file, "The configuration")->required();
  command->callback([options, &code] {
    auto loaded = config::load_file(options->file, config::process_environment());
    if (!loaded.problems.any_errors()) read_materials(loaded.config, loaded.problems);
    fmt::print(stderr, "{}", loaded.problems.text());
    if (loaded.problems.any_errors()) {
      code = kUsage;
      return;
    }
    if (options->explain.empty()) {
      fmt::print("{} is fine: {}\n", options->file, summary(loaded.config));
      return;
    }
    const auto lines =
        explain(loaded.config, options->explain[0], options->host, options->explain[1]);
    if (!lines) {
      fmt::print(stderr, "doorward: {}\n", lines.error().what);
      code = kFailed;
      return;
    }
    fmt::print("{}", *lines);
  });
}

}  // namespace doorward::app
