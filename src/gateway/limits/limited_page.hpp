// What a browser is told that met a limit: a small page in its language.
//
// Why:     a visitor of a limited form should not see JSON; programs get problem+json as ever.
// Threads: pure functions.
// Bounds:  it asks again by itself when the limit lets it, and up to a quarter later, 30 s at most,
//          so that those who were refused together do not come together.
// Spec:    docs/rules.md, "What a refused browser sees".
#pragma once

#include "gateway/filter.hpp"

#include <cstdint>
#include <optional>

namespace doorward::gateway {

// `wait_s`: after which the request would pass; absent: it never does.
edge::Response limited_page(const Context& context, unsigned status,
                            std::optional<std::uint64_t> wait_s);

}  // namespace doorward::gateway
