// A store's lasting counters as a file's bytes, and back.
//
// Why:     sans I/O: whoever calls brings the file. The secret of the keys' hashes is saved with
//          them, since without it no saved counter would be found again.
// Threads: thread-safe with all use of the store: a save locks one shard at a time, so that the
//          counters of different shards may stem from moments apart.
// Bounds:  a block of a file is read whole: at most kMaxBlockBytes.
// Errors:  of the given functions; corrupt and unsupported_version, after which the store is empty.
// Spec:    docs/storage.md
#pragma once

#include "base/result.hpp"
#include "base/siphash.hpp"
#include "ports/memory/memory_counter_store.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace doorward::ports {

inline constexpr std::size_t kMaxBlockBytes = std::size_t{256} << 20;

using WriteBytes = std::function<Result<>(std::string_view)>;
// As many bytes as asked for; fewer at the end.
using ReadBytes = std::function<Result<std::string>(std::size_t)>;

Result<> save_counters(const MemoryCounterStore& store, const SipKey& secret, limit::Time now,
                       const WriteBytes& write);
// Returns the secret.
Result<SipKey> load_counters(MemoryCounterStore& store, limit::Time now, const ReadBytes& read);

}  // namespace doorward::ports
