// Tokens that were verified lately, so that a visitor's next request costs a look-up and no
// signature.
//
// Why:     a page load brings a dozen requests with one pass, and checking ES256 costs more than
//          all the rest of a request. Only what verified is kept: a refusal is worked out again
//          each time.
// Time:    an entry is found only before its `expires`; `now` is passed in.
// Threads: thread-safe; 16 parts with a lock each.
// Bounds:  `capacity` entries, rounded up to a power of two of at least 64. A full set of four
//          gives up the entry that was used longest ago. Of a token its SHA-256 is kept: equal
//          digests are equal tokens, and a row needs no memory of its own. A part has no memory
//          before its first entry.
#pragma once

#include "base/siphash.hpp"
#include "wire/sha256.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::wire::jose {

template <class Value>
class VerifiedCache {
 public:
  using Time = std::chrono::system_clock::time_point;

  // `key` keeps strangers from choosing which entries meet in one set.
  VerifiedCache(std::size_t capacity, SipKey key)
      : key_(key), sets_(std::bit_ceil(std::max<std::size_t>(capacity, 64)) / kParts / kWays) {}

  std::optional<Value> find(std::string_view token, Time now) {
    const Digest digest = sha256(token);
    const std::uint64_t hash = place_of(digest);
    Part& part = parts_[hash % kParts];
    const std::lock_guard lock(part.mutex);
    if (part.entries.empty()) return std::nullopt;
    for (Entry& entry : set_of(part, hash)) {
      if (entry.digest != digest) continue;
      if (now >= entry.expires) return std::nullopt;
      entry.used = ++part.uses;
      return entry.value;
    }
    return std::nullopt;
  }

  void insert(std::string_view token, Value value, Time expires, Time now) {
    if (now >= expires) return;
    const Digest digest = sha256(token);
    const std::uint64_t hash = place_of(digest);
    Part& part = parts_[hash % kParts];
    const std::lock_guard lock(part.mutex);
    if (part.entries.empty()) part.entries.resize(sets_ * kWays);
    Entry* oldest = nullptr;
    for (Entry& entry : set_of(part, hash)) {
      if (entry.digest == digest) {
        oldest = &entry;
        break;
      }
      if (entry.expires <= now) entry.used = 0;
      if (oldest == nullptr || entry.used < oldest->used) oldest = &entry;
    }
    *oldest = Entry{digest, ++part.uses, expires, std::move(value)};
  }

 private:
  static constexpr std::size_t kParts = 16;
  static constexpr std::size_t kWays = 4;

  struct Entry {
    Digest digest{};
    std::uint64_t used = 0;
    Time expires{};
    Value value{};
  };
  struct Part {
    std::mutex mutex;
    std::uint64_t uses = 0;
    std::vector<Entry> entries;
  };

  // Keyed, so that nobody can search for tokens that meet.
  std::uint64_t place_of(const Digest& digest) const {
    return siphash64(key_, {reinterpret_cast<const char*>(digest.data()), digest.size()});
  }
  std::span<Entry> set_of(Part& part, std::uint64_t hash) {
    return {part.entries.data() + hash / kParts % sets_ * kWays, kWays};
  }

  SipKey key_;
  std::size_t sets_;
  std::array<Part, kParts> parts_;
};

}  // namespace doorward::wire::jose
