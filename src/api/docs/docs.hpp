// The pages that show the OpenAPI document: `/docs` (Swagger UI) and `/redoc`, and their parts
// below `/.doorward/docs/`.
//
// Why:     made from web/docs and kept in the program, compressed once at its build; who cannot
//          take gzip is given it unpacked. They ask nothing of any other host.
// Threads: const.
// Spec:    docs/api.md.
#pragma once

#include "api/call.hpp"

#include <string_view>

namespace doorward::api {

// Where no route takes them; below "/.doorward" always.
bool is_docs(std::string_view path);
edge::Response docs(const Call& call);

}  // namespace doorward::api
