#include "app/config/dotenv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

namespace doorward::app::config {
namespace {

constexpr std::size_t kMaxFile = 64U << 10;
constexpr std::string_view kFile = ".env";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_variable(std::string_view name) {
  const auto is_word = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::all_of(name.begin(), name.end(), is_word);
}

// What may follow a value.
bool is_rest(std::string_view text) { return trimmed(text).empty() || trimmed(text)[0] == '#'; }

std::optional<std::string> in_double_quotes(std::string_view text) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return is_rest(text.substr(i + 1)) ? std::optional(value) : std::nullopt;
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char next = text[++i];
      value += next == 'n' ? '\n' : next == 't' ? '\t' : next;
    } else {
      value += text[i];
    }
  }
  return std::nullopt;
}

std::optional<std::string> value_of(std::string_view text) {
  if (text.starts_with('"')) return in_double_quotes(text);
  if (text.starts_with('\'')) {
    const auto end = text.find('\'', 1);
    if (end == std::string_view::npos || !is_rest(text.substr(end + 1))) return std::nullopt;
    return std::string(text.substr(1, end - 1));
  }
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '#' && (i == 0 || is_blank(text[i - 1]))) text = text.substr(0, i);
  return std::string(trimmed(text));
}

bool has(const Environment& environment, std::string_view name) {
  return std::any_of(environment.begin(), environment.end(),
                     [&](const auto& variable) { return variable.first == name; });
}

void put(Environment& environment, std::string_view name, std::string value) {
  std::erase_if(environment, [&](const auto& variable) { return variable.first == name; });
  environment.emplace_back(name, std::move(value));
}

std::optional<std::filesystem::path> find_file(const std::optional<std::string>& config_path) {
  std::error_code ignored;
  if (config_path) {
    const auto beside = std::filesystem::path(*config_path).parent_path() / kFile;
    if (std::filesystem::is_regular_file(beside, ignored)) return beside;
  }
  const std::filesystem::path here(kFile);
  if (std::filesystem::is_regular_file(here, ignored)) return here;
  return std::nullopt;
}

}  // namespace

Environment parse_dotenv(std::string_view text, const std::string& source, Problems& problems) {
  Environment variables;
  const auto name_of_source = std::make_shared<const std::string>(source);
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("export ")) line = trimmed(line.substr(7));
    const auto equals = line.find('=');
    const auto name = trimmed(line.substr(0, equals));
    const auto value = equals == std::string_view::npos || !is_variable(name)
                           ? std::nullopt
                           : value_of(trimmed(line.substr(equals + 1)));
    if (value) {
      put(variables, name, *value);
    } else {
      problems.add_warning(
          {Place{name_of_source, number, 1}, "", "expected NAME=value; the line is passed over"});
    }
  }
  return variables;
}

Environment with_dotenv(Environment environment, const std::optional<std::string>& config_path,
                        Problems& problems) {
  const auto path = find_file(config_path);
  if (!path) return environment;
  std::ifstream file(*path, std::ios::binary);
  std::string text(kMaxFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (!file.is_open() || file.bad() || text.size() > kMaxFile) {
    problems.add_warning(
        {Place{std::make_shared<const std::string>(path->string()), 0, 0}, "",
         text.size() > kMaxFile ? "longer than 64 KiB, and not read" : "cannot be read"});
    return environment;
  }
  for (auto& variable : parse_dotenv(text, path->string(), problems))
    if (!has(environment, variable.first)) environment.push_back(std::move(variable));
  return environment;
}

}  // namespace doorward::app::config
