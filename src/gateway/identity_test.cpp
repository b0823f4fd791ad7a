#include "gateway/identity.hpp"

#include "gateway/desk_test_support.hpp"
#include "gateway/origin.hpp"

namespace doorward::gateway {
namespace {

using wire::jose::Key;

struct Asked {
  Caller caller;
  std::string subject;
  std::string problem;
  friend bool operator==(const Asked&, const Asked&) = default;
};

Asked ask(TestDesk& desk, std::initializer_list<std::pair<const char*, std::string>> fields) {
  wire::RequestHead head;
  for (const auto& [name, value] : fields) head.fields.append(name, value);
  const Identity identity = desk.identities.identify(head, desk.places.now());
  return {identity.caller, identity.subject ? identity.subject->text : "",
          identity.bad_credential.value_or("")};
}

TEST(Identity, ComesFromAnIssuersTokenADeviceCookieOrAnApiKeyAndNothingElse) {
  TestDesk desk;
  const std::string device =
      desk.tokens.issue_device("0123456789abcdef0123456789abcdef", desk.places.now());
  const Asked by_device{Caller::device, "device:0123456789abcdef0123456789abcdef", ""};
  EXPECT_EQ(ask(desk, {}), (Asked{Caller::nobody, "", ""}));
  EXPECT_EQ(ask(desk, {{"Cookie", "doorward_device=" + device}}), by_device);
  EXPECT_EQ(ask(desk, {{"Cookie", "a=b; __Host-doorward_device=" + device}}), by_device);
  EXPECT_EQ(ask(desk, {{"Cookie", "a=b"}, {"cookie", "doorward_device=" + device}}), by_device);
  EXPECT_EQ(
      ask(desk, {{"Cookie", "doorward_device=x"}, {"Cookie", "__Host-doorward_device=" + device}}),
      by_device);
  EXPECT_EQ(ask(desk, {{"Cookie", "doorward_device=made-up"}}), (Asked{Caller::nobody, "", ""}));
  EXPECT_EQ(ask(desk, {{"Authorization", "Bearer " + desk.user_token("ann")}}),
            (Asked{Caller::user, "ann", ""}));
  EXPECT_EQ(ask(desk, {{"Authorization", "bearer " + desk.user_token("ann")}}),
            (Asked{Caller::user, "ann", ""}));
  EXPECT_EQ(ask(desk, {{"X-API-Key", std::string(kApiKey)}}), (Asked{Caller::backend, "", ""}));
  EXPECT_EQ(ask(desk, {{"X-API-Key", "wrong"}}),
            (Asked{Caller::nobody, "", "the API key is not known"}));
  EXPECT_EQ(ask(desk, {{"X-API-Key", "the shop's"},
                       {"Authorization", "Bearer " + desk.user_token("ann")}}),
            (Asked{Caller::user, "ann", "the API key is not known"}));
  EXPECT_EQ(ask(desk, {{"X-API-Key", std::string(kApiKey)},
                       {"Authorization", "Bearer " + desk.user_token("ann")}}),
            (Asked{Caller::backend, "", ""}));
  EXPECT_EQ(ask(desk, {{"X-User-Id", "ann"}}), (Asked{Caller::nobody, "", ""}));
  EXPECT_EQ(ask(desk, {{"Authorization", "Basic YTpi"}}), (Asked{Caller::nobody, "", ""}));
}

TEST(Identity, AUsersTokenIsRefusedByName) {
  TestDesk desk;
  const auto now_s =
      std::chrono::floor<std::chrono::seconds>(desk.places.now().time_since_epoch()).count();
  const auto signed_by = [](const Key& key, boost::json::object claims) {
    return wire::jose::sign(key, "JWT", claims);
  };
  const Key stranger = Key::generate(wire::jose::Algorithm::es256, "i1").value();
  const boost::json::object good{
      {"iss", "https://id.example"}, {"aud", "shop"}, {"sub", "ann"}, {"exp", now_s + 60}};
  const auto with = [&](const char* name, boost::json::value value) {
    boost::json::object claims = good;
    claims[name] = std::move(value);
    return claims;
  };
  const std::string valid = signed_by(issuer_key(), good);
  const std::pair<std::string, std::string> table[] = {
      {valid, ""},
      {signed_by(stranger, good), "the bearer token is refused: bad_signature"},
      {signed_by(issuer_key(), with("exp", now_s - 31)), "the bearer token is refused: expired"},
      {signed_by(issuer_key(), with("aud", "other")),
       "the bearer token is refused: wrong_audience"},
      {signed_by(issuer_key(), with("iss", "https://evil.example")),
       "the bearer token is refused: wrong_issuer"},
      {signed_by(issuer_key(), with("nbf", now_s + 60)),
       "the bearer token is refused: not_yet_valid"},
      {signed_by(issuer_key(), with("sub", 7)), "the token has no usable claim \"sub\""},
      {signed_by(issuer_key(), with("sub", boost::json::string(300, 'a'))),
       "the token has no usable claim \"sub\""},
      {"eyJhbGciOiJub25lIn0.e30.", "the bearer token is refused: unknown_algorithm"},
      {valid.substr(0, valid.size() - 6), "the bearer token is refused: bad_signature"},
      {"x", "the bearer token is refused: malformed"},
  };
  for (const auto& [token, problem] : table) {
    for (int round = 0; round < 2; ++round)
      EXPECT_EQ(ask(desk, {{"Authorization", "Bearer " + token}}).problem, problem) << token;
  }
}

TEST(Identity, AUserIsForgottenWhenTheTokenExpires) {
  TestDesk desk;
  const std::string token = desk.user_token("ann");
  EXPECT_EQ(ask(desk, {{"Authorization", "Bearer " + token}}).subject, "ann");
  desk.clock.advance(std::chrono::seconds{631});
  EXPECT_EQ(ask(desk, {{"Authorization", "Bearer " + token}}).problem,
            "the bearer token is refused: expired");
}

TEST(Identity, SubjectsOfDifferentKindsNeverMeet) {
  TestDesk desk;
  wire::RequestHead head;
  head.fields.append("Authorization", "Bearer " + desk.user_token("x"));
  const auto user = desk.identities.identify(head, desk.places.now()).subject->key;
  EXPECT_NE(desk.identities.device("x").key, user);
  EXPECT_NE(desk.identities.named_by_backend("x", "").key, user);
  EXPECT_NE(desk.identities.device("x").key, desk.identities.named_by_backend("x", "").key);
}

TEST(Origin, OnlyPagesOfThisSiteActByCookie) {
  struct Row {
    const char* origin;
    const char* fetch_site;
    const char* host;
    bool same;
  };
  const Row table[] = {
      {nullptr, nullptr, "shop.example", true},
      {nullptr, "same-origin", "shop.example", true},
      {nullptr, "none", "shop.example", true},
      {nullptr, "cross-site", "shop.example", false},
      {nullptr, "same-site", "shop.example", false},
      {"https://shop.example", nullptr, "shop.example", true},
      {"https://SHOP.example", nullptr, "shop.example", true},
      {"https://shop.example:443", nullptr, "shop.example", true},
      {"http://shop.example", nullptr, "shop.example:80", true},
      {"http://127.0.0.1:8080", nullptr, "127.0.0.1:8080", true},
      {"http://127.0.0.1:8081", nullptr, "127.0.0.1:8080", false},
      {"https://evil.example", nullptr, "shop.example", false},
      {"https://shop.example.evil.example", nullptr, "shop.example", false},
      {"https://evil.example", "same-origin", "shop.example", false},
      {"null", nullptr, "shop.example", false},
      {"shop.example", nullptr, "shop.example", false},
      {"file://shop.example", nullptr, "shop.example", false},
      {"", nullptr, "shop.example", false},
  };
  for (const Row& row : table) {
    wire::RequestHead head;
    if (row.origin != nullptr) head.fields.append("Origin", row.origin);
    if (row.fetch_site != nullptr) head.fields.append("Sec-Fetch-Site", row.fetch_site);
    Client client;
    client.host = row.host;
    EXPECT_EQ(is_same_origin(head, client), row.same) << (row.origin ? row.origin : "no origin");
  }
}

}  // namespace
}  // namespace doorward::gateway
