// Saved counters from anywhere: read, decided upon, saved and read again.
//
// The first byte says what follows: a whole file, or one block's counters, around which a whole
// file with true checksums is made, so that the fuzzer need not guess them.
#include "ports/memory/counter_saving.hpp"

#include "base/bytes.hpp"
#include "base/crc32c.hpp"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace doorward;         // NOLINT(google-build-using-namespace)
using namespace doorward::ports;  // NOLINT(google-build-using-namespace)

namespace {

constexpr limit::Time kNow{std::chrono::seconds{1'700'000'000}};

void add_block(ByteWriter& file, std::string_view payload, std::uint32_t counters,
               std::uint32_t number) {
  ByteWriter head;
  head.u32(static_cast<std::uint32_t>(payload.size()));
  head.u32(counters);
  head.u32(number);
  file.raw(head.view());
  file.u32(crc32c(payload, crc32c(head.view())));
  file.raw(payload);
}

std::string file_around(std::string_view payload, std::uint32_t counters) {
  ByteWriter file;
  file.raw("DWCNTR");
  file.u16(1);
  file.u64(1);
  file.u64(2);
  file.u32(crc32c(file.view()));
  add_block(file, payload, counters, 0);
  if (!payload.empty()) add_block(file, "", 0, 1);
  return file.take();
}

bool load(MemoryCounterStore& store, std::string_view bytes) {
  return load_counters(store, kNow,
                       [&](std::size_t most) -> Result<std::string> {
                         std::string read(bytes.substr(0, most));
                         bytes.remove_prefix(read.size());
                         return read;
                       })
      .has_value();
}

void use(MemoryCounterStore& store, const Hash128& key) {
  for (std::uint8_t a = 0; a <= static_cast<std::uint8_t>(limit::Algorithm::concurrency); ++a) {
    const limit::CompiledQuota quota{{.algorithm = static_cast<limit::Algorithm>(a), .limit = 3}};
    const Hit hit{key, &quota, 1, 7};
    for (const auto now : {kNow - limit::kMaxWindow, kNow, kNow + limit::kMaxWindow}) {
      const auto peeked = store.peek(hit, now);
      if (peeked.remaining > peeked.limit) std::abort();
    }
    if (store.peek(hit, kNow).remaining < 3) store.decide(hit, kNow);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string file = data[0] == 0 ? std::string(rest) : file_around(rest, data[0]);

  static MemoryCounterStore store;
  store.clear();
  const bool read = load(store, file);
  const auto keys = store.stats().keys;
  if (!read && keys != 0) std::abort();

  std::string saved;
  const auto append = [&](std::string_view bytes) -> Result<> {
    saved += bytes;
    return {};
  };
  if (save_counters(store, {3, 4}, kNow, append).has_error()) std::abort();
  ByteReader in(rest);
  use(store, {in.u64(), in.u64()});

  store.clear();
  if (!load(store, saved) || store.stats().keys != keys) std::abort();
  return 0;
}
