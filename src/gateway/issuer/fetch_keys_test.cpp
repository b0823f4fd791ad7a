#include "gateway/issuer/fetch_keys.hpp"

#include "gateway/desk_test_support.hpp"
#include "gateway/issuer/issuer_double.hpp"

#include <boost/asio/post.hpp>

namespace doorward::gateway {
namespace {

using namespace std::chrono_literals;
using wire::jose::Algorithm;
using wire::jose::Key;

Key make(Algorithm algorithm, std::string kid) {
  return Key::generate(algorithm, std::move(kid)).value();
}

// Tokens of an issuer whose keys are fetched, as the filter and those behind it see them.
class FetchKeysTest : public testing::Test {
 protected:
  FetchKeysTest() {
    auto keys = std::make_shared<IssuerKeys>(JwksOptions{"http://id.example/jwks", 3s, 10s, 10min},
                                             issuer_, desk_.clock);
    identities_ = std::make_unique<Identities>(
        IdentityOptions{{{"https://id.example", "shop", keys, "sub", "", "userType"}}, {}, {1, 2}},
        desk_.tokens);
    filter_ = std::make_unique<FetchKeys>(*identities_);
  }
  static std::string token(const Key& key, boost::json::object more = {}) {
    boost::json::object claims{{"iss", "https://id.example"},
                               {"aud", "shop"},
                               {"sub", "ann"},
                               {"userType", "SELLER"},
                               {"exp", 4'000'000'000}};
    for (const auto& [name, value] : more) claims[name] = value;
    return wire::jose::sign(key, "JWT", claims);
  }
  // Through the filter, while the issuer answers with `text` if it is asked.
  Identity ask(const std::string& token, std::optional<std::string> text = {}) {
    ExchangeDouble exchange;
    exchange.head.fields.append("Authorization", "Bearer " + token);
    Context context{exchange};
    if (!filter_->run_now(context)) {
      if (text) boost::asio::post(desk_.loop, [&] { issuer_.answer(*text); });
      if (!text)
        boost::asio::post(desk_.loop, [&] { issuer_.fail(error(Errc::closed, "closed")); });
      desk_.run(filter_->run(context));
    }
    return identities_->identify(exchange.head, desk_.places.now());
  }
  TestDesk desk_;
  IssuerDouble issuer_;
  std::unique_ptr<Identities> identities_;
  std::unique_ptr<FetchKeys> filter_;
};

TEST_F(FetchKeysTest, TheFirstTokenWaitsForTheKeysAndTheNextDoNot) {
  const Key key = make(Algorithm::rs256, "a");
  const Identity first = ask(token(key), jwks_text({key}));
  ASSERT_EQ(first.caller, Caller::user) << *first.bad_credential;
  EXPECT_EQ(first.subject->text, "ann");
  EXPECT_EQ(first.subject->type, "SELLER");
  EXPECT_EQ(ask(token(key, {{"sub", "bob"}})).subject->text, "bob");
  EXPECT_EQ(issuer_.asked.size(), 1U);
}

TEST_F(FetchKeysTest, ARotatedKeyIsFetchedAndWhatTheOldOneSignedIsRefusedOnceItIsWithdrawn) {
  const Key old_key = make(Algorithm::es256, "a");
  const Key new_key = make(Algorithm::es256, "b");
  const std::string old_token = token(old_key);
  ask(old_token, jwks_text({old_key}));
  desk_.clock.advance(10s);
  EXPECT_EQ(ask(token(new_key), jwks_text({old_key, new_key})).caller, Caller::user);
  EXPECT_EQ(ask(old_token).caller, Caller::user);
  desk_.clock.advance(10min);
  EXPECT_EQ(ask(token(new_key)).caller, Caller::user) << "nobody waits for keys that come of age";
  issuer_.answer(jwks_text({new_key}));
  EXPECT_EQ(ask(old_token).caller, Caller::nobody);
  EXPECT_EQ(ask(token(new_key)).caller, Caller::user);
}

TEST_F(FetchKeysTest, StrangersWithKeysOfTheirOwnCauseOneFetch) {
  const Key key = make(Algorithm::es256, "a");
  ask(token(key), jwks_text({key}));
  desk_.clock.advance(10s);
  for (int i = 0; i < 20; ++i) {
    const Key theirs = make(Algorithm::es256, "x" + std::to_string(i));
    EXPECT_EQ(ask(token(theirs), jwks_text({key})).caller, Caller::nobody);
  }
  EXPECT_EQ(issuer_.asked.size(), 2U);
  EXPECT_EQ(ask(token(key)).caller, Caller::user);
}

TEST_F(FetchKeysTest, ClaimsAlgorithmAndKeyAreHeldToTheIssuer) {
  const Key key = make(Algorithm::rs256, "a");
  ASSERT_EQ(ask(token(key), jwks_text({key})).caller, Caller::user);
  const boost::json::object bad[] = {
      {{"iss", "https://other.example"}}, {{"aud", "other"}},    {{"exp", 1'000}},
      {{"nbf", 4'000'000'000}},           {{"sub", ""}},         {{"sub", 5}},
      {{"sub", std::string(257, 'a')}},   {{"exp", "tomorrow"}}, {{"iss", nullptr}}};
  for (const auto& claims : bad)
    EXPECT_EQ(ask(token(key, claims)).caller, Caller::nobody) << boost::json::serialize(claims);
  // The same kid under another algorithm: the key's own decides.
  EXPECT_EQ(ask(token(make(Algorithm::es256, "a"))).caller, Caller::nobody);
  EXPECT_EQ(ask(token(make(Algorithm::rs256, "a"))).caller, Caller::nobody);
  for (const char* broken : {"", "x", "a.b", "a.b.c", "..", "eyJhbGciOiJub25lIn0.e30."})
    EXPECT_EQ(ask(broken).caller, Caller::nobody) << broken;
}

TEST_F(FetchKeysTest, WhatIsNoTokenOfAnIssuerAsksNobody) {
  const std::string ticket = desk_.tokens.issue_device("d", desk_.places.now());
  for (const std::string& text : {std::string("opaque"), ticket, std::string(9'000, 'a')})
    ask(text);
  ExchangeDouble exchange;
  Context context{exchange};
  EXPECT_EQ(filter_->run_now(context), Verdict::pass);
  EXPECT_TRUE(issuer_.asked.empty());
}

}  // namespace
}  // namespace doorward::gateway
