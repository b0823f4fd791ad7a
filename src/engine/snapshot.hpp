// The state as bytes: taken in a moment, written at leisure.
//
// Why:     a snapshot of a million tickets must hold up nobody: it takes the slab's list of chunks
//          and the bytes of what is small, and makes the rest piece by piece on another thread.
// State:   canonical: equal states give equal bytes, and a state that was read goes on as the one
//          that was written.
// Time:    taking one: below a millisecond a million tickets.
// Threads: taken by the owner of the state; `next` on any one thread.
// Bounds:  a piece at most kMaxPieceBytes.
// Errors:  read_state: corrupt, unsupported_version; unavailable from the reader.
// Spec:    docs/log-format.md, "Snapshot".
#pragma once

#include "base/result.hpp"
#include "engine/state.hpp"
#include "ports/command_log.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace doorward::engine {

inline constexpr std::size_t kMaxPieceBytes = 4U << 20;

class Snapshot {
 public:
  explicit Snapshot(const State& state);  // between two entries
  const ports::LogPosition& at() const { return at_; }
  // The next piece; none at the end.
  std::optional<std::string> next();

 private:
  ports::LogPosition at_;
  std::vector<std::string> small_;  // head, nodes, presences, rooms
  std::vector<std::string> rules_;
  TicketStore::Slab::View tickets_;
  std::vector<InventoryRow> inventories_;
  HoldStore::Holds::View holds_;
  HoldStore::Claims::View claims_;
  std::vector<std::string> locks_;
  std::vector<std::string> tenants_;
  std::size_t next_ = 0;
};

Result<std::unique_ptr<State>> read_state(ports::SnapshotReader& from);
// Of the log's latest snapshot, also where that gives way to a newer one meanwhile; of none an
// empty state.
Result<std::unique_ptr<State>> load_state(ports::CommandLog& log);

// All pieces in one: what "the same state" means.
std::string state_bytes(const State& state);

}  // namespace doorward::engine
