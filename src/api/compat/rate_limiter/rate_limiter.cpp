#include "api/compat/rate_limiter/rate_limiter.hpp"

#include "api/compat/rate_limiter/calls.hpp"

namespace doorward::api::rate_limiter {
namespace {

constexpr compat::Row kRows[] = {
    {"GET", "/api/data", nullptr, data},
    {"POST", "/api/submit", submit},
    {"GET", "/admin/configs", list_configs},
    {"POST", "/admin/configs", add_config, nullptr, "a rule was created"},
    {"PUT", "/admin/configs/{endpoint}", change_config, nullptr, "a rule was changed"},
    {"DELETE", "/admin/configs/{endpoint}", remove_config, nullptr, "a rule was removed"},
    {"GET", "/admin/stats", all_stats},
    {"GET", "/admin/stats/{client_id}", stats_of_client},
    {"GET", "/events/{client_id}", event_stream},
    {"GET", "/ws/{client_id}", socket},
};

}  // namespace

constinit const compat::System kSystem{.name = "rate_limiter",
                                       .rows = kRows,
                                       .refuse = compat::refuse_with_detail,
                                       .redirects_slashes = true};

}  // namespace doorward::api::rate_limiter
