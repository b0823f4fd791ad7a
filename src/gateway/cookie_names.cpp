#include "gateway/cookie_names.hpp"

#include <algorithm>

namespace doorward::gateway {
namespace {

// A cookie's name takes no slash, and no name of a room has a tilde.
std::string name_of(std::string_view kind, std::string_view room) {
  std::string name = std::string(kind).append(room);
  std::ranges::replace(name, '/', '~');
  return name;
}

}  // namespace

std::string ticket_cookie(std::string_view room) { return name_of(kTicketCookies, room); }
std::string pass_cookie(std::string_view room) { return name_of(kPassCookies, room); }

}  // namespace doorward::gateway
