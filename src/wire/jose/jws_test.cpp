#include "wire/jose/jws.hpp"

#include "wire/base64.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace doorward::wire::jose {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::chrono::system_clock::time_point kNow{1'000'000s};
constexpr Algorithm kAll[] = {Algorithm::hs256, Algorithm::rs256, Algorithm::es256,
                              Algorithm::eddsa};

const Key& key_of(Algorithm algorithm) {
  static const Key keys[] = {
      Key::generate(Algorithm::hs256, "k0").value(), Key::generate(Algorithm::rs256, "k1").value(),
      Key::generate(Algorithm::es256, "k2").value(), Key::generate(Algorithm::eddsa, "k3").value()};
  return keys[static_cast<int>(algorithm)];
}

json::object claims() {
  return {{"iss", "doorward"}, {"aud", "sale"}, {"exp", 1'000'060}, {"sub", "ann"}};
}

Expectation expectation() {
  Expectation expected;
  expected.issuer = "doorward";
  expected.audience = "sale";
  expected.type = "doorward-pass+jwt";
  return expected;
}

std::string outcome(const KeySet& keys, std::string_view token,
                    const Expectation& expected = expectation()) {
  const auto verified = verify(keys, token, expected, kNow);
  return verified.has_value() ? "ok" : to_string(verified.error());
}

std::string token_of(std::string_view header, std::string_view payload, const Key& key) {
  return sign_text(key, base64url_encode(header), payload);
}

TEST(Jws, EveryAlgorithmSignsWhatItVerifiesAndKeepsItsKeyAsPemAndJwk) {
  for (const Algorithm algorithm : kAll) {
    const Key& key = key_of(algorithm);
    const std::string token = sign(key, "doorward-pass+jwt", claims());
    EXPECT_EQ(outcome(KeySet({key}), token), "ok") << to_string(algorithm);
    const Key kept = Key::from_pem(key.to_pem(), algorithm, key.kid()).value();
    EXPECT_EQ(outcome(KeySet({kept}), token), "ok") << to_string(algorithm);
    EXPECT_EQ(outcome(KeySet({key}), sign(kept, "doorward-pass+jwt", claims())), "ok");
    if (algorithm == Algorithm::hs256) continue;
    const Key published = Key::from_jwk(key.public_jwk()).value();
    EXPECT_FALSE(published.can_sign());
    EXPECT_EQ(outcome(KeySet({published}), token), "ok") << to_string(algorithm);
  }
}

TEST(Jws, ASetPublishesItsPublicPartsOnly) {
  const json::object jwks = KeySet({key_of(Algorithm::hs256), key_of(Algorithm::rs256),
                                    key_of(Algorithm::es256), key_of(Algorithm::eddsa)})
                                .jwks();
  ASSERT_EQ(jwks.at("keys").as_array().size(), 3U);
  for (const json::value& jwk : jwks.at("keys").as_array())
    for (const char* secret : {"d", "p", "q", "dp", "dq", "qi", "k"})
      EXPECT_FALSE(jwk.as_object().contains(secret));
}

TEST(Jws, AfterARotationTheNewKeySignsAndTheOldStillVerifies) {
  const Key old_key = Key::generate(Algorithm::es256, "2025").value();
  const Key new_key = Key::generate(Algorithm::es256, "2026").value();
  const KeySet rotated({new_key, old_key});
  EXPECT_EQ(outcome(rotated, sign(old_key, "doorward-pass+jwt", claims())), "ok");
  EXPECT_EQ(outcome(KeySet({old_key}), sign(rotated.signer(), "doorward-pass+jwt", claims())),
            "unknown_key");
}

TEST(Jws, RefusesByNameWhatIsWrongWithTheHeader) {
  const Key& key = key_of(Algorithm::es256);
  const std::string payload = json::serialize(claims());
  const std::pair<const char*, const char*> table[] = {
      {R"({"typ":"doorward-pass+jwt","alg":"ES256","kid":"k2"})", "ok"},
      {R"({"typ":"application/Doorward-Pass+JWT","alg":"ES256"})", "ok"},
      {R"({"typ":"doorward-pass+jwt","alg":"none"})", "unknown_algorithm"},
      {R"({"typ":"doorward-pass+jwt","alg":"None"})", "unknown_algorithm"},
      {R"({"typ":"doorward-pass+jwt","alg":"es256"})", "unknown_algorithm"},
      {R"({"typ":"doorward-pass+jwt","alg":"ES384"})", "unknown_algorithm"},
      {R"({"typ":"doorward-pass+jwt","alg":1})", "malformed"},
      {R"({"typ":"doorward-pass+jwt"})", "malformed"},
      {R"({"typ":"doorward-pass+jwt","alg":"HS256","kid":"k2"})", "unknown_key"},
      {R"({"typ":"doorward-pass+jwt","alg":"RS256"})", "unknown_key"},
      {R"({"typ":"doorward-pass+jwt","alg":"ES256","kid":"other"})", "unknown_key"},
      {R"({"typ":"doorward-pass+jwt","alg":"ES256","kid":"../../k2"})", "unknown_key"},
      {R"({"typ":"doorward-pass+jwt","alg":"ES256","kid":2})", "malformed"},
      {R"({"typ":"doorward-pass+jwt","alg":"ES256","crit":["b64"],"b64":false})", "malformed"},
      {R"({"typ":"doorward-pass+jwt","alg":"none","alg":"ES256"})", "malformed"},
      {R"({"typ":"doorward-ticket+jwt","alg":"ES256"})", "wrong_type"},
      {R"({"alg":"ES256"})", "wrong_type"},
      {R"({"typ":1,"alg":"ES256"})", "malformed"},
      {R"(["ES256"])", "malformed"},
      {"{", "malformed"},
  };
  for (const auto& [header, expected] : table)
    EXPECT_EQ(outcome(KeySet({key}), token_of(header, payload, key)), expected) << header;
}

TEST(Jws, APublicKeyIsNeverTakenForAnHmacSecret) {
  const Key& key = key_of(Algorithm::rs256);
  const Key forged = Key::from_secret(json::serialize(key.public_jwk()), "k1").value();
  EXPECT_EQ(outcome(KeySet({key}), sign(forged, "doorward-pass+jwt", claims())), "unknown_key");
}

TEST(Jws, RefusesByNameWhatIsWrongWithTheClaims) {
  const Key& key = key_of(Algorithm::hs256);
  const std::pair<const char*, const char*> table[] = {
      {R"({"iss":"doorward","aud":"sale","exp":1000001})", "ok"},
      {R"({"iss":"doorward","aud":["x","sale"],"exp":1000000.5})", "ok"},
      {R"({"iss":"doorward","aud":"sale","exp":1e9,"nbf":1000000})", "ok"},
      {R"({"iss":"doorward","aud":"sale","exp":1000000})", "expired"},
      {R"({"iss":"doorward","aud":"sale"})", "expired"},
      {R"({"iss":"doorward","aud":"sale","exp":"1000001"})", "malformed"},
      {R"({"iss":"doorward","aud":"sale","exp":1e999})", "malformed"},
      {R"({"iss":"doorward","aud":"sale","exp":1000001,"nbf":1000001})", "not_yet_valid"},
      {R"({"iss":"doorward","aud":"sale","exp":1000001,"nbf":true})", "malformed"},
      {R"({"iss":"doorward/","aud":"sale","exp":1000001})", "wrong_issuer"},
      {R"({"iss":["doorward"],"aud":"sale","exp":1000001})", "wrong_issuer"},
      {R"({"aud":"sale","exp":1000001})", "wrong_issuer"},
      {R"({"iss":"doorward","aud":"other","exp":1000001})", "wrong_audience"},
      {R"({"iss":"doorward","aud":["sal","e"],"exp":1000001})", "wrong_audience"},
      {R"({"iss":"doorward","exp":1000001})", "wrong_audience"},
      {R"({"iss":"doorward","aud":"sale","exp":1,"exp":1000001})", "malformed"},
      {R"([])", "malformed"},
      {R"({"exp":)", "malformed"},
  };
  for (const auto& [payload, expected] : table)
    EXPECT_EQ(
        outcome(KeySet({key}), sign_text(key, protected_header(key, "doorward-pass+jwt"), payload)),
        expected)
        << payload;
}

TEST(Jws, LeewayMovesBothBounds) {
  const Key& key = key_of(Algorithm::hs256);
  Expectation expected = expectation();
  expected.leeway = 30s;
  json::object late = claims();
  late["exp"] = 999'971;
  EXPECT_EQ(outcome(KeySet({key}), sign(key, "doorward-pass+jwt", late), expected), "ok");
  late["exp"] = 999'970;
  EXPECT_EQ(outcome(KeySet({key}), sign(key, "doorward-pass+jwt", late), expected), "expired");
  json::object early = claims();
  early["nbf"] = 1'000'030;
  EXPECT_EQ(outcome(KeySet({key}), sign(key, "doorward-pass+jwt", early), expected), "ok");
}

TEST(Jws, AListOfAlgorithmsNarrowsWhatKeysAllow) {
  const Key& key = key_of(Algorithm::hs256);
  Expectation expected = expectation();
  expected.algorithms = {Algorithm::rs256, Algorithm::es256};
  EXPECT_EQ(outcome(KeySet({key}), sign(key, "doorward-pass+jwt", claims()), expected),
            "unknown_algorithm");
}

TEST(Jws, EveryChangeAndEveryTruncationOfATokenIsRefused) {
  for (const Algorithm algorithm : {Algorithm::hs256, Algorithm::es256, Algorithm::eddsa}) {
    const KeySet keys({key_of(algorithm)});
    const std::string token = sign(key_of(algorithm), "doorward-pass+jwt", claims());
    for (std::size_t i = 0; i < token.size(); i += 3) {
      std::string changed = token;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      EXPECT_NE(outcome(keys, changed), "ok") << i;
      EXPECT_NE(outcome(keys, token.substr(0, i)), "ok") << i;
    }
    for (const std::string& other :
         {token + "A", token + ".", "." + token, token + "=", " " + token, token + "\n",
          token.substr(0, token.rfind('.') + 1)})
      EXPECT_NE(outcome(keys, other), "ok") << other;
  }
  EXPECT_EQ(outcome(KeySet({key_of(Algorithm::hs256)}), std::string(kMaxToken + 1, 'a')),
            "malformed");
  EXPECT_EQ(outcome(KeySet({key_of(Algorithm::hs256)}), ""), "malformed");
}

TEST(Jws, RefusesKeysThatDoNotFitTheirAlgorithm) {
  EXPECT_TRUE(Key::from_secret("short", "k").has_error());
  EXPECT_TRUE(Key::from_pem("", Algorithm::es256, "k").has_error());
  EXPECT_TRUE(Key::from_pem(key_of(Algorithm::es256).to_pem(), Algorithm::eddsa, "k").has_error());
  EXPECT_TRUE(Key::from_pem(key_of(Algorithm::rs256).to_pem(), Algorithm::es256, "k").has_error());
  const char* jwks[] = {
      R"({})",
      R"({"kty":"oct","k":"c2hvcnQ"})",
      R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})",
      R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"})",
      R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
      R"({"kty":"OKP","crv":"Ed25519","alg":"ES256","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
      R"({"kty":"OKP","crv":"Ed25519","use":"enc","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
      R"({"kty":"RSA","n":"AQAB","e":"AQAB"})",
      R"({"kty":"RSA","e":"AQAB"})",
  };
  for (const char* jwk : jwks)
    EXPECT_TRUE(Key::from_jwk(json::parse(jwk).as_object()).has_error()) << jwk;
}

}  // namespace
}  // namespace doorward::wire::jose
