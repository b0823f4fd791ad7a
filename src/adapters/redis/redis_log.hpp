// The command log in a Redis stream, shared by all nodes of a cluster.
//
// Why:     Redis gives the order and the time of every batch and keeps them; each node decides by
//          itself from what it reads. No leader and no lock.
// Time:    an entry's time is the millisecond of its id, which Redis draws from its own clock and
//          never lets go back. The nodes' clocks do not count.
// Ownership: the log owns three connections, one a role. Snapshot writers and readers borrow the
//          keeper's, so they are used on its thread and end before the log.
// Threads: as the port says.
// Bounds:  every call ends within `timeout` beyond the wait it was given. A read fetches at most
//          128 entries at once, fewer while they are large, and the one before them, which shows
//          that nothing in between was trimmed; both in one exchange.
// Errors:  as the port says; `open` also conflict, if a key holds something else.
// Durability: Redis's own: with `appendonly yes` and `appendfsync always` an acknowledged entry is
//          on its disk; otherwise `open` warns. What a failed-over Redis lost is not noticed yet:
//          `epoch` stays 0.
// Spec:    docs/storage.md; contract: ports/contract/command_log_contract.hpp.
#pragma once

#include "adapters/redis/connection.hpp"
#include "adapters/redis/keys.hpp"
#include "adapters/redis/snapshot_store.hpp"
#include "adapters/warn.hpp"
#include "ports/command_log.hpp"
#include "ports/log_mark.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace doorward::adapters::redis {

class RedisLog final : public ports::CommandLog, public ports::LogMark {
 public:
  struct Options {
    Address address;
    std::string shard = "main";
    Millis timeout{2'000};
    Warn warn = [](std::string_view) {};
  };

  static Result<std::unique_ptr<RedisLog>> open(Options options);

  Result<ports::LogPosition> append(std::string_view batch) override;
  Result<std::vector<ports::LogEntry>> read(const ports::LogPosition& after,
                                            std::size_t max_entries, Millis wait) override;
  void interrupt() override;
  Result<std::unique_ptr<ports::SnapshotWriter>> begin_snapshot(
      const ports::LogPosition& at) override;
  Result<std::unique_ptr<ports::SnapshotReader>> latest_snapshot() override;
  Result<> trim(LogTime keep_from) override;

  Result<std::string> mark() override;
  Result<std::string> leave_mark(std::string_view mark) override;
  Result<> replace_mark(std::string_view mark) override;

 private:
  explicit RedisLog(const Options& options);
  Result<> check_format();
  void warn_if_not_durable();
  // The entries after that one, and that one itself if it still stands.
  Result<std::pair<Reply, Reply>> fetch(const std::string& after, std::size_t count, Millis wait);
  // not_found: what followed `after`, which does not stand any more, may have been trimmed.
  Result<> check_not_trimmed(const ports::LogPosition& after);
  Result<std::vector<ports::LogEntry>> parse_entries(const redisReply& entries);
  Result<ports::LogEntry> parse_entry(const redisReply& entry) const;
  // The checksum of the entry at `at`, as the keeper finds it; nothing if none stands there.
  Result<std::optional<std::uint32_t>> checksum_at(const ports::LogPosition& at);

  // Null if none of them is whole and stands.
  Result<std::unique_ptr<ports::SnapshotReader>> newest_whole(
      const std::vector<KeptSnapshot>& kept);
  // corrupt: entries at the log's start are gone.
  Result<> check_start(const std::vector<KeptSnapshot>& kept);

  Options options_;
  Keys keys_;
  Connection appender_;
  Connection reader_;
  Connection keeper_;
  Waker waker_;
  SnapshotStore snapshots_;
  std::size_t fetch_count_ = 8;  // grows while entries are small
};

}  // namespace doorward::adapters::redis
