#include "gateway/await_shard.hpp"

#include "gateway/desk_test_support.hpp"

#include <boost/asio/detached.hpp>

#include <thread>

namespace doorward::gateway {
namespace {

// Says of itself what the test wants; completes nothing by itself.
class StubShard final : public engine::Shard {
 public:
  bool is_full = false;
  ports::LogPosition at{1, 5, 0};
  std::vector<engine::Completion*> unanswered;

  void stop() override {}
  LogTime log_now() const override { return {}; }
  Result<> submit(engine::Command, engine::Completion& completion) override {
    if (is_full) return error(Errc::overloaded, "full");
    unanswered.push_back(&completion);
    return {};
  }
  Result<> submit(engine::Command) override { return {}; }
  std::optional<engine::TicketHandle> find(const TicketId&) const override { return {}; }
  std::optional<engine::TicketHandle> find(std::string_view, const SubjectKey&) const override {
    return {};
  }
  std::optional<room::TicketView> read(engine::TicketHandle) const override { return {}; }
  std::optional<SubjectKey> subject(engine::TicketHandle) const override { return {}; }
  std::optional<engine::RoomEntry> room(std::string_view) const override { return {}; }
  std::optional<engine::RoomEntry> room(std::uint32_t) const override { return {}; }
  std::vector<engine::RoomEntry> rooms() const override { return {}; }
  std::vector<engine::TicketHandle> waiting(std::string_view, std::size_t) const override {
    return {};
  }
  ports::LogPosition applied() const override { return at; }
  engine::ShardStats stats() const override { return {}; }
  engine::ShardHealth health() const override { return {}; }
  std::shared_ptr<const limit::RuleSet> rules() const override { return nullptr; }
  std::shared_ptr<const limit::RuleSet> rules(std::string_view) const override { return nullptr; }
  std::shared_ptr<const tenant::TenantSet> tenants() const override { return nullptr; }
  std::uint64_t rules_version() const override { return 0; }
  std::optional<engine::InventoryEntry> inventory(std::string_view) const override { return {}; }
  std::vector<engine::InventoryEntry> inventories() const override { return {}; }
  std::optional<engine::SeatStates> seats(std::string_view) const override { return {}; }
  std::optional<bool> is_inside_of_seller(std::string_view, const SubjectKey&) const override {
    return {};
  }
  std::optional<reserve::HoldView> hold(const reserve::HoldId&) const override { return {}; }
  std::optional<reserve::LockView> lock(std::string_view) const override { return {}; }
};

TEST(AwaitShard, ABatchCompletedByAnotherThreadGoesOnOnTheLoopInItsOrder) {
  StubShard shard;
  boost::asio::io_context loop;
  std::vector<std::uint64_t> seen;
  const auto loop_thread = std::this_thread::get_id();
  for (std::uint64_t n = 0; n < 100; ++n) {
    boost::asio::co_spawn(
        loop,
        [&]() -> edge::Task<> {
          const engine::Command tick = engine::Tick{};
          const auto outcome = co_await await_shard(shard, tick);
          EXPECT_EQ(std::this_thread::get_id(), loop_thread);
          seen.push_back(outcome->at.major);
        },
        boost::asio::detached);
  }
  while (shard.unanswered.size() < 100) loop.run_one();
  std::thread applier([&] {
    for (std::uint64_t n = 0; n < 100; ++n)
      shard.unanswered[n]->complete({engine::Status::done, {}, {1, n, 0}});
  });
  applier.join();
  loop.run();
  ASSERT_EQ(seen.size(), 100U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST(AwaitShard, AFullQueueIsAnErrorAtOnce) {
  StubShard shard;
  shard.is_full = true;
  boost::asio::io_context loop;
  auto done =
      boost::asio::co_spawn(loop, await_shard(shard, engine::Tick{}), boost::asio::use_future);
  loop.run();
  EXPECT_EQ(done.get().error().code, Errc::overloaded);
}

TEST(AwaitShard, ALoopThatEndsFirstDropsWhatWasCompleted) {
  StubShard shard;
  bool went_on = false;
  {
    boost::asio::io_context loop;
    boost::asio::co_spawn(
        loop,
        [&]() -> edge::Task<> {
          const engine::Command tick = engine::Tick{};
          (void)co_await await_shard(shard, tick);
          went_on = true;
        },
        boost::asio::detached);
    while (shard.unanswered.empty()) loop.run_one();
    shard.unanswered.front()->complete({});
  }
  EXPECT_FALSE(went_on);
}

TEST(AwaitShard, AShardThatStopsAnswersUnavailable) {
  TestDesk desk;
  desk.set_capacity("sale", 1);
  desk.log.refuse_appends(true);
  auto done = boost::asio::co_spawn(desk.loop, await_shard(*desk.shard, engine::RemoveRoom{"sale"}),
                                    boost::asio::use_future);
  desk.loop.restart();
  desk.loop.poll();
  desk.shard.reset();
  desk.loop.restart();
  desk.loop.run();
  EXPECT_EQ(done.get()->status, engine::Status::unavailable);
}

TEST(AwaitPosition, IsTrueOnceReachedAndFalseOfANodeThatStaysBehind) {
  StubShard shard;
  const auto reaches = [&](ports::LogPosition at) {
    boost::asio::io_context loop;
    auto done = boost::asio::co_spawn(loop, await_position(shard, at), boost::asio::use_future);
    loop.run();
    return done.get();
  };
  EXPECT_TRUE(reaches({1, 5, 0}));
  EXPECT_TRUE(reaches({}));
  EXPECT_FALSE(reaches({1, 6, 0}));
  EXPECT_FALSE(reaches({2, 0, 0}));
}

}  // namespace
}  // namespace doorward::gateway
