// Presences under forced interleavings and refusals: what the log ends up with is what is so.
#include "api/api_test_support.hpp"
#include "api/cut_shard_test_support.hpp"

#include <thread>

namespace doorward::api {
namespace {

using namespace std::chrono_literals;
using edge::ParkedStream;

class TicketPresenceTest : public testing::Test {
 protected:
  TicketPresenceTest() {
    streams_.attach(places_, lots_);
    room::Policy policy;
    policy.capacity = 1;
    policy.liveness_silence = 10s;
    desk_.set_room("sale", policy);
    inside_ = desk_.join("sale", "inside");
    waiting_ = desk_.join("sale", "waiting");
    waiting_.handle = *desk_.shard->find(waiting_.view.id);
  }
  ~TicketPresenceTest() override { desk_.shard.reset(); }

  template <class Predicate>
  static bool comes_true(Predicate&& is_true) {
    const auto give_up = std::chrono::steady_clock::now() + 30s;
    while (!is_true()) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      std::this_thread::yield();
    }
    return true;
  }
  // Whether the turn, coming long after the last sign of life, finds the visitor there.
  bool is_present() {
    desk_.submit(engine::Tick{});  // behind all that was written
    for (int i = 0; i < 5; ++i) {
      desk_.clock.advance(4s);
      desk_.submit(engine::Touch{inside_.view.id});
    }
    desk_.submit(engine::Finish{inside_.view.id});
    return desk_.shard->read(waiting_.handle)->state == room::TicketState::admitted;
  }

  gateway::TestDesk desk_;
  CutShard shard_{*desk_.shard};
  gateway::Places places_{{shard_, desk_.clock, desk_.entropy, desk_.tokens, desk_.identities}};
  LotsDouble lots_;
  TicketStreams streams_{desk_.clock};
  gateway::Place inside_, waiting_;
};

TEST_F(TicketPresenceTest, AReloadIsPresentWhenTheNewStreamOpensBeforeTheOldEndIsDecided) {
  const ParkedStream old = streams_.open(waiting_);
  desk_.submit(engine::Tick{});
  shard_.before_read = [&] { streams_.open(waiting_); };
  streams_.gone(old);
  EXPECT_TRUE(is_present());
}

TEST_F(TicketPresenceTest, AReloadIsPresentWhenTheNewStreamOpensBeforeTheOldEndIsWritten) {
  const ParkedStream old = streams_.open(waiting_);
  desk_.submit(engine::Tick{});
  shard_.before_submit = [&] { streams_.open(waiting_); };
  streams_.gone(old);
  ASSERT_TRUE(comes_true([&] { return shard_.starts == 2; }));
  EXPECT_EQ(shard_.ends, 1);
  EXPECT_TRUE(is_present());
}

TEST_F(TicketPresenceTest, AStreamThatEndsWhileItsStartIsWrittenLeavesNobodyPresent) {
  shard_.before_submit = [&] { streams_.gone({streams_.open(waiting_)}); };
  streams_.gone(streams_.open(waiting_));
  ASSERT_TRUE(comes_true([&] { return shard_.ends == 1; }));
  EXPECT_FALSE(is_present());
  EXPECT_TRUE(comes_true([&] { return streams_.tickets() == 0; }));
}

TEST_F(TicketPresenceTest, AnEndThatTheLogRefusedIsKeptUntilItIsWritten) {
  const ParkedStream stream = streams_.open(waiting_);
  desk_.submit(engine::Tick{});
  shard_.refuses = true;
  streams_.gone(stream);
  streams_.write_missed();
  EXPECT_EQ(streams_.tickets(), 1U);
  shard_.refuses = false;
  streams_.write_missed();
  ASSERT_TRUE(comes_true([&] { return streams_.tickets() == 0; }));
  EXPECT_FALSE(is_present());
}

TEST_F(TicketPresenceTest, HoweverManyEndsAreRefusedNoneIsLost) {
  constexpr std::size_t kMany = 70'000;
  std::vector<ParkedStream> streams;
  {
    std::vector<gateway::Place> places;
    for (std::size_t n = 0; n < kMany; ++n) {
      const TicketId id{7, n};
      static_cast<void>(comes_true([&] {
        return desk_.shard->submit(engine::Join{"sale", {n, 7}, id, ""}).has_value();
      }));
      places.push_back(waiting_);
      places.back().view.id = id;
    }
    desk_.submit(engine::Tick{});
    for (gateway::Place& place : places) place.handle = *desk_.shard->find(place.view.id);
    shard_.refuses = true;
    for (const gateway::Place& place : places) streams.push_back(streams_.open(place));
    for (const ParkedStream& stream : streams) streams_.gone(stream);
  }
  EXPECT_EQ(streams_.tickets(), kMany);
  shard_.refuses = false;
  EXPECT_TRUE(comes_true([&] {
    streams_.write_missed();
    return streams_.tickets() == 0;
  }));
  EXPECT_EQ(static_cast<std::size_t>(shard_.ends), kMany);
}

}  // namespace
}  // namespace doorward::api
