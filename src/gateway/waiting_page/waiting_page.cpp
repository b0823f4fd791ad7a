#include "gateway/waiting_page/waiting_page.hpp"

#include "core/tenant/tenant.hpp"
#include "gateway/ticket_json.hpp"
#include "gateway/waiting_page/assets.hpp"
#include "gateway/waiting_page/colours.hpp"
#include "wire/rfc3339.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cassert>

namespace doorward::gateway {
namespace {

using wire::html::escape;
using wire::html::Template;

constexpr std::array<std::string_view, 3> kPageNames{"lang", "doorward_head", "doorward_body"};
constexpr std::array<std::string_view, 4> kHeadNames{"refresh", "title", "style", "lang"};
constexpr std::array<std::string_view, 27> kBodyNames{
    "state",         "logo",           "title",       "lead",       "place_hidden", "place_label",
    "position",      "progress_label", "eta_label",   "eta",        "ahead_label",  "ahead",
    "waiting_label", "waiting",        "next_hidden", "next_label", "next",         "no_script",
    "actions",       "data",           "script",      "lang",       "opens_hidden", "opens_label",
    "opens_in",      "opens_at",       "opens_utc"};

std::string style_of(const RoomDisplay& display) {
  std::string style(asset("page.css"));
  style += colour_rules(display.light, Scheme::light);
  style += colour_rules(display.dark, Scheme::dark);
  return style;
}

// An operator's page may bring styles of its own; a script of its own comes as a file of this site.
std::string security_policy_of(std::string_view style, bool own_page) {
  return "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
         "connect-src 'self'; img-src 'self' data:; font-src 'self'; style-src " +
         (own_page ? std::string("'self' 'unsafe-inline'") : sha256_source(style)) +
         "; script-src " + (own_page ? "'self' " : "") + sha256_source(asset("page.js"));
}

Result<> check_logo(const std::string& logo) {
  if (logo.empty() || is_local_path(logo) || logo.starts_with("data:image/")) return {};
  return error(
      Errc::invalid,
      "display.logo: '" + logo.substr(0, 60) +
          "' is neither a path of this site nor an image file; the page asks no other site");
}

// JSON inside a script element must not hold "</script" or "<!--".
std::string for_script(std::string json) {
  for (auto at = json.find('<'); at != std::string::npos; at = json.find('<', at))
    json.replace(at, 1, "\\u003c");
  return json;
}

bool has_place(const PageRequest& request) {
  return request.ticket && request.ticket->state == room::TicketState::waiting &&
         request.ticket->position;
}

bool is_waiting(const PageRequest& request) {
  return request.ticket && request.ticket->state == room::TicketState::waiting;
}

// The room itself is over, and to join again is no offer.
bool takes_nobody(const PageRequest& request) {
  using room::CloseReason;
  if (request.trouble != Trouble::none || !request.ticket)
    return request.trouble == Trouble::closed;
  const CloseReason reason = request.ticket->reason;
  return request.ticket->state == room::TicketState::closed &&
         (reason == CloseReason::room_closed || reason == CloseReason::room_removed);
}

// Then the place is that in one line, and others go in between.
bool has_lanes(const room::Policy& policy) { return policy.lanes.size() > 1; }

// How the page keeps itself true without its script. One that is over stays: to ask again would be
// to join again, or to fetch the form's address, where there is nothing.
std::string without_script(std::string_view name, const PageRequest& request, const Words& words) {
  if (request.ticket && request.ticket->state == room::TicketState::closed) return "";
  if (name == "refresh")
    return "<noscript><meta http-equiv=\"refresh\" content=\"" + std::to_string(request.again_s) +
           "\"></noscript>";
  return "<noscript><p class=\"dw-note\">" +
         escape(words.count("no_script", "refresh", request.again_s)) + "</p></noscript>";
}

}  // namespace

bool is_local_path(std::string_view path) {
  if (path.empty() || path[0] != '/' || (path.size() > 1 && path[1] == '/')) return false;
  return std::none_of(path.begin(), path.end(),
                      [](unsigned char c) { return c == '\\' || c < 0x20 || c == 0x7f; });
}

Result<WaitingPage> WaitingPage::make(std::string room, const room::Policy& policy,
                                      RoomDisplay display, std::string base) {
  for (const auto& checked : {check_colours(display.light, Scheme::light),
                              check_colours(display.dark, Scheme::dark), check_logo(display.logo)})
    if (checked.has_error()) return checked.error();
  auto page = Template::parse(display.page.empty() ? asset("page.html") : display.page, kPageNames);
  if (page.has_error()) return error(page.error().code, "display.page: " + page.error().what);
  for (const char* name : {"doorward_head", "doorward_body"})
    if (!page->uses(name))
      return error(Errc::invalid,
                   std::string("display.page: the page must hold {{{") + name + "}}}");
  WaitingPage made;
  const auto [tenant, name] = tenant::split(room);
  made.room_ = name;
  made.policy_ = policy;
  made.base_ = std::move(base);
  if (!tenant.empty()) (made.base_ += "/tenants/") += tenant;
  made.style_ = style_of(display);
  made.security_policy_ = security_policy_of(made.style_, !display.page.empty());
  made.display_ = std::move(display);
  made.page_ = std::move(*page);
  made.head_ = Template::parse(asset("head.html"), kHeadNames).value();
  made.body_ = Template::parse(asset("body.html"), kBodyNames).value();
  return made;
}

const std::string& WaitingPage::title(const Words& words) const {
  const auto own = display_.titles.find(words.language());
  if (own != display_.titles.end()) return own->second;
  return display_.title.empty() ? room_ : display_.title;
}

std::string WaitingPage::lead(const PageRequest& request, const Words& words) const {
  if (request.trouble == Trouble::unavailable) return words["lead_unavailable"];
  if (request.trouble == Trouble::full) return words["lead_full"];
  if (request.trouble == Trouble::sold_out) return words["lead_sold_out_new"];
  if (request.trouble == Trouble::closed || !request.ticket) return words["closed_room_closed"];
  const auto& ticket = *request.ticket;
  if (ticket.state == room::TicketState::closed) {
    const std::string key = std::string("closed_") + room::to_string(ticket.reason);
    return words[words.has(key) ? key : "closed"];
  }
  if (ticket.state == room::TicketState::admitted) return words["admitted"];
  const std::string_view halt = halt_of(ticket, policy_.mode == room::Mode::paused);
  if (!halt.empty()) return words["lead_" + std::string(halt)];
  return words[opening_of(policy_, request.now) ? "lead_opens" : "lead_waiting"];
}

// When it opens; without the script in words, and as the one time that is right everywhere.
std::string WaitingPage::opening(std::string_view name, const PageRequest& request,
                                 const Words& words) const {
  const auto opens_at = is_waiting(request) ? opening_of(policy_, request.now) : std::nullopt;
  if (name == "opens_hidden") return opens_at ? "" : " hidden";
  if (name == "opens_label")
    return words[opens_at && halt_of(*request.ticket, false) == "draw" ? "draws_label" : name];
  if (!opens_at) return "";
  if (name == "opens_in") return words.until(*opens_at - request.now);
  std::string time = wire::format_rfc3339(*opens_at);
  if (name == "opens_at") return time;
  time = wire::format_rfc3339(std::chrono::ceil<std::chrono::seconds>(*opens_at));
  time.resize(time.compare(16, 3, ":00") == 0 ? 16 : 19);  // "2026-05-01T12:00", or with seconds
  time[10] = ' ';
  return time + " UTC";
}

std::string WaitingPage::next_steps(const PageRequest& request, const Words& words) const {
  std::string list;
  const auto add = [&](const std::string& sentence) {
    list += "<li>" + escape(sentence) + "</li>";
  };
  if (has_lanes(policy_)) add(words["next_lanes"]);
  add(words["next_auto"]);
  if (policy_.claim_ttl)
    add(words.fill("next_claim", {{"claim", words.duration(*policy_.claim_ttl)}}));
  if (!policy_.liveness_silence)
    add(words["next_return"]);
  else if (policy_.liveness_grace < std::chrono::seconds(1))
    add(words["next_liveness_strict"]);
  else
    add(words.fill("next_liveness", {{"grace", words.duration(policy_.liveness_grace)}}));
  if (request.body_was_sent) add(words["next_post"]);
  return list;
}

std::string WaitingPage::actions(const PageRequest& request, const Words& words) const {
  if (is_waiting(request))
    return "<form method=\"post\" action=\"" +
           escape(base_ + "/rooms/" + room_ + "/tickets/self/leave") + "\"><button>" +
           escape(words["leave"]) + "</button></form>";
  if (takes_nobody(request)) return "";
  // Who could not join was in no line before.
  const char* offer = request.trouble == Trouble::none ? "again" : "try_again";
  return "<a class=\"dw-button\" href=\"" + escape(request.go_on) + "\">" + escape(words[offer]) +
         "</a>";
}

std::string WaitingPage::data(const PageRequest& request, const Words& words) const {
  boost::json::object data{
      {"base", base_},         {"room", room_},          {"lang", words.language()},
      {"title", title(words)}, {"go_on", request.go_on}, {"messages", words.messages()}};
  if (request.ticket_json.empty())
    data["retry_s"] = request.again_s;
  else
    data["ticket"] = boost::json::parse(request.ticket_json);
  if (has_lanes(policy_)) data["lanes"] = true;
  data["now"] = request.now.time_since_epoch().count();
  return for_script(boost::json::serialize(data));
}

std::string WaitingPage::value(std::string_view name, const PageRequest& request,
                               const Words& words) const {
  const auto& ticket = request.ticket;
  const bool placed = has_place(request);
  if (name == "title") return title(words);
  if (name == "lang") return words.language();
  if (name == "style") return style_;
  if (name == "script") return std::string(asset("page.js"));
  if (name == "refresh" || name == "no_script") return without_script(name, request, words);
  if (name == "state") return ticket ? room::to_string(ticket->state) : "none";
  if (name == "lead") return lead(request, words);
  if (name == "place_hidden") return placed ? "" : " hidden";
  if (name == "next_hidden") return is_waiting(request) ? "" : " hidden";
  if (name == "position") return placed ? words.number(*ticket->position) : "";
  if (name == "ahead") return placed ? words.number(*ticket->position - 1) : "";
  if (name == "waiting") return placed ? words.number(ticket->waiting) : "";
  if (name == "eta") return placed ? words.eta(ticket->eta) : "";
  if (name == "next") return next_steps(request, words);
  if (name.starts_with("opens_")) return opening(name, request, words);
  if (name == "actions") return actions(request, words);
  if (name == "data") return data(request, words);
  if (name == "logo")
    return display_.logo.empty() ? ""
                                 : "<img id=\"dw-logo\" src=\"" + escape(display_.logo) +
                                       "\" alt=\"" + escape(display_.logo_text) + "\">";
  // The labels are named as their places.
  const std::string in_lane = std::string(name) + "_lane";
  return words[has_lanes(policy_) && words.has(in_lane) ? in_lane : name];
}

Page WaitingPage::render(const PageRequest& request) const {
  assert(is_local_path(request.go_on));
  const Words& words = languages_.choose(request.accept_language);
  const auto of = [&](std::string_view name) { return value(name, request, words); };
  Page page{{}, words.language(), security_policy_};
  page.html = page_.render([&](std::string_view name) -> std::string {
    if (name == "doorward_head") return head_.render(of);
    if (name == "doorward_body") return body_.render(of);
    return of(name);
  });
  return page;
}

}  // namespace doorward::gateway
