// Batches: commands as the bytes of one log entry.
//
// Why:     owns the encoding; knows nothing of the log that keeps it or of what commands mean. The
//          encoding is canonical, so a batch that is written again is written in the same bytes.
// Bounds:  1 to kMaxCommands commands; every length and value is checked against
//          docs/log-format.md, by the writer before anything is appended and by the reader.
// Errors:  decode: unsupported_version (a newer program wrote it), corrupt (anything else that is
//          not as specified).
// Spec:    docs/log-format.md, "Batch".
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "engine/command.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace doorward::engine {

struct BatchHeader {
  std::uint64_t node = 0;           // never zero
  std::uint64_t first_counter = 1;  // of the first command; the others follow it one by one
  LogTime written_at{};             // the writer's estimate of log time
  friend bool operator==(const BatchHeader&, const BatchHeader&) = default;
};

struct Batch {
  BatchHeader header;
  std::vector<Command> commands;
  friend bool operator==(const Batch&, const Batch&) = default;
};

inline constexpr std::size_t kMaxCommands = 65'535;
// No command's encoding is longer; so a committer knows how many fit before it encodes them.
inline constexpr std::size_t kMaxCommandBytes = 64U << 10;
inline constexpr Millis kMaxDuration{315'576'000'000};
inline constexpr LogTime kMaxLogTime{Millis{1LL << 53}};

// Collects the commands of one batch, and gives its bytes.
class BatchWriter {
 public:
  BatchWriter();
  // False, and nothing is added, if `decode` would refuse the command or make another of it.
  bool add(const Command& command);
  std::size_t count() const { return count_; }
  std::size_t size() const { return out_.size(); }
  std::string finish(const BatchHeader& header);  // and begins anew

 private:
  ByteWriter out_;
  ByteWriter fields_;
  std::uint32_t count_ = 0;
};

// Of commands that were decoded before, or else are known to be within their bounds.
std::string encode(const BatchHeader& header, const std::vector<Command>& commands);
Result<Batch> decode(std::string_view bytes);

// A policy's bytes, which a snapshot holds too.
void put_policy(ByteWriter& out, const room::Policy& policy);
room::Policy get_policy(ByteReader& in);  // `in.ok()` is false afterwards if it was malformed

}  // namespace doorward::engine
