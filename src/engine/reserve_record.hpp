// The bytes of the commands about inventories, holds and locks, and of an inventory.
//
// Errors:  `in.ok()` is false afterwards if it was malformed.
// Spec:    docs/log-format.md, "Batch" and "An inventory".
#pragma once

#include "base/bytes.hpp"
#include "engine/command.hpp"

namespace doorward::engine {

void put_inventory(ByteWriter& out, const reserve::Inventory& inventory);
reserve::Inventory get_inventory(ByteReader& in);

void put(ByteWriter& out, const SetInventory& c);
void get(ByteReader& in, SetInventory& c);
void put(ByteWriter& out, const RemoveInventory& c);
void get(ByteReader& in, RemoveInventory& c);
void put(ByteWriter& out, const Hold& c);
void get(ByteReader& in, Hold& c);
void put(ByteWriter& out, const Extend& c);
void get(ByteReader& in, Extend& c);
void put(ByteWriter& out, const Confirm& c);
void get(ByteReader& in, Confirm& c);
void put(ByteWriter& out, const Release& c);
void get(ByteReader& in, Release& c);
void put(ByteWriter& out, const AcquireLock& c);
void get(ByteReader& in, AcquireLock& c);
void put(ByteWriter& out, const RenewLock& c);
void get(ByteReader& in, RenewLock& c);
void put(ByteWriter& out, const ReleaseLock& c);
void get(ByteReader& in, ReleaseLock& c);

}  // namespace doorward::engine
