// A shard: one log with its engine, open for commands and reads.
//
// Why:     commands are gathered into batches, made durable by the log, applied in log order, and
//          only then answered. Reads look at the state in memory and never wait for a commit.
// Time:    ticks are appended when a deadline is due; see docs/architecture.md, "Time".
// Ownership: log, clock, entropy and listener outlive the shard. Destruction stops its threads;
//          commands not yet answered are answered `unavailable`.
// Threads: `submit` and all reads from any thread. Completions come from the shard's threads,
//          `Listener` calls from its applier; they must be short: hand the work to your own loop.
// Bounds:  at most `Options::queue_limit` commands wait; more are refused with `overloaded`.
//          Apply holds readers off for at most 5 ms at a time.
// Errors:  `open` fails with corrupt, unsupported_version or unavailable, each naming file and
//          remedy.
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "core/limit/rule_set.hpp"
#include "core/reserve/seat_map.hpp"
#include "core/room/view.hpp"
#include "engine/command.hpp"
#include "ports/clock.hpp"
#include "ports/command_log.hpp"
#include "ports/entropy.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::engine {

// Direct access to a ticket's slot: a read by handle costs no look-up. A handle of a forgotten
// ticket finds nothing, never another ticket.
struct TicketHandle {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
  friend bool operator==(const TicketHandle&, const TicketHandle&) = default;
};

// A unit of a seat map became another one.
struct UnitChange {
  std::uint32_t inventory = 0;  // its number
  std::uint32_t unit = 0;
  reserve::UnitState state = reserve::UnitState::available;
};

// The end of a wait for a lock: `done`, or `lock_busy` after all.
struct LockGrant {
  reserve::LockId id;
  Status status = Status::done;
  reserve::LockView view;
  std::uint64_t node = 0;  // where it waited last: calls at others get nothing
};

// Waits for one command. Lives until `complete` was called, which happens exactly once for every
// command that `submit` took.
class Completion {
 public:
  virtual void complete(Outcome outcome) = 0;

 protected:
  ~Completion() = default;
};

// Hears what changed; every call is a hint to read again, so a lost one delays but never loses.
class Listener {
 public:
  // These tickets were admitted or closed by the batch just applied.
  virtual void changed(std::span<const TicketHandle> tickets) = 0;
  // Places moved or a room's policy or mode changed.
  virtual void rooms_changed(std::span<const std::uint32_t> rooms) = 0;
  // `Shard::rules` or `Shard::tenants` is another set now.
  virtual void rules_changed() {}
  // These rooms sell nothing now, or something again.
  virtual void sold_out_changed(std::span<const std::uint32_t> rooms) { static_cast<void>(rooms); }
  // What is left of these inventories, or what they are, is another now.
  virtual void inventories_changed(std::span<const std::uint32_t> inventories) {
    static_cast<void>(inventories);
  }
  // Units of seat maps, in the order in which they changed.
  virtual void units_changed(std::span<const UnitChange> units) { static_cast<void>(units); }

 protected:
  ~Listener() = default;
};

struct RoomEntry {
  std::string name;
  SetRoom::Source source = SetRoom::Source::admin;
  room::RoomView view;
};

struct InventoryEntry {
  std::string name;
  std::uint32_t number = 0;
  SetRoom::Source source = SetRoom::Source::admin;
  std::shared_ptr<const reserve::SeatMap> map;  // the inventory and its units' names
  reserve::Taken taken;
  bool sold_out = false;  // also for a second after something is free again
  std::uint64_t held_total = 0;
  std::uint64_t confirmed_total = 0;
  std::uint64_t expired_total = 0;

  std::uint32_t available() const { return reserve::available(map->units(), taken); }
};

// All units of a seat map at one moment.
struct SeatStates {
  std::shared_ptr<const reserve::SeatMap> map;
  std::vector<reserve::UnitState> units;
  std::uint32_t number = 0;  // the inventory's
};

struct ShardStats {
  std::uint64_t batches = 0;
  std::uint64_t commands = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t append_failures = 0;
  std::uint64_t snapshot_failures = 0;  // or the log behind one was not trimmed
  std::uint64_t standstills = 0;        // of log time
  Millis ahead{};                       // of the clock log time was, when it was written last
  std::uint64_t skips = 0;              // over entries that were trimmed before they were read
  std::size_t queued = 0;
  std::size_t tickets = 0;
  std::size_t holds = 0;  // those counted that are over and still remembered
  std::size_t locks = 0;
  std::size_t lock_waiters = 0;
  bool writable = true;    // false while the log refuses writes
  std::string fault;       // why nothing can be applied any more; empty while all is well
  Millis longest_slice{};  // longest time readers were held off since the last call
};

struct ShardHealth {
  bool writable = true;  // false while the log refuses writes
  bool broken = false;   // nothing can be applied any more, until a restart
};

enum class Trouble : std::uint8_t {
  append_failed,    // is tried again every 250 ms; each failure is told
  append_resumed,   // the end of that, told once and without a cause
  read_failed,      // the same
  snapshot_failed,  // the next one is tried when it is due
  trim_failed,      // is tried again every minute; each failure is told
  broken,           // told once: nothing can be applied any more
  time_stands,      // told once for each standstill: log time does not go on
  time_ahead,       // told once, until the clock has caught up: it was ahead, and was put back
  skipped,          // entries were trimmed before they were read; a snapshot was taken instead
};

class Shard {
 public:
  struct Options {
    std::size_t queue_limit = 65'536;
    std::size_t batch_limit = 4'096;           // commands in one append
    std::size_t max_tickets = 20'000'000;      // no new ones beyond it; closed ones counted
    std::uint64_t place = 0;                   // see NodeStarted
    bool is_log_shared = false;                // other nodes may have changed what this one has
    std::uint64_t snapshot_every = 1'000'000;  // commands between snapshots
    Millis keep_records{std::chrono::hours{24 * 7}};
    Millis remember_closed{std::chrono::minutes{10}};
    // Told of each trouble with its cause, on the shard's threads. Lives as long as the shard.
    std::function<void(Trouble, std::string_view cause)> on_trouble = {};
  };

  // Loads the latest snapshot, replays what follows it, and starts.
  static Result<std::unique_ptr<Shard>> open(ports::CommandLog& log, const ports::Clock& clock,
                                             ports::Entropy& entropy, Listener& listener,
                                             Options options);
  virtual ~Shard() = default;
  // Ends its threads, and with them every command: who waits is answered, and nothing more is
  // taken. What can be read can be read on. The end of the shard does the same.
  virtual void stop() = 0;

  // Takes the command, or refuses it with `overloaded` and never calls `completion`.
  virtual Result<> submit(Command command, Completion& completion) = 0;
  // The same when nobody waits for the outcome.
  virtual Result<> submit(Command command) = 0;

  // The time of an entry that were written now. The wall clock may be far from it, where it was put
  // back or another node's is ahead.
  virtual LogTime log_now() const = 0;

  virtual std::optional<TicketHandle> find(const TicketId& id) const = 0;
  // The subject's live ticket, waiting or admitted.
  virtual std::optional<TicketHandle> find(std::string_view room,
                                           const SubjectKey& subject) const = 0;
  virtual std::optional<room::TicketView> read(TicketHandle ticket) const = 0;
  // Whom a ticket is for.
  virtual std::optional<SubjectKey> subject(TicketHandle ticket) const = 0;
  virtual std::optional<RoomEntry> room(std::string_view name) const = 0;
  virtual std::optional<RoomEntry> room(std::uint32_t number) const = 0;
  virtual std::vector<RoomEntry> rooms() const = 0;
  // Who waits there first, lane by lane in their order; at most so many.
  virtual std::vector<TicketHandle> waiting(std::string_view room, std::size_t most) const = 0;
  virtual std::optional<InventoryEntry> inventory(std::string_view name) const = 0;
  virtual std::vector<InventoryEntry> inventories() const = 0;
  // Absent: there is no such inventory. Without units where it is a count.
  virtual std::optional<SeatStates> seats(std::string_view inventory) const = 0;
  // Whether this subject is inside a room that sells the inventory. Absent: no room sells it.
  virtual std::optional<bool> is_inside_of_seller(std::string_view inventory,
                                                  const SubjectKey& subject) const = 0;
  virtual std::optional<reserve::HoldView> hold(const reserve::HoldId& id) const = 0;
  // Of the holder, whose id and fence are left out. Absent: nobody has it.
  virtual std::optional<reserve::LockView> lock(std::string_view name) const = 0;
  // The rules as they are now; never null, and never changed: a change is another set. Whoever
  // keeps one asks first whether `rules_version` is still the same.
  virtual std::shared_ptr<const limit::RuleSet> rules() const = 0;
  // Those of a tenant, under their plain names; of "" the same as above.
  virtual std::shared_ptr<const limit::RuleSet> rules(std::string_view tenant) const = 0;
  // Likewise.
  virtual std::shared_ptr<const tenant::TenantSet> tenants() const = 0;
  virtual std::uint64_t rules_version() const = 0;
  virtual ports::LogPosition applied() const = 0;
  virtual ShardStats stats() const = 0;
  // Takes no lock and counts nothing: for whoever asks often.
  virtual ShardHealth health() const = 0;
};

}  // namespace doorward::engine
