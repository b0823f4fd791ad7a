#include "app/config/yaml_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace doorward::app::config {
namespace {

// By how the parser's message begins.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kWords{{
    {"illegal map value",
     "a \":\" stands where no key can: give each key a line of its own, and quote a text with \": "
     "\" in it"},
    {"illegal map key",
     "a key stands where none can: the indentation is wrong, or it needs a line of its own; keys "
     "that belong together begin in the same column"},
    {"illegal block entry",
     "a list entry \"- \" stands where none can: begin it on a line of its own, below its key"},
    {"illegal flow end", "a \"}\" or \"]\" closes what was never opened; remove it, or open it"},
    {"end of map flow not found",
     "expected \",\" or \"}\": a \"{\" is open; close it, and put \",\" between its entries"},
    {"end of sequence flow not found",
     "expected \",\" or \"]\": a \"[\" is open; close it, and put \",\" between its entries"},
    {"end of map not found",
     "the indentation is wrong: expected a key in the column of its neighbours; indent this line "
     "as far as they are"},
    {"end of sequence not found",
     "the indentation is wrong: expected \"- \" in the column of the entries above; indent this "
     "line as far as they are"},
    {"illegal EOF in scalar", "a quote is open at the end of the file; close it"},
    {"illegal document indicator in scalar",
     "\"---\" or \"...\" stands inside quotes; close the quote before it"},
    {"illegal character in scalar",
     "this character cannot begin a text; put the text between quotes"},
    {"unknown token", "this character cannot begin a text; put the text between quotes"},
    {"unknown escape character",
     "between double quotes \"\\\" begins an escape; write \"\\\\\", or use single quotes"},
    {"alias not found after *",
     "\"*\" stands for an anchor; put a text that begins with it between quotes"},
    {"anchor not found after &",
     "\"&\" names an anchor; put a text that begins with it between quotes"},
}};

constexpr std::string_view kVariable =
    "between { and }, or [ and ], a variable stands in quotes: \"${NAME}\"";
constexpr std::string_view kTab = "a tab indents this line; use spaces";
constexpr std::string_view kUneven =
    "the indentation is wrong: this key and the one above begin in different columns; keys that "
    "belong together begin in the same one";
constexpr std::string_view kBehindAValue =
    "the value ends before this: give what follows a line of its own, or put all of the value "
    "between quotes, with '' for a quote inside single ones and \\\" for one inside double ones";

bool has_bare_variable(std::string_view line) {
  const auto at = line.find("${");
  return at != std::string_view::npos && line.substr(0, at).find_first_of("\"'") == line.npos;
}

// What the line shows and the parser does not say; empty: nothing.
std::string_view words_of_line(std::string_view said, std::string_view line, std::size_t column) {
  const auto indent = std::min(line.find_first_not_of(" \t"), line.size());
  if (line.substr(0, indent).find('\t') != std::string_view::npos) return kTab;
  const std::string_view before = line.substr(indent, std::max(column, indent) - indent);
  // A key alone before its ":" was read on as the value of the key above.
  const bool is_key = before.find(": ") == std::string_view::npos;
  if (said.starts_with("illegal map value") && is_key) return kUneven;
  // Whatever is indented wrongly begins its line.
  const bool is_map = said.starts_with("end of map not found");
  if ((is_map || said.starts_with("end of sequence not found")) && !before.empty())
    return kBehindAValue;
  const bool is_flow =
      said.starts_with("end of map flow") || said.starts_with("end of sequence flow");
  if (is_flow && has_bare_variable(line)) return kVariable;
  return is_flow && (before.ends_with('\'') || before.ends_with('"')) ? kBehindAValue : "";
}

}  // namespace

std::string yaml_words(std::string_view said, std::string_view line, std::size_t column) {
  if (const auto words = words_of_line(said, line, column); !words.empty())
    return std::string(words);
  const auto known =
      std::ranges::find_if(kWords, [&](const auto& row) { return said.starts_with(row.first); });
  return known != kWords.end() ? std::string(known->second)
                               : "this is no YAML: " + std::string(said);
}

}  // namespace doorward::app::config
