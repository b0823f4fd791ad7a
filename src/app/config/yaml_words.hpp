// What is wrong with a text that is no YAML, in words that say how to mend it.
//
// Why:     the parser says "illegal map value"; whoever wrote the file wants to know which
//          character to change.
// Threads: const-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace doorward::app::config {

// `said` is the parser's message, one that is not known stays as it is; it stopped in `line` behind
// so many bytes.
std::string yaml_words(std::string_view said, std::string_view line, std::size_t column);

}  // namespace doorward::app::config
