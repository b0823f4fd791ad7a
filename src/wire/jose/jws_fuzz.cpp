// A token that nobody signed is never taken, whatever it holds. The same bytes signed, so that the
// fuzzer gets past the signature, are taken only with an expiry in the future. A key set from
// somebody else's server is read or refused.
#include "wire/base64.hpp"
#include "wire/jose/jws.hpp"
#include "wire/json_strict.hpp"

#include <cstdlib>

namespace {

using namespace doorward::wire;
using jose::Algorithm, jose::Key, jose::KeySet;

constexpr std::chrono::seconds kNow{1'800'000'000};
const std::chrono::system_clock::time_point now_point{kNow};

const KeySet& keys() {
  static const KeySet made({*Key::from_secret("0123456789abcdef0123456789abcdef", "k")});
  return made;
}

void verify_signed(std::string_view header, std::string_view claims) {
  std::string token = base64url_encode(header) + '.' + base64url_encode(claims);
  const std::string signature = keys().signer().sign(token);
  token += '.' + base64url_encode(signature);
  const auto verified = jose::verify(keys(), token, {}, now_point);
  if (!verified) return;
  const auto* expiry = verified->claims.if_contains("exp");
  if (verified->kid != "k" || expiry == nullptr || !expiry->is_number()) std::abort();
  if (expiry->to_number<double>() <= static_cast<double>(kNow.count())) std::abort();
}

void read_key(std::string_view text) {
  const auto json = doorward::wire::parse_json_strict(text);
  if (!json || !json->is_object()) return;
  const auto key = Key::from_jwk(json->get_object());
  if (!key || key->algorithm() == Algorithm::hs256) return;
  if (!Key::from_jwk(key->public_jwk())) std::abort();
  (void)key->verify("input", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (jose::verify(keys(), text, {}, now_point)) std::abort();
  const std::size_t cut = text.find('\n');
  if (cut != std::string_view::npos) verify_signed(text.substr(0, cut), text.substr(cut + 1));
  read_key(text);
  return 0;
}
