// For tests: a shard whose calls can be cut in on, so that an interleaving is forced, and that can
// refuse commands.
#pragma once

#include "engine/shard.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::api {

class CutShard final : public engine::Shard {
 public:
  explicit CutShard(engine::Shard& inner) : inner_(inner) {}

  std::function<void()> before_read, before_submit;  // each called once
  std::atomic<bool> refuses{false};
  std::atomic<int> starts{0}, ends{0};

  void stop() override { inner_.stop(); }
  LogTime log_now() const override { return inner_.log_now(); }
  Result<> submit(engine::Command command, engine::Completion& completion) override;
  Result<> submit(engine::Command command) override { return inner_.submit(std::move(command)); }
  std::optional<engine::TicketHandle> find(const TicketId& id) const override {
    return inner_.find(id);
  }
  std::optional<engine::TicketHandle> find(std::string_view room,
                                           const SubjectKey& subject) const override {
    return inner_.find(room, subject);
  }
  std::optional<room::TicketView> read(engine::TicketHandle ticket) const override {
    cut(const_cast<CutShard*>(this)->before_read);
    return inner_.read(ticket);
  }
  std::optional<engine::RoomEntry> room(std::string_view name) const override {
    return inner_.room(name);
  }
  std::optional<engine::RoomEntry> room(std::uint32_t number) const override {
    return inner_.room(number);
  }
  std::vector<engine::RoomEntry> rooms() const override { return inner_.rooms(); }
  std::vector<engine::TicketHandle> waiting(std::string_view room,
                                            std::size_t most) const override {
    return inner_.waiting(room, most);
  }
  std::optional<SubjectKey> subject(engine::TicketHandle ticket) const override {
    return inner_.subject(ticket);
  }
  std::optional<engine::InventoryEntry> inventory(std::string_view name) const override {
    return inner_.inventory(name);
  }
  std::vector<engine::InventoryEntry> inventories() const override { return inner_.inventories(); }
  std::optional<engine::SeatStates> seats(std::string_view inventory) const override {
    return inner_.seats(inventory);
  }
  std::optional<bool> is_inside_of_seller(std::string_view inventory,
                                          const SubjectKey& who) const override {
    return inner_.is_inside_of_seller(inventory, who);
  }
  std::optional<reserve::HoldView> hold(const reserve::HoldId& id) const override {
    return inner_.hold(id);
  }
  std::optional<reserve::LockView> lock(std::string_view name) const override {
    return inner_.lock(name);
  }
  std::shared_ptr<const limit::RuleSet> rules() const override { return inner_.rules(); }
  std::shared_ptr<const limit::RuleSet> rules(std::string_view tenant) const override {
    return inner_.rules(tenant);
  }
  std::shared_ptr<const tenant::TenantSet> tenants() const override { return inner_.tenants(); }
  std::uint64_t rules_version() const override { return inner_.rules_version(); }
  ports::LogPosition applied() const override { return inner_.applied(); }
  engine::ShardStats stats() const override { return inner_.stats(); }
  engine::ShardHealth health() const override { return inner_.health(); }

 private:
  static void cut(std::function<void()>& cut_in) {
    if (auto now = std::exchange(cut_in, nullptr)) now();
  }

  engine::Shard& inner_;
};

}  // namespace doorward::api
