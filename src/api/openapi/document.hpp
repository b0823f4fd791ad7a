// The OpenAPI document: the native calls, and those of each compatible system that is on.
//
// Why:     each system describes its calls beside its handlers (compat/<system>/openapi.json:
//          `tags`, `paths`, `components`), and the whole is put together once, at the start.
// Threads: pure function.
// Errors:  a description in the program that is no JSON, or that names something twice, is a fault
//          of ours; the tests find it.
// Spec:    OpenAPI 3.1; docs/architecture.md, "Compatible systems".
#pragma once

#include "api/compat/system.hpp"

#include <span>
#include <string>

namespace doorward::api {

std::string document(std::span<const compat::System* const> systems);

}  // namespace doorward::api
