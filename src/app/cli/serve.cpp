#include "app/serve/serve.hpp"

#include "app/cli/cli.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace doorward::app {

void add_serve(CLI::App& app, int& code) {
  auto options = std::make_shared<ServeOptions>();
  auto* command = app.add_subcommand("serve", "Run: let visitors in, or let them wait");
  command->footer(R"(
Examples:
  doorward serve                                127.0.0.1:8080, everything kept in ./doorward-data
  doorward serve --config doorward.yaml
  doorward serve --config doorward.yaml --listen 0.0.0.0:80 --admin-listen 127.0.0.1:9901
Signals: SIGHUP reads the configuration again; SIGTERM or SIGINT drains and ends, a second one at
once.)");
  command->add_option("-c,--config", options->config, "The configuration (YAML)");
  command->add_option("--listen", options->listen, "Where visitors are served, ADDR:PORT");
  command->add_option("--admin-listen", options->admin_listen,
                      "Where admin calls and metrics are served, ADDR:PORT");
  command->add_option("--data", options->data, "The data folder");
  command->add_flag("--new-secrets", options->new_secrets,
                    "Let the log take the data folder's secrets for its own from now on; tickets "
                    "and passes made under others end");
  command->callback([options, &code] { code = serve(*options); });
}

}  // namespace doorward::app
