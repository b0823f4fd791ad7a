#include "gateway/issuer/issuer_keys.hpp"

#include "gateway/issuer/issuer_double.hpp"
#include "ports/memory/fake_clock.hpp"

#include <gtest/gtest.h>

namespace doorward::gateway {
namespace {

using namespace std::chrono_literals;
using wire::jose::Algorithm;
using wire::jose::Key;

Key make(Algorithm algorithm, std::string kid) {
  return Key::generate(algorithm, std::move(kid)).value();
}

class IssuerKeysTest : public testing::Test {
 protected:
  JwksOptions options() { return {"http://id.example/jwks", 3s, 10s, 10min}; }
  ports::FakeClock clock_;
  IssuerDouble issuer_;
  std::vector<std::string> faults_;
  IssuerKeys keys_{options(), issuer_, clock_, [this](std::string_view, std::string_view fault) {
                     faults_.emplace_back(fault);
                   }};
};

TEST_F(IssuerKeysTest, OneFetchAtATimeAndNoneWithinTheCooldown) {
  keys_.want();
  keys_.want();
  EXPECT_EQ(issuer_.asked.size(), 1U);
  EXPECT_TRUE(keys_.is_fetching());
  EXPECT_EQ(issuer_.asked[0].url, "http://id.example/jwks");
  EXPECT_EQ(issuer_.asked[0].deadline, 3s);
  issuer_.answer(jwks_text({make(Algorithm::rs256, "a")}));
  EXPECT_FALSE(keys_.is_fetching());
  EXPECT_NE(keys_.get()->find("a"), nullptr);
  clock_.advance(9'999ms);
  keys_.want();
  EXPECT_EQ(issuer_.asked.size(), 1U);
  clock_.advance(1ms);
  keys_.want();
  EXPECT_EQ(issuer_.asked.size(), 2U);
}

TEST_F(IssuerKeysTest, AnIssuerThatStartsLaterIsFoundSoon) {
  keys_.want();
  issuer_.fail(error(Errc::unavailable, "refused"));
  keys_.want();
  EXPECT_EQ(issuer_.asked.size(), 1U);
  clock_.advance(1s);
  keys_.want();
  EXPECT_EQ(issuer_.asked.size(), 2U);
}

TEST_F(IssuerKeysTest, StaleKeysAreKeptWhileTheIssuerIsAwayAndItIsToldOnce) {
  keys_.want();
  issuer_.answer(jwks_text({make(Algorithm::es256, "a")}));
  for (const Result<ports::HttpAnswer>& bad :
       {Result<ports::HttpAnswer>(error(Errc::timed_out, "too late")),
        Result<ports::HttpAnswer>(ports::HttpAnswer{500, "{}"}),
        Result<ports::HttpAnswer>(ports::HttpAnswer{302, ""}),
        Result<ports::HttpAnswer>(ports::HttpAnswer{200, "<html>"}),
        Result<ports::HttpAnswer>(ports::HttpAnswer{200, R"({"keys":[]})"}),
        Result<ports::HttpAnswer>(ports::HttpAnswer{200, R"({"keys":{}})"}),
        Result<ports::HttpAnswer>(error(Errc::too_large, "too large"))}) {
    clock_.advance(10s);
    keys_.want();
    issuer_.give(bad);
    EXPECT_NE(keys_.get()->find("a"), nullptr);
  }
  EXPECT_EQ(keys_.removals(), 0U);
  EXPECT_EQ(faults_, std::vector<std::string>{"too late"});
  clock_.advance(10s);
  keys_.want();
  issuer_.answer(jwks_text({make(Algorithm::es256, "b")}));
  EXPECT_EQ(keys_.get()->find("a"), nullptr);
  EXPECT_EQ(keys_.removals(), 1U);
}

TEST_F(IssuerKeysTest, KeysOfAgeAreFetchedAgain) {
  keys_.keep_fresh();
  EXPECT_EQ(issuer_.asked.size(), 1U);
  issuer_.answer(jwks_text({make(Algorithm::es256, "a")}));
  clock_.advance(10min - 1ms);
  keys_.keep_fresh();
  EXPECT_EQ(issuer_.asked.size(), 1U);
  clock_.advance(1ms);
  keys_.keep_fresh();
  EXPECT_EQ(issuer_.asked.size(), 2U);
}

TEST_F(IssuerKeysTest, AnAnswerAfterItsEndIsDropped) {
  {
    IssuerKeys gone(options(), issuer_, clock_);
    gone.want();
  }
  issuer_.answer(jwks_text({make(Algorithm::es256, "a")}));
}

TEST(ReadJwks, TakesUsablePublicKeysAndAtMostSoMany) {
  auto text = [](boost::json::array keys) {
    return boost::json::serialize(boost::json::object{{"keys", std::move(keys)}});
  };
  const auto usable = make(Algorithm::eddsa, "e").public_jwk();
  boost::json::object for_encryption = usable;
  for_encryption["use"] = "enc";
  const boost::json::object secret{{"kty", "oct"}, {"kid", "s"}, {"k", std::string(43, 'A')}};
  const auto some = read_jwks(text({usable, for_encryption, secret, 5, boost::json::object()}),
                              Secrets::left_out);
  ASSERT_TRUE(some);
  EXPECT_EQ(some->keys().size(), 1U);
  EXPECT_FALSE(read_jwks(text({secret}), Secrets::left_out));
  EXPECT_TRUE(read_jwks(text({secret}), Secrets::taken)) << "a file is the operator's own";
  boost::json::array many;
  for (int i = 0; i < 100; ++i) many.push_back(usable);
  EXPECT_EQ(read_jwks(text(std::move(many)), Secrets::left_out)->keys().size(),
            IssuerKeys::kMostKeys);
  for (const char* bad : {"", "5", "[]", "{}", R"({"keys":5})", R"({"keys":[],"keys":[]})"})
    EXPECT_FALSE(read_jwks(bad, Secrets::taken)) << bad;
}

}  // namespace
}  // namespace doorward::gateway
