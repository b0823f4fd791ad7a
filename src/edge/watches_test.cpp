#include "edge/watches.hpp"

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <climits>
#include <functional>
#include <memory>

namespace doorward::edge {
namespace {

class CountedWatch final : public Watch {
 public:
  explicit CountedWatch(int most) : most_(most) {}
  Millis interval() const override { return Millis(10); }
  bool look() override {
    ++looks;
    if (on_look) on_look();
    return looks < most_;
  }
  int looks = 0;
  std::function<void()> on_look;

 private:
  int most_;
};

class WatchesTest : public testing::Test {
 protected:
  boost::asio::io_context loop_{1};
  Watches& watches_ = Watches::of(loop_.get_executor());
};

TEST_F(WatchesTest, LookAgainAndAgainUntilNothingIsLeftToLookAfter) {
  CountedWatch three(3);
  CountedWatch five(5);
  int told = 0;
  three.when_over([&] { ++told; });
  for (Watch* watch : {&three, &five}) watches_.begin(*watch);
  watches_.begin(three);  // has begun
  loop_.run();            // ends with them
  EXPECT_EQ(three.looks, 3);
  EXPECT_EQ(five.looks, 5);
  EXPECT_TRUE(three.is_over());
  EXPECT_EQ(told, 1);
  five.when_over([&] { ++told; });
  EXPECT_EQ(told, 2) << "told at once of what is over";
  watches_.begin(three);
  loop_.restart();
  loop_.run();
  EXPECT_EQ(three.looks, 3);
}

TEST_F(WatchesTest, AWatchThatWentIsLookedAtNoMoreAndTheLoopEnds) {
  auto endless = std::make_unique<CountedWatch>(INT_MAX);
  auto other = std::make_unique<CountedWatch>(INT_MAX);
  endless->on_look = [&] {
    other.reset();
    boost::asio::post(loop_, [&] { endless.reset(); });
  };
  watches_.begin(*endless);
  watches_.begin(*other);
  loop_.run();
  EXPECT_FALSE(endless);
}

TEST_F(WatchesTest, WhatIsDueSoonerComesSooner) {
  class Late final : public Watch {
   public:
    Millis interval() const override { return Millis(3'600'000); }
    bool look() override { return true; }
  };
  auto late = std::make_unique<Late>();
  CountedWatch soon(1);
  soon.when_over([&] { late.reset(); });
  watches_.begin(*late);
  watches_.begin(soon);
  loop_.run();
  EXPECT_EQ(soon.looks, 1);
}

}  // namespace
}  // namespace doorward::edge
