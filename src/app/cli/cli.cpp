#include "app/cli/cli.hpp"

#include "app/config/problem.hpp"
#include "app/config/reference.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::app {
namespace {

constexpr const char* kAbout =
    "Doorward stands in front of a web backend and decides who gets in, when, and how often.";

constexpr const char* kExamples = R"(
Examples:
  doorward serve                                  on 127.0.0.1:8080, with ./doorward-data
  doorward serve --config doorward.yaml
  doorward check doorward.yaml
  doorward check doorward.yaml --explain GET /buy
  doorward token admin                            where the admin token is
  doorward tenant add acme                        a business with keys and rooms of its own
Each command has a --help of its own.)";

void add_version(CLI::App& app) {
  app.add_subcommand("version", "Print the version")->callback([] {
    fmt::print("doorward {}\n", version());
  });
}

// For tools/write-reference; not of use to an operator.
void add_reference(CLI::App& app) {
  auto* command = app.add_subcommand("reference", "Print the description of the settings");
  command->group("");
  auto schema = std::make_shared<bool>(false);
  command->add_flag("--schema", *schema, "As JSON Schema");
  command->callback([schema] {
    fmt::print("{}", *schema ? config::json_schema() : config::markdown_reference());
  });
}

// A word in the place of a command that is none; CLI11 would only call it unexpected.
bool is_unknown_command(const CLI::App& app, std::string_view word) {
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == word) return false;
    if (!command->get_group().empty()) known.push_back(command->get_name());
  }
  if (word.starts_with('-')) return false;
  fmt::print(stderr, "doorward: there is no command \"{}\"{}\n", word,
             config::suggestion(word, known));
  return true;
}

}  // namespace

const char* version() { return DOORWARD_VERSION; }

int run(int argc, const char* const* argv) {
  CLI::App app{kAbout, "doorward"};
  app.footer(kExamples);
  app.set_version_flag("--version", std::string("doorward ") + version());
  int code = kOk;
  add_serve(app, code);
  add_check(app, code);
  add_token(app, code);
  add_tenant(app, code);
  add_repair(app, code);
  add_version(app);
  add_reference(app);
  if (argc < 2) {
    fmt::print("{}", app.help());
    return kOk;
  }
  if (is_unknown_command(app, argv[1])) return kUsage;
  try {
    app.require_subcommand(1);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? kOk : kUsage;
  } catch (const std::exception& e) {
    fmt::print(stderr, "doorward: {}\n", e.what());
    return kFailed;
  }
  return code;
}

}  // namespace doorward::app
