#include "app/config/describe_rooms.hpp"

#include "app/config/address.hpp"
#include "app/config/form.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace doorward::app::config {
namespace {

const Within kAnyTtl{room::kMinTtl, room::kMaxTtl};
const Text kPattern{"a path pattern, such as /buy, /buy/* or /buy/**", 1024, is_path_pattern};
const Text kHost{"a host, such as shop.example or *.shop.example", 253, is_host_pattern};
const Text kMethod{"a method, such as GET", 32, is_method};
const Text kColour{"a colour, such as #1a73e8", 7, is_colour};

void describe_admission(Form& form, room::Policy& p) {
  form.field("capacity", p.capacity, "Most sessions at once. Absent: no such limit.",
             Range{1, room::kMaxPeople});
  form.group(
      "admit", "How fast visitors are let in: at most `count` in every interval of `every`.",
      [&](Form& g) {
        p.admit.emplace();
        g.required("count", p.admit->count, "Admissions in one interval.",
                   Range{1, room::kMaxRateCount});
        g.field("every", p.admit->every, "The interval.", Within{room::kMinEvery, room::kMaxEvery});
        g.field("rounds", p.admit->rounds,
                "Up to `count` enter together at every beat of `every`, nobody between.");
      });
  form.group("session", "An admitted visitor's time inside.", [&](Form& g) {
    g.field("ttl", p.session_ttl, "How long it lasts.", kAnyTtl);
    g.field("renew", p.renew, "`use`: every request through the gate begins it anew.",
            Names<room::Renew>{{"use", room::Renew::use}, {"never", room::Renew::never}});
  });
  form.group("claim", "", [&](Form& g) {
    g.field("ttl", p.claim_ttl, "How long an admitted visitor may take to arrive.", kAnyTtl);
  });
}

// A number with up to three decimals, kept in thousandths.
Scalar factor_scalar(std::uint32_t& slot) {
  Scalar scalar;
  scalar.expected = "a number from 0.001 to 1000, such as 1.5";
  scalar.type = "number";
  scalar.schema = {{"type", "number"}, {"minimum", 0.001}, {"maximum", 1000}};
  scalar.set = [&slot](const Node& node) {
    constexpr double kWhole = 1'000;
    double factor = 0;
    const char* const last = node.text.data() + node.text.size();
    const auto [end, problem] = std::from_chars(node.text.data(), last, factor);
    const bool is_number =
        node.kind == Node::Kind::scalar && !node.quoted && end == last && problem == std::errc();
    if (!is_number || !(factor >= 1 / kWhole && factor <= room::kMaxFactor / kWhole)) return false;
    slot = static_cast<std::uint32_t>(std::lround(factor * kWhole));
    return true;
  };
  return scalar;
}

void describe_stock(Form& form, room::Policy& p) {
  form.group("stock",
             "What the room sells. While nothing of it is available, nobody may join or is let in; "
             "those who wait keep their places.",
             [&](Form& g) {
               p.stock.emplace();
               g.required("inventory", p.stock->inventory, "The inventory.",
                          Text{"the name of an inventory", 64});
               g.scalar("factor", factor_scalar(p.stock->factor),
                        "Never more inside than so many times what is not sold yet. Absent: no "
                        "such limit.",
                        Presence::optional);
             });
}

void describe_queue(Form& form, room::Policy& p) {
  form.field("order", p.order,
             "`fifo`: as they came; `draw`: those who come before the opening are drawn by lot.",
             Names<room::Order>{{"fifo", room::Order::fifo}, {"draw", room::Order::draw}});
  form.list("lanes", "Priority classes; absent: one, named `default`.", [&](Form& item) {
    room::Lane& lane = p.lanes.emplace_back();
    item.required("name", lane.name, "Name of the lane.", Text{"text", 64});
    item.field("share", lane.share, "Its parts of the admissions.", Range{1, room::kMaxShare});
  });
  form.field("rejoin", p.rejoin, "What joining again does to a place.",
             Names<room::Rejoin>{{"keep", room::Rejoin::keep}, {"to_back", room::Rejoin::to_back}});
  form.group("liveness", "Waiters who have gone away.", [&](Form& g) {
    g.field("silence", p.liveness_silence,
            "Who was silent for longer is passed over at the turn. Absent: nobody is.",
            Within{room::kMinSilence, room::kMaxSilence});
    g.field("grace", p.liveness_grace, "How long a passed-over place is kept.",
            Within{Millis{0}, room::kMaxGrace});
  });
  form.field("present_only", p.present_only,
             "Only who has an open stream or socket is let in; others keep their places for "
             "`liveness.grace`.");
  form.field("max_waiting", p.max_waiting, "Most waiting; joins beyond it are refused.",
             Range{1, room::kMaxPeople});
}

void describe_colours(Form& form, gateway::Colours& colours) {
  form.field("accent", colours.accent, "Of the progress bar and the buttons.", kColour);
  form.field("background", colours.background, "Behind everything.", kColour);
  form.field("card", colours.card, "Behind the text.", kColour);
  form.field("text", colours.text, "Of the text.", kColour);
}

void describe_display(Form& form, RoomSettings& room) {
  gateway::RoomDisplay& display = room.display;
  form.field("title", display.title, "Heading; absent: the room's name.", Text{"text", 200});
  form.group("titles", "The heading by language, before `title`.", [&](Form& g) {
    for (const char* language : {"en", "ko", "ja", "zh", "es"}) {
      std::string title;
      g.field(language, title, "", Text{"text", 200});
      if (!title.empty()) display.titles.emplace(language, std::move(title));
    }
  });
  form.field("logo", display.logo, "Path of an image on this site, or a `data:` address of one.",
             Text{"a path such as /logo.svg, or data:image/…", 64U << 10});
  form.field("logo_text", display.logo_text, "What the logo says, for those who do not see it.",
             Text{"text", 200});
  form.group("light", "Colours on light screens.",
             [&](Form& g) { describe_colours(g, display.light); });
  form.group("dark", "Colours on dark screens.",
             [&](Form& g) { describe_colours(g, display.dark); });
  form.field("page", room.page_file,
             "File with a page of your own, beside the configuration; see docs/waiting-page.md.",
             Text{"a path of a file", 4096});
}

void describe_match(Form& form, route::Match& match) {
  form.alias("path", "paths");
  form.alias("host", "hosts");
  form.alias("method", "methods");
  form.fields("paths", match.paths, "Path patterns: `/buy`, `/buy/*` (one segment), `/buy/**`.",
              kPattern);
  form.fields("hosts", match.hosts, "Host names; `*.shop.example` for all below.", kHost);
  form.fields("methods", match.methods, "Methods.", kMethod);
}

}  // namespace

void describe(Form& form, room::Policy& p) {
  describe_admission(form, p);
  describe_queue(form, p);
  form.field("opens_at", p.opens_at, "Before it people may queue up, but nobody is let in.");
  form.field("closes_at", p.closes_at, "Closed from then on: whoever waits is sent away.");
  form.field("mode", p.mode,
             "`paused`: joins but no admissions; `closed`: neither; `bypass`: everybody passes.",
             Names<room::Mode>{{"open", room::Mode::open},
                               {"paused", room::Mode::paused},
                               {"closed", room::Mode::closed},
                               {"bypass", room::Mode::bypass}});
  describe_stock(form, p);
}

void describe(Form& form, std::string_view name, RoomSettings& room) {
  room.name = name;
  room.at = form.place("");
  describe(form, room.policy);
  form.group("display", "How the waiting page looks.", [&](Form& g) { describe_display(g, room); });
  form.group("match", "In short for a route to this room; routes of the same path come first.",
             [&](Form& g) { describe_match(g, room.match.emplace()); });
  form.field("upstream", room.upstream,
             "Where the requests of `match` go; absent: to the only upstream, if there is one.",
             Text{"the name of an upstream", 64});
  room.upstream_at = form.place("upstream");
  room.stock_at = form.place("stock.inventory");
  room.logo_at = form.place("display.logo");
  room.page_at = form.place("display.page");
  if (name != "NAME" && !room::is_valid_room_name(name)) {
    form.fail("",
              "expected a room name of 1 to 64 of a-z, 0-9, '.', '_', '-', "
              "beginning with a letter or a digit");
  }
  if (!form.sound()) return;
  if (const auto valid = room::validate(room.policy); !valid) form.refuse(valid.error().what);
}

void describe(Form& form, RouteSettings& route) {
  route.at = form.place("");
  form.field("name", route.route.name, "Name, as it is shown in logs.", Text{"text", 64});
  describe_match(form, route.route.match);
  form.field("room", route.route.room, "The room that stands before it. Absent: not gated.",
             Text{"the name of a room", room::kMaxFullName});
  form.field("upstream", route.route.upstream,
             "Where it goes. Absent: answered 200 to whoever may pass, for another proxy to ask.",
             Text{"the name of an upstream", 64});
  form.field("waiting_status", route.route.waiting_status,
             "Status of the answer to a program that must wait.", Range{200, 599});
  form.field("entry", route.route.entry,
             "`anyone`: whoever has no place in the room is given one; `user`: only the user of a "
             "verified JWT goes in, and who has not joined by a call is answered 403.",
             Names<route::Entry>{{"anyone", route::Entry::anyone}, {"user", route::Entry::user}});
  form.field("renews", route.route.renews,
             "A room: requests of users who are inside count as use of their session. Nobody is "
             "stopped.",
             Text{"the name of a room", 64});
  form.field("strip_prefix", route.route.strip_prefix,
             "Taken off the path on the way to the upstream: `/shop` makes `/shop/docs` `/docs`.",
             Text{"a path, such as /shop", 1'024, is_path_prefix});
  route.room_at = form.place("room");
  route.renews_at = form.place("renews");
  route.upstream_at = form.place("upstream");
}

}  // namespace doorward::app::config
