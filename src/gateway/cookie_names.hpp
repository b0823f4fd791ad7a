// What our cookies are called; under TLS `__Host-` stands before each, see wire::cookie_name.
//
// Threads: pure functions.
// Spec:    docs/api.md, "Who asks".
#pragma once

#include <string>
#include <string_view>

namespace doorward::gateway {

inline constexpr std::string_view kDeviceCookie = "doorward_device";
inline constexpr std::string_view kAdminCookie = "doorward_admin";
inline constexpr std::string_view kTicketCookies = "doorward_ticket_";  // and the room
inline constexpr std::string_view kPassCookies = "doorward_pass_";      // and the room

// "doorward_ticket_sale", "doorward_ticket_acme~sale" of a tenant's room.
std::string ticket_cookie(std::string_view room);
std::string pass_cookie(std::string_view room);

}  // namespace doorward::gateway
