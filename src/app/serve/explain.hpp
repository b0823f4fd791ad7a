// `doorward check --explain`: what the phases would do with a request.
//
// Why:     the very pipeline that `serve` runs is asked, over a log in memory that ends with the
//          call; so what is printed cannot differ from what happens.
// Threads: none but the shard's, which end before it returns.
#pragma once

#include "app/config/config.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace doorward::app {

// A query of `target` is taken off, as a route does.
Result<std::string> explain(const config::Config& config, std::string_view method,
                            std::string_view host, std::string_view target);

}  // namespace doorward::app
