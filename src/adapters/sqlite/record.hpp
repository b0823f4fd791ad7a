// One row of the log, and the checksums that chain the rows.
//
// Why:     a row's checksum covers the checksum of the row before it. So a row that follows proves
//          that the one before it was complete and acknowledged, and a row that is missing shows.
// Threads: plain values.
// Spec:    docs/storage.md.
#pragma once

#include "adapters/sqlite/database.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::adapters::sqlite {

// Where a row stands in the chain; all zero before the first one.
struct Link {
  std::uint64_t number = 0;
  LogTime time{};
  std::uint32_t checksum = 0;
};

struct Record {
  std::uint64_t number = 0;
  LogTime time{};
  std::uint64_t length = 0;    // of the batch, as it was when written
  std::uint32_t previous = 0;  // checksum of the row before
  std::uint32_t checksum = 0;
  std::string_view batch;  // owned by the statement it was read with

  Link link() const { return {number, time, checksum}; }
  // Cut off while it was written.
  bool torn() const { return batch.size() < length; }
};

// The columns that `read_record` expects, in its order.
inline constexpr std::string_view kRecordColumns =
    "number, time, length, previous, checksum, batch";

Record make_record(const Link& before, std::uint64_t number, LogTime time, std::string_view batch);
Record read_record(const Statement& row);
// Whether the record is as it was written, and follows the row with `previous` as its checksum.
bool intact(const Record& record, std::uint32_t previous);

// "2024-05-01T10:00:00.000Z"
std::string to_text(LogTime time);

}  // namespace doorward::adapters::sqlite
