#include "wire/jose/signature.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <boost/assert.hpp>

#include <array>

namespace doorward::wire::jose {
namespace {

constexpr std::size_t kCoordinate = 32;

struct KeyedMac {
  std::uint64_t serial = 0;
  MacCtxPtr context;
};

MacCtxPtr keyed_hmac(std::string_view secret) {
  static EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  char digest[] = "SHA256";
  const std::array<OSSL_PARAM, 2> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  MacCtxPtr context(EVP_MAC_CTX_new(mac));
  const int done =
      EVP_MAC_init(context.get(), octets(secret.data()), secret.size(), parameters.data());
  BOOST_VERIFY(done == 1);
  return context;
}

}  // namespace

std::string hmac_sha256(std::uint64_t serial, std::string_view secret, std::string_view input) {
  thread_local std::array<KeyedMac, 8> kept;
  KeyedMac& slot = kept[serial % kept.size()];
  if (slot.context == nullptr || slot.serial != serial) slot = {serial, keyed_hmac(secret)};
  std::string out(32, '\0');
  std::size_t size = 0;
  EVP_MAC_CTX* const context = slot.context.get();
  // No key means: the same key from the beginning.
  const bool done = EVP_MAC_init(context, nullptr, 0, nullptr) == 1 &&
                    EVP_MAC_update(context, octets(input.data()), input.size()) == 1 &&
                    EVP_MAC_final(context, octets(out.data()), &size, out.size()) == 1;
  BOOST_VERIFY(done && size == out.size());
  return out;
}

std::string sign_digest(EVP_PKEY* key, const EVP_MD* digest, std::string_view input) {
  const MdCtxPtr context(EVP_MD_CTX_new());
  std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  std::size_t size = out.size();
  const bool done = EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
                    EVP_DigestSign(context.get(), octets(out.data()), &size, octets(input.data()),
                                   input.size()) == 1;
  BOOST_VERIFY(done);
  out.resize(size);
  return out;
}

bool verify_digest(EVP_PKEY* key, const EVP_MD* digest, std::string_view input,
                   std::string_view signature) {
  const MdCtxPtr context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), octets(signature.data()), signature.size(),
                          octets(input.data()), input.size()) == 1;
}

std::string ecdsa_to_raw(std::string_view der) {
  const unsigned char* at = octets(der.data());
  const EcdsaSigPtr parts(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string raw(2 * kCoordinate, '\0');
  if (parts == nullptr ||
      BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), octets(raw.data()), kCoordinate) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), octets(raw.data()) + kCoordinate, kCoordinate) <
          0)
    return {};
  return raw;
}

std::string ecdsa_to_der(std::string_view raw) {
  if (raw.size() != 2 * kCoordinate) return {};
  const EcdsaSigPtr parts(ECDSA_SIG_new());
  BIGNUM* const r = BN_bin2bn(octets(raw.data()), kCoordinate, nullptr);
  BIGNUM* const s = BN_bin2bn(octets(raw.data()) + kCoordinate, kCoordinate, nullptr);
  ECDSA_SIG_set0(parts.get(), r, s);
  unsigned char* bytes = nullptr;
  const int size = i2d_ECDSA_SIG(parts.get(), &bytes);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace doorward::wire::jose
