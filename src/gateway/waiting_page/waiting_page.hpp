// The page that a waiting visitor sees: rendered for one ticket, in one language, with one room's
// looks.
//
// Why:     the page is true without JavaScript (it is rendered with the place and reloads itself)
//          and better with it (web/waiting/page.js streams). It asks nothing of any other site.
// Ownership: a WaitingPage holds everything that it renders from; results are plain strings.
// Threads: const-safe.
// Bounds:  a page is under 50 KB, an operator's own template and logo aside.
// Errors:  `make` answers invalid and names the display setting and the remedy.
// Spec:    docs/waiting-page.md; Content Security Policy level 3.
#pragma once

#include "base/result.hpp"
#include "core/room/view.hpp"
#include "gateway/waiting_page/words.hpp"
#include "wire/html/template.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::gateway {

// CSS colours as "#rgb" or "#rrggbb"; empty: the page's own.
struct Colours {
  std::string accent, background, card, text;
};

// How a room shows itself.
struct RoomDisplay {
  std::string title;                          // empty: the room's name
  std::map<std::string, std::string> titles;  // by language, before `title`
  std::string logo;                           // a path of this site, or a data: URI of an image
  std::string logo_text;                      // for those who do not see it
  Colours light, dark;
  std::string
      page;  // the operator's own page; must hold {{{doorward_head}}} and {{{doorward_body}}}
};

// Why there is no place to show.
enum class Trouble : std::uint8_t { none, unavailable, full, closed, sold_out };

struct PageRequest {
  std::string_view accept_language;
  std::string_view go_on;        // path and query that was asked for; see `is_local_path`
  std::string_view ticket_json;  // the Ticket, as a program would get it; empty without one
  std::optional<room::TicketView> ticket;
  LogTime now{};  // for a ticket that waits: how long it is until the room opens
  Trouble trouble = Trouble::none;
  unsigned again_s = 10;       // when the page without JavaScript asks again
  bool body_was_sent = false;  // a POST that was not passed on
};

struct Page {
  std::string html;
  std::string language;
  std::string security_policy;  // for Content-Security-Policy
};

class WaitingPage {
 public:
  // `base` is where the native calls live: "/.doorward/v1"; `room` has its full name.
  static Result<WaitingPage> make(std::string room, const room::Policy& policy, RoomDisplay display,
                                  std::string base);
  Page render(const PageRequest& request) const;

 private:
  WaitingPage() = default;
  const std::string& title(const Words& words) const;
  std::string value(std::string_view name, const PageRequest& request, const Words& words) const;
  std::string lead(const PageRequest& request, const Words& words) const;
  std::string next_steps(const PageRequest& request, const Words& words) const;
  std::string actions(const PageRequest& request, const Words& words) const;
  std::string data(const PageRequest& request, const Words& words) const;
  std::string opening(std::string_view name, const PageRequest& request, const Words& words) const;

  Languages languages_;
  std::string room_;
  room::Policy policy_;
  RoomDisplay display_;
  std::string base_;
  std::string style_;
  std::string security_policy_;
  wire::html::Template page_, head_, body_;
};

// Whether `path` stays on this site: it begins with one '/', and holds no backslash or control
// character.
bool is_local_path(std::string_view path);

}  // namespace doorward::gateway
