// What becomes of commands and of a replica when the log fails or was trimmed; the steps of the
// shard's threads are taken by hand.
#include "engine/read.hpp"
#include "engine/shard_parts.hpp"
#include "engine/shard_test_support.hpp"
#include "engine/snapshot.hpp"

#include <deque>
#include <functional>

namespace doorward::engine {
namespace {

using ports::LogPosition;
using ports::MemoryLog;

constexpr Millis kNoWait{0};

struct Asked final : Completion {
  void complete(Outcome outcome) override { status = outcome.status; }
  std::optional<Status> status;
};

// A log that does as it is told at one place, and otherwise as the one behind it.
class BentLog final : public ports::CommandLog {
 public:
  explicit BentLog(MemoryLog& log) : log_(log) {}

  Result<LogPosition> append(std::string_view batch) override { return log_.append(batch); }
  Result<std::vector<ports::LogEntry>> read(const LogPosition& after, std::size_t most,
                                            Millis wait) override {
    if (is_trimmed) return error(Errc::not_found, "it was trimmed");
    return log_.read(after, most, wait);
  }
  void interrupt() override { log_.interrupt(); }
  Result<std::unique_ptr<ports::SnapshotWriter>> begin_snapshot(const LogPosition& at) override {
    return log_.begin_snapshot(at);
  }
  Result<std::unique_ptr<ports::SnapshotReader>> latest_snapshot() override {
    if (while_keeping) while_keeping();
    if (snapshots_to_give_way == 0) return log_.latest_snapshot();
    --snapshots_to_give_way;
    return std::make_unique<Gone>();
  }
  Result<> trim(LogTime keep_from) override {
    ++trims;
    if (while_keeping) while_keeping();
    if (refuses_trims) return error(Errc::unavailable, "it is full");
    return log_.trim(keep_from);
  }

  std::function<void()> while_keeping;  // what another thread does just then
  int trims = 0;
  bool refuses_trims = false;
  bool is_trimmed = false;
  int snapshots_to_give_way = 0;

 private:
  struct Gone final : ports::SnapshotReader {
    LogPosition at() const override { return {}; }
    Result<std::string> read(std::size_t) override { return error(Errc::closed, "it gave way"); }
  };
  MemoryLog& log_;
};

class ShardFaultTest : public testing::Test {
 protected:
  struct Node {
    Node(ShardFaultTest& test, std::uint64_t place)
        : log(test.clock_, test.store_),
          parts(bent, test.clock_, test.entropy_, test.ear_, test.options(*this, place)) {}

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
    BentLog bent{log};
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
  // So many joins, by each of which a snapshot is due; what it covers is dropped.
  void join_and_trim(Node& node, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t n = first; n <= last; ++n) {
      clock_.advance(Millis(1));
      EXPECT_EQ(node.do_one(join(n)), Status::done);
      node.parts.keeper.step();
    }
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

TEST_F(ShardFaultTest, ANodeWhoseNextEntriesWereTrimmedGoesOnFromASnapshotAndSaysSo) {
  options_.snapshot_every = 5;
  options_.keep_records = Millis(0);
  Node a(*this, 1);
  Node b(*this, 2);
  a.start();
  b.start();
  a.do_one(room());
  b.turn();
  EXPECT_EQ(b.do_one(join(1)), Status::done);
  const Asked& lost = b.ask(join(2));
  const Asked& waiting = b.ask(AcquireLock{"door", {0, 1}, Millis(60'000), Millis(60'000)});
  b.commit();  // and applies nothing from here on
  join_and_trim(a, 3, 60);
  EXPECT_FALSE(lost.status);
  EXPECT_TRUE(b.told.empty());
  const int rule_changes = ear_.rule_changes;

  EXPECT_TRUE(b.apply());
  EXPECT_EQ(lost.status, Status::unavailable) << "nobody knows how it came out";
  EXPECT_EQ(waiting.status, Status::unavailable);
  ASSERT_EQ(b.told.size(), 1U);
  EXPECT_EQ(b.told.front().first, Trouble::skipped);
  EXPECT_EQ(b.parts.core.skips, 1U);
  EXPECT_GT(ear_.rule_changes, rule_changes) << "all may be another";
  for (int i = 0; i < 3; ++i) {
    b.turn();
    a.turn();
  }
  EXPECT_EQ(b.room().joined_total, 60U);
  EXPECT_EQ(state_bytes(*b.parts.core.state), state_bytes(*a.parts.core.state));
  EXPECT_EQ(b.do_one(join(61)), Status::done);
  EXPECT_EQ(b.do_one(join(2)), Status::already);
}

TEST_F(ShardFaultTest, WhatIsPastItsTimeIsDroppedThoughNothingIsWritten) {
  options_.snapshot_every = 5;
  options_.keep_records = Millis(1'000);
  Node node(*this, 1);
  node.start();
  node.do_one(room());
  join_and_trim(node, 1, 60);
  const std::size_t kept = node.log.size();
  EXPECT_GT(kept, 55U);
  clock_.advance(Millis(2'000));
  node.parts.keeper.trim();
  EXPECT_LT(node.log.size(), 10U);
}

TEST_F(ShardFaultTest, WhatAnotherNodeMayHaveChangedIsNotRefusedByWhatThisOneHas) {
  options_.is_log_shared = true;
  Node a(*this, 1);
  Node b(*this, 2);
  a.start();
  b.start();
  EXPECT_TRUE(b.apply());
  EXPECT_EQ(a.do_one(room()), Status::done);
  clock_.advance(Millis(50));
  const Asked& first = b.ask(join(1));
  b.commit();
  EXPECT_FALSE(first.status) << "here the room is still to come";
  b.turn();
  b.turn();
  EXPECT_EQ(first.status, Status::done);

  const Asked& none = b.ask(Join{"none", {2, 7}, {0, 2}, ""});
  const std::size_t before = b.log.size();
  b.commit();
  b.turn();
  EXPECT_FALSE(none.status) << "no tick so soon";
  clock_.advance(Millis(50));
  b.turn();
  b.commit();
  EXPECT_EQ(none.status, Status::no_such_room);
  EXPECT_EQ(b.log.size(), before + 1) << "the tick alone";

  const Asked& left = b.ask(Join{"none", {3, 7}, {0, 3}, ""});
  b.log.fail_next(MemoryLog::Fault::not_taken);
  clock_.advance(Millis(50));
  b.commit();
  EXPECT_EQ(left.status, Status::unavailable);
}

TEST_F(ShardFaultTest, ALogThatCannotBeTrimmedIsTold) {
  Node node(*this, 1);
  node.start();
  node.bent.refuses_trims = true;
  node.parts.keeper.trim();
  ASSERT_EQ(node.told.size(), 1U);
  EXPECT_EQ(node.told.front(), std::pair(Trouble::trim_failed, std::string("it is full")));
  EXPECT_EQ(node.parts.core.snapshot_failures, 1U);
  node.parts.finish();
  EXPECT_EQ(node.told.back().first, Trouble::trim_failed);
  EXPECT_EQ(node.parts.core.snapshots, 1U) << "that was written";
}

TEST_F(ShardFaultTest, TheLogHasOneKeeperAtATime) {
  Node node(*this, 1);
  node.start();
  node.do_one(room());
  node.bent.is_trimmed = true;
  int tried = 0;
  node.bent.while_keeping = [&] {
    ++tried;
    EXPECT_EQ(node.apply().error().code, Errc::unavailable) << "another trims";
  };
  node.parts.keeper.trim();
  EXPECT_EQ(std::exchange(tried, 0), 1);
  node.bent.while_keeping = [&] {
    ++tried;
    node.parts.keeper.trim();
  };
  EXPECT_FALSE(node.apply());
  EXPECT_EQ(tried, 1);
  EXPECT_EQ(node.bent.trims, 1) << "another reads a snapshot";
  node.bent.while_keeping = nullptr;
  node.parts.keeper.trim();
  EXPECT_EQ(node.bent.trims, 2) << "and is done";
}

TEST_F(ShardFaultTest, ANodeThatMissedEntriesWritesNoSnapshotOfWhatItHas) {
  options_.snapshot_every = 5;
  options_.keep_records = Millis(0);
  Node a(*this, 1);
  Node b(*this, 2);
  a.start();
  a.do_one(room());
  b.start();
  for (std::uint64_t n = 1; n <= 5; ++n) b.do_one(join(n));
  EXPECT_TRUE(b.parts.keeper.is_busy()) << "a snapshot waits to be written";
  EXPECT_TRUE(a.apply());
  join_and_trim(a, 6, 60);
  EXPECT_EQ(b.apply().error().code, Errc::unavailable) << "the keeper comes first";
  b.parts.keeper.step();
  EXPECT_EQ(b.parts.core.snapshots, 0U);
  EXPECT_EQ(b.told.back().first, Trouble::snapshot_failed);
  b.parts.finish();
  EXPECT_EQ(b.parts.core.snapshots, 0U);
  EXPECT_TRUE(b.apply());
  Node next(*this, 3);
  next.start();
  EXPECT_EQ(next.room().joined_total, 60U);
}

TEST_F(ShardFaultTest, WithoutASnapshotFurtherOnATrimmedLogEndsTheApplying) {
  Node node(*this, 1);
  node.start();
  node.do_one(room());
  node.bent.is_trimmed = true;
  const auto applied = node.apply();
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Errc::corrupt);
  EXPECT_EQ(node.parts.core.skips, 0U);
  EXPECT_TRUE(node.world().rooms.find("r") != nullptr) << "reads go on";
}

TEST_F(ShardFaultTest, AStartReadsTheNewerSnapshotWhereOneGaveWay) {
  Node first(*this, 1);
  first.start();
  first.do_one(room());
  first.parts.finish();
  Node second(*this, 1);
  second.bent.snapshots_to_give_way = 2;
  second.start();
  EXPECT_EQ(second.bent.snapshots_to_give_way, 0);
  EXPECT_TRUE(second.world().rooms.find("r") != nullptr);
}

TEST_F(ShardFaultTest, NoSnapshotIsTakenDuringAReplay) {
  Node first(*this, 1);
  first.start();
  first.do_one(room());
  for (std::uint64_t n = 1; n <= 20; ++n) first.do_one(join(n));
  options_.snapshot_every = 5;
  Node second(*this, 2);
  const auto started = second.parts.start();
  ASSERT_TRUE(started);
  EXPECT_FALSE(second.parts.keeper.is_busy());
  second.turn();
  EXPECT_TRUE(second.parts.keeper.is_busy()) << "it is due with the first entry after it";
}

}  // namespace
}  // namespace doorward::engine
