// Who was admitted lately, so that no interval of the rate's length ever holds more than its count.
//
// Why:     a fixed window lets twice the count through at its edge. This one remembers the
//          admissions themselves, those of one moment as one entry.
// Time:    log time, never back. An interval holds its beginning and not its end: what was admitted
//          at t counts until just before t + every.
// State:   canonical; written and read by the snapshot. A change of the rate keeps what the former
//          window still held.
// Bounds:  at most 65,537 entries. Where `every` is longer than 65 s, admissions are remembered as
//          up to every/65,536 later than they were: the next may wait by so much more, the limit
//          holds.
// Errors:  `read` fails the reader on false bytes.
#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "core/room/policy.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace doorward::room {

class RateWindow {
 public:
  // How many more may be admitted at `now`.
  std::uint32_t allowed(const Rate& rate, LogTime now);
  // When the next may be, if nobody is admitted before; `now` if one may be now.
  LogTime next_allowed(const Rate& rate, LogTime now) const;
  // When somebody was admitted last, as far as it is remembered.
  std::optional<LogTime> last() const {
    return entries_.empty() ? std::nullopt : std::optional(entries_.back().at);
  }
  // `n` were admitted at `now`.
  void admit(const Rate& rate, LogTime now, std::uint32_t n);

  void write(ByteWriter& out) const;
  static RateWindow read(ByteReader& in);

  friend bool operator==(const RateWindow&, const RateWindow&) = default;

 private:
  struct Entry {
    LogTime at{};
    std::uint32_t n = 0;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  static constexpr std::int64_t kMaxEntries = 65'536;

  void forget_before(LogTime then);

  std::deque<Entry> entries_;  // by rising time
  std::uint64_t total_ = 0;
};

}  // namespace doorward::room
