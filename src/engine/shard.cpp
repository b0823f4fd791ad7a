#include "engine/shard.hpp"

#include "engine/applier.hpp"
#include "engine/committer.hpp"
#include "engine/keeper.hpp"
#include "engine/read.hpp"

#include <array>
#include <shared_mutex>
#include <span>
#include <thread>
#include <utility>

namespace doorward::engine {
namespace {

std::uint64_t new_node(ports::Entropy& entropy) {
  std::array<std::uint64_t, 1> node{};
  while (node[0] == 0) entropy.fill(std::as_writable_bytes(std::span(node)));
  return node[0];
}

Result<std::unique_ptr<State>> load(ports::CommandLog& log) {
  auto snapshot = log.latest_snapshot();
  if (!snapshot) return snapshot.error();
  if (!*snapshot) return std::make_unique<State>();
  return read_state(**snapshot);
}

class ThreadedShard final : public Shard {
 public:
  ThreadedShard(ports::CommandLog& log, const ports::Clock& clock, ports::Entropy& entropy,
                Listener& listener, Options options)
      : core_(log, clock, entropy, listener, std::move(options)) {}

  Result<> start(std::unique_ptr<State> state) {
    core_.state = std::move(state);
    if (auto r = applier_.replay(); !r) return r;
    core_.node = new_node(core_.entropy);
    committing_ = std::thread([this] { committer_.run(); });
    applying_ = std::thread([this] { applier_.run(); });
    keeping_ = std::thread([this] { keeper_.run(); });
    return {};
  }

  ~ThreadedShard() override {
    if (!committing_.joinable()) return;
    core_.queue.close();
    committing_.join();
    core_.stop();
    core_.log.interrupt();
    applying_.join();
    keeper_.stop();
    keeping_.join();
    answer_unavailable(core_.pending.take_all());
    // So that the next start replays nothing. Without it the log is replayed, so a failure is no
    // loss.
    if (!core_.broken) {
      keeper_.write(Snapshot(*core_.state), core_.state->world().clock.now());
    }
  }

  Result<> submit(Command command, Completion& completion) override {
    return push({std::move(command), &completion});
  }
  Result<> submit(Command command) override { return push({std::move(command), nullptr}); }

  std::optional<TicketHandle> find(const TicketId& id) const override {
    const std::shared_lock lock(core_.slices);
    return handle_of(world().tickets.find(id));
  }

  std::optional<TicketHandle> find(std::string_view name,
                                   const SubjectKey& subject) const override {
    const std::shared_lock lock(core_.slices);
    const Room* found = world().rooms.find(name);
    if (found == nullptr) return std::nullopt;
    return handle_of(world().tickets.find(found->number, subject));
  }

  std::optional<room::TicketView> read(TicketHandle ticket) const override {
    const std::shared_lock lock(core_.slices);
    const bool found = world().tickets.slab().find({ticket.index, ticket.generation}) != nullptr;
    return found ? std::optional(view_of(world(), ticket.index)) : std::nullopt;
  }

  std::optional<RoomEntry> room(std::string_view name) const override {
    const std::shared_lock lock(core_.slices);
    return entry(world().rooms.find(name));
  }
  std::optional<RoomEntry> room(std::uint32_t number) const override {
    const std::shared_lock lock(core_.slices);
    return entry(world().rooms.at(number));
  }
  std::vector<RoomEntry> rooms() const override {
    const std::shared_lock lock(core_.slices);
    return all_rooms(world());
  }

  std::shared_ptr<const limit::RuleSet> rules() const override { return core_.rules(); }
  std::uint64_t rules_version() const override { return core_.rules_version; }

  ports::LogPosition applied() const override {
    const std::shared_lock lock(core_.slices);
    return core_.state->applied();
  }

  ShardStats stats() const override {
    ShardStats stats;
    stats.batches = core_.batches;
    stats.commands = core_.commands;
    stats.snapshots = core_.snapshots;
    stats.append_failures = core_.append_failures;
    stats.snapshot_failures = core_.snapshot_failures;
    stats.queued = core_.queue.size();
    stats.writable = health().writable;
    stats.fault = core_.fault();
    stats.longest_slice = Millis(core_.longest_slice_ms.exchange(0));
    const std::shared_lock lock(core_.slices);
    stats.tickets = world().tickets.slab().size();
    return stats;
  }

  ShardHealth health() const override {
    const bool broken = core_.broken;
    return {.writable = core_.writable && !broken, .broken = broken};
  }

 private:
  const World& world() const { return core_.state->world(); }

  Result<> push(Submitted item) {
    if (!health().writable) {
      return error(Errc::unavailable, "The log cannot be written now; try again in a moment.");
    }
    if (core_.queue.push(item)) return {};
    if (core_.queue.is_closed()) return error(Errc::unavailable, "The shard is stopping.");
    return error(Errc::overloaded, "Too many commands wait for the log; try again in a moment.");
  }

  std::optional<TicketHandle> handle_of(std::optional<std::uint32_t> ticket) const {
    if (!ticket) return std::nullopt;
    const SlabHandle handle = world().tickets.slab().handle(*ticket);
    return TicketHandle{handle.index, handle.generation};
  }

  std::optional<RoomEntry> entry(const Room* found) const {
    return found == nullptr ? std::nullopt : std::optional(entry_of(world(), *found));
  }

  mutable ShardCore core_;
  Keeper keeper_{core_};
  Applier applier_{core_, keeper_};
  Committer committer_{core_};
  std::thread committing_;
  std::thread applying_;
  std::thread keeping_;
};

}  // namespace

Result<std::unique_ptr<Shard>> Shard::open(ports::CommandLog& log, const ports::Clock& clock,
                                           ports::Entropy& entropy, Listener& listener,
                                           Options options) {
  auto state = load(log);
  if (!state) return state.error();
  auto shard = std::make_unique<ThreadedShard>(log, clock, entropy, listener, std::move(options));
  if (auto r = shard->start(std::move(*state)); !r) return r.error();
  return shard;
}

}  // namespace doorward::engine
