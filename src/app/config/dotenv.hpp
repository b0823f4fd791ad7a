// Variables of a `.env` file, as Docker Compose and python-dotenv write it.
//
// Why:     the systems whose clients move here keep their settings in one. What the process has in
//          its environment comes first.
// Bounds:  64 KiB; a longer file is not read, and a warning says so.
// Errors:  a line that is none is passed over with a warning: the file may be another's too.
// Threads: pure functions, but for the reading of the file.
// Spec:    docs/configuration.md, "Variables from `.env`".
#pragma once

#include "app/config/load.hpp"
#include "app/config/problem.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace doorward::app::config {

// `NAME=value`, `export NAME='value'`, `NAME="two\nlines"`, `# a comment`.
Environment parse_dotenv(std::string_view text, const std::string& source, Problems& problems);

// `environment` and what it lacks of the `.env` beside the configuration; without one there, of the
// `.env` in the working folder.
Environment with_dotenv(Environment environment, const std::optional<std::string>& config_path,
                        Problems& problems);

}  // namespace doorward::app::config
