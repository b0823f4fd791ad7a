#include "ports/memory/counter_saving.hpp"

#include "base/bytes.hpp"
#include "base/crc32c.hpp"

#include <cstdint>
#include <utility>

namespace doorward::ports {
namespace {

constexpr std::string_view kMagic = "DWCNTR";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeadBytes = 28;       // magic, version, secret, checksum
constexpr std::size_t kBlockHeadBytes = 16;  // length, counters, number, checksum
constexpr std::size_t kBlockBytes = std::size_t{256} << 10;

struct BlockHead {
  std::uint32_t length = 0;
  std::uint32_t counters = 0;
  std::uint32_t number = 0;
  std::uint32_t checksum = 0;  // of the three above and the payload
};

std::string head_of(const SipKey& secret) {
  ByteWriter out(kHeadBytes);
  out.raw(kMagic);
  out.u16(kVersion);
  out.u64(secret.lo);
  out.u64(secret.hi);
  out.u32(crc32c(out.view()));
  return out.take();
}

std::string block_head(std::string_view payload, std::uint32_t counters, std::uint32_t number) {
  ByteWriter out(kBlockHeadBytes);
  out.u32(static_cast<std::uint32_t>(payload.size()));
  out.u32(counters);
  out.u32(number);
  out.u32(crc32c(payload, crc32c(out.view())));
  return out.take();
}

Error corrupt() { return error(Errc::corrupt, "the saved counters fail their checksum"); }

Result<SipKey> read_head(const ReadBytes& read) {
  auto bytes = read(kHeadBytes);
  if (bytes.has_error()) return bytes.error();
  ByteReader in(*bytes);
  const bool ours = in.raw(kMagic.size()) == kMagic;
  const std::uint16_t version = in.u16();
  SipKey secret;
  secret.lo = in.u64();
  secret.hi = in.u64();
  const std::uint32_t checksum = in.u32();
  if (!in.finished() || !ours) return corrupt();
  if (version > kVersion) {
    return error(Errc::unsupported_version, "the counters were saved by a newer program");
  }
  const std::string_view checked = std::string_view(*bytes).substr(0, kHeadBytes - 4);
  if (checksum != crc32c(checked)) return corrupt();
  return secret;
}

// The counters of one block; false at the last one, which is empty.
Result<bool> read_block(MemoryCounterStore& store, std::uint32_t number, limit::Time now,
                        const ReadBytes& read) {
  auto head_bytes = read(kBlockHeadBytes);
  if (head_bytes.has_error()) return head_bytes.error();
  ByteReader in(*head_bytes);
  BlockHead head;
  head.length = in.u32();
  head.counters = in.u32();
  head.number = in.u32();
  head.checksum = in.u32();
  if (!in.finished() || head.number != number || head.length > kMaxBlockBytes) return corrupt();

  auto payload = read(head.length);
  if (payload.has_error()) return payload.error();
  const std::string_view checked = std::string_view(*head_bytes).substr(0, kBlockHeadBytes - 4);
  if (payload->size() != head.length || crc32c(*payload, crc32c(checked)) != head.checksum) {
    return corrupt();
  }
  ByteReader counters(*payload);
  if (!store.read(counters, head.counters, now) || !counters.finished()) return corrupt();
  return head.length > 0;
}

Result<SipKey> load(MemoryCounterStore& store, limit::Time now, const ReadBytes& read) {
  const auto secret = read_head(read);
  if (secret.has_error()) return secret;
  for (std::uint32_t number = 0;; ++number) {
    const auto more = read_block(store, number, now, read);
    if (more.has_error()) return more.error();
    if (!*more) return secret;
  }
}

}  // namespace

Result<> save_counters(const MemoryCounterStore& store, const SipKey& secret, limit::Time now,
                       const WriteBytes& write) {
  if (auto written = write(head_of(secret)); written.has_error()) return written;
  ByteWriter block(2 * kBlockBytes);
  std::uint32_t counters = 0;
  std::uint32_t number = 0;
  const auto flush = [&]() -> Result<> {
    auto written = write(block_head(block.view(), counters, number++));
    if (written.has_value()) written = write(block.view());
    block.clear();
    counters = 0;
    return written;
  };
  for (std::size_t shard = 0; shard < MemoryCounterStore::kShards; ++shard) {
    counters += store.write(shard, block, now);
    if (block.size() < kBlockBytes) continue;
    if (auto written = flush(); written.has_error()) return written;
  }
  if (counters > 0) {
    if (auto written = flush(); written.has_error()) return written;
  }
  return flush();
}

Result<SipKey> load_counters(MemoryCounterStore& store, limit::Time now, const ReadBytes& read) {
  auto secret = load(store, now, read);
  if (secret.has_error()) store.clear();
  return secret;
}

}  // namespace doorward::ports
