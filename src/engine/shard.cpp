#include "engine/shard.hpp"

#include "engine/hold_view.hpp"
#include "engine/read.hpp"
#include "engine/reservations.hpp"
#include "engine/shard_parts.hpp"

#include <shared_mutex>
#include <thread>
#include <utility>

namespace doorward::engine {
namespace {

class ThreadedShard final : public Shard {
 public:
  ThreadedShard(ports::CommandLog& log, const ports::Clock& clock, ports::Entropy& entropy,
                Listener& listener, Options options)
      : parts_(log, clock, entropy, listener, std::move(options)) {}

  Result<> start() {
    if (auto r = parts_.start(); !r) return r;
    committing_ = std::thread([this] { parts_.committer.run(); });
    applying_ = std::thread([this] { parts_.applier.run(); });
    keeping_ = std::thread([this] { parts_.keeper.run(); });
    return {};
  }

  ~ThreadedShard() override { end(); }

  void stop() override { end(); }

  Result<> submit(Command command, Completion& completion) override {
    return parts_.push({std::move(command), &completion});
  }
  Result<> submit(Command command) override { return parts_.push({std::move(command), nullptr}); }

  LogTime log_now() const override { return core_.log_now(); }

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
    const LogTime now = core_.log_now();
    const std::shared_lock lock(core_.slices);
    const bool found = world().tickets.slab().find({ticket.index, ticket.generation}) != nullptr;
    return found ? std::optional(view_of(world(), ticket.index, now)) : std::nullopt;
  }

  std::optional<SubjectKey> subject(TicketHandle ticket) const override {
    const std::shared_lock lock(core_.slices);
    const Ticket* found = world().tickets.slab().find({ticket.index, ticket.generation});
    return found == nullptr ? std::nullopt : std::optional(found->subject);
  }

  std::optional<RoomEntry> room(std::string_view name) const override {
    const std::shared_lock lock(core_.slices);
    return entry(world().rooms.find(name));
  }
  std::optional<RoomEntry> room(std::uint32_t number) const override {
    const std::shared_lock lock(core_.slices);
    return entry(world().rooms.at(number));
  }
  std::vector<TicketHandle> waiting(std::string_view name, std::size_t most) const override {
    const std::shared_lock lock(core_.slices);
    const Room* found = world().rooms.find(name);
    return found == nullptr ? std::vector<TicketHandle>() : first_waiting(world(), *found, most);
  }
  std::vector<RoomEntry> rooms() const override {
    const std::shared_lock lock(core_.slices);
    return all_rooms(world(), core_.log_now());
  }

  std::optional<InventoryEntry> inventory(std::string_view name) const override {
    const std::shared_lock lock(core_.slices);
    const InventoryState* found = world().reserved.inventories.find(name);
    return found == nullptr ? std::nullopt : std::optional(entry_of(*found));
  }
  std::vector<InventoryEntry> inventories() const override {
    const std::shared_lock lock(core_.slices);
    std::vector<InventoryEntry> list;
    world().reserved.inventories.for_each(
        [&](const InventoryState& inventory) { list.push_back(entry_of(inventory)); });
    return list;
  }
  std::optional<SeatStates> seats(std::string_view name) const override {
    const std::shared_lock lock(core_.slices);
    const InventoryState* found = world().reserved.inventories.find(name);
    if (found == nullptr) return std::nullopt;
    return SeatStates{found->map, found->units, found->number};
  }
  std::optional<bool> is_inside_of_seller(std::string_view inventory,
                                          const SubjectKey& subject) const override {
    const std::shared_lock lock(core_.slices);
    return engine::is_inside_of_seller(world(), inventory, subject);
  }
  std::optional<reserve::HoldView> hold(const reserve::HoldId& id) const override {
    const std::shared_lock lock(core_.slices);
    const auto found = world().reserved.holds.find(id);
    return found ? std::optional(view_of_hold(world(), *found)) : std::nullopt;
  }
  std::optional<reserve::LockView> lock(std::string_view name) const override {
    const std::shared_lock lock(core_.slices);
    return view_of_lock(world(), name);
  }

  std::shared_ptr<const limit::RuleSet> rules() const override { return core_.rules({}); }
  std::shared_ptr<const limit::RuleSet> rules(std::string_view tenant) const override {
    return core_.rules(tenant);
  }
  std::shared_ptr<const tenant::TenantSet> tenants() const override { return core_.tenants(); }
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
    stats.standstills = core_.standstills;
    stats.ahead = Millis(core_.ahead_ms);
    stats.skips = core_.skips;
    stats.queued = core_.queue.size();
    stats.writable = health().writable;
    stats.fault = core_.fault();
    stats.longest_slice = Millis(core_.longest_slice_ms.exchange(0));
    const std::shared_lock lock(core_.slices);
    stats.tickets = world().tickets.slab().size();
    stats.holds = world().reserved.holds.holds().size();
    stats.locks = world().reserved.locks.size();
    stats.lock_waiters = world().reserved.locks.waiting();
    return stats;
  }

  ShardHealth health() const override { return parts_.health(); }

 private:
  void end() {
    if (!committing_.joinable()) return;
    core_.queue.close();
    committing_.join();
    core_.stop();
    core_.log.interrupt();
    applying_.join();
    parts_.keeper.stop();
    keeping_.join();
    parts_.finish();
  }

  const World& world() const { return core_.state->world(); }

  std::optional<TicketHandle> handle_of(std::optional<std::uint32_t> ticket) const {
    if (!ticket) return std::nullopt;
    const SlabHandle handle = world().tickets.slab().handle(*ticket);
    return TicketHandle{handle.index, handle.generation};
  }

  std::optional<RoomEntry> entry(const Room* found) const {
    return found == nullptr ? std::nullopt
                            : std::optional(entry_of(world(), *found, core_.log_now()));
  }

  ShardParts parts_;
  ShardCore& core_ = parts_.core;
  std::thread committing_;
  std::thread applying_;
  std::thread keeping_;
};

}  // namespace

Result<std::unique_ptr<Shard>> Shard::open(ports::CommandLog& log, const ports::Clock& clock,
                                           ports::Entropy& entropy, Listener& listener,
                                           Options options) {
  auto shard = std::make_unique<ThreadedShard>(log, clock, entropy, listener, std::move(options));
  if (auto r = shard->start(); !r) return r.error();
  return shard;
}

}  // namespace doorward::engine
