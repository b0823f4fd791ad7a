// `doorward serve`: from the command line to the exit code.
//
// Threads: signals are handled on the calling thread, requests on the server's loops.
// Spec:    docs/operations.md.
#pragma once

#include <optional>
#include <string>

namespace doorward::app {

struct ServeOptions {
  std::optional<std::string> config;
  std::optional<std::string> listen;
  std::optional<std::string> admin_listen;
  std::optional<std::string> data;
  bool new_secrets = false;  // the folder's are the log's from now on, whatever it knew before
};

int serve(const ServeOptions& options);

}  // namespace doorward::app
