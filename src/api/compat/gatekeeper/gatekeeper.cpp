#include "api/compat/gatekeeper/gatekeeper.hpp"

#include "api/compat/fastapi.hpp"
#include "api/compat/gatekeeper/calls.hpp"

namespace doorward::api::gatekeeper {
namespace {

constexpr compat::Row kRows[] = {
    {"POST", "/queue/enqueue", enqueue},
    {"GET", "/queue/status", status, status_now},
    {"GET", "/queue/verify", verify, verify_now},
    {"DELETE", "/queue/finish", finish},
    {"GET", "/config", read_config},
    {"POST", "/config", change_config, nullptr, "a business was changed"},
};

}  // namespace

constinit const compat::System kSystem{.name = "gatekeeper",
                                       .rows = kRows,
                                       .refuse = compat::refuse_with_detail,
                                       .redirects_slashes = true};

}  // namespace doorward::api::gatekeeper
