#include "engine/world_test_support.hpp"

namespace doorward::engine {

Result<std::string> StringSnapshot::read(std::size_t max_bytes) {
  const std::size_t size = std::min({max_bytes, step_, bytes_.size() - read_});
  read_ += size;
  return bytes_.substr(read_ - size, size);
}

StateTest::StateTest() = default;
StateTest::~StateTest() = default;

std::vector<Outcome> StateTest::apply(std::vector<Command> commands) {
  State::Entry entry;
  entry.at = {1, ++number_, 0};
  entry.time = now_;
  entry.batch.header = {node_, next_counter_, now_};
  next_counter_ += commands.size();
  entry.batch.commands = std::move(commands);
  return state_->apply(std::move(entry));
}

Outcome StateTest::do_one(Command command) { return apply({std::move(command)}).front(); }

void StateTest::wait(Millis time) {
  now_ += time;
  do_one(Tick{});
}

void StateTest::set_room(room::Policy policy, std::string name) {
  EXPECT_EQ(do_one(SetRoom{std::move(name), std::move(policy)}).status, Status::done);
}

limit::Rule StateTest::rule(std::string name, std::uint64_t limit) {
  limit::Rule made;
  made.name = std::move(name);
  made.quotas = {{"1s", {}}};
  made.quotas[0].quota.limit = limit;
  return made;
}

Outcome StateTest::join(std::uint64_t n, std::string lane) {
  return do_one(Join{"r", subject(n), id(n), std::move(lane)});
}

room::TicketView StateTest::view(std::uint64_t n) const {
  return view_of(state_->world(), *state_->world().tickets.find(id(n)));
}

std::optional<std::uint32_t> StateTest::position(std::uint64_t n) const { return view(n).position; }

std::string StateTest::bytes() const { return state_bytes(*state_); }

void StateTest::restore() {
  StringSnapshot snapshot(bytes());
  auto restored = read_state(snapshot);
  ASSERT_TRUE(restored) << restored.error().what;
  state_ = std::move(*restored);
}

}  // namespace doorward::engine
