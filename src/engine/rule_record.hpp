// A rule as bytes, in records and in snapshots.
//
// Bounds:  as limit::validate_kept has them, which is asked of what was read.
// Errors:  `in.ok()` is false afterwards if it was malformed.
// Names:   full ones, "acme/api" of tenant acme.
// Spec:    docs/log-format.md, "A rule".
#pragma once

#include "base/bytes.hpp"
#include "engine/command.hpp"

namespace doorward::engine {

void put(ByteWriter& out, const SetRule& command);
void get(ByteReader& in, SetRule& command);
void put(ByteWriter& out, const RemoveRule& command);
void get(ByteReader& in, RemoveRule& command);

void put_rule(ByteWriter& out, const limit::Rule& rule);
limit::Rule get_rule(ByteReader& in);

void put_rule_entry(ByteWriter& out, const limit::RuleEntry& entry);
limit::RuleEntry get_rule_entry(ByteReader& in);

}  // namespace doorward::engine
