#include "app/config/load.hpp"

#include "app/config/businesses.hpp"
#include "app/config/dotenv.hpp"
#include "app/config/reader.hpp"
#include "app/config/without_effect.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

extern char** environ;

namespace doorward::app::config {
namespace {

// No key, only space, comments and the marks of a document: what a reader sees of a file that is
// just being written.
bool says_nothing(std::string_view text) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find_first_not_of(" \t\r");
    if (first == line.npos || line[first] == '#' || line.starts_with("---")) continue;
    return false;
  }
  return true;
}

}  // namespace

Environment process_environment() {
  Environment variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view line = *entry;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace_back(line.substr(0, equals), line.substr(equals + 1));
  }
  return variables;
}

Loaded load_text(std::string_view text, std::string name, const Environment& environment) {
  Loaded loaded;
  auto document = parse_document(text, std::move(name));
  if (!document) {
    // `what` begins with the place already.
    loaded.problems.add_error({Place{}, "", document.error().what});
    return loaded;
  }
  warn_without_effect(*document, environment, loaded.problems);
  substitute(*document, environment, loaded.problems);
  override_from(*document, environment, loaded.problems);
  read_into(*document, loaded.config, loaded.problems);
  add_businesses(loaded.config, loaded.problems);
  check_references(loaded.config, loaded.problems);
  check_bounds(loaded.config, loaded.problems);
  check_surprises(loaded.config, loaded.problems);
  return loaded;
}

Loaded load_file(const std::optional<std::string>& path, const Environment& process) {
  Problems of_dotenv;
  const Environment environment = with_dotenv(process, path, of_dotenv);
  const auto load = [&](std::string_view text, const std::string& name) {
    Loaded loaded = load_text(text, name, environment);
    for (const Problem& warning : of_dotenv.warnings()) loaded.problems.add_warning(warning);
    return loaded;
  };
  if (!path) return load("", "defaults");
  std::ifstream file(*path, std::ios::binary);
  std::string text;
  if (file) {
    text.resize(kMaxText + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) {
    Loaded loaded;
    loaded.problems.add_error({Place{std::make_shared<const std::string>(*path), 0, 0}, "",
                               fmt::format("cannot be read: {}", std::strerror(errno))});
    return loaded;
  }
  Loaded loaded = load(text, *path);
  if (says_nothing(text))
    loaded.problems.add_error({Place{std::make_shared<const std::string>(*path), 0, 0}, "",
                               "the file says nothing, so every room and rule would go; where that "
                               "is meant, write {}"});
  const auto folder = std::filesystem::path(*path).parent_path();
  if (!folder.empty()) loaded.config.folder = folder.string();
  return loaded;
}

}  // namespace doorward::app::config
