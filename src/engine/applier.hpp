// The thread that reads the log and applies it: this node's batches like those of other nodes.
//
// Why:     the one writer of the state. Answers whoever waits after each batch, then tells the
//          listener, then says what is due next.
// Time:    readers get in after each slice of kSliceTickets.
// Errors:  a batch that cannot be read ends the applying for good: the shard is broken, and reads
//          go on. Entries that were trimmed before this node read them are skipped with the state
//          of a snapshot further on; without one the shard is broken.
// Threads: `run` is the thread; `replay` comes before any.
#pragma once

#include "engine/keeper.hpp"
#include "engine/shard_core.hpp"

#include <map>
#include <optional>
#include <vector>

namespace doorward::engine {

class Applier {
 public:
  Applier(ShardCore& core, Keeper& keeper) : core_(core), keeper_(keeper) {}

  // Applies all that stands in the log now.
  Result<> replay();
  // Whoever waits for a lock is answered `unavailable`; `run` is over.
  void give_up_waits();
  // Until the core is stopping and what this node appended is applied.
  void run();
  // Applies some of what stands in the log, and waits that long for it. False: there was nothing.
  Result<bool> step(Millis wait);

 private:
  Result<bool> skip(const Error& missed);
  void begin_anew();
  Changes everything() const;
  Result<> apply(ports::LogEntry& entry);
  void step_in_slices(State::Entry entry, bool own);
  void answer(std::uint64_t first_counter, std::vector<Outcome> outcomes);
  void end_waits(const std::vector<LockGrant>& grants, const ports::LogPosition& at);
  void tell(const Changes& changes);
  void plan(const BatchHeader& header, const std::vector<Outcome>& outcomes, bool own);
  void watch_standstill(const Agenda& agenda);
  void watch_lead(const Agenda& agenda);

  ShardCore& core_;
  Keeper& keeper_;
  std::multimap<reserve::LockId, Completion*> waits_;  // for a lock
  std::uint64_t since_snapshot_ = 0;
  bool is_live_ = false;            // `replay` is done
  LogTime moved_to_{};              // log time, when it last went on,
  std::optional<Millis> moved_at_;  // seen at, by the steady clock; none: not yet
  bool is_standing_ = false;
  bool is_ahead_ = false;
};

}  // namespace doorward::engine
