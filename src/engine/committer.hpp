// The thread that owns the writing end of the log: gathers commands, makes them durable.
//
// Why:     whatever gathered while the last batch was being synced is the next batch, so that a
//          busy shard pays for one sync per thousands of commands and an idle one waits for nobody.
//          Whoever was answered together soon asks again, so after a batch of many the next one
//          waits a moment for as many beside those who wait already: else each half of the callers
//          pays for syncs of its own.
// Time:    appends a tick when the agenda asks for one, or a refusal that is in doubt, at a shared
//          log every 50 ms at most. Waits kGatherTime at most for more.
// Bounds:  at most one batch whose fate is unknown. While there is one, its counters are tried
//          again every kRetry, nothing else is appended, and new commands are refused.
// Errors:  whoever waits for a command of such a batch is answered `unavailable`: it may stand in
//          the log, and if it does not, it will never happen. Ticks then take its counters.
// Threads: `run` is the thread.
#pragma once

#include "engine/doubts.hpp"
#include "engine/record.hpp"
#include "engine/shard_core.hpp"

#include <string>
#include <vector>

namespace doorward::engine {

class Committer {
 public:
  static constexpr Millis kRetry{250};
  static constexpr Millis kGatherTime{1};
  static constexpr std::size_t kMany = 8;  // commands of a batch after which one gathers

  explicit Committer(ShardCore& core) : core_(core), doubts_(core.options.queue_limit) {}
  // Until the queue is closed. Commands that it holds then are not appended.
  void run();
  // One turn of it, which waits at most that long for commands.
  void step(Millis wait, Gather gather = {});

 private:
  void retry_unknown(Millis wait);
  Millis wait() const;
  Gather gather() const;
  bool is_in_flight(const Agenda& agenda) const { return last_counter_ > agenda.applied_counter; }
  bool tick_is_due(const Agenda& agenda) const;
  Millis until_doubts_are_due(Millis now) const;
  void add_own(const Agenda& agenda);
  // `again`: it was in doubt, and the state is new enough now.
  void add(const Submitted& item, bool again = false);
  void flush();
  void count_failure(const Error& error);
  void refuse(const std::vector<Submitted>& items);
  void refuse_doubts();

  ShardCore& core_;
  BatchWriter writer_;
  Doubts doubts_;
  std::vector<Pending::Waiting> waiting_;  // of the batch being written
  std::size_t last_taken_ = 0;             // from the queue, together
  std::uint64_t last_counter_ = 0;
  Millis last_append_{};
  bool is_full_ = false;  // no more tickets are made
  std::string unknown_;   // a batch that may or may not stand in the log
};

}  // namespace doorward::engine
