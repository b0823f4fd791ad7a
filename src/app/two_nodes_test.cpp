// Two nodes that share a room through one Redis: it shows that the log's port is the right one.
//
// Log time is Redis's. Where a test needs it to pass, it writes entries with ids of its own, in the
// steps that the engine takes as passing time and not as a gap; Redis then goes on from there.

#include "adapters/redis/redis_log.hpp"
#include "adapters/redis/redis_server.hpp"
#include "adapters/system/system_clock.hpp"
#include "adapters/system/system_entropy.hpp"
#include "base/crc32c.hpp"
#include "engine/record.hpp"
#include "engine/shard.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace doorward {
namespace {

using engine::Outcome;
using engine::Status;
using room::TicketState;
using room::TicketView;

constexpr std::chrono::seconds kPatience{60};

class Answer final : public engine::Completion {
 public:
  void complete(Outcome outcome) override {
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
    answered_.notify_all();
  }
  Outcome get() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(answered_.wait_for(lock, kPatience, [this] { return outcome_.has_value(); }));
    return outcome_.value_or(Outcome{Status::unavailable, std::nullopt, {}});
  }

 private:
  std::mutex mutex_;
  std::condition_variable answered_;
  std::optional<Outcome> outcome_;
};

class Deaf final : public engine::Listener {
 public:
  void changed(std::span<const engine::TicketHandle>) override {}
  void rooms_changed(std::span<const std::uint32_t>) override {}
};

// One process of the cluster. Its end is a hard one: nothing is written to the log.
class Node {
 public:
  Node(const adapters::redis::RedisServer& server, std::uint64_t place) {
    auto log = adapters::redis::RedisLog::open(
        {.address = *adapters::redis::parse_url(server.url()), .timeout = Millis{20'000}});
    if (log.has_error()) throw std::runtime_error(log.error().what);
    log_ = std::move(*log);
    auto shard = engine::Shard::open(*log_, clock_, entropy_, listener_,
                                     {.place = place, .is_log_shared = true});
    if (shard.has_error()) throw std::runtime_error(shard.error().what);
    shard_ = std::move(*shard);
  }

  Outcome ask(engine::Command command) {
    Answer answer;
    const auto taken = shard_->submit(std::move(command), answer);
    EXPECT_TRUE(taken.has_value()) << (taken.has_error() ? taken.error().what : "");
    return taken.has_value() ? answer.get() : Outcome{Status::unavailable, std::nullopt, {}};
  }
  Outcome join(std::uint64_t visitor) {
    return ask(engine::Join{"sale", {visitor, 1}, {visitor, 2}, ""});
  }
  // Returns once this node has applied all that stands in the log.
  void catch_up() { ask(engine::Tick{}); }

  std::optional<TicketView> ticket(std::uint64_t visitor) const {
    const auto handle = shard_->find(TicketId{visitor, 2});
    return handle ? shard_->read(*handle) : std::nullopt;
  }
  room::RoomView room() const { return shard_->room("sale")->view; }
  engine::Shard& shard() { return *shard_; }

 private:
  adapters::SystemClock clock_;
  adapters::SystemEntropy entropy_;
  Deaf listener_;
  std::unique_ptr<adapters::redis::RedisLog> log_;
  std::unique_ptr<engine::Shard> shard_;
};

class TwoNodes : public testing::Test {
 protected:
  TwoNodes() : a_(std::make_unique<Node>(server_, 1)), b_(std::make_unique<Node>(server_, 2)) {}

  void set_room(const room::Policy& policy) {
    ASSERT_EQ(a_->ask(engine::SetRoom{"sale", policy}).status, Status::done);
    b_->catch_up();
  }

  // Visitors 1…`each` join at A and `each` more at B, at the same time.
  void join_at_both(std::uint64_t each) {
    const auto join = [each](Node& node, std::uint64_t first) {
      std::deque<Answer> answers(each);
      for (std::uint64_t i = 0; i < each; ++i) {
        const std::uint64_t visitor = first + i;
        const auto taken =
            node.shard().submit(engine::Join{"sale", {visitor, 1}, {visitor, 2}, ""}, answers[i]);
        ASSERT_TRUE(taken.has_value());
        if (i % 8 == 0) answers[i].get();
      }
      for (auto& answer : answers) EXPECT_EQ(answer.get().status, Status::done);
    };
    std::thread at_a([&] { join(*a_, 1); });
    std::thread at_b([&] { join(*b_, each + 1); });
    at_a.join();
    at_b.join();
    a_->catch_up();
    b_->catch_up();
  }

  // Lets log time pass, as a third node would that only ticks.
  void let_pass(Millis time) {
    adapters::redis::Connection redis({*adapters::redis::parse_url(server_.url()), Millis{20'000}});
    const std::string key = "doorward:{main}:log:0";
    const auto last = redis.call({"XREVRANGE", key, "+", "-", "COUNT", "1"});
    ASSERT_TRUE(last.has_value()) << last.error().what;
    const auto id = adapters::redis::text_of(*(*last)->element[0]->element[0]);
    LogTime now{Millis{std::stoll(std::string(id))}};
    for (Millis step{4'000}; time > Millis{0}; time -= step) {
      now += step;
      const std::string batch = engine::encode({77, ++third_counter_, now}, {engine::Tick{}});
      const auto added =
          redis.call({"XADD", key, fmt::format("{}-0", now.time_since_epoch().count()), "b", batch,
                      "c", fmt::format("{:08x}", crc32c(batch))});
      ASSERT_TRUE(added.has_value()) << added.error().what;
    }
  }

  adapters::redis::RedisServer server_;
  std::unique_ptr<Node> a_;
  std::unique_ptr<Node> b_;
  std::uint64_t third_counter_ = 0;
};

TEST_F(TwoNodes, SeeTheJoinsOfBothInOneOrder) {
  constexpr std::uint64_t kEach = 200;
  room::Policy policy;
  policy.mode = room::Mode::paused;
  set_room(policy);
  join_at_both(kEach);
  std::set<std::uint32_t> positions;
  for (std::uint64_t visitor = 1; visitor <= 2 * kEach; ++visitor) {
    const auto at_a = a_->ticket(visitor);
    const auto at_b = b_->ticket(visitor);
    ASSERT_TRUE(at_a && at_b) << "visitor " << visitor;
    ASSERT_TRUE(at_a->position.has_value());
    EXPECT_EQ(at_a->position, at_b->position) << "visitor " << visitor;
    EXPECT_EQ(at_a->joined_at, at_b->joined_at);
    positions.insert(*at_a->position);
  }
  EXPECT_EQ(positions.size(), 2 * kEach);
  EXPECT_EQ(*positions.rbegin(), 2 * kEach);
}

TEST_F(TwoNodes, KeepOneCapacityBetweenThem) {
  constexpr std::uint64_t kEach = 50;
  room::Policy policy;
  policy.capacity = 10;
  set_room(policy);
  join_at_both(kEach);
  std::uint32_t inside = 0;
  for (std::uint64_t visitor = 1; visitor <= 2 * kEach; ++visitor) {
    const auto at_a = a_->ticket(visitor);
    const auto at_b = b_->ticket(visitor);
    ASSERT_TRUE(at_a && at_b);
    EXPECT_EQ(at_a->state, at_b->state) << "visitor " << visitor;
    if (at_a->state == TicketState::admitted) ++inside;
  }
  EXPECT_EQ(inside, 10U);
  EXPECT_EQ(a_->room().inside, 10U);
  EXPECT_EQ(b_->room().inside, 10U);
}

TEST_F(TwoNodes, ASlotFreedAtOneAdmitsAWaiterOfTheOther) {
  room::Policy policy;
  policy.capacity = 1;
  set_room(policy);
  ASSERT_EQ(a_->join(1).ticket->state, TicketState::admitted);
  ASSERT_EQ(b_->join(2).ticket->position, 1U);
  ASSERT_EQ(a_->ask(engine::Finish{{1, 2}}).status, Status::done);
  EXPECT_EQ(a_->ticket(2)->state, TicketState::admitted);
  b_->catch_up();
  EXPECT_EQ(b_->ticket(2)->state, TicketState::admitted);
  EXPECT_EQ(b_->ticket(2)->admitted_at, a_->ticket(2)->admitted_at);
}

TEST_F(TwoNodes, OneVisitorHasOnePlaceWhicheverNodeAnswers) {
  room::Policy policy;
  policy.mode = room::Mode::paused;
  set_room(policy);
  const auto first = a_->join(1);
  const auto again = b_->ask(engine::Join{"sale", {1, 1}, {9, 9}, ""});
  EXPECT_EQ(again.status, Status::already);
  EXPECT_EQ(again.ticket->id, first.ticket->id);
}

TEST_F(TwoNodes, ANodeThatJoinsLaterHasTheSameState) {
  room::Policy policy;
  policy.capacity = 3;
  set_room(policy);
  join_at_both(20);
  Node late(server_, 3);
  late.catch_up();
  a_->catch_up();
  for (std::uint64_t visitor = 1; visitor <= 40; ++visitor) {
    EXPECT_EQ(late.ticket(visitor)->state, a_->ticket(visitor)->state);
    EXPECT_EQ(late.ticket(visitor)->position, a_->ticket(visitor)->position);
  }
}

// Who waits at a node that was killed is present for the node's lease, and then no more.
class KilledNode : public TwoNodes {
 protected:
  // Visitor 2 waits at A and visitor 3 at B; A is killed, and the turn comes `later`.
  void kill_a_and_free_a_slot(Millis later) {
    room::Policy policy;
    policy.capacity = 1;
    policy.session_ttl = Millis{std::chrono::hours{1}};
    policy.liveness_silence = Millis{5'000};
    set_room(policy);
    ASSERT_EQ(b_->join(1).ticket->state, TicketState::admitted);
    for (const auto& [node, visitor] : {std::pair{a_.get(), 2U}, std::pair{b_.get(), 3U}}) {
      ASSERT_EQ(node->join(visitor).status, Status::done);
      ASSERT_EQ(node->ask(engine::PresenceStart{{visitor, 2}}).status, Status::done);
    }
    a_.reset();
    let_pass(later);
    b_->catch_up();
    ASSERT_EQ(b_->ask(engine::Finish{{1, 2}}).status, Status::done);
  }
};

TEST_F(KilledNode, ItsWaitersKeepTheirTurnWithinTheLease) {
  kill_a_and_free_a_slot(Millis{12'000});
  EXPECT_EQ(b_->ticket(2)->state, TicketState::admitted);
  EXPECT_EQ(b_->ticket(3)->state, TicketState::waiting);
}

TEST_F(KilledNode, ItsWaitersAreSilentAfterTheLeaseAndArePassedOver) {
  kill_a_and_free_a_slot(Millis{24'000});
  EXPECT_EQ(b_->ticket(2)->state, TicketState::waiting);
  EXPECT_TRUE(b_->ticket(2)->passed_over);
  EXPECT_EQ(b_->ticket(3)->state, TicketState::admitted);
}

}  // namespace
}  // namespace doorward
