#include "wire/jose/key_impl.hpp"

#include "wire/base64.hpp"
#include "wire/jose/signature.hpp"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <boost/assert.hpp>

#include <atomic>

namespace doorward::wire::jose {
namespace {

constexpr std::size_t kMinSecret = 32;  // RFC 7518 section 3.2
constexpr int kMinRsaBits = 2048;       // RFC 7518 section 3.3
constexpr int kMaxRsaBits = 8192;

const EVP_MD* digest_of(Algorithm algorithm) {
  return algorithm == Algorithm::eddsa ? nullptr : EVP_sha256();
}

bool is_p256(const EVP_PKEY* key) {
  char group[32];
  std::size_t size = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group, sizeof group, &size) == 1 &&
         std::string_view(group, size) == "prime256v1";
}

bool fits(const EVP_PKEY* key, Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::hs256: return false;
    case Algorithm::rs256:
      return EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) >= kMinRsaBits &&
             EVP_PKEY_get_bits(key) <= kMaxRsaBits;
    case Algorithm::es256: return is_p256(key);
    case Algorithm::eddsa: return EVP_PKEY_is_a(key, "ED25519") == 1;
  }
  return false;
}

EVP_PKEY* generate_pkey(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::hs256: return nullptr;
    case Algorithm::rs256: return EVP_RSA_gen(kMinRsaBits);
    case Algorithm::es256: return EVP_EC_gen("P-256");
    case Algorithm::eddsa: return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
  return nullptr;
}

}  // namespace

std::uint64_t Key::Impl::next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

Result<Key> make_key(PkeyPtr pkey, bool can_sign, Algorithm algorithm, std::string kid) {
  if (pkey == nullptr || !fits(pkey.get(), algorithm)) {
    return error(Errc::invalid,
                 fmt::format("key \"{}\" does not fit {}: RS256 wants RSA of {} to {} bits, ES256 "
                             "the curve P-256, EdDSA the curve Ed25519",
                             kid, to_string(algorithm), kMinRsaBits, kMaxRsaBits));
  }
  auto impl = std::make_shared<Key::Impl>();
  impl->kid = std::move(kid);
  impl->algorithm = algorithm;
  impl->can_sign = can_sign;
  impl->pkey = std::move(pkey);
  return Key::Impl::wrap(std::move(impl));
}

Key Key::Impl::wrap(std::shared_ptr<const Impl> impl) {
  Key key;
  key.impl_ = std::move(impl);
  return key;
}

Result<Key> Key::generate(Algorithm algorithm, std::string kid) {
  if (algorithm != Algorithm::hs256)
    return make_key(PkeyPtr(generate_pkey(algorithm)), true, algorithm, std::move(kid));
  std::string secret(kMinSecret, '\0');
  if (RAND_bytes(octets(secret.data()), kMinSecret) != 1)
    return error(Errc::unavailable, "the system has no random numbers to make a key from");
  return from_secret(secret, std::move(kid));
}

Result<Key> Key::from_secret(std::string_view secret, std::string kid) {
  if (secret.size() < kMinSecret) {
    return error(Errc::invalid,
                 fmt::format("the HS256 secret \"{}\" has {} bytes: give it {} or more", kid,
                             secret.size(), kMinSecret));
  }
  auto impl = std::make_shared<Impl>();
  impl->kid = std::move(kid);
  impl->algorithm = Algorithm::hs256;
  impl->can_sign = true;
  impl->secret = secret;
  return Impl::wrap(std::move(impl));
}

Result<Key> Key::from_pem(std::string_view pem, Algorithm algorithm, std::string kid) {
  if (algorithm == Algorithm::hs256) {
    while (!pem.empty() && (pem.back() == '\n' || pem.back() == '\r')) pem.remove_suffix(1);
    const auto secret = base64url_decode(pem);
    if (!secret) {
      return error(Errc::invalid,
                   fmt::format("the HS256 secret \"{}\" is not base64url without padding", kid));
    }
    return from_secret(*secret, std::move(kid));
  }
  // A password callback that has none: an encrypted key must fail, and not ask at a terminal.
  const auto no_password = [](char*, int, int, void*) { return 0; };
  const auto size = static_cast<int>(pem.size());
  const BioPtr bio(BIO_new_mem_buf(pem.data(), size));
  PkeyPtr pkey(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  const bool can_sign = pkey != nullptr;
  if (!can_sign) {
    const BioPtr again(BIO_new_mem_buf(pem.data(), size));
    pkey.reset(PEM_read_bio_PUBKEY(again.get(), nullptr, no_password, nullptr));
  }
  if (pkey == nullptr) {
    return error(Errc::invalid, fmt::format("key \"{}\" is not an unencrypted PEM private key "
                                            "(PKCS#8) or public key (SPKI)",
                                            kid));
  }
  return make_key(std::move(pkey), can_sign, algorithm, std::move(kid));
}

const std::string& Key::kid() const { return impl_->kid; }
Algorithm Key::algorithm() const { return impl_->algorithm; }
bool Key::can_sign() const { return impl_->can_sign; }

std::string Key::to_pem() const {
  BOOST_ASSERT(can_sign());
  if (algorithm() == Algorithm::hs256) return base64url_encode(impl_->secret) + '\n';
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  BOOST_VERIFY(PEM_write_bio_PKCS8PrivateKey(bio.get(), impl_->pkey.get(), nullptr, nullptr, 0,
                                             nullptr, nullptr) == 1);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

std::string Key::sign(std::string_view input) const {
  BOOST_ASSERT(can_sign());
  if (algorithm() == Algorithm::hs256) return hmac_sha256(impl_->serial, impl_->secret, input);
  std::string signature = sign_digest(impl_->pkey.get(), digest_of(algorithm()), input);
  return algorithm() == Algorithm::es256 ? ecdsa_to_raw(signature) : signature;
}

bool Key::verify(std::string_view input, std::string_view signature) const {
  if (algorithm() == Algorithm::hs256)
    return equal_in_constant_time(hmac_sha256(impl_->serial, impl_->secret, input), signature);
  if (algorithm() != Algorithm::es256)
    return verify_digest(impl_->pkey.get(), digest_of(algorithm()), input, signature);
  const std::string der = ecdsa_to_der(signature);
  return !der.empty() && verify_digest(impl_->pkey.get(), digest_of(algorithm()), input, der);
}

}  // namespace doorward::wire::jose
