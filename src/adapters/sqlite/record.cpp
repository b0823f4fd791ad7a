#include "adapters/sqlite/record.hpp"

#include "base/crc32c.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <array>

namespace doorward::adapters::sqlite {
namespace {

template <std::size_t N>
void put(std::array<char, N>& out, std::size_t offset, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out[offset + i] = static_cast<char>(value >> (8 * i));
}

std::uint32_t checksum_of(const Record& record) {
  std::array<char, 28> head{};
  put(head, 0, record.previous, 4);
  put(head, 4, record.number, 8);
  put(head, 12, static_cast<std::uint64_t>(record.time.time_since_epoch().count()), 8);
  put(head, 20, record.length, 8);
  return crc32c(record.batch, crc32c({head.data(), head.size()}));
}

}  // namespace

Record make_record(const Link& before, std::uint64_t number, LogTime time, std::string_view batch) {
  Record record{.number = number,
                .time = time,
                .length = batch.size(),
                .previous = before.checksum,
                .checksum = 0,
                .batch = batch};
  record.checksum = checksum_of(record);
  return record;
}

Record read_record(const Statement& row) {
  return {.number = row.integer(0),
          .time = LogTime{Millis{static_cast<std::int64_t>(row.integer(1))}},
          .length = row.integer(2),
          .previous = static_cast<std::uint32_t>(row.integer(3)),
          .checksum = static_cast<std::uint32_t>(row.integer(4)),
          .batch = row.blob(5)};
}

bool intact(const Record& record, std::uint32_t previous) {
  return record.previous == previous && record.length == record.batch.size() &&
         record.checksum == checksum_of(record);
}

std::string to_text(LogTime time) {
  const std::int64_t ms = time.time_since_epoch().count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(ms / 1000)), ms % 1000);
}

}  // namespace doorward::adapters::sqlite
