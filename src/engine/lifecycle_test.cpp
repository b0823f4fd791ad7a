// Sessions, claims, joining again, liveness and closing. The rules are docs/rooms.md.
#include "engine/world_test_support.hpp"

namespace doorward::engine {
namespace {

using room::CloseReason;
using room::TicketState;

class Lifecycle : public StateTest {
 protected:
  static room::Policy one_inside() {
    room::Policy policy;
    policy.capacity = 1;
    return policy;
  }
  static room::Policy with_liveness() {
    room::Policy policy = one_inside();
    policy.liveness_silence = Millis(4'000);
    policy.liveness_grace = Millis(8'000);
    return policy;
  }
  // Nobody is told to be silent by a gap: time goes in steps as ticks make it.
  void pass(Millis time) {
    for (; time > Millis(2'000); time -= Millis(2'000)) wait(Millis(2'000));
    wait(time);
  }
};

struct SessionCase {
  std::optional<Millis> claim;
  room::Renew renew;
  std::vector<int> uses_ms;  // after admission
  int ends_ms;
  CloseReason reason;
};

TEST_F(Lifecycle, SessionsEndByTheTable) {
  using enum room::Renew;
  const Millis claim(500);
  const SessionCase cases[] = {
      {std::nullopt, never, {}, 1'000, CloseReason::session_expired},
      {std::nullopt, never, {900}, 1'000, CloseReason::session_expired},
      {std::nullopt, use, {}, 1'100, CloseReason::session_expired},
      {std::nullopt, use, {900}, 2'000, CloseReason::session_expired},
      {claim, never, {}, 500, CloseReason::claim_expired},
      {claim, never, {400}, 1'400, CloseReason::session_expired},
      {claim, never, {400, 1'300}, 1'400, CloseReason::session_expired},
      {claim, use, {400}, 1'500, CloseReason::session_expired},
      {claim, use, {400, 1'400}, 2'500, CloseReason::session_expired},
  };
  std::uint64_t n = 0;
  for (const SessionCase& c : cases) {
    SCOPED_TRACE(++n);
    room::Policy policy = one_inside();
    policy.session_ttl = Millis(1'000);
    policy.claim_ttl = c.claim;
    policy.renew = c.renew;
    do_one(SetRoom{"r", policy});
    join(n);
    const LogTime admitted = now_;
    for (const int use : c.uses_ms) {
      now_ = admitted + Millis(use);
      do_one(Touch{id(n)});
    }
    EXPECT_EQ(view(n).expires_at, admitted + Millis(c.ends_ms));
    now_ = admitted + Millis(c.ends_ms - 1);
    do_one(Tick{});
    EXPECT_EQ(state_of(n), TicketState::admitted);
    wait(Millis(1));
    EXPECT_EQ(view(n).reason, c.reason);
  }
}

TEST_F(Lifecycle, AnOutageCountsAgainstNobody) {
  room::Policy policy = one_inside();
  policy.session_ttl = Millis(10'000);
  policy.renew = room::Renew::never;
  set_room(policy);
  join(1);
  wait(Millis(3'600'000));
  EXPECT_EQ(state_of(1), TicketState::admitted);
  EXPECT_EQ(view(1).expires_at, now_ + Millis(5'000)) << "five seconds of the hour count";
  restore();
  wait(Millis(5'000));
  EXPECT_EQ(view(1).reason, CloseReason::session_expired);
}

TEST_F(Lifecycle, ClosedTicketsAreRememberedForTheTimeThatTheLogSays) {
  do_one(NodeStarted{1, Millis(3'000)});
  set_room(one_inside());
  join(1);
  EXPECT_EQ(do_one(Leave{id(1)}).status, Status::done);
  EXPECT_EQ(do_one(Leave{id(1)}).status, Status::over);
  wait(Millis(2'999));
  EXPECT_EQ(do_one(Touch{id(1)}).ticket->reason, CloseReason::left);
  wait(Millis(1));
  EXPECT_EQ(do_one(Touch{id(1)}).status, Status::no_such_ticket);
  EXPECT_FALSE(state_->next_due());
}

TEST_F(Lifecycle, ARetriedJoinChangesNothing) {
  room::Policy policy = one_inside();
  policy.rejoin = room::Rejoin::to_back;
  set_room(policy);
  for (std::uint64_t n = 1; n <= 3; ++n) join(n);
  EXPECT_EQ(join(2).status, Status::already);
  EXPECT_EQ(position(2), 1U);
  EXPECT_EQ(do_one(Join{"r", subject(2), id(22), ""}).ticket->id, id(2));
  EXPECT_EQ(position(2), 2U) << "joining again is an act of one's own";
  do_one(Leave{id(3)});
  EXPECT_EQ(join(3).status, Status::over) << "the join that a lost answer was to";
  EXPECT_EQ(do_one(Join{"r", subject(3), id(33), ""}).ticket->position, 2U);
}

TEST_F(Lifecycle, AnIdOfSomebodyElseIsNobodysBusiness) {
  set_room(one_inside());
  join(1);
  EXPECT_EQ(do_one(Join{"r", subject(2), id(1), ""}).status, Status::no_such_ticket);
}

TEST_F(Lifecycle, SilenceCountsFromWhenItWasAskedFor) {
  do_one(NodeStarted{1, Millis(10'000), kNewestRules});
  set_room(one_inside());
  for (std::uint64_t n = 1; n <= 4; ++n) join(n);
  pass(Millis(60'000));
  set_room(with_liveness());
  restore();
  do_one(Finish{id(1)});
  EXPECT_EQ(state_of(2), TicketState::admitted) << "nobody was asked before";
  do_one(Touch{id(3)});
  pass(Millis(3'000));
  room::Policy shorter = with_liveness();
  shorter.liveness_silence = Millis(2'000);
  set_room(shorter);
  do_one(Finish{id(2)});
  EXPECT_EQ(state_of(3), TicketState::admitted);
  pass(Millis(3'000));
  do_one(Finish{id(3)});
  EXPECT_TRUE(view(4).passed_over);
}

TEST_F(Lifecycle, ALongerGraceHoldsForThoseWhoAreAbsentAlready) {
  do_one(NodeStarted{1, Millis(10'000), kNewestRules});
  room::Policy policy = with_liveness();
  policy.present_only = true;
  set_room(policy);
  join(1);
  pass(Millis(7'000));
  policy.liveness_grace = Millis(20'000);
  set_room(policy);
  restore();
  pass(Millis(12'999));
  EXPECT_EQ(state_of(1), TicketState::waiting);
  wait(Millis(1));
  EXPECT_EQ(view(1).reason, CloseReason::silent) << "and as long as it is";
}

TEST_F(Lifecycle, SilenceCountsFromWhenPresenceWasEnoughNoMore) {
  do_one(NodeStarted{1, Millis(10'000), kNewestRules});
  room::Policy policy = with_liveness();
  policy.present_only = true;
  policy.liveness_grace = Millis(60'000);
  set_room(policy);
  for (std::uint64_t n = 1; n <= 4; ++n) join(n);
  do_one(PresenceStart{id(1)});
  ASSERT_EQ(state_of(1), TicketState::admitted);
  do_one(PresenceEnd{id(1)});
  pass(Millis(10'000));  // a sign in a third of the grace is all that polls are asked for
  policy.present_only = false;
  set_room(policy);
  restore();
  do_one(Finish{id(1)});
  EXPECT_EQ(state_of(2), TicketState::admitted) << "nobody overtakes who waits and polls";
  pass(Millis(4'001));
  do_one(Finish{id(2)});
  EXPECT_TRUE(view(3).passed_over) << "from then on it counts";
}

TEST_F(Lifecycle, WhoIsSilentAtTheTurnIsPassedOverAndHoldsNobodyUp) {
  set_room(with_liveness());
  for (std::uint64_t n = 1; n <= 3; ++n) join(n);
  pass(Millis(3'000));
  do_one(Touch{id(3)});
  pass(Millis(2'000));
  EXPECT_EQ(position(2), 1U) << "until the turn a silent place counts";
  do_one(Finish{id(1)});
  EXPECT_TRUE(view(2).passed_over);
  EXPECT_FALSE(position(2));
  EXPECT_EQ(state_of(3), TicketState::admitted);
  restore();
  pass(Millis(7'999));
  EXPECT_EQ(state_of(2), TicketState::waiting);
  wait(Millis(1));
  EXPECT_EQ(view(2).reason, CloseReason::silent);
}

TEST_F(Lifecycle, ReturnersTakeEverySecondSlot) {
  set_room(with_liveness());
  for (std::uint64_t n = 1; n <= 4; ++n) join(n);
  pass(Millis(5'000));
  join(5);  // there, unlike 2, 3 and 4
  do_one(Finish{id(1)});
  EXPECT_EQ(state_of(5), TicketState::admitted);
  for (std::uint64_t n = 6; n <= 8; ++n) join(n);
  for (std::uint64_t n = 2; n <= 4; ++n) do_one(Touch{id(n)});
  EXPECT_EQ(position(2), 1U);
  EXPECT_EQ(position(3), 3U);
  EXPECT_EQ(position(6), 1U) << "the others were counted past them before";
  restore();
  const std::uint64_t order[] = {2, 6, 3, 7, 4, 8};
  std::uint64_t inside = 5;
  for (const std::uint64_t next : order) {
    do_one(Finish{id(inside)});
    EXPECT_EQ(state_of(next), TicketState::admitted) << next;
    inside = next;
  }
}

TEST_F(Lifecycle, AnOpenStreamIsPresenceUntilItOrItsNodeEnds) {
  set_room(with_liveness());
  for (std::uint64_t n = 1; n <= 3; ++n) join(n);
  do_one(PresenceStart{id(2)});
  pass(Millis(20'000));
  do_one(Finish{id(1)});
  EXPECT_EQ(state_of(2), TicketState::admitted);
  EXPECT_TRUE(view(3).passed_over || state_of(3) == TicketState::waiting);
}

TEST_F(Lifecycle, ADeadNodesVisitorsAreSilentAfterItsLease) {
  set_room(with_liveness());
  for (std::uint64_t n = 1; n <= 2; ++n) join(n);
  do_one(PresenceStart{id(2)});
  node_ = 2;  // another node goes on; the first is not heard any more
  next_counter_ = 1;
  pass(Millis(15'000 + 4'000));
  do_one(Touch{id(99)});
  EXPECT_FALSE(view(2).passed_over);
  restore();
  wait(Millis(1));
  do_one(Finish{id(1)});
  EXPECT_TRUE(view(2).passed_over);
}

TEST_F(Lifecycle, ANewStartOfANodeEndsThePresencesOfItsLastLife) {
  set_room(with_liveness());
  do_one(NodeStarted{77});
  for (std::uint64_t n = 1; n <= 2; ++n) join(n);
  do_one(PresenceStart{id(2)});
  node_ = 2;
  next_counter_ = 1;
  do_one(NodeStarted{77});
  pass(Millis(4'001));
  do_one(Finish{id(1)});
  EXPECT_TRUE(view(2).passed_over);
}

TEST_F(Lifecycle, StreamsAtTwoNodesCountUntilTheLastOneEnds) {
  set_room(with_liveness());
  for (std::uint64_t n = 1; n <= 2; ++n) join(n);
  do_one(PresenceStart{id(2)});
  const std::uint64_t counter = std::exchange(next_counter_, 1);
  node_ = 2;
  do_one(PresenceStart{id(2)});
  node_ = 1;
  next_counter_ = counter;
  EXPECT_EQ(do_one(PresenceEnd{id(2)}).status, Status::done);
  EXPECT_EQ(do_one(PresenceEnd{id(2)}).status, Status::already);
  restore();
  pass(Millis(6'000));
  EXPECT_EQ(state_->presences_of(2), 1U);
  do_one(Finish{id(1)});
  EXPECT_EQ(state_of(2), TicketState::admitted);
  EXPECT_EQ(state_->presences_of(2), 0U);
}

TEST_F(Lifecycle, APolicyIsChangedOnlyWhereItIsWhatTheCallerSaw) {
  room::Policy seen;
  seen.capacity = 1;
  room::Policy wanted = seen;
  wanted.mode = room::Mode::paused;
  EXPECT_EQ(do_one(ChangeRoom{"r", seen, wanted}).status, Status::no_such_room);
  EXPECT_EQ(do_one(SetRoom{"r", seen, SetRoom::Source::file}).status, Status::done);
  EXPECT_EQ(do_one(ChangeRoom{"r", seen, wanted}).status, Status::done);
  EXPECT_EQ(room().policy, wanted);
  EXPECT_EQ(room().source, SetRoom::Source::admin);
  room::Policy wider = seen;
  wider.capacity = 2;
  EXPECT_EQ(do_one(ChangeRoom{"r", seen, wider}).status, Status::changed);
  EXPECT_EQ(room().policy, wanted);
  EXPECT_EQ(do_one(ChangeRoom{"r", wanted, seen, SetRoom::Source::file}).status, Status::done);
  EXPECT_EQ(room().source, SetRoom::Source::file);
}

}  // namespace
}  // namespace doorward::engine
