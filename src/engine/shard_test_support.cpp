#include "engine/shard_test_support.hpp"

namespace doorward::engine {

void Answer::complete(Outcome outcome) {
  const std::lock_guard lock(mutex_);
  outcome_ = std::move(outcome);
  ++times_;
  answered_.notify_all();
}

Outcome Answer::get() {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(answered_.wait_for(lock, kPatience, [this] { return times_ > 0; }));
  EXPECT_EQ(times_, 1);
  return outcome_;
}

void Ear::changed(std::span<const TicketHandle> tickets) {
  const std::lock_guard lock(mutex_);
  heard_ += tickets.size();
  changed_.notify_all();
}

bool Ear::hears(std::size_t n) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return heard_ >= n; });
}

ShardTest::ShardTest() = default;
ShardTest::~ShardTest() = default;

void ShardTest::open() {
  shard_.reset();
  log_ = std::make_unique<ports::MemoryLog>(clock_, store_);
  options_.on_trouble = [this](Trouble trouble, std::string_view cause) {
    const std::lock_guard lock(told_mutex_);
    told_.emplace_back(trouble, cause);
  };
  auto shard = Shard::open(*log_, clock_, entropy_, ear_, options_);
  ASSERT_TRUE(shard) << shard.error().what;
  shard_ = std::move(*shard);
}

std::ptrdiff_t ShardTest::told(Trouble trouble) {
  const std::lock_guard lock(told_mutex_);
  return std::ranges::count_if(told_, [&](const auto& t) {
    EXPECT_EQ(t.second.empty(), t.first == Trouble::append_resumed);
    return t.first == trouble;
  });
}

Outcome ShardTest::do_one(Command command) {
  Answer answer;
  const auto taken = shard_->submit(std::move(command), answer);
  EXPECT_TRUE(taken) << taken.error().what;
  return taken ? answer.get() : Outcome{Status::unavailable, {}, {}};
}

Outcome ShardTest::join(std::uint64_t n) { return do_one(Join{"r", {n, 7}, {0, n}, ""}); }

void ShardTest::set_room(std::uint32_t capacity) {
  room::Policy policy;
  policy.capacity = capacity;
  EXPECT_EQ(do_one(SetRoom{"r", policy}).status, Status::done);
}

}  // namespace doorward::engine
