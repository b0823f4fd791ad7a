#include "gateway/tokens.hpp"

#include <gtest/gtest.h>

namespace doorward::gateway {
namespace {

using wire::jose::Algorithm;
using wire::jose::Key;
using wire::jose::KeySet;
using namespace std::chrono_literals;

constexpr LogTime kNow{Millis{1'767'225'600'000}};
constexpr TicketId kTicket{1, 2};

TokenOptions options() {
  static const KeySet keys({Key::generate(Algorithm::es256, "p1").value(),
                            Key::generate(Algorithm::hs256, "s1").value()});
  return split_keys(keys);
}

std::string error_of(const auto& result) {
  return result ? "ok" : wire::jose::to_string(result.error());
}

TEST(Tokens, ATicketTokenSaysItsPlaceAndWhatItsHolderHasSeen) {
  Tokens tokens(options());
  const std::string token =
      tokens.issue(TicketToken{kTicket, "sale", "user \"x\"", {1, 23, 4}}, kNow);
  for (int round = 0; round < 2; ++round) {  // verified, then remembered
    const auto read = tokens.read_ticket(token, kNow + 1h);
    ASSERT_TRUE(read) << error_of(read);
    EXPECT_EQ(read->ticket, kTicket);
    EXPECT_EQ(read->room, "sale");
    EXPECT_EQ(read->subject, "user \"x\"");
    EXPECT_EQ(read->at, (ports::LogPosition{1, 23, 4}));
  }
  EXPECT_EQ(error_of(tokens.read_ticket(token, kNow + 24h * 7)), "expired");
}

TEST(Tokens, APassEndsWithItsSessionOrItsOwnLifeAndIsForOneRoom) {
  Tokens tokens(options());
  const std::string token =
      tokens.issue(Pass{kTicket, "sale", "ann", {1, 2, 0}, kNow + 2min}, kNow);
  EXPECT_EQ(tokens.read_pass(token, "sale", kNow)->expires_at, kNow + 2min);
  EXPECT_EQ(error_of(tokens.read_pass(token, "other", kNow)), "wrong_audience");
  EXPECT_EQ(error_of(tokens.read_pass(token, "", kNow)), "ok");
  EXPECT_EQ(tokens.read_pass(token, "sale", kNow + 10min)->expires_at, kNow + 2min);
  const std::string longer = tokens.issue(Pass{kTicket, "sale", "ann", {1, 2, 0}, kNow + 2h}, kNow);
  EXPECT_EQ(tokens.read_pass(longer, "sale", kNow)->expires_at, kNow + 5min);
}

TEST(Tokens, OneKindIsNeverTakenForAnother) {
  Tokens tokens(options());
  const std::string ticket = tokens.issue(TicketToken{kTicket, "sale", "ann", {}}, kNow);
  const std::string pass = tokens.issue(Pass{kTicket, "sale", "ann", {}, kNow + 1min}, kNow);
  const std::string device = tokens.issue_device("d1", kNow);
  EXPECT_EQ(error_of(tokens.read_ticket(pass, kNow)), "unknown_key");
  EXPECT_EQ(error_of(tokens.read_ticket(device, kNow)), "wrong_type");
  EXPECT_EQ(error_of(tokens.read_pass(ticket, "sale", kNow)), "unknown_key");
  EXPECT_EQ(error_of(tokens.read_device(ticket, kNow)), "wrong_type");
  EXPECT_EQ(*tokens.read_device(device, kNow), "d1");
  EXPECT_EQ(tokens.kind_of(ticket), Tokens::Kind::ticket);
  EXPECT_EQ(tokens.kind_of(pass), Tokens::Kind::pass);
  EXPECT_EQ(tokens.kind_of(device), Tokens::Kind::other);
}

TEST(Tokens, OnlyThePassKeysArePublished) {
  const auto jwks = Tokens(options()).jwks();
  ASSERT_EQ(jwks.at("keys").as_array().size(), 1U);
  EXPECT_EQ(jwks.at("keys").as_array()[0].at("kid").as_string(), "p1");
}

TEST(Tokens, ATenantsTokensAreSignedByKeysOfItsOwn) {
  Tokens tokens(options());
  Tokens other_node(options());
  const std::string pass = tokens.issue(Pass{kTicket, "acme/sale", "ann", {}, kNow + 1min}, kNow);
  const std::string ticket = tokens.issue(TicketToken{kTicket, "acme/sale", "ann", {}}, kNow);
  EXPECT_EQ(other_node.read_pass(pass, "acme/sale", kNow)->subject, "ann");
  EXPECT_EQ(other_node.read_ticket(ticket, kNow)->room, "acme/sale");
  EXPECT_EQ(tokens.kind_of(pass), Tokens::Kind::pass);
  EXPECT_EQ(tokens.kind_of(ticket), Tokens::Kind::ticket);
  const auto verify = [&](std::string_view tenant) {
    std::vector<Key> keys;
    const auto jwks = tokens.jwks(tenant);
    for (const auto& jwk : jwks.at("keys").as_array())
      keys.push_back(Key::from_jwk(jwk.as_object()).value());
    return error_of(wire::jose::verify(KeySet(keys), pass, {}, to_system(kNow)));
  };
  EXPECT_EQ(verify("acme"), "ok");
  EXPECT_EQ(verify("other"), "unknown_key");
  EXPECT_EQ(verify(""), "unknown_key");
}

TEST(Tokens, AKeyOfOneTenantSignsForNoOther) {
  Tokens tokens(options());
  const std::string own = tokens.issue(Pass{kTicket, "acme/sale", "ann", {}, kNow + 1min}, kNow);
  const auto dot = own.find('.');
  const std::string foreign = tokens.issue(Pass{kTicket, "b/sale", "ann", {}, kNow + 1min}, kNow);
  // The head of one with the claims of the other.
  const std::string mixed = own.substr(0, dot) + foreign.substr(foreign.find('.'));
  EXPECT_EQ(error_of(tokens.read_pass(mixed, "", kNow)), "bad_signature");
}

TEST(Tokens, WhatOnlyATokenNamesIsNoTenant) {
  Tokens anywhere(options());
  const std::string ticket = anywhere.issue(TicketToken{kTicket, "acme/sale", "ann", {}}, kNow);
  const std::string pass = anywhere.issue(Pass{kTicket, "acme/sale", "ann", {}, kNow + 1min}, kNow);
  std::string there_is;
  TokenOptions given = options();
  given.has_tenant = [&](std::string_view tenant) { return tenant == there_is; };
  Tokens tokens(std::move(given));
  for (const char* name : {"", "acme", "b"}) {
    there_is = name;
    const bool known = there_is == "acme";
    EXPECT_EQ(error_of(tokens.read_ticket(ticket, kNow)), known ? "ok" : "unknown_key");
    EXPECT_EQ(tokens.kind_of(ticket), known ? Tokens::Kind::ticket : Tokens::Kind::other);
    EXPECT_EQ(tokens.kind_of(pass), known ? Tokens::Kind::pass : Tokens::Kind::other);
  }
  there_is = "b";
  EXPECT_EQ(error_of(tokens.read_pass(pass, "", kNow)), "unknown_key");
  EXPECT_FALSE(tokens.issue(TicketToken{kTicket, "c/sale", "ann", {}}, kNow).empty())
      << "whose room it is was asked before";
}

TEST(Tokens, KeysForAnotherUseFollowFromEverySecretAndTellUsesApart) {
  const Key first = Key::generate(Algorithm::hs256, "s1").value();
  const Key second = Key::generate(Algorithm::hs256, "s2").value();
  const auto made = [](std::vector<Key> secrets) {
    TokenOptions given = options();
    given.secrets = KeySet(std::move(secrets));
    return std::make_unique<Tokens>(std::move(given));
  };
  const auto before = made({first});
  const auto after = made({second, first});
  const std::string signature = before->derive("a").signer().sign("text");
  EXPECT_EQ(before->derive("a").signer().sign("text"), signature);
  EXPECT_NE(before->derive("b").signer().sign("text"), signature);
  EXPECT_NE(first.sign("text"), signature);
  EXPECT_EQ(after->derive("a").signer().kid(), "s2");
  ASSERT_NE(after->derive("a").find("s1"), nullptr);
  EXPECT_TRUE(after->derive("a").find("s1")->verify("text", signature));
}

TEST(LogPositionText, ReadsBackAndRefusesOtherText) {
  EXPECT_EQ(parse_position("1-23-4"), (ports::LogPosition{1, 23, 4}));
  for (const char* text :
       {"", "1", "1-2", "1-2-", "1-2-3-4", "-1-2-3", "a-b-c", "1-2-3 ", "99999999999999999999-1-1"})
    EXPECT_FALSE(parse_position(text)) << text;
}

}  // namespace
}  // namespace doorward::gateway
