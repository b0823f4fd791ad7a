#include "core/room/lane_turn.hpp"
#include "core/room/return_turn.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace doorward::room {
namespace {

using Contenders = std::vector<LaneTurn::Contender>;

std::string turns(LaneTurn& turn, const Contenders& lanes, int n) {
  std::string order;
  for (int i = 0; i < n; ++i) {
    const auto lane = turn.take(lanes);
    order += lane ? static_cast<char>('a' + *lane) : '-';
  }
  return order;
}

TEST(LaneTurn, GivesEachLaneItsShareSpreadEvenly) {
  struct Row {
    Contenders lanes;
    const char* order;
  };
  const Row rows[] = {
      {{{1, true}}, "aaaaaa"},                         //
      {{{1, true}, {1, true}}, "ababab"},              //
      {{{2, true}, {1, true}}, "abaaba"},              //
      {{{3, true}, {1, true}}, "aabaaaba"},            //
      {{{5, true}, {1, true}, {1, true}}, "aabacaa"},  //
      {{{5, true}, {1, false}, {1, true}}, "aaacaa"},  // b has nobody
      {{{5, false}, {1, false}}, "--"},                //
  };
  for (const auto& row : rows) {
    LaneTurn turn;
    const std::string order = row.order;
    EXPECT_EQ(turns(turn, row.lanes, static_cast<int>(order.size())), order);
  }
}

TEST(LaneTurn, ALaneThatWasEmptyClaimsNoArrears) {
  LaneTurn turn;
  turns(turn, {{1, true}, {1, false}}, 1'000);
  EXPECT_EQ(turns(turn, {{1, true}, {1, true}}, 6), "ababab");
}

TEST(LaneTurn, GoesOnFromItsBytesAsTheOriginal) {
  const Contenders lanes{{7, true}, {3, true}, {2, true}};
  LaneTurn turn;
  turns(turn, lanes, 5);
  ByteWriter out;
  turn.write(out);
  ByteReader in(out.view());
  LaneTurn copy = LaneTurn::read(in);
  EXPECT_TRUE(in.finished());
  EXPECT_EQ(copy, turn);
  EXPECT_EQ(turns(copy, lanes, 50), turns(turn, lanes, 50));
}

TEST(LaneTurn, RefusesFalseBytes) {
  ByteReader in(std::string_view("\xff\xff\xff\xff\x0f", 5));
  LaneTurn::read(in);
  EXPECT_FALSE(in.ok());
}

TEST(ReturnTurn, AReturnerTakesTheNextSlotButAtMostEverySecondOne) {
  struct Row {
    bool returners;
    bool line;
    bool returner_enters;
  };
  const Row rows[] = {
      {true, true, true},    //
      {true, true, false},   //
      {true, true, true},    //
      {false, true, false},  //
      {true, true, true},    //
      {true, false, true},   // nobody else is there
      {true, true, false},   //
      {true, true, true},    //
  };
  ReturnTurn turn;
  for (const auto& row : rows) EXPECT_EQ(turn.take(row.returners, row.line), row.returner_enters);
}

TEST(ReturnTurn, IsRestoredFromItsBit) {
  ReturnTurn turn;
  turn.take(true, true);
  EXPECT_EQ(ReturnTurn::restored(turn.last_was_returner()), turn);
}

}  // namespace
}  // namespace doorward::room
