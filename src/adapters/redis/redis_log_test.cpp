#include "adapters/redis/redis_log.hpp"

#include "adapters/redis/redis_server.hpp"
#include "ports/contract/command_log_contract.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

namespace doorward::adapters::redis {
namespace {

using ports::LogPosition;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RedisBench final : public ports::LogBench {
 public:
  std::unique_ptr<ports::CommandLog> open() override {
    auto log = RedisLog::open({.address = *parse_url(server_.url()), .timeout = Millis{10'000}});
    if (log.has_error()) throw std::runtime_error(log.error().what);
    return std::move(*log);
  }
  bool several_nodes() const override { return true; }
  ports::FakeClock* clock() override { return nullptr; }
  bool damage_snapshot(const LogPosition& at) override {
    const auto address = *parse_url(server_.url());
    Connection redis({address, Millis{10'000}});
    const auto kept = redis.call({"HGET", "doorward:{main}:snapshots", entry_id(at)});
    if (kept.has_error()) return false;
    const auto meta = parse_meta(text_of(**kept));
    const std::string list = "doorward:{main}:snapshot:" + (meta ? meta->name : "");
    const auto piece = redis.call({"LINDEX", list, "0"});
    if (piece.has_error()) return false;
    std::string bytes(text_of(**piece));
    if (bytes.empty()) return false;
    bytes.front() = 'X';
    return redis.call({"LSET", list, "0", bytes}).has_value();
  }

 private:
  RedisServer server_;
};

std::unique_ptr<ports::LogBench> make_bench() { return std::make_unique<RedisBench>(); }

class RedisLogTest : public testing::Test {
 protected:
  std::unique_ptr<RedisLog> open(const RedisServer& server, Millis timeout = Millis{10'000}) {
    auto log = RedisLog::open({.address = *parse_url(server.url()),
                               .timeout = timeout,
                               .warn = [this](auto said) { warnings_.emplace_back(said); }});
    EXPECT_TRUE(log.has_value()) << (log.has_error() ? log.error().what : "");
    return log.has_value() ? std::move(*log) : nullptr;
  }

  static void ask(const RedisServer& server, const Connection::Command& command) {
    Connection connection({*parse_url(server.url()), Millis{10'000}});
    const auto reply = connection.call(command);
    ASSERT_TRUE(reply.has_value()) << reply.error().what;
  }

  static std::vector<std::string> read_all(RedisLog& log) {
    std::vector<std::string> batches;
    LogPosition at;
    for (;;) {
      const auto entries = log.read(at, 100, Millis{0});
      EXPECT_TRUE(entries.has_value()) << (entries.has_error() ? entries.error().what : "");
      if (entries.has_error() || entries->empty()) return batches;
      at = entries->back().at;
      for (const auto& entry : *entries) batches.push_back(entry.batch);
    }
  }

  std::vector<std::string> warnings_;
};

TEST_F(RedisLogTest, EntriesTakeTheTimeOfTheirId) {
  const RedisServer server;
  const auto log = open(server);
  const auto at = log->append("a");
  ASSERT_TRUE(at.has_value());
  const auto entries = log->read({}, 10, Millis{0});
  EXPECT_EQ(entries->front().time, LogTime{Millis{static_cast<std::int64_t>(at->major)}});
  EXPECT_EQ(entries->front().at.epoch, 0U);
}

TEST_F(RedisLogTest, ADeadServerIsUnavailableUntilItIsBackWithAllThatWasAcknowledged) {
  RedisServer server;
  const auto log = open(server, Millis{5'000});
  ASSERT_TRUE(log->append("a").has_value());
  server.kill_hard();
  const auto failed = log->append("b");
  ASSERT_TRUE(failed.has_error());
  EXPECT_EQ(failed.error().code, Errc::unavailable);
  EXPECT_THAT(failed.error().what, HasSubstr("redis.sock"));
  EXPECT_EQ(log->read({}, 10, Millis{0}).error().code, Errc::unavailable);
  EXPECT_EQ(log->latest_snapshot().error().code, Errc::unavailable);

  server.start();
  ASSERT_TRUE(log->append("c").has_value());
  EXPECT_THAT(read_all(*log), ElementsAre("a", "c"));
}

TEST_F(RedisLogTest, ASilentServerHoldsNoCallBeyondItsTimeout) {
  RedisServer server;
  const auto log = open(server, Millis{3'000});
  ASSERT_TRUE(log->append("a").has_value());
  server.stop_answering();
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(log->append("b").error().code, Errc::unavailable);
  EXPECT_EQ(log->read({}, 10, Millis{50}).error().code, Errc::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(30));
  server.answer_again();
  // The server took "b" when it woke: it may stand in the log, once.
  for (auto again = log->append("c"); again.has_error(); again = log->append("c")) {
    ASSERT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(60));
  }
  EXPECT_EQ(read_all(*log).back(), "c");
}

TEST_F(RedisLogTest, AWrongPasswordIsSaidAndARightOneWorks) {
  const RedisServer server({"--requirepass", "s3cret"});
  auto address = *parse_url(server.url());
  const auto none = RedisLog::open({.address = address});
  ASSERT_TRUE(none.has_error());
  EXPECT_THAT(none.error().what, HasSubstr("NOAUTH"));
  address.password = "wrong";
  const auto wrong = RedisLog::open({.address = address});
  ASSERT_TRUE(wrong.has_error());
  EXPECT_THAT(wrong.error().what, HasSubstr("AUTH"));
  address.password = "s3cret";
  EXPECT_TRUE(RedisLog::open({.address = address}).has_value());
}

TEST_F(RedisLogTest, DatabasesAndShardsAreLogsOfTheirOwn) {
  const RedisServer server;
  const auto address = *parse_url(server.url());
  auto other = *parse_url(server.url() + "?db=3");
  const auto a = *RedisLog::open({.address = address});
  const auto b = *RedisLog::open({.address = address, .shard = "other"});
  const auto c = *RedisLog::open({.address = other});
  ASSERT_TRUE(a->append("a").has_value());
  ASSERT_TRUE(b->append("b").has_value());
  EXPECT_THAT(read_all(*a), ElementsAre("a"));
  EXPECT_THAT(read_all(*b), ElementsAre("b"));
  EXPECT_THAT(read_all(*c), IsEmpty());
}

TEST_F(RedisLogTest, ANewerFormatIsRefused) {
  const RedisServer server;
  ask(server, {"SET", "doorward:{main}:format", "2"});
  const auto log = RedisLog::open({.address = *parse_url(server.url())});
  ASSERT_TRUE(log.has_error());
  EXPECT_EQ(log.error().code, Errc::unsupported_version);
}

TEST_F(RedisLogTest, AKeyThatHoldsSomethingElseIsAConflict) {
  const RedisServer server;
  ask(server, {"SET", "doorward:{main}:log:0", "shopping"});
  const auto log = RedisLog::open({.address = *parse_url(server.url())});
  ASSERT_TRUE(log.has_error());
  EXPECT_EQ(log.error().code, Errc::conflict);
}

TEST_F(RedisLogTest, ADamagedEntryStopsTheReaderThereAndNotBefore) {
  const RedisServer server;
  const auto log = open(server);
  ASSERT_TRUE(log->append("a").has_value());
  ask(server, {"XADD", "doorward:{main}:log:0", "*", "b", "bad", "c", "00000000"});
  std::vector<ports::LogEntry> good;
  auto entries = log->read({}, 10, Millis{0});
  for (; entries.has_value() && !entries->empty();
       entries = log->read(good.back().at, 10, Millis{0})) {
    good.insert(good.end(), entries->begin(), entries->end());
  }
  EXPECT_EQ(good.size(), 1U);
  ASSERT_TRUE(entries.has_error());
  EXPECT_EQ(entries.error().code, Errc::corrupt);
}

TEST_F(RedisLogTest, AFullServerRefusesAppendsUntilThereIsRoom) {
  const RedisServer server;
  const auto log = open(server);
  ASSERT_TRUE(log->append("a").has_value());
  ask(server, {"CONFIG", "SET", "maxmemory", "1"});
  const auto full = log->append("b");
  ASSERT_TRUE(full.has_error());
  EXPECT_EQ(full.error().code, Errc::unavailable);
  EXPECT_THAT(full.error().what, HasSubstr("OOM"));
  EXPECT_THAT(read_all(*log), ElementsAre("a"));
  ask(server, {"CONFIG", "SET", "maxmemory", "0"});
  ASSERT_TRUE(log->append("c").has_value());
  EXPECT_THAT(read_all(*log), ElementsAre("a", "c"));
}

TEST_F(RedisLogTest, ASnapshotWhoseEntryIsGoneIsNotUsed) {
  const RedisServer server;
  const auto log = open(server);
  const auto first = log->append("a");
  const auto second = log->append("b");
  for (const auto& at : {*first, *second}) {
    auto writer = log->begin_snapshot(at);
    ASSERT_TRUE(writer.has_value());
    ASSERT_TRUE((*writer)->write("state").has_value());
    ASSERT_TRUE((*writer)->commit().has_value());
  }
  ask(server, {"XDEL", "doorward:{main}:log:0", entry_id(*second)});
  const auto latest = log->latest_snapshot();
  ASSERT_TRUE(latest.has_value()) << latest.error().what;
  ASSERT_NE(*latest, nullptr);
  EXPECT_EQ((*latest)->at(), *first);
}

TEST_F(RedisLogTest, AStreamThatWasTrimmedByHandIsNotTakenForAnEmptyLog) {
  const RedisServer server;
  const auto log = open(server);
  for (const char* batch : {"a", "b", "c"}) ASSERT_TRUE(log->append(batch).has_value());
  ask(server, {"XTRIM", "doorward:{main}:log:0", "MAXLEN", "=", "1"});
  ASSERT_TRUE(log->latest_snapshot().has_error());
  EXPECT_THAT(log->latest_snapshot().error().what, HasSubstr("begins with entry"));
  ask(server, {"XTRIM", "doorward:{main}:log:0", "MAXLEN", "=", "0"});
  ASSERT_TRUE(log->latest_snapshot().has_error());
  EXPECT_THAT(log->latest_snapshot().error().what, HasSubstr("has no entries any more"));
}

TEST_F(RedisLogTest, AnEntryThatWasGivenUpDoesNotStopTheStart) {
  const RedisServer server;
  const auto log = open(server);
  ASSERT_TRUE(log->append("a").has_value());
  const auto damaged = log->append("b");
  ASSERT_TRUE(log->append("c").has_value());
  ask(server, {"XDEL", "doorward:{main}:log:0", entry_id(*damaged)});
  const auto latest = log->latest_snapshot();
  ASSERT_TRUE(latest.has_value()) << latest.error().what;
  EXPECT_EQ(*latest, nullptr);
}

void keep_snapshot(RedisLog& log, const LogPosition& at, const std::string& bytes) {
  auto writer = log.begin_snapshot(at);
  ASSERT_TRUE(writer.has_value()) << writer.error().what;
  ASSERT_TRUE((*writer)->write(bytes).has_value());
  ASSERT_TRUE((*writer)->commit().has_value());
}

TEST_F(RedisLogTest, AReaderBehindATrimByHandIsToldSo) {
  const RedisServer server;
  const auto log = open(server);
  const auto first = log->append("a");
  for (const char* batch : {"b", "c", "d"}) ASSERT_TRUE(log->append(batch).has_value());
  ask(server, {"XTRIM", "doorward:{main}:log:0", "MAXLEN", "=", "2"});
  EXPECT_EQ(log->read({}, 10, Millis{0}).error().code, Errc::not_found);
  const auto missed = log->read(*first, 10, Millis{10'000});
  ASSERT_TRUE(missed.has_error());
  EXPECT_EQ(missed.error().code, Errc::not_found);
  EXPECT_THAT(missed.error().what, HasSubstr(entry_id(*first)));
}

TEST_F(RedisLogTest, AReaderWhoseLastEntryWasGivenUpGoesOn) {
  const RedisServer server;
  const auto log = open(server);
  ASSERT_TRUE(log->append("a").has_value());
  const auto damaged = log->append("b");
  ASSERT_TRUE(log->append("c").has_value());
  ask(server, {"XDEL", "doorward:{main}:log:0", entry_id(*damaged)});
  const auto entries = log->read(*damaged, 10, Millis{0});
  ASSERT_TRUE(entries.has_value()) << entries.error().what;
  EXPECT_EQ(entries->size(), 1U);
}

TEST_F(RedisLogTest, ATrimByTimeKeepsTheEntryThatAQuietNodeReadLast) {
  const RedisServer server;
  const auto log = open(server);
  const auto old = log->append("old");
  auto before = log->append("before the pause");
  auto after = log->append("after");
  for (; after->major == before->major; after = log->append("after")) before = after;
  const LogTime then{Millis{static_cast<std::int64_t>(before->major)}};
  keep_snapshot(*log, *log->append("last"), "state");
  ASSERT_TRUE(log->trim(then + Millis{1}).has_value());
  EXPECT_EQ(log->read({}, 10, Millis{0}).error().code, Errc::not_found) << entry_id(*old);
  const auto later = log->read(*before, 10, Millis{0});
  EXPECT_TRUE(later.has_value()) << later.error().what;
}

TEST_F(RedisLogTest, ASnapshotThatGivesWayWhileItIsReadSaysThatANewerOneIsThere) {
  const RedisServer server;
  const auto log = open(server);
  keep_snapshot(*log, *log->append("a"), std::string(600'000, 'a'));
  auto reader = log->latest_snapshot();
  ASSERT_TRUE(reader.has_value()) << reader.error().what;
  ASSERT_TRUE((*reader)->read(1'000).has_value());
  for (const char* batch : {"b", "c"}) keep_snapshot(*log, *log->append(batch), "newer");
  auto piece = (*reader)->read(1U << 20);
  while (piece.has_value() && !piece->empty()) piece = (*reader)->read(1U << 20);
  ASSERT_TRUE(piece.has_error());
  EXPECT_EQ(piece.error().code, Errc::closed);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(RedisLogTest, OldSnapshotsLeaveNoKeyBehind) {
  const RedisServer server;
  const auto log = open(server);
  for (int i = 0; i < 5; ++i) {
    const auto at = log->append("x");
    auto writer = log->begin_snapshot(*at);
    ASSERT_TRUE(writer.has_value());
    ASSERT_TRUE((*writer)->write("state").has_value());
    if (i != 3) {
      ASSERT_TRUE((*writer)->commit().has_value());
    }
  }
  Connection connection({*parse_url(server.url()), Millis{10'000}});
  const auto keys = connection.call({"KEYS", "doorward:{main}:snapshot:*"});
  ASSERT_TRUE(keys.has_value());
  EXPECT_EQ((*keys)->elements, 2U);
}

TEST_F(RedisLogTest, WarnsWhereRedisDoesNotKeepWhatItAcknowledges) {
  const RedisServer safe;
  open(safe);
  EXPECT_THAT(warnings_, IsEmpty());
  const RedisServer unsafe({"--appendfsync", "everysec"});
  open(unsafe);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("everysec")));
}

}  // namespace
}  // namespace doorward::adapters::redis

namespace doorward::ports {
INSTANTIATE_TEST_SUITE_P(Redis, CommandLogContract, testing::Values(&adapters::redis::make_bench));
}  // namespace doorward::ports
