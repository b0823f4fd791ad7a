#include "wire/base64.hpp"
#include "wire/jose/key_impl.hpp"
#include "wire/json_member.hpp"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <boost/assert.hpp>
#include <boost/json.hpp>

#include <array>

namespace doorward::wire::jose {
namespace {

namespace json = boost::json;

constexpr std::size_t kCoordinate = 32;
constexpr std::size_t kMaxMember = 2048;  // an RSA number of 8,192 bits takes 1,366 letters

// The bytes of a member; empty where it is missing, is not base64url, or is too long.
std::string bytes_member(const json::object& jwk, std::string_view name) {
  const std::string_view text = text_member(jwk, name);
  if (text.size() > kMaxMember) return {};
  return base64url_decode(text).value_or("");
}

PkeyPtr from_params(const char* type, OSSL_PARAM_BLD* build, bool is_private) {
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(build));
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* pkey = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &pkey, is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                        params.get()) != 1)
    return nullptr;
  return PkeyPtr(pkey);
}

PkeyPtr rsa_from_jwk(const json::object& jwk, bool is_private) {
  static constexpr std::array<std::pair<const char*, const char*>, 8> kNumbers{
      {{"n", OSSL_PKEY_PARAM_RSA_N},
       {"e", OSSL_PKEY_PARAM_RSA_E},
       {"d", OSSL_PKEY_PARAM_RSA_D},
       {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
       {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},
       {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
       {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2},
       {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1}}};
  const ParamBuildPtr build(OSSL_PARAM_BLD_new());
  std::array<BnPtr, kNumbers.size()> numbers;  // must outlive the build
  const std::size_t count = is_private ? kNumbers.size() : 2;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string bytes = bytes_member(jwk, kNumbers[i].first);
    if (bytes.empty()) return nullptr;
    numbers[i].reset(BN_bin2bn(octets(bytes.data()), static_cast<int>(bytes.size()), nullptr));
    OSSL_PARAM_BLD_push_BN(build.get(), kNumbers[i].second, numbers[i].get());
  }
  return from_params("RSA", build.get(), is_private);
}

PkeyPtr ec_from_jwk(const json::object& jwk, bool is_private) {
  const std::string x = bytes_member(jwk, "x");
  const std::string y = bytes_member(jwk, "y");
  const std::string d = bytes_member(jwk, "d");
  if (text_member(jwk, "crv") != "P-256" || x.size() != kCoordinate || y.size() != kCoordinate ||
      (is_private && d.size() != kCoordinate))
    return nullptr;
  const std::string point = '\x04' + x + y;
  const BnPtr secret(BN_bin2bn(octets(d.data()), static_cast<int>(d.size()), nullptr));
  const ParamBuildPtr build(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  if (is_private) OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get());
  return from_params("EC", build.get(), is_private);
}

PkeyPtr okp_from_jwk(const json::object& jwk, bool is_private) {
  const std::string bytes = bytes_member(jwk, is_private ? "d" : "x");
  if (text_member(jwk, "crv") != "Ed25519" || bytes.size() != kCoordinate) return nullptr;
  const auto* from = octets(bytes.data());
  return PkeyPtr(
      is_private ? EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, from, bytes.size())
                 : EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, from, bytes.size()));
}

std::optional<Algorithm> algorithm_of_type(std::string_view type) {
  if (type == "RSA") return Algorithm::rs256;
  if (type == "EC") return Algorithm::es256;
  if (type == "OKP") return Algorithm::eddsa;
  if (type == "oct") return Algorithm::hs256;
  return std::nullopt;
}

std::string number_text(const EVP_PKEY* key, const char* name, std::size_t width) {
  BIGNUM* raw = nullptr;
  BOOST_VERIFY(EVP_PKEY_get_bn_param(key, name, &raw) == 1);
  const BnPtr number(raw);
  std::string bytes(std::max<std::size_t>(width, static_cast<std::size_t>(BN_num_bytes(raw))),
                    '\0');
  BN_bn2binpad(raw, octets(bytes.data()), static_cast<int>(bytes.size()));
  return base64url_encode(bytes);
}

}  // namespace

Result<Key> Key::from_jwk(const json::object& jwk) {
  const std::string kid(text_member(jwk, "kid"));
  const auto algorithm = algorithm_of_type(text_member(jwk, "kty"));
  if (!algorithm || (jwk.contains("alg") && text_member(jwk, "alg") != to_string(*algorithm)) ||
      (jwk.contains("use") && text_member(jwk, "use") != "sig")) {
    return error(Errc::invalid, fmt::format("key \"{}\" is not for a signature with HS256, RS256, "
                                            "ES256 or EdDSA: check kty, alg and use",
                                            kid));
  }
  const bool is_private = jwk.contains("d");
  switch (*algorithm) {
    case Algorithm::hs256: return from_secret(bytes_member(jwk, "k"), kid);
    case Algorithm::rs256:
      return make_key(rsa_from_jwk(jwk, is_private), is_private, *algorithm, kid);
    case Algorithm::es256:
      return make_key(ec_from_jwk(jwk, is_private), is_private, *algorithm, kid);
    case Algorithm::eddsa:
      return make_key(okp_from_jwk(jwk, is_private), is_private, *algorithm, kid);
  }
  return error(Errc::invalid, "unknown key type");
}

json::object Key::public_jwk() const {
  BOOST_ASSERT(algorithm() != Algorithm::hs256);
  json::object jwk{{"kid", kid()}, {"use", "sig"}, {"alg", to_string(algorithm())}};
  const EVP_PKEY* const key = impl_->pkey.get();
  if (algorithm() == Algorithm::rs256) {
    jwk["kty"] = "RSA";
    jwk["n"] = number_text(key, OSSL_PKEY_PARAM_RSA_N, 0);
    jwk["e"] = number_text(key, OSSL_PKEY_PARAM_RSA_E, 0);
  } else if (algorithm() == Algorithm::es256) {
    jwk["kty"] = "EC";
    jwk["crv"] = "P-256";
    jwk["x"] = number_text(key, OSSL_PKEY_PARAM_EC_PUB_X, kCoordinate);
    jwk["y"] = number_text(key, OSSL_PKEY_PARAM_EC_PUB_Y, kCoordinate);
  } else {
    std::string bytes(kCoordinate, '\0');
    std::size_t size = bytes.size();
    BOOST_VERIFY(EVP_PKEY_get_raw_public_key(key, octets(bytes.data()), &size) == 1);
    jwk["kty"] = "OKP";
    jwk["crv"] = "Ed25519";
    jwk["x"] = base64url_encode(bytes);
  }
  return jwk;
}

}  // namespace doorward::wire::jose
