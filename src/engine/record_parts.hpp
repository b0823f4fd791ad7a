// The parts that the bytes of commands are made of, shared by the files that write and read them.
//
// Errors:  `in.ok()` is false afterwards if it was malformed.
// Spec:    docs/log-format.md, "Values".
#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "engine/record.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace doorward::engine {

template <class Id>
void put_id(ByteWriter& out, const Id& id) {
  out.u64(id.hi);
  out.u64(id.lo);
}

template <class Id>
Id get_id(ByteReader& in) {
  Id id;
  id.hi = in.u64();
  id.lo = in.u64();
  return id;
}

inline void put_duration(ByteWriter& out, Millis d) {
  out.varint(static_cast<std::uint64_t>(d.count()));
}

inline Millis get_duration(ByteReader& in) {
  const auto most = static_cast<std::uint64_t>(kMaxDuration.count());
  return Millis(static_cast<std::int64_t>(in.varint(most)));
}

inline void put_time(ByteWriter& out, LogTime t) {
  out.varint(static_cast<std::uint64_t>(t.time_since_epoch().count()));
}

inline LogTime get_time(ByteReader& in) {
  const auto most = static_cast<std::uint64_t>(kMaxLogTime.time_since_epoch().count());
  return LogTime(Millis(static_cast<std::int64_t>(in.varint(most))));
}

template <class Enum>
Enum get_enum(ByteReader& in, Enum last) {
  const std::uint8_t v = in.u8();
  if (v > static_cast<std::uint8_t>(last)) in.fail();
  return static_cast<Enum>(v);
}

// Never empty.
inline std::string get_name(ByteReader& in, std::size_t most) {
  std::string name(in.text(most));
  if (name.empty()) in.fail();
  return name;
}

}  // namespace doorward::engine
