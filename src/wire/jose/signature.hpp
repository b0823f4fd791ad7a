// The four signature algorithms over OpenSSL. Internal to wire/jose.
//
// Spec: RFC 7518 sections 3.2 to 3.4, RFC 8037 section 3.1.
#pragma once

#include "wire/jose/openssl.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace doorward::wire::jose {

// HMAC-SHA256. `serial` names the secret for as long as the process lives: the keyed context is
// kept by thread, since keying costs more than the MAC of a token.
std::string hmac_sha256(std::uint64_t serial, std::string_view secret, std::string_view input);

// `digest` is null for Ed25519.
std::string sign_digest(EVP_PKEY* key, const EVP_MD* digest, std::string_view input);
bool verify_digest(EVP_PKEY* key, const EVP_MD* digest, std::string_view input,
                   std::string_view signature);

// ECDSA signatures: the 64 bytes r || s of JOSE, and the DER of OpenSSL. Empty when they do not
// fit.
std::string ecdsa_to_raw(std::string_view der);
std::string ecdsa_to_der(std::string_view raw);

bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace doorward::wire::jose
