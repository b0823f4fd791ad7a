#include "run.hpp"

#include "engine/snapshot.hpp"
#include "observer.hpp"
#include "script.hpp"

#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

namespace doorward::sim {
namespace {

using engine::State;

// A snapshot's bytes, given out in uneven pieces.
class Bytes final : public ports::SnapshotReader {
 public:
  Bytes(const std::string& bytes, std::size_t step) : bytes_(bytes), step_(step) {}
  ports::LogPosition at() const override { return {}; }
  Result<std::string> read(std::size_t max_bytes) override {
    const std::size_t size = std::min({max_bytes, step_, bytes_.size() - read_});
    read_ += size;
    return bytes_.substr(read_ - size, size);
  }

 private:
  const std::string& bytes_;
  std::size_t step_;
  std::size_t read_ = 0;
};

class History {
 public:
  History(std::uint64_t seed, bool is_told) : script_(seed), is_told_(is_told) {}

  Report run() {
    const std::uint64_t length = 50 + script_.random().below(500);
    while (report_.entries < length && !report_.failure) turn();
    if (!report_.failure) crash();
    return report_;
  }

 private:
  struct Entry {
    ports::LogPosition at;
    LogTime time{};
    std::string bytes;
  };
  struct Kept {
    std::size_t entries = 0;  // applied when it was taken
    std::string bytes;
  };

  void turn() {
    time_ += script_.pause();
    const bool is_repeat = script_.has_repeat();
    const engine::Batch batch = is_repeat ? script_.repeat() : script_.batch(time_);
    // A torn tail: the batch never was in the log, and its process is gone.
    if (script_.random().chance(1)) {
      script_.lose(batch);
      return crash();
    }
    append(batch);
    const auto outcomes = apply(*state_, log_.back());
    ++report_.entries;
    if (is_told_) tell(batch, outcomes);
    for (const engine::Outcome& outcome : outcomes) {
      if (is_repeat && outcome.status != engine::Status::refused_stale) {
        return fail("repeat: a command was applied twice");
      }
    }
    const bool with_positions = script_.random().chance(25);
    if (auto what = observer_.after(*state_, batch, outcomes, time_, with_positions)) fail(*what);
    if (script_.random().chance(3)) {
      snapshots_.push_back({log_.size(), engine::state_bytes(*state_)});
    }
    if (script_.random().chance(2)) crash();
  }

  void append(const engine::Batch& batch) {
    log_.push_back({{1, log_.size() + 1, 0}, time_, engine::encode(batch.header, batch.commands)});
  }

  std::vector<engine::Outcome> apply(State& state, const Entry& entry) {
    state.begin({entry.at, entry.time, engine::decode(entry.bytes).value()}, true);
    const auto slice = static_cast<std::uint32_t>(script_.random().between(1, 40));
    while (!state.step(slice)) {
    }
    auto changes = state.take_changes();
    return state.take_outcomes();
  }

  // Loses the state, and has it again from any snapshot, or none, and the log.
  void crash() {
    ++report_.crashes;
    const std::string live = engine::state_bytes(*state_);
    const std::size_t pick = script_.random().below(snapshots_.size() + 1);
    std::size_t next = 0;
    auto again = std::make_unique<State>();
    if (pick < snapshots_.size()) {
      Bytes bytes(snapshots_[pick].bytes, 1 + script_.random().below(5'000));
      auto read = engine::read_state(bytes);
      if (!read) return fail("snapshot: " + read.error().what);
      again = std::move(*read);
      next = snapshots_[pick].entries;
      if (engine::state_bytes(*again) != snapshots_[pick].bytes) {
        return fail("snapshot: the state that was read is not the one that was written");
      }
    }
    for (; next < log_.size(); ++next) apply(*again, log_[next]);
    if (engine::state_bytes(*again) != live) fail("replay: the state differs from the live one");
    if (again->next_due() != state_->next_due()) fail("replay: another time is due");
    state_ = std::move(again);
  }

  void fail(std::string what) {
    if (!report_.failure) {
      report_.failure = std::move(what) + " (entry " + std::to_string(report_.entries) + ")";
    }
  }

  void tell(const engine::Batch& batch, const std::vector<engine::Outcome>& outcomes) const {
    std::printf("%5llu  +%lld ms  node %04llx:\n", static_cast<unsigned long long>(report_.entries),
                static_cast<long long>((time_ - kBegin).count()),
                static_cast<unsigned long long>(batch.header.node & 0xffff));
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const auto& ticket = outcomes[i].ticket;
      std::printf(
          "       %s %s %s\n", engine::name_of(batch.commands[i]),
          engine::to_string(outcomes[i].status),
          ticket ? (to_string(ticket->id).substr(28) + " " + room::to_string(ticket->state)).c_str()
                 : "");
    }
  }

  static constexpr LogTime kBegin{Millis{1'700'000'000'000}};
  Script script_;
  bool is_told_;
  LogTime time_ = kBegin;
  std::vector<Entry> log_;
  std::vector<Kept> snapshots_;
  std::unique_ptr<State> state_ = std::make_unique<State>();
  Observer observer_;
  Report report_;
};

}  // namespace

Report run(std::uint64_t seed, bool is_told) { return History(seed, is_told).run(); }

}  // namespace doorward::sim
