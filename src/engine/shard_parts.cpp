#include "engine/shard_parts.hpp"

#include "engine/snapshot.hpp"

#include <memory>

namespace doorward::engine {
namespace {

std::uint64_t new_node(ports::Entropy& entropy) {
  std::uint64_t node = 0;
  while (node == 0) node = ports::draw<std::uint64_t>(entropy);
  return node;
}

}  // namespace

Result<> ShardParts::start() {
  auto state = load_state(core.log);
  if (!state) return state.error();
  core.state = std::move(*state);
  if (auto r = applier.replay(); !r) return r;
  core.node = new_node(core.entropy);
  return {};
}

Result<> ShardParts::push(Submitted item) {
  if (!health().writable) {
    return error(Errc::unavailable, "The log cannot be written now; try again in a moment.");
  }
  if (core.queue.push(item)) return {};
  if (core.queue.is_closed()) return error(Errc::unavailable, "The shard is stopping.");
  return error(Errc::overloaded, "Too many commands wait for the log; try again in a moment.");
}

void ShardParts::finish() {
  answer_unavailable(core.pending.take_all());
  applier.give_up_waits();
  // So that the next start replays nothing. Without it the log is replayed, so a failure is no
  // loss.
  if (!core.broken) keeper.write(Snapshot(*core.state), core.state->world().clock.now());
}

}  // namespace doorward::engine
