#include "adapters/redis/snapshot_store.hpp"

#include "base/crc32c.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

namespace doorward::adapters::redis {
namespace {

using ports::LogPosition;

constexpr std::size_t kPieceBytes = 256U << 10;
constexpr std::size_t kKept = 2;
constexpr std::string_view kUnfinishedSeconds = "600";

class StoreReader final : public ports::SnapshotReader {
 public:
  StoreReader(Connection& connection, std::string list, const KeptSnapshot& kept)
      : redis_(connection), list_(std::move(list)), kept_(kept) {}

  LogPosition at() const override { return kept_.at; }

  Result<std::string> read(std::size_t max_bytes) override {
    while (offset_ == piece_.size()) {
      if (next_ == kept_.meta.pieces) {
        if (checksum_ == kept_.meta.checksum) return std::string();
        return error(Errc::corrupt, "the snapshot " + list_ + " in Redis fails its checksum");
      }
      if (auto fetched = fetch(); fetched.has_error()) return fetched.error();
    }
    std::string bytes = piece_.substr(offset_, max_bytes);
    offset_ += bytes.size();
    return bytes;
  }

 private:
  Result<> fetch() {
    const auto reply = redis_.call({"LINDEX", list_, std::to_string(next_)});
    if (reply.has_error()) return reply.error();
    if ((*reply)->type != REDIS_REPLY_STRING) {
      return error(Errc::closed,
                   "the snapshot " + list_ + " in Redis gave way to a newer one; read that one");
    }
    piece_ = text_of(**reply);
    offset_ = 0;
    ++next_;
    checksum_ = crc32c(piece_, checksum_);
    return {};
  }

  Connection& redis_;
  std::string list_;
  KeptSnapshot kept_;
  std::uint64_t next_ = 0;
  std::string piece_;
  std::size_t offset_ = 0;
  std::uint32_t checksum_ = 0;
};

}  // namespace

class StoreWriter final : public ports::SnapshotWriter {
 public:
  StoreWriter(SnapshotStore& store, const KeptSnapshot& kept)
      : store_(store), kept_(kept), list_(store.keys_.snapshot(kept.meta.name)) {}

  ~StoreWriter() override {
    // Where this fails the list expires.
    if (!committed_ && kept_.meta.pieces > 0) {
      static_cast<void>(store_.redis_.call({"UNLINK", list_}));
    }
  }
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;

  Result<> write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto part = bytes.substr(0, kPieceBytes - pending_.size());
      pending_.append(part);
      bytes.remove_prefix(part.size());
      if (pending_.size() < kPieceBytes) break;
      if (auto pushed = push(); pushed.has_error()) return pushed;
    }
    return {};
  }

  Result<> commit() override {
    if (!pending_.empty()) {
      if (auto pushed = push(); pushed.has_error()) return pushed;
    }
    const auto pieces = store_.redis_.integer({"LLEN", list_});
    if (pieces.has_error()) return pieces.error();
    if (static_cast<std::uint64_t>(*pieces) != kept_.meta.pieces) {
      return error(Errc::unavailable, "Redis lost pieces of the snapshot " + list_);
    }
    if (auto published = store_.publish(kept_); published.has_error()) return published;
    committed_ = true;
    return store_.remove_older();
  }

 private:
  Result<> push() {
    const auto length = store_.redis_.integer({"RPUSH", list_, pending_});
    if (length.has_error()) return length.error();
    ++kept_.meta.pieces;
    kept_.meta.checksum = crc32c(pending_, kept_.meta.checksum);
    pending_.clear();
    const auto bounded = store_.redis_.integer({"EXPIRE", list_, kUnfinishedSeconds});
    if (bounded.has_error()) return bounded.error();
    return {};
  }

  SnapshotStore& store_;
  KeptSnapshot kept_;
  std::string list_;
  std::string pending_;
  bool committed_ = false;
};

Result<std::unique_ptr<ports::SnapshotWriter>> SnapshotStore::begin(const LogPosition& at,
                                                                    std::uint32_t entry_checksum) {
  const auto number = redis_.integer({"INCR", keys_.snapshot_count});
  if (number.has_error()) return number.error();
  KeptSnapshot kept{at, {.name = std::to_string(*number), .pieces = 0, .checksum = 0, .entry = 0}};
  kept.meta.entry = entry_checksum;
  return std::make_unique<StoreWriter>(*this, kept);
}

Result<std::vector<KeptSnapshot>> SnapshotStore::list() {
  const auto reply = redis_.call({"HGETALL", keys_.snapshots});
  if (reply.has_error()) return reply.error();
  std::vector<KeptSnapshot> found;
  for (std::size_t i = 0; i + 1 < (*reply)->elements; i += 2) {
    const auto at = parse_entry_id(text_of(*(*reply)->element[i]), 0);
    const auto meta = parse_meta(text_of(*(*reply)->element[i + 1]));
    if (at && meta) found.push_back({*at, *meta});
  }
  std::ranges::sort(found, {}, &KeptSnapshot::at);
  return found;
}

Result<std::unique_ptr<ports::SnapshotReader>> SnapshotStore::open(const KeptSnapshot& kept) {
  const std::string list = keys_.snapshot(kept.meta.name);
  const auto is_whole = check(list, kept.meta);
  if (is_whole.has_error()) return is_whole.error();
  if (*is_whole) return std::make_unique<StoreReader>(redis_, list, kept);
  const auto named = is_named(kept);
  if (named.has_error()) return named.error();
  if (*named) warn_(fmt::format("the snapshot {} in Redis is damaged and is passed over", list));
  return nullptr;
}

// By what names it and goes first.
Result<bool> SnapshotStore::is_named(const KeptSnapshot& kept) {
  const auto meta = redis_.call({"HGET", keys_.snapshots, entry_id(kept.at)});
  if (meta.has_error()) return meta.error();
  return text_of(**meta) == to_text(kept.meta);
}

// Before anything is restored from it, since an older one would do.
Result<bool> SnapshotStore::check(const std::string& list, const SnapshotMeta& meta) {
  const auto pieces = redis_.integer({"LLEN", list});
  if (pieces.has_error()) return pieces.error();
  if (static_cast<std::uint64_t>(*pieces) != meta.pieces) return false;
  std::uint32_t checksum = 0;
  for (std::uint64_t i = 0; i < meta.pieces; ++i) {
    const auto reply = redis_.call({"LINDEX", list, std::to_string(i)});
    if (reply.has_error()) return reply.error();
    if ((*reply)->type != REDIS_REPLY_STRING) return false;
    checksum = crc32c(text_of(**reply), checksum);
  }
  return checksum == meta.checksum;
}

Result<> SnapshotStore::publish(const KeptSnapshot& kept) {
  const std::string field = entry_id(kept.at);
  const std::string list = keys_.snapshot(kept.meta.name);
  const std::string meta = to_text(kept.meta);
  const std::vector<Connection::Command> transaction{{"MULTI"},
                                                     {"PERSIST", list},
                                                     {"HGET", keys_.snapshots, field},
                                                     {"HSET", keys_.snapshots, field, meta}};
  for (const auto& command : transaction) {
    if (const auto queued = redis_.call(command); queued.has_error()) return queued.error();
  }
  const auto done = redis_.call({"EXEC"});
  if (done.has_error()) return done.error();
  if ((*done)->elements != 3) {
    return error(Errc::unavailable, "Redis did not publish the snapshot " + list);
  }
  // Another node's snapshot of the same entry, which this one has replaced.
  const auto replaced = parse_meta(text_of(*(*done)->element[1]));
  if (!replaced) return {};
  const auto removed = redis_.call({"UNLINK", keys_.snapshot(replaced->name)});
  if (removed.has_error()) return removed.error();
  return {};
}

Result<> SnapshotStore::remove_older() {
  const auto kept = list();
  if (kept.has_error()) return kept.error();
  for (std::size_t i = 0; i + kKept < kept->size(); ++i) {
    const auto& old = (*kept)[i];
    const auto unnamed = redis_.call({"HDEL", keys_.snapshots, entry_id(old.at)});
    if (unnamed.has_error()) return unnamed.error();
    const auto removed = redis_.call({"UNLINK", keys_.snapshot(old.meta.name)});
    if (removed.has_error()) return removed.error();
  }
  return {};
}

}  // namespace doorward::adapters::redis
