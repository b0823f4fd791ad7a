// Writing and reading of binary values: fixed little-endian words, variable-length integers,
// strings.
//
// Why:     records, snapshots and tables share one encoding. Every value has exactly one encoding,
//          so equal states are equal bytes.
// Ownership: a reader looks into bytes that outlive it; what it returns as string_view points
// there. Bounds:  a reader never looks past its bytes. The first read that would, or that finds a
// value
//          encoded in a longer way than needed, fails; from then on `ok()` is false and every read
//          gives zero or nothing. So a parser reads a whole structure and checks once.
// Threads: plain values.
// Spec:    docs/log-format.md; varint is LEB128, at most 10 bytes.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace doorward {

class ByteWriter {
 public:
  ByteWriter() = default;
  explicit ByteWriter(std::size_t reserve) { out_.reserve(reserve); }

  void u8(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
  void u16(std::uint16_t v) { fixed(v); }
  void u32(std::uint32_t v) { fixed(v); }
  void u64(std::uint64_t v) { fixed(v); }
  void i64(std::int64_t v) { fixed(static_cast<std::uint64_t>(v)); }
  void boolean(bool v) { u8(v ? 1 : 0); }

  void varint(std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) u8(static_cast<std::uint8_t>(v | 0x80));
    u8(static_cast<std::uint8_t>(v));
  }

  void raw(std::string_view bytes) { out_.append(bytes); }
  // The length as a varint, then the bytes.
  void text(std::string_view bytes) {
    varint(bytes.size());
    raw(bytes);
  }

  // Overwrites four bytes written before, such as a length or checksum that was not yet known.
  void patch_u32(std::size_t at, std::uint32_t v) {
    for (std::size_t i = 0; i < sizeof v; ++i) out_[at + i] = static_cast<char>(v >> 8 * i);
  }

  std::size_t size() const { return out_.size(); }
  std::string_view view() const { return out_; }
  std::string take() { return std::exchange(out_, {}); }
  void clear() { out_.clear(); }

 private:
  template <std::unsigned_integral U>
  void fixed(U v) {
    char bytes[sizeof v];
    for (std::size_t i = 0; i < sizeof v; ++i) bytes[i] = static_cast<char>(v >> 8 * i);
    out_.append(bytes, sizeof v);
  }

  std::string out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::size_t remaining() const { return rest_.size(); }
  // Everything was read, and nothing failed.
  bool finished() const { return ok_ && at_end(); }
  // For a parser that finds a value out of its range.
  void fail() {
    ok_ = false;
    rest_ = {};
  }

  std::uint8_t u8() { return fixed<std::uint8_t>(); }
  std::uint16_t u16() { return fixed<std::uint16_t>(); }
  std::uint32_t u32() { return fixed<std::uint32_t>(); }
  std::uint64_t u64() { return fixed<std::uint64_t>(); }
  std::int64_t i64() { return static_cast<std::int64_t>(fixed<std::uint64_t>()); }
  bool boolean() { return static_cast<bool>(up_to(u8(), 1)); }

  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = u8();
      const bool overlong = byte == 0 && shift > 0;
      const bool too_big = shift == 63 && byte > 1;
      if (!ok_ || overlong || too_big) break;
      v |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return v;
    }
    fail();
    return 0;
  }
  // Fails on a value above `max`.
  std::uint64_t varint(std::uint64_t max) { return up_to(varint(), max); }

  std::string_view raw(std::size_t size) {
    if (size > rest_.size()) {
      fail();
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  // What `ByteWriter::text` wrote; fails on a length above `max`.
  std::string_view text(std::size_t max) { return raw(varint(max)); }

 private:
  template <std::unsigned_integral U>
  U fixed() {
    const std::string_view bytes = raw(sizeof(U));
    U v = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      v = static_cast<U>(
          v | static_cast<U>(static_cast<U>(static_cast<unsigned char>(bytes[i])) << 8 * i));
    }
    return v;
  }

  std::uint64_t up_to(std::uint64_t v, std::uint64_t max) {
    if (v <= max) return v;
    fail();
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace doorward
