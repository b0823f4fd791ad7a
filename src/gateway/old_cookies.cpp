#include "gateway/old_cookies.hpp"

#include "wire/cookie.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace doorward::gateway {
namespace {

std::vector<wire::CookieView> tickets_of(const wire::RequestHead& head) {
  std::vector<wire::CookieView> tickets;
  for (std::size_t i = 0; i < head.fields.size(); ++i) {
    if (!wire::equal_ignoring_case(head.fields[i].name, "Cookie")) continue;
    for (const wire::CookieView& cookie : wire::parse_cookies(head.fields[i].value))
      if (wire::plain_cookie_name(cookie.name).starts_with(kTicketCookies))
        tickets.push_back(cookie);
  }
  return tickets;
}

}  // namespace

void take_back_old_cookies(const wire::RequestHead& head, std::string_view room, Places& places,
                           wire::Fields& answer) {
  const std::vector<wire::CookieView> tickets = tickets_of(head);
  if (tickets.size() <= kManyTickets) return;
  const Tokens& tokens = places.services().tokens;
  for (std::size_t i = 0; i < std::min(tickets.size(), kMostLooked); ++i) {
    const auto token = tokens.read_ticket(tickets[i].value, places.now());
    if (!token || token->room == room || !places.is_over(*token)) continue;
    const std::string_view name = wire::plain_cookie_name(tickets[i].name);
    if (name != ticket_cookie(token->room)) continue;
    take_back_cookies(answer, token->room, name.size() < tickets[i].name.size());
  }
}

}  // namespace doorward::gateway
