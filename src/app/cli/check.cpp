#include "app/cli/cli.hpp"
#include "app/config/load.hpp"
#include "app/serve/materials.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace doorward::app {
namespace {

struct CheckOptions {
  std::string file;
};

std::string summary(const config::Config& config) {
  return fmt::format("{} room(s), {} route(s), {} upstream(s), listening on {}",
                     config.rooms.size(), config.routes.size(), config.upstreams.size(),
                     config.listen);
}

}  // namespace

void add_check(CLI::App& app, int& code) {
  auto options = std::make_shared<CheckOptions>();
  auto* command =
      app.add_subcommand("check", "Check a configuration, and say all that is wrong with it");
  command->footer(R"(
Examples:
  doorward check doorward.yaml)");
  command->add_option("file", options->file, "The configuration")->required();
  command->callback([options, &code] {
    auto loaded = config::load_file(options->file, config::process_environment());
    if (!loaded.problems.any_errors()) read_materials(loaded.config, loaded.problems);
    fmt::print(stderr, "{}", loaded.problems.text());
    if (loaded.problems.any_errors()) {
      code = kUsage;
      return;
    }
    fmt::print("{} is fine: {}\n", options->file, summary(loaded.config));
  });
}

}  // namespace doorward::app
