#include "gateway/old_cookies.hpp"

#include "wire/cookie.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace doorward::gateway {
namespace {

constexpr std::string_view kSecure = "__Host-";
constexpr std::string_view kTicket = "doorward_ticket_";

bool is_ticket(const wire::CookieView& cookie) {
  return cookie.name.starts_with(kTicket) ||
         (cookie.name.starts_with(kSecure) &&
          cookie.name.substr(kSecure.size()).starts_with(kTicket));
}

std::vector<wire::CookieView> tickets_of(const wire::RequestHead& head) {
  std::vector<wire::CookieView> tickets;
  for (std::size_t i = 0; i < head.fields.size(); ++i) {
    if (!wire::equal_ignoring_case(head.fields[i].name, "Cookie")) continue;
    for (const wire::CookieView& cookie : wire::parse_cookies(head.fields[i].value))
      if (is_ticket(cookie)) tickets.push_back(cookie);
  }
  return tickets;
}

void take_back(wire::Fields& answer, std::string_view name, bool secure) {
  const wire::SetCookie gone{.name = wire::cookie_name(name, secure),
                             .value = "",
                             .max_age = std::chrono::seconds{0},
                             .secure = secure};
  if (const auto text = wire::build_set_cookie(gone)) answer.append("Set-Cookie", *text);
}

}  // namespace

void take_back_old_cookies(const wire::RequestHead& head, std::string_view room, Places& places,
                           wire::Fields& answer) {
  const std::vector<wire::CookieView> tickets = tickets_of(head);
  if (tickets.size() <= kManyTickets) return;
  const Tokens& tokens = places.services().tokens;
  for (std::size_t i = 0; i < std::min(tickets.size(), kMostLooked); ++i) {
    const bool secure = tickets[i].name.starts_with(kSecure);
    const auto token = tokens.read_ticket(tickets[i].value, places.now());
    if (!token || token->room == room || !places.is_over(*token)) continue;
    if (tickets[i].name != wire::cookie_name(ticket_cookie(token->room), secure)) continue;
    take_back(answer, ticket_cookie(token->room), secure);
    take_back(answer, pass_cookie(token->room), secure);
  }
}

}  // namespace doorward::gateway
