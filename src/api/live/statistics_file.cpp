// How the statistics are kept in bytes: docs/storage.md, "The statistics".
#include "api/live/statistics.hpp"
#include "base/crc32c.hpp"

#include <utility>

namespace doorward::api::live {
namespace {

constexpr std::string_view kMagic = "DWSTAT";
constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kChecksum = 4;
constexpr unsigned kGroup = 7;

void put(std::string& out, std::uint64_t value) {
  for (; value >> kGroup != 0; value >>= kGroup) out += static_cast<char>(value | 0x80U);
  out += static_cast<char>(value);
}
void put(std::string& out, std::string_view text) {
  put(out, text.size());
  out += text;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += kGroup) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80U) return value;
    }
    good_ = false;
    return 0;
  }
  std::string_view text() {
    const std::uint64_t size = number();
    if (size > bytes_.size()) {
      good_ = false;
      return {};
    }
    const std::string_view text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }
  bool good() const { return good_; }
  bool ended() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool good_ = true;
};

std::string checksum(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  std::string out;
  for (unsigned i = 0; i < kChecksum; ++i) out += static_cast<char>(crc >> 8 * i);
  return out;
}

void put(std::string& out, const Bucket& bucket) {
  put(out, static_cast<std::uint64_t>(bucket.number));
  for (const auto count :
       {bucket.requests, bucket.refused, bucket.errors, bucket.waiting, bucket.inside})
    put(out, count);
  for (const std::uint32_t count : bucket.latencies) put(out, std::uint64_t{count});
}

Bucket bucket_from(Reader& in) {
  Bucket bucket;
  bucket.number = static_cast<std::int64_t>(in.number());
  for (auto* count :
       {&bucket.requests, &bucket.refused, &bucket.errors, &bucket.waiting, &bucket.inside})
    *count = in.number();
  for (std::uint32_t& count : bucket.latencies) count = static_cast<std::uint32_t>(in.number());
  return bucket;
}

void put(std::string& out, const SpaceSaving& sketch) {
  put(out, sketch.items().size());
  for (const auto& item : sketch.items()) {
    put(out, item.key);
    put(out, item.count);
    put(out, item.over);
  }
}

bool sketch_from(Reader& in, SpaceSaving& sketch) {
  sketch.clear();
  for (std::uint64_t left = in.number(); left > 0 && in.good(); --left) {
    const std::string_view key = in.text();
    const std::uint64_t count = in.number();
    sketch.add(key, count, in.number());
  }
  return in.good();
}

Error damaged() { return error(Errc::corrupt, "the file of the statistics is damaged"); }

}  // namespace

std::string Statistics::save(LogTime now) {
  std::string out(kMagic);
  put(out, kFormat);
  {
    const std::lock_guard lock(mutex_);
    put(out, static_cast<std::uint64_t>(collect({}, now).time_since_epoch().count()));
    for (const Ring& ring : rings_) {
      std::string buckets;
      std::uint64_t used = 0;
      for (const Bucket& bucket : ring.buckets) {
        if (bucket.number < 0) continue;
        put(buckets, bucket);
        ++used;
      }
      put(out, used);
      out += buckets;
    }
  }
  for (Part& part : parts_) {
    const std::lock_guard lock(part.mutex);
    put(out, static_cast<std::uint64_t>(part.half_day));
    put(out, part.before);
    put(out, part.now);
  }
  return out + checksum(out);
}

Result<> Statistics::load(std::string_view bytes, LogTime now) {
  if (bytes.size() < kMagic.size() + kChecksum || !bytes.starts_with(kMagic)) return damaged();
  const std::string_view sum = bytes.substr(bytes.size() - kChecksum);
  bytes.remove_suffix(kChecksum);
  if (checksum(bytes) != sum) return damaged();
  Reader in(bytes.substr(kMagic.size()));
  if (in.number() > kFormat)
    return error(Errc::unsupported_version, "the statistics are of a newer program");
  const LogTime saved{Millis{static_cast<std::int64_t>(in.number())}};
  const std::lock_guard lock(mutex_);
  clear();
  for (Ring& ring : rings_) {
    for (std::uint64_t left = in.number(); left > 0 && in.good(); --left) {
      Bucket bucket = bucket_from(in);
      if (bucket.number < 0) return clear(), damaged();
      const auto at = static_cast<std::size_t>(bucket.number) % ring.buckets.size();
      ring.buckets[at] = std::move(bucket);
    }
  }
  for (Part& part : parts_) {
    const std::lock_guard part_lock(part.mutex);
    part.half_day = static_cast<std::int64_t>(in.number());
    if (!sketch_from(in, part.before) || !sketch_from(in, part.now)) return clear(), damaged();
  }
  if (!in.good() || !in.ended()) return clear(), damaged();
  last_ = saved;
  collect({}, now);
  return {};
}

}  // namespace doorward::api::live
