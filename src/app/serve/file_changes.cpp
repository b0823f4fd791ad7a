#include "app/serve/file_changes.hpp"

#include "core/tenant/tenant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <future>
#include <optional>
#include <span>
#include <utility>

namespace doorward::app {
namespace {

using engine::Status;

// Below the least that a shard's queue takes.
constexpr std::size_t kAtOnce = 32;
// How often something may change between the reading and the writing of it.
constexpr int kTries = 20;

// Waits for one command on a thread that is no event loop.
class Waiting final : public engine::Completion {
 public:
  void complete(engine::Outcome outcome) override { promise_.set_value(std::move(outcome)); }
  engine::Outcome wait() { return promise_.get_future().get(); }

 private:
  std::promise<engine::Outcome> promise_;
};

bool is_good(Status status) {
  return status == Status::done || status == Status::already || status == Status::no_such_room ||
         status == Status::no_such_rule || status == Status::no_such_inventory ||
         status == Status::inventory_in_use || status == Status::no_such_key;
}

// What a command is about, as people and as the memory call it.
struct Subject {
  const char* kind = "";
  std::string name;
  bool removal = false;
  bool conditional = false;  // taken only where it still is as it was read
};

template <class C>
Subject removal_of(const char* kind, std::string name, const C& command) {
  return {kind, std::move(name), true, command.seen.has_value()};
}

struct NameSubject {
  Subject operator()(const engine::SetRoom& c) const { return {"room", c.room}; }
  Subject operator()(const engine::ChangeRoom& c) const { return {"room", c.room, false, true}; }
  Subject operator()(const engine::RemoveRoom& c) const { return removal_of("room", c.room, c); }
  Subject operator()(const engine::SetRule& c) const { return {"rule", c.rule.name}; }
  Subject operator()(const engine::RemoveRule& c) const { return removal_of("rule", c.rule, c); }
  Subject operator()(const engine::SetInventory& c) const { return {"inventory", c.inventory}; }
  Subject operator()(const engine::RemoveInventory& c) const {
    return removal_of("inventory", c.inventory, c);
  }
  Subject operator()(const engine::SetTenant& c) const { return {"tenant", c.tenant}; }
  Subject operator()(const engine::RemoveTenant& c) const {
    return removal_of("tenant", c.tenant, c);
  }
  Subject operator()(const engine::SetTenantKey& c) const {
    return {"API key", tenant::full_name(c.tenant, c.key)};
  }
  Subject operator()(const engine::RemoveTenantKey& c) const {
    return removal_of("API key", tenant::full_name(c.tenant, c.key), c);
  }
  template <class Other>
  Subject operator()(const Other&) const {
    return {};
  }
};

class Application {
 public:
  Application(engine::Shard& shard, FileChanges& changes, const Fingerprints& before)
      : shard_(shard), changes_(changes), before_(before) {}

  Result<> run() {
    std::span<engine::Command> left(changes_.commands);
    while (!left.empty() && !failed_) {
      const auto some = left.first(std::min(left.size(), kAtOnce));
      apply_some(some);
      left = left.subspan(some.size());
    }
    for (const engine::Command& command : left) keep_as_before(std::visit(NameSubject(), command));
    changes_.commands = std::move(applied_);
    if (failed_) return *failed_;
    if (overtaken_) return error(Errc::conflict, *overtaken_ + " changes all the time");
    if (refused_ == 0) return {};
    if (refused_ > 1) first_refusal_ += fmt::format(", and {} more", refused_ - 1);
    return error(Errc::invalid, "the log refuses what the configuration says of " + first_refusal_);
  }

 private:
  // All that were taken must be waited for, whatever became of one.
  void apply_some(std::span<engine::Command> commands) {
    std::deque<Waiting> waiting;
    for (const engine::Command& command : commands) {
      if (!failed_) {
        const auto taken = shard_.submit(command, waiting.emplace_back());
        if (taken) continue;
        waiting.pop_back();
        failed_ = taken.error();
      }
      keep_as_before(std::visit(NameSubject(), command));
    }
    for (std::size_t i = 0; i < waiting.size(); ++i) judge(commands[i], waiting[i].wait().status);
  }

  void judge(engine::Command& command, Status status) {
    const Subject subject = std::visit(NameSubject(), command);
    const bool is_overtaken =
        subject.conditional && (status == Status::changed || status == Status::no_such_room);
    const bool is_gone = subject.removal && status == Status::no_such_tenant;
    if (!is_overtaken && (is_good(status) || is_gone)) {
      applied_.push_back(std::move(command));
      return;
    }
    keep_as_before(subject);
    if (is_overtaken) {
      overtaken_ = fmt::format("{} \"{}\"", subject.kind, subject.name);
    } else if (status == Status::unavailable) {
      failed_ = error(Errc::unavailable, "the log cannot be written now");
    } else if (refused_++ == 0) {
      first_refusal_ = fmt::format("{} \"{}\": {}", subject.kind, subject.name, to_string(status));
    }
  }

  void keep_as_before(const Subject& subject) {
    changes_.said.erase(subject.name);
    const auto known = before_.find(subject.name);
    if (known != before_.end()) changes_.said.insert(*known);
  }

  engine::Shard& shard_;
  FileChanges& changes_;
  const Fingerprints& before_;
  std::vector<engine::Command> applied_;
  std::optional<Error> failed_;
  std::optional<std::string> overtaken_;
  std::size_t refused_ = 0;
  std::string first_refusal_;
};

}  // namespace

Result<> apply(engine::Shard& shard, FileChanges& changes, const Fingerprints& before) {
  return Application(shard, changes, before).run();
}

Result<> apply_and_remember(engine::Shard& shard, FileChanges& changes, const Fingerprints& before,
                            const FileMemory& memory, const char* file) {
  const Result<> applied = apply(shard, changes, before);
  if (changes.said == before) return applied;
  auto written = memory.write(file, changes.said, shard.applied());
  return applied ? written : applied;
}

Result<> until_settled(const std::function<Result<>()>& apply) {
  auto applied = apply();
  for (int i = 1; i < kTries && !applied && applied.error().code == Errc::conflict; ++i)
    applied = apply();
  if (!applied && applied.error().code == Errc::conflict)
    return error(Errc::overloaded, applied.error().what);
  return applied;
}

}  // namespace doorward::app
