// What the gate gives browsers to keep, and takes back.
#include "gateway/room_gate_test_support.hpp"

namespace doorward::gateway {
namespace {

TEST_F(RoomGateTest, WhatALogThatIsGoneGaveOutIsReplacedWhereNoOtherNodeWrites) {
  desk_.set_capacity("sale", 0);
  const LogTime now = desk_.places.now();
  const TicketId lost{9, 9};
  const std::string ticket =
      desk_.tokens.issue(TicketToken{lost, "sale", "device:d", {0, 1'000'000, 0}}, now);
  const std::string pass =
      desk_.tokens.issue(Pass{lost, "sale", "device:d", {0, 1'000'000, 0}, now + 1h}, now);
  const std::string cookies = "doorward_ticket_sale=" + ticket;
  EXPECT_EQ(ask_with(cookies).status, 503U);
  desk_.places.services().is_log_shared = false;
  for (const std::string& old : {cookies, cookies + "; doorward_pass_sale=" + pass}) {
    const Asked asked = ask_with(old);
    EXPECT_EQ(asked.status, 429U) << asked.body;
    EXPECT_NE(json(asked).at("ticket").as_string(), to_string(lost));
    const std::string anew = cookies_of(asked.fields);
    EXPECT_NE(anew.find("doorward_ticket_sale="), std::string::npos) << anew;
    EXPECT_EQ(json(ask_with(anew)).at("ticket"), json(asked).at("ticket"));
  }
  const Asked by_token = ask({{"Authorization", "Bearer " + ticket}});
  EXPECT_EQ(by_token.status, 410U);
  EXPECT_EQ(json(by_token).at("reason").as_string(), "forgotten");
}

TEST_F(RoomGateTest, OfManyRoomsTheCookiesOfPlacesThatAreOverAreTakenBack) {
  desk_.set_capacity("sale", 0);
  std::string cookies = "doorward_ticket_zz=another-doorwards";
  for (int i = 0; i < 10; ++i) {
    const std::string room = "r" + std::to_string(i);
    desk_.set_capacity(room, 0);
    const Place place = desk_.join(room, "d");
    cookies += "; doorward_ticket_" + room + "=" + desk_.places.token_for(place);
    if (i < 2) desk_.submit(engine::Leave{place.view.id});
  }
  const std::string set = cookies_of(ask_with(cookies).fields);
  for (const char* gone : {"doorward_ticket_r0=", "doorward_pass_r0=", "doorward_ticket_r1="})
    EXPECT_NE((set + ";").find(std::string(gone) + ";"), std::string::npos) << gone << set;
  for (const char* kept : {"_r2", "_r9", "_zz"}) EXPECT_EQ(set.find(kept), std::string::npos);
  const std::string few = cookies.substr(0, cookies.find("; doorward_ticket_r3"));
  EXPECT_EQ(cookies_of(ask_with(few).fields).find("_r0"), std::string::npos);
}

TEST_F(RoomGateTest, UnderTlsCookiesAreSecureAndBoundToTheHost) {
  scheme_ = "https";
  desk_.set_capacity("sale", 1);
  const Asked asked = ask({});
  for (std::size_t i = 0; i < asked.fields.size(); ++i) {
    const auto value = asked.fields[i].value;
    EXPECT_TRUE(value.starts_with("__Host-doorward_")) << value;
    for (const char* part : {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"})
      EXPECT_NE(value.find(part), std::string_view::npos) << value;
  }
  EXPECT_EQ(ask_with(cookies_of(asked.fields)).verdict, Verdict::pass);
}

}  // namespace
}  // namespace doorward::gateway
