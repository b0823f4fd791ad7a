// What the threads of a shard share.
//
// Why:     the committer appends, the applier applies, the keeper writes snapshots; each has its
//          own file, and this is all that they know of each other.
// Ownership: belongs to the shard, outlives its threads.
// Threads: each member says how it is guarded.
#pragma once

#include "base/bounded_queue.hpp"
#include "engine/shard.hpp"
#include "engine/slice_lock.hpp"
#include "engine/state.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::engine {

struct Submitted {
  Command command;
  Completion* completion = nullptr;  // null: nobody waits
};

// Who waits for which counter. Whoever takes an entry answers it.
class Pending {
 public:
  struct Waiting {
    std::uint64_t counter = 0;
    Completion* completion = nullptr;
  };
  void add(std::span<const Waiting> waiting);  // by rising counters
  // Those with a counter in [first, first + count).
  std::vector<Waiting> take(std::uint64_t first, std::uint64_t count);
  std::vector<Waiting> take_all();

 private:
  std::mutex mutex_;
  std::deque<Waiting> waiting_;
};

void answer_unavailable(const std::vector<Pending::Waiting>& waiting);

// What the applied state asks of the committer.
struct Agenda {
  LogTime log_time{};            // of the last entry,
  Millis steady{};               // seen at
  std::optional<LogTime> due;    // an entry must come by then
  bool holds_presences = false;  // this node must be heard within its lease
  bool started = false;          // this node's start is in the log
  std::uint64_t applied_counter = 0;
  std::size_t tickets = 0;
  std::optional<std::string> draw;  // a room to be drawn

  LogTime log_now(Millis steady_now) const { return log_time + (steady_now - steady); }
};

struct ShardCore {
  ShardCore(ports::CommandLog& l, const ports::Clock& c, ports::Entropy& e, Listener& ls,
            Shard::Options o)
      : log(l),
        clock(c),
        entropy(e),
        listener(ls),
        options(std::move(o)),
        queue(options.queue_limit) {}

  ports::CommandLog& log;
  const ports::Clock& clock;
  ports::Entropy& entropy;
  Listener& listener;
  const Shard::Options options;
  std::uint64_t node = 0;

  std::unique_ptr<State> state;  // changed by the applier only, under `slices`
  mutable SliceLock slices;

  BoundedQueue<Submitted> queue;
  Pending pending;

  std::atomic<bool> writable{true};   // the last append succeeded
  std::atomic<bool> in_doubt{false};  // the committer waits for what this node appended
  std::atomic<bool> stopping{false};
  std::atomic<bool> broken{false};  // nothing can be applied any more: see `fault`

  // Counts for `stats`.
  std::atomic<std::uint64_t> batches{0};
  std::atomic<std::uint64_t> commands{0};
  std::atomic<std::uint64_t> snapshots{0};
  std::atomic<std::uint64_t> append_failures{0};
  std::atomic<std::uint64_t> snapshot_failures{0};
  std::atomic<std::uint64_t> standstills{0};
  std::atomic<std::int64_t> ahead_ms{0};
  std::atomic<std::uint64_t> skips{0};
  std::atomic<std::int64_t> longest_slice_ms{0};

  std::atomic<std::uint64_t> rules_version{0};  // rises after `rules` is another
  std::shared_ptr<const limit::RuleSet> rules(std::string_view tenant) const;
  void set_rules(RuleTable::Sets rules);
  // Null: the tenant has none.
  void set_rules_of(const std::string& tenant, std::shared_ptr<const limit::RuleSet> rules);
  std::shared_ptr<const tenant::TenantSet> tenants() const;
  void set_tenants(std::shared_ptr<const tenant::TenantSet> tenants);

  Agenda agenda() const;
  LogTime log_now() const;  // of the agenda, without a copy of it
  void set_agenda(Agenda agenda);
  std::string fault() const;
  void tell(Trouble trouble, std::string_view cause) const {
    if (options.on_trouble) options.on_trouble(trouble, cause);
  }
  // Nobody will be answered any more but by `unavailable`.
  void break_with(const std::string& what);

  // Waits that long, or until `stop`.
  void pause(Millis time);
  void stop();

 private:
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  Agenda agenda_;
  std::string fault_;
  mutable std::mutex rules_mutex_;  // also of `tenants_`
  std::shared_ptr<const limit::RuleSet> no_rules_ = std::make_shared<limit::RuleSet>();
  std::shared_ptr<const limit::RuleSet> rules_ = no_rules_;
  RuleTable::Sets rules_of_tenants_;
  std::shared_ptr<const tenant::TenantSet> tenants_ = std::make_shared<tenant::TenantSet>();
};

}  // namespace doorward::engine
