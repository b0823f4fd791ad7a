// The examples of RFC 7515 (appendices A.1 to A.3) and RFC 8037 (appendix A.4).
#include "wire/base64.hpp"
#include "wire/jose/jws.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace doorward::wire::jose {
namespace {

namespace json = boost::json;

constexpr const char* kClaims =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";
constexpr std::chrono::system_clock::time_point kBefore{std::chrono::seconds{1300819379}};
constexpr std::chrono::system_clock::time_point kAfter{std::chrono::seconds{1300819380}};

struct Vector {
  const char* name;
  const char* jwk;
  const char* header;
  const char* signature;
};

const Vector kVectors[] = {
    {"A.1",
     R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})",
     "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
    {"A.2",
     R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"})",
     "eyJhbGciOiJSUzI1NiJ9",
     "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
     "O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
     "nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
     "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig"
     "cN_IoypGlUPQGe77Rw"},
    {"A.3",
     R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
     "eyJhbGciOiJFUzI1NiJ9",
     "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
};

TEST(JwsVectors, TheExamplesOfRfc7515VerifyUntilTheyExpire) {
  for (const Vector& vector : kVectors) {
    const KeySet keys({Key::from_jwk(json::parse(vector.jwk).as_object()).value()});
    const std::string token = std::string(vector.header) + '.' + kClaims + '.' + vector.signature;
    Expectation expected;
    expected.issuer = "joe";
    const auto verified = verify(keys, token, expected, kBefore);
    ASSERT_TRUE(verified.has_value()) << vector.name << ": " << to_string(verified.error());
    EXPECT_TRUE(verified->claims.at("http://example.com/is_root").as_bool());
    EXPECT_EQ(verify(keys, token, expected, kAfter).error(), TokenError::expired) << vector.name;
  }
}

TEST(JwsVectors, Hs256GivesTheSignatureOfA1) {
  const Key key = Key::from_jwk(json::parse(kVectors[0].jwk).as_object()).value();
  EXPECT_EQ(sign_text(key, kVectors[0].header, *base64url_decode(kClaims)),
            std::string(kVectors[0].header) + '.' + kClaims + '.' + kVectors[0].signature);
}

TEST(JwsVectors, Ed25519GivesAndVerifiesTheSignatureOfRfc8037A4) {
  const char* jwk =
      R"({"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
  const Key key = Key::from_jwk(json::parse(jwk).as_object()).value();
  const std::string token = sign_text(key, "eyJhbGciOiJFZERTQSJ9", "Example of Ed25519 signing");
  EXPECT_EQ(token,
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-"
            "09PGcvMg3AIbQR6"
            "dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  EXPECT_EQ(key.public_jwk().at("x").as_string(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
}

}  // namespace
}  // namespace doorward::wire::jose
