#include "engine/digest.hpp"

#include "engine/record_parts.hpp"
#include "engine/reserve_record.hpp"
#include "engine/rule_record.hpp"
#include "engine/tenant_record.hpp"

namespace doorward::engine {
namespace {

template <class Thing>
Digest digest(void (*put)(ByteWriter&, const Thing&), const Thing& thing) {
  ByteWriter out;
  put(out, thing);
  return siphash128(SipKey{}, out.view());
}

}  // namespace

Digest digest_of(const room::Policy& policy) { return digest(put_policy, policy); }
Digest digest_of(const limit::Rule& rule) { return digest(put_rule, rule); }
Digest digest_of(const reserve::Inventory& inventory) { return digest(put_inventory, inventory); }
Digest digest_of(const tenant::Settings& settings) { return digest(put_settings, settings); }
Digest digest_of(const tenant::KeyHash& key) {
  return siphash128(SipKey{}, {reinterpret_cast<const char*>(key.data()), key.size()});
}

void put_seen(ByteWriter& out, const std::optional<Digest>& seen) {
  if (seen) put_id(out, *seen);
}

std::optional<Digest> get_seen(ByteReader& in) {
  if (in.at_end()) return std::nullopt;
  return get_id<Digest>(in);
}

}  // namespace doorward::engine
