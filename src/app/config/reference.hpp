// The two descriptions of the settings that people and editors read, written from the forms.
//
// Why:     docs/doorward.schema.json and the tables of docs/configuration.md are this output, held
//          to it by a test.
// Threads: single owner.
#pragma once

#include <string>

namespace doorward::app::config {

std::string json_schema();         // draft 2020-12, indented
std::string markdown_reference();  // one table for each top-level key

}  // namespace doorward::app::config
