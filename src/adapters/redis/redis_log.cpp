#include "adapters/redis/redis_log.hpp"

#include "base/crc32c.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace doorward::adapters::redis {
namespace {

using ports::LogEntry;
using ports::LogPosition;

constexpr std::string_view kFormat = "1";
constexpr std::size_t kMostFetched = 128;
constexpr int kSnapshotTries = 5;
// A server that went silent shows after one of these, however long the wait.
constexpr Millis kLongestBlock{2'000};

std::string checksum_text(std::string_view batch) { return fmt::format("{:08x}", crc32c(batch)); }

std::optional<std::string_view> field_of(const redisReply& fields, std::string_view name) {
  for (std::size_t i = 0; i + 1 < fields.elements; i += 2) {
    if (text_of(*fields.element[i]) == name) return text_of(*fields.element[i + 1]);
  }
  return std::nullopt;
}

// What Redis says of a stream.
struct StreamCounts {
  std::int64_t length = 0;
  std::int64_t added = 0;  // ever; 0 from before Redis 7
  LogPosition first;
  LogPosition last_deleted;  // by XDEL, not by a trim
};

StreamCounts read_counts(const redisReply& info) {
  StreamCounts counts;
  const auto position = [](const redisReply& id) {
    return parse_entry_id(text_of(id), 0).value_or(LogPosition{});
  };
  for (std::size_t i = 0; i + 1 < info.elements; i += 2) {
    const std::string_view name = text_of(*info.element[i]);
    const redisReply& value = *info.element[i + 1];
    if (name == "length") counts.length = value.integer;
    if (name == "entries-added") counts.added = value.integer;
    if (name == "max-deleted-entry-id") counts.last_deleted = position(value);
    if (name == "first-entry" && value.elements > 0) counts.first = position(*value.element[0]);
  }
  return counts;
}

// An entry that was given up with XDEL does not lie before the first.
bool lost_its_start(const StreamCounts& counts) {
  return counts.added > counts.length && (counts.length == 0 || counts.last_deleted < counts.first);
}

}  // namespace

RedisLog::RedisLog(const Options& options)
    : options_(options),
      keys_(options.shard),
      appender_({options.address, options.timeout}),
      reader_({options.address, options.timeout}),
      keeper_({options.address, options.timeout}),
      snapshots_(keeper_, keys_, options_.warn) {}

Result<std::unique_ptr<RedisLog>> RedisLog::open(Options options) {
  std::unique_ptr<RedisLog> log(new RedisLog(options));
  if (auto checked = log->check_format(); checked.has_error()) return checked.error();
  log->warn_if_not_durable();
  return log;
}

Result<> RedisLog::check_format() {
  const auto set = keeper_.call({"SET", keys_.format, kFormat, "NX"});
  if (set.has_error()) return set.error();
  const auto format = keeper_.call({"GET", keys_.format});
  if (format.has_error()) return format.error();
  if (text_of(**format) != kFormat) {
    return error(Errc::unsupported_version,
                 fmt::format("the log {} in Redis at {} has format {}, and this program knows {}; "
                             "start the newer program that wrote it",
                             keys_.log, options_.address.name(), text_of(**format), kFormat));
  }
  const auto type = keeper_.call({"TYPE", keys_.log});
  if (type.has_error()) return type.error();
  if (const auto found = text_of(**type); found != "stream" && found != "none") {
    return error(Errc::conflict, fmt::format("the key {} in Redis at {} holds a {}, not the log",
                                             keys_.log, options_.address.name(), found));
  }
  return {};
}

void RedisLog::warn_if_not_durable() {
  const auto setting = [&](std::string_view name) -> std::string {
    const auto reply = keeper_.call({"CONFIG", "GET", name});
    // Hosted servers refuse CONFIG; then nothing is known, and nothing said.
    if (reply.has_error() || (*reply)->elements != 2) return "";
    return std::string(text_of(*(*reply)->element[1]));
  };
  const std::string file = setting("appendonly");
  const std::string sync = setting("appendfsync");
  if (file.empty() || (file == "yes" && sync == "always")) return;
  options_.warn(fmt::format(
      "Redis at {} has appendonly {} and appendfsync {}: when it stops hard, acknowledged places "
      "are lost; set appendonly yes and appendfsync always to keep them",
      options_.address.name(), file, sync));
}

Result<LogPosition> RedisLog::append(std::string_view batch) {
  if (batch.size() > kMaxBatchBytes) {
    return error(Errc::too_large,
                 fmt::format("a batch of {} bytes is over the {} that an entry may have",
                             batch.size(), kMaxBatchBytes));
  }
  const auto reply =
      appender_.call({"XADD", keys_.log, "*", "b", batch, "c", checksum_text(batch)});
  if (reply.has_error()) return reply.error();
  const auto at = parse_entry_id(text_of(**reply), 0);
  if (at) return *at;
  return error(Errc::unavailable,
               fmt::format("Redis at {} answered XADD with no entry id", options_.address.name()));
}

Result<std::vector<LogEntry>> RedisLog::read(const LogPosition& after, std::size_t max_entries,
                                             Millis wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  const std::string id = entry_id(after);
  for (Millis left = wait;;) {
    const auto reply =
        fetch(id, std::min(max_entries, fetch_count_), std::min(left, kLongestBlock));
    if (reply.has_error() && reply.error().code == Errc::closed) {
      waker_.take();
      return std::vector<LogEntry>{};
    }
    if (reply.has_error()) return reply.error();
    const auto& [streams, before] = *reply;
    if (streams->type == REDIS_REPLY_ARRAY && streams->elements == 1 &&
        streams->element[0]->elements == 2) {
      // A trim drops from the beginning. So as long as the entry before stands, none behind it
      // went.
      if (before->elements == 0) {
        if (auto checked = check_not_trimmed(after); checked.has_error()) return checked.error();
      }
      return parse_entries(*streams->element[0]->element[1]);
    }
    left = std::chrono::duration_cast<Millis>(until - std::chrono::steady_clock::now());
    if (left <= Millis{0}) return std::vector<LogEntry>{};
  }
}

Result<std::pair<Reply, Reply>> RedisLog::fetch(const std::string& after, std::size_t count,
                                                Millis wait) {
  const std::string number = std::to_string(count);
  const std::string longest = std::to_string(wait.count());
  Connection::Command read{"XREAD", "COUNT", number};
  // A wait of zero would be for ever.
  if (wait > Millis{0}) read.insert(read.end(), {"BLOCK", longest});
  read.insert(read.end(), {"STREAMS", keys_.log, after});
  return reader_.call_both(read, {"XRANGE", keys_.log, after, after}, std::max(wait, Millis{0}),
                           waker_);
}

Result<> RedisLog::check_not_trimmed(const LogPosition& after) {
  const std::string id = entry_id(after);
  if (after == LogPosition{}) {
    const auto info = reader_.call({"XINFO", "STREAM", keys_.log});
    if (info.has_error()) return info.error();
    if (!lost_its_start(read_counts(**info))) return {};
  } else {
    // It may have been given up by itself, with XDEL; then those before it are there.
    const auto first = reader_.call({"XRANGE", keys_.log, "-", id, "COUNT", "1"});
    if (first.has_error()) return first.error();
    if ((*first)->elements > 0) return {};
  }
  return error(Errc::not_found,
               fmt::format("the log {} in Redis at {} was trimmed, and was read up to entry {}",
                           keys_.log, options_.address.name(), id));
}

Result<std::vector<LogEntry>> RedisLog::parse_entries(const redisReply& entries) {
  std::vector<LogEntry> found;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < entries.elements && bytes < kReadBytes; ++i) {
    auto entry = parse_entry(*entries.element[i]);
    // What stands before the damage is whole and can be used; the next read meets it again.
    if (entry.has_error() && !found.empty()) break;
    if (entry.has_error()) return entry.error();
    bytes += entry->batch.size();
    found.push_back(std::move(*entry));
  }
  const bool small = bytes < kReadBytes / 4;
  fetch_count_ =
      std::clamp<std::size_t>(small ? fetch_count_ * 2 : fetch_count_ / 2, 1, kMostFetched);
  return found;
}

Result<LogEntry> RedisLog::parse_entry(const redisReply& entry) const {
  if (entry.elements == 2) {
    const std::string_view id = text_of(*entry.element[0]);
    const auto at = parse_entry_id(id, 0);
    const auto batch = field_of(*entry.element[1], "b");
    const auto checksum = field_of(*entry.element[1], "c");
    if (at && batch && checksum && *checksum == checksum_text(*batch)) {
      const LogTime time{Millis{static_cast<std::int64_t>(at->major)}};
      return LogEntry{*at, time, std::string(*batch)};
    }
    return error(Errc::corrupt,
                 fmt::format("the entry {} of {} in Redis at {} is damaged; restore Redis's files, "
                             "or give the entry up with XDEL",
                             id, keys_.log, options_.address.name()));
  }
  return error(Errc::unavailable, "Redis answered with a malformed entry");
}

void RedisLog::interrupt() { waker_.wake(); }

Result<std::optional<std::uint32_t>> RedisLog::checksum_at(const LogPosition& at) {
  const std::string id = entry_id(at);
  const auto reply = keeper_.call({"XRANGE", keys_.log, id, id});
  if (reply.has_error()) return reply.error();
  if ((*reply)->elements == 0) return std::nullopt;
  const auto entry = parse_entry(*(*reply)->element[0]);
  if (entry.has_error()) return entry.error();
  return crc32c(entry->batch);
}

Result<std::unique_ptr<ports::SnapshotWriter>> RedisLog::begin_snapshot(const LogPosition& at) {
  const auto checksum = checksum_at(at);
  if (checksum.has_error()) return checksum.error();
  if (at.epoch != 0 || !checksum->has_value()) {
    return error(Errc::invalid, "no entry stands at " + ports::to_string(at));
  }
  return snapshots_.begin(at, **checksum);
}

Result<std::unique_ptr<ports::SnapshotReader>> RedisLog::latest_snapshot() {
  auto kept = snapshots_.list();
  for (int tries = 0; tries < kSnapshotTries; ++tries) {
    if (kept.has_error()) return kept.error();
    auto reader = newest_whole(*kept);
    if (reader.has_error() || *reader != nullptr) return reader;
    // Meanwhile others may have written newer ones, to which those listed gave way.
    auto now = snapshots_.list();
    if (now.has_value() && *now == *kept) break;
    kept = std::move(now);
  }
  if (kept.has_error()) return kept.error();
  if (auto checked = check_start(*kept); checked.has_error()) return checked.error();
  return nullptr;
}

Result<std::unique_ptr<ports::SnapshotReader>> RedisLog::newest_whole(
    const std::vector<KeptSnapshot>& kept) {
  for (auto one = kept.rbegin(); one != kept.rend(); ++one) {
    const auto checksum = checksum_at(one->at);
    if (checksum.has_error()) return checksum.error();
    if (!checksum->has_value() || **checksum != one->meta.entry) continue;
    auto reader = snapshots_.open(*one);
    if (reader.has_error() || *reader != nullptr) return reader;
  }
  return nullptr;
}

// By what Redis 7 counts itself, so that a trim by hand shows as well. An older one leaves only
// what the snapshots name.
Result<> RedisLog::check_start(const std::vector<KeptSnapshot>& kept) {
  const auto type = keeper_.call({"TYPE", keys_.log});
  if (type.has_error()) return type.error();
  const bool is_there = text_of(**type) != "none";
  StreamCounts counts;
  if (is_there) {
    const auto info = keeper_.call({"XINFO", "STREAM", keys_.log});
    if (info.has_error()) return info.error();
    counts = read_counts(**info);
  }
  const bool names_what_is_gone =
      !kept.empty() && (counts.length == 0 || kept.front().at < counts.first);
  if (!names_what_is_gone && !lost_its_start(counts)) return {};
  const std::string begins = counts.length == 0 ? "has no entries any more"
                                                : "begins with entry " + entry_id(counts.first);
  return error(
      Errc::corrupt,
      fmt::format(
          "the log {} in Redis at {} {}, and no whole snapshot reaches it: without the "
          "entries before, its rooms, places and tenants are unknown. Restore Redis's files "
          "from a backup; to begin anew without all of them, set another log.name, or "
          "delete the keys {}:*",
          keys_.log, options_.address.name(), begins, keys_.base));
}

Result<> RedisLog::trim(LogTime keep_from) {
  const auto kept = snapshots_.list();
  if (kept.has_error()) return kept.error();
  if (kept->empty()) return {};
  const std::int64_t since = keep_from.time_since_epoch().count();
  if (since <= 0) return {};
  // The newest that may go stays: the oldest snapshot's own entry, by which that is seen to stand,
  // or the one that a node has read last which heard nothing for so long.
  const LogPosition first{.epoch = 0, .major = static_cast<std::uint64_t>(since), .minor = 0};
  // An entry of that very time is not older.
  std::string id = first < kept->front().at ? "(" + entry_id(first) : entry_id(kept->front().at);
  const auto last = keeper_.call({"XREVRANGE", keys_.log, id, "-", "COUNT", "1"});
  if (last.has_error()) return last.error();
  if ((*last)->elements == 0) return {};
  id = text_of(*(*last)->element[0]->element[0]);
  for (;;) {
    const auto gone = keeper_.integer({"XTRIM", keys_.log, "MINID", "~", id, "LIMIT", "1000"});
    if (gone.has_error()) return gone.error();
    if (*gone == 0) break;
  }
  // What is left of a block of entries, which the approximate trim spares.
  const auto gone = keeper_.integer({"XTRIM", keys_.log, "MINID", "=", id});
  if (gone.has_error()) return gone.error();
  return {};
}

Result<std::string> RedisLog::mark() {
  const auto reply = keeper_.call({"GET", keys_.mark});
  if (reply.has_error()) return reply.error();
  return std::string(text_of(**reply));  // nothing there is an empty text
}

Result<std::string> RedisLog::leave_mark(std::string_view mark) {
  if (auto left = keeper_.call({"SET", keys_.mark, mark, "NX"}); left.has_error())
    return left.error();
  return this->mark();
}

Result<> RedisLog::replace_mark(std::string_view mark) {
  const auto reply = keeper_.call({"SET", keys_.mark, mark});
  if (reply.has_error()) return reply.error();
  return {};
}

}  // namespace doorward::adapters::redis
