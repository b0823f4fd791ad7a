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

}  // namespace

std::string yaml_words(std::string_view said, std::string_view line) {
  const std::string_view indent = line.substr(0, line.find_first_not_of(" \t"));
  if (indent.find('\t') != std::string_view::npos) return "a tab indents this line; use spaces";
  const auto known =
      std::ranges::find_if(kWords, [&](const auto& row) { return said.starts_with(row.first); });
  return known != kWords.end() ? std::string(known->second)
                               : "this is no YAML: " + std::string(said);
}

}  // namespace doorward::app::config
