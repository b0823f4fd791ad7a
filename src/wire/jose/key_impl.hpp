// What a Key holds. Internal to wire/jose.
#pragma once

#include "wire/jose/jws.hpp"
#include "wire/jose/openssl.hpp"

#include <cstdint>
#include <string>

namespace doorward::wire::jose {

struct Key::Impl {
  std::string kid;
  Algorithm algorithm = Algorithm::hs256;
  bool can_sign = false;
  PkeyPtr pkey;        // null for HS256
  std::string secret;  // HS256 only
  std::uint64_t serial = next_serial();

  static std::uint64_t next_serial();
  static Key wrap(std::shared_ptr<const Impl> impl);
};

// Checks that the key fits the algorithm.
Result<Key> make_key(PkeyPtr pkey, bool can_sign, Algorithm algorithm, std::string kid);

}  // namespace doorward::wire::jose
