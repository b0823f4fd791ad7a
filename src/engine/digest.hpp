// Digests of what commands change: of a room's policy, a rule, an inventory, a tenant's settings,
// an API key's hash.
//
// Why:     whoever read a thing and writes it back must know that it still is the same. Two copies
//          of a large rule or seat map would not fit a record, and a revision would have to stand
//          in every snapshot; a digest does the same with 16 bytes and no state.
// Threads: pure functions.
// Spec:    docs/log-format.md, "Batch". Over the bytes that the log has of the thing: a later
//          version writes the same thing with the same bytes.
#pragma once

#include "base/bytes.hpp"
#include "engine/command.hpp"

#include <optional>

namespace doorward::engine {

Digest digest_of(const room::Policy& policy);
Digest digest_of(const limit::Rule& rule);  // under its plain name
Digest digest_of(const reserve::Inventory& inventory);
Digest digest_of(const tenant::Settings& settings);
Digest digest_of(const tenant::KeyHash& key);

// Whether `now` is not what was seen; null: there is none any more.
template <class Thing>
bool is_another(const std::optional<Digest>& seen, const Thing* now) {
  return seen && (now == nullptr || digest_of(*now) != *seen);
}

// The last field of a command that may carry one.
void put_seen(ByteWriter& out, const std::optional<Digest>& seen);
std::optional<Digest> get_seen(ByteReader& in);

}  // namespace doorward::engine
