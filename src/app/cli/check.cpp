#include "adapters/system/system_clock.hpp"
#include "app/cli/cli.hpp"
#include "app/config/load.hpp"
#include "app/serve/explain.hpp"
#include "app/serve/materials.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace doorward::app {
namespace {

constexpr const char* kDefaultFile = "doorward.yaml";

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

// Without FILE it is the file that lies here; an explanation may also be of the built-in defaults.
std::optional<std::string> file_of(const CheckOptions& options) {
  if (!options.file.empty()) return options.file;
  const bool is_here = std::filesystem::exists(kDefaultFile);
  fmt::print(stderr, "doorward: checking {}, since no FILE was given\n",
             is_here ? std::string("./") + kDefaultFile : "the built-in defaults");
  return is_here ? std::optional<std::string>(kDefaultFile) : std::nullopt;
}

int check(const CheckOptions& options) {
  const bool is_told = !options.file.empty() || !options.explain.empty();
  if (!is_told && !std::filesystem::exists(kDefaultFile)) {
    fmt::print(stderr, "doorward: FILE is missing, and there is no {} here\n", kDefaultFile);
    return kUsage;
  }
  if (!options.explain.empty() && !options.explain[1].starts_with('/')) {
    fmt::print(stderr, "doorward: PATH begins with a slash, as in: --explain {0} /{1}\n",
               options.explain[0], options.explain[1]);
    return kUsage;
  }
  const auto file = file_of(options);
  auto loaded = config::load_file(file, config::process_environment());
  if (!loaded.problems.any_errors()) read_materials(loaded.config, loaded.problems);
  config::warn_of_the_past(loaded.config, adapters::SystemClock().wall_now(), loaded.problems);
  fmt::print(stderr, "{}", loaded.problems.text());
  if (loaded.problems.any_errors()) return kUsage;
  if (options.explain.empty()) {
    fmt::print("{} is fine: {}\n", *file, summary(loaded.config));
    return kOk;
  }
  const auto lines = explain(loaded.config, options.explain[0], options.host, options.explain[1]);
  if (!lines) {
    fmt::print(stderr, "doorward: {}\n", lines.error().what);
    return kFailed;
  }
  fmt::print("{}", *lines);
  return kOk;
}

}  // namespace

void add_check(CLI::App& app, int& code) {
  auto options = std::make_shared<CheckOptions>();
  auto* command = app.add_subcommand("check", "Check a configuration, or explain what it does");
  command->footer(R"(
Examples:
  doorward check doorward.yaml                    or without FILE, of ./doorward.yaml
  doorward check doorward.yaml --explain GET /buy/1
  doorward check --explain GET /buy/1             of ./doorward.yaml, or else the defaults
  doorward check doorward.yaml --explain POST /buy --host shop.example)");
  command->add_option("--explain", options->explain, "What happens to a request: METHOD PATH")
      ->expected(2)
      ->type_name("METHOD PATH");
  command->add_option("--host", options->host, "Host of that request");
  command->add_option("FILE", options->file, "The configuration");
  command->callback([options, &code] { code = check(*options); });
}

}  // namespace doorward::app
