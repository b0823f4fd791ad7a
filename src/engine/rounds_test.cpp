// Admission in rounds, and of those alone who are present. The rules are docs/rooms.md.
#include "engine/world_test_support.hpp"

namespace doorward::engine {
namespace {

using room::CloseReason;
using room::Mode;
using room::TicketState;

constexpr Millis kEvery{5'000};

class Rounds : public StateTest {
 protected:
  static room::Policy in_rounds(std::uint32_t count) {
    room::Policy policy;
    policy.admit = room::Rate{count, kEvery, true};
    policy.renew = room::Renew::never;
    return policy;
  }
  static room::Policy of_the_present(std::uint32_t count) {
    room::Policy policy = in_rounds(count);
    policy.present_only = true;
    return policy;
  }
  void join_many(std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t n = first; n <= last; ++n) join(n);
  }
  void come(std::uint64_t n) { do_one(PresenceStart{id(n)}); }
  void go(std::uint64_t n) { do_one(PresenceEnd{id(n)}); }
  std::vector<std::uint64_t> admitted(std::uint64_t last) const {
    std::vector<std::uint64_t> found;
    for (std::uint64_t n = 1; n <= last; ++n) {
      if (state_of(n) == TicketState::admitted) found.push_back(n);
    }
    return found;
  }
  using Numbers = std::vector<std::uint64_t>;
};

TEST_F(Rounds, UpToCountEnterTogetherAtEachBeatAndNobodyBetween) {
  set_room(in_rounds(2));
  join_many(1, 5);
  EXPECT_EQ(admitted(5), Numbers{});
  wait(kEvery - Millis(1));
  EXPECT_EQ(admitted(5), Numbers{});
  wait(Millis(1));
  EXPECT_EQ(admitted(5), (Numbers{1, 2}));
  wait(Millis(3'000));
  EXPECT_EQ(admitted(5), (Numbers{1, 2}));
  wait(Millis(2'000));
  EXPECT_EQ(admitted(5), (Numbers{1, 2, 3, 4}));
}

TEST_F(Rounds, TheBeatStaysWhereItIsThoughARecordComesLate) {
  set_room(in_rounds(1));
  join_many(1, 3);
  wait(Millis(1'000));
  wait(kEvery - Millis(100));
  EXPECT_EQ(admitted(3), Numbers{1});
  wait(kEvery - Millis(900));
  EXPECT_EQ(admitted(3), (Numbers{1, 2}));
}

TEST_F(Rounds, LeavingAndFinishingFreeNothingBeforeTheNextRound) {
  room::Policy policy = in_rounds(2);
  policy.capacity = 2;
  set_room(policy);
  join_many(1, 4);
  wait(kEvery);
  ASSERT_EQ(admitted(4), (Numbers{1, 2}));
  do_one(Finish{id(1)});
  do_one(Leave{id(2)});
  EXPECT_EQ(admitted(4), Numbers{});
  wait(kEvery - Millis(1));
  EXPECT_EQ(admitted(4), Numbers{});
  wait(Millis(1));
  EXPECT_EQ(admitted(4), (Numbers{3, 4}));
}

TEST_F(Rounds, WhatEndsAtTheBeatIsFreeInItsRound) {
  room::Policy policy = in_rounds(2);
  policy.capacity = 1;
  policy.session_ttl = kEvery;
  set_room(policy);
  join_many(1, 2);
  wait(kEvery);
  ASSERT_EQ(admitted(2), Numbers{1});
  wait(kEvery);
  EXPECT_EQ(admitted(2), Numbers{2});
}

TEST_F(Rounds, WhoComesWithTheRecordOfARoundWaitsForTheNext) {
  set_room(in_rounds(5));
  join(1);
  now_ += kEvery;
  join(2);
  EXPECT_EQ(admitted(2), Numbers{1});
  EXPECT_EQ(position(2), 1U);
  wait(kEvery);
  EXPECT_EQ(admitted(2), (Numbers{1, 2}));
}

TEST_F(Rounds, ABeatThatFindsNobodyEndsAndTheNextWhoComesWaitsAWholeOne) {
  set_room(in_rounds(1));
  join(1);
  wait(kEvery);
  ASSERT_EQ(admitted(1), Numbers{1});
  wait(Millis(1'000));
  wait(kEvery);
  EXPECT_EQ(room().round_at, std::nullopt);
  wait(Millis(1'700));
  join(2);
  wait(kEvery - Millis(1));
  EXPECT_EQ(admitted(2), Numbers{1});
  wait(Millis(1));
  EXPECT_EQ(admitted(2), (Numbers{1, 2}));
}

TEST_F(Rounds, TheFirstRoundIsAtTheOpening) {
  room::Policy policy = in_rounds(1);
  policy.opens_at = now_ + Millis(3'000);
  set_room(policy);
  join_many(1, 2);
  wait(Millis(2'999));
  EXPECT_EQ(admitted(2), Numbers{});
  wait(Millis(1));
  EXPECT_EQ(admitted(2), Numbers{1});
  wait(kEvery);
  EXPECT_EQ(admitted(2), (Numbers{1, 2}));
}

TEST_F(Rounds, TimeInWhichTheServiceWasAwayBringsNoRound) {
  set_room(in_rounds(1));
  join_many(1, 2);
  wait(std::chrono::hours{1});
  EXPECT_EQ(admitted(2), Numbers{});
  wait(kEvery);
  EXPECT_EQ(admitted(2), Numbers{1});
}

TEST_F(Rounds, AQuietBeatIsNotTakenForTimeAway) {
  room::Policy policy = in_rounds(1);
  policy.admit->every = std::chrono::minutes{10};
  set_room(policy);
  join(1);
  const LogTime begin = now_;
  while (now_ < begin + std::chrono::minutes{10}) {
    ASSERT_TRUE(state_->next_due());
    now_ = *state_->next_due();
    do_one(Tick{});
  }
  EXPECT_EQ(admitted(1), Numbers{1});
  EXPECT_EQ(now_, begin + std::chrono::minutes{10});
}

TEST_F(Rounds, ABypassLetsEverybodyIn) {
  room::Policy policy = of_the_present(1);
  set_room(policy);
  join_many(1, 3);
  policy.mode = Mode::bypass;
  set_room(policy);
  EXPECT_EQ(admitted(3), (Numbers{1, 2, 3}));
}

TEST_F(Rounds, AShorterBeatHoldsAtOnce) {
  room::Policy policy = in_rounds(1);
  policy.admit->every = std::chrono::hours{1};
  set_room(policy);
  join(1);
  policy.admit->every = kEvery;
  set_room(policy);
  wait(kEvery);
  EXPECT_EQ(admitted(1), Numbers{1});
}

TEST_F(Rounds, ALongerBeatHoldsAtOnce) {
  do_one(NodeStarted{1, Millis(10'000), kNewestRules});
  room::Policy policy = in_rounds(1);
  set_room(policy);
  join_many(1, 2);
  wait(kEvery);
  ASSERT_EQ(admitted(2), Numbers{1});
  policy.admit->every = 3 * kEvery;
  set_room(policy);
  wait(kEvery);
  wait(2 * kEvery - Millis(1));
  EXPECT_EQ(admitted(2), Numbers{1});
  wait(Millis(1));
  EXPECT_EQ(admitted(2), (Numbers{1, 2}));
}

TEST_F(Rounds, AnOpeningThatIsMovedTakesTheFirstRoundWithIt) {
  do_one(NodeStarted{1, Millis(10'000), kNewestRules});
  room::Policy policy = in_rounds(1);
  policy.opens_at = now_ + std::chrono::hours{1};
  set_room(policy);
  join_many(1, 2);
  policy.opens_at = now_ + Millis(3'000);
  set_room(policy);
  wait(Millis(2'999));
  EXPECT_EQ(admitted(2), Numbers{});
  wait(Millis(1));
  EXPECT_EQ(admitted(2), Numbers{1});
  wait(kEvery);
  EXPECT_EQ(admitted(2), (Numbers{1, 2}));
}

TEST_F(Rounds, WhoEnteredBeforeThereWereRoundsCountsForTheFirst) {
  do_one(NodeStarted{1, Millis(10'000), kNewestRules});
  room::Policy policy = in_rounds(1);
  policy.admit->rounds = false;
  set_room(policy);
  join_many(1, 2);
  ASSERT_EQ(admitted(2), Numbers{1});
  policy.admit->rounds = true;
  policy.opens_at = now_ + Millis(1'000);
  set_room(policy);
  wait(kEvery - Millis(1));
  EXPECT_EQ(admitted(2), Numbers{1});
  wait(Millis(1));
  EXPECT_EQ(admitted(2), (Numbers{1, 2}));
}

TEST_F(Rounds, GoOnFromASnapshotAsIfNothingHadHappened) {
  set_room(of_the_present(1));
  join_many(1, 3);
  come(2);
  come(3);
  wait(Millis(3'000));
  const std::string before = bytes();
  restore();
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(state_->next_due(), now_ + Millis(2'000));
  wait(Millis(2'000));
  EXPECT_EQ(admitted(3), Numbers{2});
  restore();
  wait(kEvery);
  EXPECT_EQ(admitted(3), (Numbers{2, 3}));
}

TEST_F(Rounds, TheEstimateIsTheTimeOfTheRound) {
  set_room(in_rounds(10));
  join_many(1, 25);
  wait(Millis(2'000));
  const auto first = view(10).eta;
  const auto third = view(21).eta;
  ASSERT_TRUE(first && third);
  EXPECT_LE(first->low_s, 3U);
  EXPECT_GE(first->high_s, 3U);
  EXPECT_LE(first->high_s, 5U);
  EXPECT_LE(third->low_s, 13U);
  EXPECT_GE(third->high_s, 13U);
}

TEST_F(Rounds, TheAbsentArePassedOverAndKeepTheirPlaces) {
  set_room(of_the_present(1));
  join_many(1, 4);
  come(3);
  come(4);
  EXPECT_EQ(position(3), 3U);
  wait(kEvery);
  EXPECT_EQ(admitted(4), Numbers{3});
  EXPECT_EQ(position(1), 1U);
  EXPECT_EQ(position(4), 3U);
  EXPECT_TRUE(view(1).absent);
  EXPECT_FALSE(view(4).absent);
  come(1);
  wait(kEvery);
  EXPECT_EQ(admitted(4), (Numbers{1, 3}));
}

TEST_F(Rounds, WhoWentIsNotAdmittedUntilBack) {
  set_room(of_the_present(5));
  join_many(1, 2);
  come(1);
  come(2);
  go(1);
  wait(kEvery);
  EXPECT_EQ(admitted(2), Numbers{2});
  come(1);
  wait(kEvery);
  EXPECT_EQ(admitted(2), (Numbers{1, 2}));
}

TEST_F(Rounds, TheStreamsOfANodeThatDiedLetNobodyIn) {
  set_room(of_the_present(5));
  join_many(1, 2);
  come(1);
  node_ = 2;
  next_counter_ = 1;
  for (int i = 0; i < 10; ++i) wait(Millis(2'000));
  join(3);
  ASSERT_EQ(admitted(3), Numbers{1}) << "while the node held its lease";
  come(2);
  node_ = 3;
  next_counter_ = 1;
  come(3);
  // The lease of node 2 ends before the next beat but one.
  go(3);
  for (int i = 0; i < 8; ++i) wait(Millis(2'000));
  EXPECT_EQ(state_of(3), TicketState::waiting);
}

TEST_F(Rounds, ThePlaceOfTheAbsentIsKeptForTheGraceTimeOnly) {
  room::Policy policy = of_the_present(1);
  policy.capacity = 1;
  policy.liveness_grace = Millis(12'000);
  set_room(policy);
  join_many(1, 3);
  come(3);
  wait(Millis(4'000));
  come(2);
  wait(Millis(1'000));
  ASSERT_EQ(admitted(3), Numbers{2});
  wait(Millis(4'000));
  wait(Millis(2'999));
  EXPECT_EQ(state_of(1), TicketState::waiting);
  wait(Millis(1));
  EXPECT_EQ(state_of(1), TicketState::closed);
  EXPECT_EQ(view(1).reason, CloseReason::silent);
  EXPECT_EQ(position(3), 1U);
  EXPECT_EQ(state_of(3), TicketState::waiting);
}

TEST_F(Rounds, ASignOfLifeKeepsThePlaceOfTheAbsent) {
  room::Policy policy = of_the_present(1);
  policy.liveness_grace = Millis(6'000);
  set_room(policy);
  join(1);
  wait(Millis(4'000));
  do_one(Touch{id(1)});
  wait(Millis(4'000));
  EXPECT_EQ(state_of(1), TicketState::waiting);
  wait(Millis(2'000));
  EXPECT_EQ(state_of(1), TicketState::closed);
}

TEST_F(Rounds, WithoutRoundsThePresentEnterAtOnce) {
  room::Policy policy;
  policy.present_only = true;
  policy.capacity = 1;
  set_room(policy);
  join_many(1, 3);
  EXPECT_EQ(admitted(3), Numbers{});
  come(2);
  EXPECT_EQ(admitted(3), Numbers{2});
  come(1);
  come(3);
  do_one(Finish{id(2)});
  EXPECT_EQ(admitted(3), Numbers{1});
}

TEST_F(Rounds, WhereNobodyAsksForPresenceAnyMoreNobodyIsSentAway) {
  room::Policy policy = of_the_present(1);
  policy.mode = Mode::paused;
  policy.liveness_grace = Millis(2'000);
  set_room(policy);
  join(1);
  policy.present_only = false;
  set_room(policy);
  wait(Millis(3'000));
  wait(Millis(3'000));
  EXPECT_EQ(state_of(1), TicketState::waiting);
}

TEST_F(Rounds, ADrawKeepsWhoIsHere) {
  room::Policy policy = of_the_present(1);
  policy.order = room::Order::draw;
  set_room(policy);
  join_many(1, 9);
  come(7);
  do_one(Draw{"r", 1, 2});
  wait(kEvery);
  EXPECT_EQ(admitted(9), Numbers{7});
}

}  // namespace
}  // namespace doorward::engine
