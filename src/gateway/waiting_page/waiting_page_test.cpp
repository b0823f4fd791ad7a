#include "gateway/waiting_page/waiting_page.hpp"

#include <gtest/gtest.h>

namespace doorward::gateway {
namespace {

room::TicketView waiting_ticket() {
  room::TicketView ticket;
  ticket.state = room::TicketState::waiting;
  ticket.position = 1201;
  ticket.waiting = 5000;
  ticket.eta = room::Eta{240, 420};
  return ticket;
}

WaitingPage page(RoomDisplay display = {}, room::Policy policy = {}) {
  return WaitingPage::make("sale", policy, std::move(display), "/.doorward/v1").value();
}

PageRequest request(std::string_view language = "en") {
  PageRequest asked;
  asked.accept_language = language;
  asked.go_on = "/buy?seat=7";
  asked.ticket = waiting_ticket();
  asked.ticket_json = R"({"state":"waiting","position":1201})";
  return asked;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(WaitingPage, ShowsThePlaceAndTheEstimateWithoutJavaScript) {
  const auto html = page().render(request()).html;
  EXPECT_TRUE(has(html, ">1,201</p>")) << html;
  EXPECT_TRUE(has(html, ">1,200</dd>"));
  EXPECT_TRUE(has(html, ">4 to 7 minutes</dd>"));
  EXPECT_TRUE(has(html, R"(<noscript><meta http-equiv="refresh" content="10"></noscript>)"));
  EXPECT_TRUE(
      has(html, R"(<form method="post" action="/.doorward/v1/rooms/sale/tickets/self/leave">)"));
}

TEST(WaitingPage, IsUnderFiftyKilobytesInEveryLanguageAndAsksNoOtherSite) {
  for (const char* language : {"en", "ko", "ja", "zh", "es"}) {
    const auto rendered = page().render(request(language));
    EXPECT_EQ(rendered.language, language);
    EXPECT_LT(rendered.html.size(), 50'000u) << language;
    EXPECT_FALSE(has(rendered.html, "http://")) << language;
    EXPECT_FALSE(has(rendered.html, "https://")) << language;
    EXPECT_FALSE(has(rendered.html, "{{")) << language;
  }
}

TEST(WaitingPage, SaysInEveryLanguageThatAllIsSoldOut) {
  const std::pair<const char*, const char*> table[] = {{"en", "sold out or held"},
                                                       {"ko", "매진되었거나 선점되어"},
                                                       {"ja", "売り切れ、または確保"},
                                                       {"zh", "已全部售罄"},
                                                       {"es", "agotado o reservado"}};
  for (const auto& [language, part] : table) {
    PageRequest waiting = request(language);
    const auto lead = [&] {
      const std::string html = page().render(waiting).html;
      const auto from = html.find("<p id=\"dw-lead\">");
      return html.substr(from, html.find("</p>", from) - from);
    };
    EXPECT_FALSE(has(lead(), part)) << language;
    waiting.ticket->sold_out = true;
    EXPECT_TRUE(has(lead(), part)) << language;
    waiting.ticket.reset();
    waiting.trouble = Trouble::sold_out;
    EXPECT_TRUE(has(lead(), part)) << language;
  }
}

TEST(WaitingPage, SaysInEveryLanguageThatThePlaceIsThatInOneOfSeveralLines) {
  const struct {
    const char* language;
    const char* place;
    const char* in_lane;
    const char* others;
  } rows[] = {
      {"en", "Your place in line", "Your place in your line", "people from the others go in"},
      {"ko", "나의 대기 순서", "내 줄에서의 순서", "다른 줄에 계신 분들도"},
      {"ja", "あなたの順番", "あなたの列での順番", "ほかの列の方も"},
      {"zh", "您的排队位置", "您在本队中的位置", "其他队伍的人"},
      {"es", "Su puesto en la cola", "Su puesto en su fila", "personas de las otras"},
  };
  room::Policy several;
  several.lanes = {{"normal", 1}, {"gold", 1000}};
  room::Policy one;
  one.lanes = {{"normal", 1}};
  const auto label = [](const char* text) { return ">" + std::string(text) + "</p>"; };
  for (const auto& row : rows) {
    for (const room::Policy& policy : {room::Policy(), one}) {
      const auto html = page({}, policy).render(request(row.language)).html;
      EXPECT_TRUE(has(html, label(row.place))) << row.language;
      EXPECT_FALSE(has(html.substr(0, html.find("<script")), row.others)) << row.language;
      EXPECT_FALSE(has(html, R"("lanes":true)")) << row.language;
    }
    const auto html = page({}, several).render(request(row.language)).html;
    EXPECT_TRUE(has(html, label(row.in_lane))) << row.language;
    EXPECT_TRUE(has(html.substr(0, html.find("<script")), row.others)) << row.language;
    EXPECT_TRUE(has(html, R"("lanes":true)")) << "for the script";
  }
}

TEST(WaitingPage, ScriptAndStyleAreAllowedByTheirHashesOnly) {
  const auto policy = page().render(request()).security_policy;
  EXPECT_TRUE(has(policy, "default-src 'none'"));
  EXPECT_TRUE(has(policy, "script-src 'sha256-"));
  EXPECT_TRUE(has(policy, "style-src 'sha256-"));
  EXPECT_FALSE(has(policy, "unsafe"));
}

TEST(WaitingPage, TextFromOutsideCannotBecomeMarkup) {
  RoomDisplay display;
  display.title = "<script>alert(1)</script>";
  auto asked = request();
  asked.go_on = "/buy?q=\"><script>";
  asked.ticket_json = R"({"state":"waiting","position":1,"token":"</script><b>"})";
  const auto html = page(display).render(asked).html;
  EXPECT_FALSE(has(html, "<script>alert"));
  EXPECT_FALSE(has(html, "\"><script>"));
  EXPECT_FALSE(has(html, "</script><b>"));
}

TEST(WaitingPage, BeforeADrawThereIsNoPlaceToShow) {
  auto asked = request();
  asked.ticket->position.reset();
  const auto html = page().render(asked).html;
  EXPECT_TRUE(has(html, R"(<div id="dw-place" hidden>)"));
  EXPECT_TRUE(has(html, "You are in the draw."));
}

// A room that opens on 1 May 2026 at 12:00:00, as it is seen 12 minutes and a bit before.
room::Policy opens_at_noon() {
  room::Policy policy;
  policy.opens_at = LogTime(Millis(1'777'636'800'000));
  return policy;
}
constexpr LogTime kBeforeNoon{Millis(1'777'636'800'000 - 720'001)};

TEST(WaitingPage, SaysWhenTheRoomOpens) {
  auto asked = request();
  asked.now = kBeforeNoon;
  const auto html = page({}, opens_at_noon()).render(asked).html;
  for (const char* part :
       {R"(<div id="dw-opens">)", ">Opens in</p>", ">About 13 minutes</span>",
        R"(<time id="dw-opens-at" datetime="2026-05-01T12:00:00.000Z">2026-05-01 12:00 UTC</time>)",
        "You are in the queue, which is not open yet.", R"("now":1777636079999)"})
    EXPECT_TRUE(has(html, part)) << part;
  auto odd = opens_at_noon();
  odd.opens_at = *odd.opens_at + Millis(29'001);
  EXPECT_TRUE(has(page({}, odd).render(asked).html, ">2026-05-01 12:00:30 UTC</time>"));
}

TEST(WaitingPage, SaysInEveryLanguageWhenItDrawsAndThatComingEarlierIsNoAdvantage) {
  const struct {
    const char* language;
    const char* label;
    const char* time;
    const char* no_advantage;
  } rows[] = {
      {"en", "The draw is in", "About 13 minutes", "joining earlier brings no advantage"},
      {"es", "El sorteo es en", "Aproximadamente 13 minutos", "llegar antes no da ventaja"},
      {"ko", "추첨까지", "약 13분", "먼저 와도 유리하지 않습니다"},
      {"ja", "抽選まで", "約13分", "早く来ても有利にはなりません"},
      {"zh", "距离抽签还有", "约13分钟", "提前加入没有优势"},
  };
  auto policy = opens_at_noon();
  policy.order = room::Order::draw;
  for (const auto& row : rows) {
    auto asked = request(row.language);
    asked.now = kBeforeNoon;
    asked.ticket->position.reset();
    const auto html = page({}, policy).render(asked).html;
    EXPECT_TRUE(has(html, std::string(">") + row.label + "</p>")) << row.language;
    EXPECT_TRUE(has(html, std::string(">") + row.time + "</span>")) << row.language;
    EXPECT_TRUE(has(html, row.no_advantage)) << row.language;
  }
}

TEST(WaitingPage, SaysNoOpeningWhereItIsOpenPausedOrOver) {
  const auto is_hidden = [](const room::Policy& policy, const PageRequest& asked) {
    return has(page({}, policy).render(asked).html, R"(<div id="dw-opens" hidden>)");
  };
  auto asked = request();
  asked.now = kBeforeNoon;
  EXPECT_FALSE(is_hidden(opens_at_noon(), asked));
  EXPECT_TRUE(is_hidden({}, asked)) << "no time is set";
  auto paused = opens_at_noon();
  paused.mode = room::Mode::paused;
  EXPECT_TRUE(is_hidden(paused, asked)) << "nobody knows when it goes on";
  auto open = asked;
  open.now = *opens_at_noon().opens_at;
  EXPECT_TRUE(is_hidden(opens_at_noon(), open));
  auto over = asked;
  over.ticket->state = room::TicketState::closed;
  EXPECT_TRUE(is_hidden(opens_at_noon(), over));
}

TEST(WaitingPage, AClosedTicketSaysWhyAndOffersToJoinAgain) {
  auto asked = request();
  asked.ticket->state = room::TicketState::closed;
  asked.ticket->reason = room::CloseReason::session_expired;
  const auto html = page().render(asked).html;
  EXPECT_TRUE(has(html, "Your time inside has ended."));
  EXPECT_TRUE(has(html, R"(<a class="dw-button" href="/buy?seat=7">Join the queue again</a>)"));
  EXPECT_FALSE(has(html, "<form"));
  EXPECT_FALSE(has(html, "<noscript>")) << "a reload would ask for the address of the form";
}

TEST(WaitingPage, ARoomThatIsOverOffersNothingToJoin) {
  const auto offers = [](const PageRequest& asked) {
    const auto html = page().render(asked).html;
    EXPECT_FALSE(has(html, "<form"));
    return has(html, "<a class=\"dw-button\"");
  };
  auto asked = request();
  asked.ticket.reset();
  asked.ticket_json = {};
  asked.trouble = Trouble::closed;
  EXPECT_FALSE(offers(asked));
  EXPECT_TRUE(has(page().render(asked).html, "The queue is closed."));
  asked.trouble = Trouble::full;
  EXPECT_TRUE(offers(asked));
  asked = request();
  asked.ticket->state = room::TicketState::closed;
  for (const auto reason : {room::CloseReason::room_closed, room::CloseReason::room_removed}) {
    asked.ticket->reason = reason;
    EXPECT_FALSE(offers(asked)) << room::to_string(reason);
  }
  asked.ticket->reason = room::CloseReason::left;
  EXPECT_TRUE(offers(asked));
}

TEST(WaitingPage, WhoNeverWasInLineIsNotAskedToJoinAgain) {
  const std::pair<const char*, const char*> table[] = {{"en", ">Try again now</a>"},
                                                       {"ko", ">지금 다시 시도</a>"},
                                                       {"ja", ">今すぐ再試行</a>"},
                                                       {"zh", ">立即重试</a>"},
                                                       {"es", ">Intentarlo ahora</a>"}};
  for (const auto& [language, offer] : table)
    for (const auto trouble : {Trouble::sold_out, Trouble::full, Trouble::unavailable}) {
      auto asked = request(language);
      asked.ticket.reset();
      asked.ticket_json = {};
      asked.trouble = trouble;
      EXPECT_TRUE(has(page().render(asked).html, offer)) << language;
    }
}

TEST(WaitingPage, WhatHappensNextReadsOnWithSeveralLines) {
  room::Policy policy;
  policy.lanes = {{"normal", 1}, {"gold", 3}};
  policy.claim_ttl = std::chrono::seconds(60);
  const auto html = page({}, policy).render(request()).html;
  EXPECT_TRUE(has(html,
                  "<li>When it is your turn, this page goes on by itself.</li>"
                  "<li>You then have 60 seconds to arrive.</li>"));
  EXPECT_TRUE(has(html, "<ul><li>There are several lines here"));
}

TEST(WaitingPage, SaysThatAPostWasNotPassedOn) {
  auto asked = request();
  asked.body_was_sent = true;
  EXPECT_TRUE(has(page().render(asked).html, "<li>What you sent was not passed on."));
}

TEST(WaitingPage, ReadsRightWithOneOfEverything) {
  room::Policy policy;
  policy.claim_ttl = std::chrono::seconds(1);
  policy.liveness_silence = std::chrono::seconds(5);
  policy.liveness_grace = std::chrono::seconds(1);
  auto asked = request();
  asked.again_s = 1;
  asked.ticket->eta = room::Eta{0, 60};
  const auto html = page({}, policy).render(asked).html;
  for (const char* part : {"You then have 1 second to arrive.", "back within 1 second.",
                           "every second.", ">Up to 1 minute</dd>"})
    EXPECT_TRUE(has(html, part)) << part;
  policy.liveness_grace = std::chrono::seconds(0);
  EXPECT_TRUE(has(page({}, policy).render(asked).html, "others go first and your place is lost."));
}

TEST(WaitingPage, AnOperatorsPageMustHoldBothPlaces) {
  RoomDisplay display;
  display.page = "<html><head>{{{doorward_head}}}</head><body>hello</body></html>";
  const auto made = WaitingPage::make("sale", {}, display, "/.doorward/v1");
  ASSERT_TRUE(made.has_error());
  EXPECT_EQ(made.error().what, "display.page: the page must hold {{{doorward_body}}}");
  display.page =
      "<html><head>{{{doorward_head}}}</head><body>hello {{{doorward_body}}}</body></html>";
  EXPECT_TRUE(has(page(display).render(request()).html, "<body>hello "));
}

TEST(WaitingPage, ColoursOfLightDevicesLeaveDarkOnesAlone) {
  RoomDisplay display;
  display.light = {"#0a5", "#fff", "#fff", "#111"};
  display.dark.accent = "#5d9";
  const auto html = page(display).render(request()).html;
  EXPECT_TRUE(has(html, "@media (prefers-color-scheme:light){#dw{--dw-accent:#0a5;"));
  EXPECT_TRUE(has(html, "@media (prefers-color-scheme:dark){#dw{--dw-accent:#5d9;}}"));
}

TEST(WaitingPage, RefusesColoursAndLogosThatAreNot) {
  RoomDisplay display;
  display.light.accent = "red;}";
  EXPECT_EQ(WaitingPage::make("sale", {}, display, "/v1").error().what,
            "display.light.accent: 'red;}' is not a colour; write it as \"#1f5fd6\"");
  display.light.accent = "#abc";
  display.logo = "https://elsewhere.example/logo.png";
  EXPECT_EQ(WaitingPage::make("sale", {}, display, "/v1").error().code, Errc::invalid);
}

TEST(WaitingPage, OnlyAPathOfThisSiteIsLocal) {
  for (const char* path : {"/", "/buy", "/buy?x=http://a", "/a//b"})
    EXPECT_TRUE(is_local_path(path)) << path;
  for (const char* path :
       {"", "buy", "//evil.example", "/\\evil.example", "/a\r\nb", "https://evil.example"})
    EXPECT_FALSE(is_local_path(path)) << path;
}

}  // namespace
}  // namespace doorward::gateway
