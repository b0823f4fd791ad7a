// What becomes of commands when the log fails; the steps of the shard's threads are taken by hand.
#include "engine/read.hpp"
#include "engine/shard_parts.hpp"
#include "engine/shard_test_support.hpp"
#include "engine/snapshot.hpp"

#include <deque>

namespace doorward::engine {
namespace {

using ports::MemoryLog;

constexpr Millis kNoWait{0};

struct Asked final : Completion {
  void complete(Outcome outcome) override { status = outcome.status; }
  std::optional<Status> status;
};

class ShardFaultTest : public testing::Test {
 protected:
  struct Node {
    Node(ShardFaultTest& test, std::uint64_t place)
        : log(test.clock_, test.store_),
          parts(log, test.clock_, test.entropy_, test.ear_, test.options(*this, place)) {}

    void start() {
      const auto started = parts.start();
      ASSERT_TRUE(started) << started.error().what;
      turn();
    }
    Result<bool> apply() { return parts.applier.step(kNoWait); }
    void commit() { parts.committer.step(kNoWait); }
    void turn() {
      commit();
      EXPECT_TRUE(apply());
    }
    Asked& ask(Command command) {
      EXPECT_TRUE(parts.push({std::move(command), &asked.emplace_back()}));
      return asked.back();
    }
    Status do_one(Command command) {
      Asked& one = ask(std::move(command));
      turn();
      return one.status.value_or(Status::malformed);
    }
    room::RoomView room() const { return entry_of(world(), *world().rooms.find("r")).view; }
    const World& world() const { return parts.core.state->world(); }

    MemoryLog log;
    std::vector<std::pair<Trouble, std::string>> told;
    ShardParts parts;
    std::deque<Asked> asked;
  };

  Shard::Options options(Node& node, std::uint64_t place) {
    Shard::Options made = options_;
    made.place = place;
    made.on_trouble = [&node](Trouble what, std::string_view why) {
      node.told.emplace_back(what, why);
    };
    return made;
  }

  static Join join(std::uint64_t n) { return {"r", {n, 7}, {0, n}, ""}; }
  static SetRoom room() {
    room::Policy policy;
    policy.capacity = 1;
    return {"r", policy};
  }
  ports::FakeClock clock_;
  ports::SeededEntropy entropy_{1};
  std::shared_ptr<ports::MemoryStore> store_ = std::make_shared<ports::MemoryStore>();
  Shard::Options options_;
  Ear ear_;
};

TEST_F(ShardFaultTest, WhatWasAnsweredUnavailableAndIsNotWrittenNeverHappens) {
  Node node(*this, 1);
  node.start();
  node.do_one(room());
  node.log.fail_next(MemoryLog::Fault::not_taken, 3);
  const Asked& first = node.ask(join(1));
  const Asked& second = node.ask(join(2));
  node.turn();
  EXPECT_EQ(first.status, Status::unavailable);
  EXPECT_EQ(second.status, Status::unavailable);
  for (int i = 0; i < 5; ++i) node.turn();
  EXPECT_TRUE(node.parts.health().writable);
  EXPECT_EQ(node.room().joined_total, 0U);
  EXPECT_EQ(node.do_one(join(3)), Status::done);
  EXPECT_EQ(node.room().joined_total, 1U);
  EXPECT_EQ(node.room().inside, 1U) << "nobody stands before whoever was let in";
}

TEST_F(ShardFaultTest, WhatIsWrittenThoughItsAppendFailedHappensOnce) {
  Node node(*this, 1);
  node.start();
  node.do_one(room());
  node.log.fail_next(MemoryLog::Fault::taken_unanswered, 2);
  const Asked& first = node.ask(join(1));
  node.turn();
  EXPECT_EQ(first.status, Status::unavailable);
  for (int i = 0; i < 5; ++i) node.turn();
  EXPECT_EQ(node.room().joined_total, 1U);
  EXPECT_EQ(node.do_one(join(2)), Status::done);
  EXPECT_EQ(node.room().joined_total, 2U);
  const auto rest = node.log.read({}, 100, kNoWait).value();
  State again;
  for (const ports::LogEntry& entry : rest)
    again.apply({entry.at, entry.time, decode(entry.batch).value()});
  again.take_changes();
  EXPECT_EQ(state_bytes(again), state_bytes(*node.parts.core.state));
}

TEST_F(ShardFaultTest, WhatNobodyWaitedForHappensOnceTheLogTakesIt) {
  Node node(*this, 1);
  node.log.fail_next(MemoryLog::Fault::not_taken, 2);
  const auto started = node.parts.start();
  ASSERT_TRUE(started) << started.error().what;
  node.turn();
  EXPECT_FALSE(node.parts.core.agenda().started);
  for (int i = 0; i < 5; ++i) node.turn();
  EXPECT_TRUE(node.parts.core.agenda().started);
  node.do_one(room());
  node.log.fail_next(MemoryLog::Fault::not_taken);
  EXPECT_TRUE(node.parts.push({join(1), nullptr}));
  const Asked& refused = node.ask(join(2));
  for (int i = 0; i < 5; ++i) node.turn();
  EXPECT_EQ(refused.status, Status::unavailable);
  EXPECT_TRUE(node.world().tickets.find(TicketId{0, 1}));
  EXPECT_FALSE(node.world().tickets.find(TicketId{0, 2}));
}

}  // namespace
}  // namespace doorward::engine
