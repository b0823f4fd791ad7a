// A state with a log of one's own making: entries are applied one by one, at times of one's choice.
#pragma once

#include "engine/read.hpp"
#include "engine/snapshot.hpp"
#include "engine/state.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace doorward::engine {

inline constexpr LogTime kBegin{Millis{1'700'000'000'000}};

// Reads a snapshot out of a string, a few bytes at a time.
class StringSnapshot final : public ports::SnapshotReader {
 public:
  explicit StringSnapshot(std::string bytes, std::size_t step = 1'000)
      : bytes_(std::move(bytes)), step_(step) {}
  ports::LogPosition at() const override { return {}; }
  Result<std::string> read(std::size_t max_bytes) override;

 private:
  std::string bytes_;
  std::size_t step_;
  std::size_t read_ = 0;
};

class StateTest : public testing::Test {
 protected:
  static TicketId id(std::uint64_t n) { return {0, n}; }
  static SubjectKey subject(std::uint64_t n) { return {n, 7}; }

  StateTest();
  ~StateTest() override;
  std::vector<Outcome> apply(std::vector<Command> commands);
  Outcome do_one(Command command);
  void wait(Millis time);

  void set_room(room::Policy policy, std::string name = "r");
  static limit::Rule rule(std::string name, std::uint64_t limit = 10);
  // Visitor n joins with ticket n.
  Outcome join(std::uint64_t n, std::string lane = "");
  room::TicketView view(std::uint64_t n) const;
  room::TicketState state_of(std::uint64_t n) const { return view(n).state; }
  std::optional<std::uint32_t> position(std::uint64_t n) const;
  const Room& room(const char* name = "r") const { return *state_->world().rooms.find(name); }
  std::string bytes() const;
  // Goes on from a snapshot of the present state.
  void restore();

  LogTime now_ = kBegin;
  std::uint64_t node_ = 1;
  std::uint64_t next_counter_ = 1;
  std::uint64_t number_ = 0;
  std::unique_ptr<State> state_ = std::make_unique<State>();
};

}  // namespace doorward::engine
