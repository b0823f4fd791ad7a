// The command line: `doorward serve | check | token | tenant | repair | version`.
//
// Errors: the exit code says whose turn it is: 0 fine, 1 failed while running, 2 the command line,
//         the configuration, a locked data folder or a taken port.
// Spec:   `doorward --help`; docs/operations.md.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace doorward::app {

inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

int run(int argc, const char* const* argv);

// Each adds its subcommand; `code` receives what the program ends with once it was chosen and ran.
void add_serve(CLI::App& app, int& code);
void add_check(CLI::App& app, int& code);
void add_token(CLI::App& app, int& code);
void add_tenant(CLI::App& app, int& code);
void add_repair(CLI::App& app, int& code);

const char* version();

}  // namespace doorward::app
