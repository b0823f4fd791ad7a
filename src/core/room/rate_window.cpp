#include "core/room/rate_window.hpp"

#include <algorithm>

namespace doorward::room {

void RateWindow::forget_before(LogTime then) {
  while (!entries_.empty() && entries_.front().at < then) {
    total_ -= entries_.front().n;
    entries_.pop_front();
  }
}

std::uint32_t RateWindow::allowed(const Rate& rate, LogTime now) {
  forget_before(now - rate.every + Millis{1});
  return total_ < rate.count ? static_cast<std::uint32_t>(rate.count - total_) : 0;
}

LogTime RateWindow::next_allowed(const Rate& rate, LogTime now) const {
  if (total_ < rate.count) return now;
  // So many must leave the window first: one, or more where the count was lowered or not all that
  // is past was forgotten yet.
  std::uint64_t surplus = total_ - rate.count + 1;
  for (const Entry& entry : entries_) {
    if (entry.n >= surplus) return std::max(now, entry.at + rate.every);
    surplus -= entry.n;
  }
  return now;
}

void RateWindow::admit(const Rate& rate, LogTime now, std::uint32_t n) {
  if (n == 0) return;
  forget_before(now - rate.every + Millis{1});
  // Rounded up to the grain, so that the window holds a bounded number of different moments.
  const std::int64_t grain = (rate.every.count() + kMaxEntries - 1) / kMaxEntries;
  LogTime at{Millis{(now.time_since_epoch().count() + grain - 1) / grain * grain}};
  if (!entries_.empty() && entries_.back().at > at) at = entries_.back().at;
  if (entries_.empty() || entries_.back().at != at) entries_.push_back({at, 0});
  entries_.back().n += n;
  total_ += n;
}

void RateWindow::write(ByteWriter& out) const {
  out.varint(entries_.size());
  LogTime before{};
  for (const Entry& entry : entries_) {
    out.varint(static_cast<std::uint64_t>((entry.at - before).count()));
    out.varint(entry.n);
    before = entry.at;
  }
}

RateWindow RateWindow::read(ByteReader& in) {
  RateWindow window;
  LogTime at{};
  for (auto left = in.varint(2 * kMaxEntries); left > 0 && in.ok(); --left) {
    const auto step =
        in.varint(static_cast<std::uint64_t>(INT64_MAX / 2 - at.time_since_epoch().count()));
    const auto n = static_cast<std::uint32_t>(in.varint(UINT32_MAX));
    if (n == 0 || (step == 0 && !window.entries_.empty())) in.fail();
    at += Millis{static_cast<std::int64_t>(step)};
    window.entries_.push_back({at, n});
    window.total_ += n;
  }
  return in.ok() ? window : RateWindow{};
}

}  // namespace doorward::room
