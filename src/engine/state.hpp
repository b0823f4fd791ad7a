// The state of a shard: moved on by entries of the log, read by anybody in between.
//
// Why:     the only door to the engine's rules: same entries, same state, byte for byte. Draws
//          nothing, reads no clock, does no I/O.
// Time:    that of the entries. Work is done in steps of a counted size, so that whoever holds a
//          lock around `step` may let readers in between; what they see then is consistent, if not
//          final.
// Ownership: owns everything.
// Threads: `begin` and `step` from one thread; const functions from any while neither runs.
// Bounds:  kSliceTickets a step keep it below 5 ms.
// Spec:    docs/rooms.md, docs/architecture.md.
#pragma once

#include "engine/commands.hpp"
#include "engine/record.hpp"
#include "engine/shard.hpp"
#include "engine/world.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::engine {

// While a snapshot is held each ticket may cost the copy of a chunk, some 0.1 ms.
inline constexpr std::uint32_t kSliceTickets = 32;

class State {
 public:
  State();
  explicit State(std::unique_ptr<World> world, ports::LogPosition applied);

  struct Entry {
    ports::LogPosition at;
    LogTime time{};
    Batch batch;
  };
  // The last entry must be done. `want_outcomes`: somebody waits for them.
  void begin(Entry entry, bool want_outcomes);
  // Does about that many tickets' work; true once the entry is done.
  bool step(std::uint32_t tickets = kSliceTickets);
  // All of one entry, for replay and tests.
  std::vector<Outcome> apply(Entry entry);

  // Of the entry that was done last: one outcome a command, and what changed (taken away by the
  // call).
  std::vector<Outcome> take_outcomes();
  Changes take_changes();

  ports::LogPosition applied() const { return applied_; }
  const World& world() const { return *world_; }

  // When the next entry is due: because a deadline is reached, or so that a quiet time is not taken
  // for a gap. None: nothing is pending.
  std::optional<LogTime> next_due() const;
  // Tickets whose presence is at this node; while there are any, it must be heard within its lease.
  std::uint32_t presences_of(std::uint64_t node) const;
  // A room whose draw is due: it opened by its time, and its lot is not drawn yet.
  std::optional<std::string> draw_due() const;

 private:
  enum class Phase : std::uint8_t {
    done,
    reserved,
    rooms,
    deadlines,
    settle,
    command,
    finish_command
  };

  bool do_phase(Budget& budget);
  bool fall_due_some(Budget& budget);
  bool settle_all(Budget& budget);
  void run_command();
  void finish_command();
  void advance();

  std::unique_ptr<World> world_;
  ports::LogPosition applied_;

  // Of the entry being applied.
  Phase phase_ = Phase::done;
  Entry entry_;
  bool want_outcomes_ = false;
  bool stale_ = false;
  NodeTable::Slot node_ = 0;
  std::size_t next_ = 0;
  Done done_;
  std::vector<Outcome> outcomes_;
};

}  // namespace doorward::engine
