#include "gateway/authenticate.hpp"

#include "gateway/desk_test_support.hpp"
#include "gateway/issuer/issuer_double.hpp"

namespace doorward::gateway {
namespace {

class AuthenticateTest : public testing::Test {
 protected:
  AuthenticateTest() {
    IdentityOptions options = test_identity();
    options.issuers.front().type_claim = "userType";
    identities_ = std::make_unique<Identities>(std::move(options), desk_.tokens);
    places_ = std::make_unique<Places>(
        Services{*desk_.shard, desk_.clock, desk_.entropy, desk_.tokens, *identities_});
  }
  struct Asked {
    Verdict verdict = Verdict::pass;
    unsigned status = 0;
    std::string user, type;
  };
  Asked ask(const UserRule& rule, std::string_view token, std::string_view method = "GET",
            std::string_view path = "/", std::string_view api_key = "") {
    ExchangeDouble exchange(method, path);
    if (!api_key.empty()) exchange.head.fields.append("X-API-Key", api_key);
    if (!token.empty())
      exchange.head.fields.append("Authorization", "Bearer " + std::string(token));
    if (method == "OPTIONS") {
      exchange.head.fields.append("Origin", "https://app.example");
      exchange.head.fields.append("Access-Control-Request-Method", "POST");
    }
    Context context{exchange};
    Asked asked;
    asked.verdict = *Authenticate(*places_, rule).run_now(context);
    if (context.reply) asked.status = context.reply->head.status;
    asked.user = exchange.head.fields.find("X-User-Id").value_or("");
    asked.type = exchange.head.fields.find("X-User-Type").value_or("");
    return asked;
  }
  std::string token(std::string_view subject, const char* type = "SELLER") {
    return wire::jose::sign(issuer_key(), "JWT",
                            {{"iss", "https://id.example"},
                             {"aud", "shop"},
                             {"sub", subject},
                             {"userType", type},
                             {"exp", 4'000'000'000}});
  }
  TestDesk desk_;
  std::unique_ptr<Identities> identities_;
  std::unique_ptr<Places> places_;
};

TEST_F(AuthenticateTest, TellsTheBackendWhomTheIssuerNamed) {
  const Asked user = ask({}, token("ann"));
  EXPECT_EQ(user.verdict, Verdict::pass);
  EXPECT_EQ(user.user, "ann");
  EXPECT_EQ(user.type, "SELLER");
  for (const std::string& other : {std::string(), std::string("opaque"), token("a b"), token("한")})
    EXPECT_EQ(ask({}, other).user, "") << other;
  EXPECT_EQ(ask({}, token("ann", "a\r\nb")).type, "");
  EXPECT_EQ(ask({}, "opaque").verdict, Verdict::pass) << "it may be meant for the backend";
}

TEST_F(AuthenticateTest, AnApiKeyThatOnlyTheBackendKnowsHidesNoUser) {
  UserRule rule;
  rule.required = true;
  const Asked user = ask(rule, token("ann"), "GET", "/", "of-the-shop");
  EXPECT_EQ(user.verdict, Verdict::pass);
  EXPECT_EQ(user.user, "ann");
  EXPECT_EQ(ask(rule, "", "GET", "/", "of-the-shop").status, 401U);
}

TEST_F(AuthenticateTest, WhileTheIssuersKeysAreNotToBeHadNobodyIsToldThatTheTokenIsBad) {
  IssuerDouble world;
  IdentityOptions options = test_identity();
  JwksOptions jwks;
  jwks.uri = "http://id.example/jwks";
  options.issuers.front().keys = std::make_shared<IssuerKeys>(jwks, world, desk_.clock);
  IssuerKeys& keys = *options.issuers.front().keys;
  identities_ = std::make_unique<Identities>(std::move(options), desk_.tokens);
  places_ = std::make_unique<Places>(
      Services{*desk_.shard, desk_.clock, desk_.entropy, desk_.tokens, *identities_});
  UserRule rule;
  rule.required = true;
  EXPECT_EQ(ask(rule, token("ann")).status, 503U) << "before the first fetch";
  keys.want();
  world.fail(error(Errc::unavailable, "away"));
  EXPECT_EQ(ask(rule, token("ann")).status, 503U);
  EXPECT_EQ(ask(rule, "opaque").status, 401U);
  EXPECT_EQ(ask(rule, "").status, 401U);
  desk_.clock.advance(std::chrono::seconds{60});
  keys.want();
  world.answer(jwks_text({issuer_key()}));
  EXPECT_EQ(ask(rule, token("ann")).verdict, Verdict::pass);
  const auto stranger = wire::jose::Key::generate(wire::jose::Algorithm::es256, "another").value();
  const std::string unknown = wire::jose::sign(
      stranger, "JWT", {{"iss", "https://id.example"}, {"sub", "eve"}, {"exp", 4'000'000'000}});
  EXPECT_EQ(ask(rule, unknown).status, 401U);
  desk_.clock.advance(std::chrono::seconds{60});
  keys.want();
  world.fail(error(Errc::unavailable, "away"));
  EXPECT_EQ(ask(rule, unknown).status, 503U) << "it may be new";
  EXPECT_EQ(ask(rule, token("ann")).verdict, Verdict::pass);
}

TEST_F(AuthenticateTest, WhereAUserIsRequiredOthersAreRefusedButOnOpenPaths) {
  UserRule rule{true, {}};
  rule.open.push_back({{route::SegmentPattern("/docs/*/open")}, {"GET"}});
  EXPECT_EQ(ask(rule, token("ann")).verdict, Verdict::pass);
  for (const std::string& other : {std::string(), std::string("opaque"), token("a b")})
    EXPECT_EQ(ask(rule, other).status, 401U) << other;
  EXPECT_EQ(ask(rule, "", "GET", "/docs/1/open").verdict, Verdict::pass);
  EXPECT_EQ(ask(rule, "opaque", "GET", "/docs/1/open").verdict, Verdict::pass);
  EXPECT_EQ(ask(rule, "", "POST", "/docs/1/open").status, 401U);
  EXPECT_EQ(ask(rule, "", "GET", "/docs/1/open/../shut").status, 401U);
  EXPECT_EQ(ask(rule, "", "OPTIONS").verdict, Verdict::pass) << "a preflight carries nothing";
}

}  // namespace
}  // namespace doorward::gateway
