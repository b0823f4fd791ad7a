#include "core/room/rate_window.hpp"

#include "base/random_test_support.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace doorward::room {
namespace {

using namespace std::chrono_literals;

LogTime at(std::int64_t ms) { return LogTime{Millis{ms}}; }

TEST(RateWindow, AllowsTheCountInEveryIntervalAndNoMore) {
  struct Row {
    std::int64_t now;
    std::uint32_t allowed;
    std::int64_t next;
    std::uint32_t admit;
  };
  const Rate rate{3, 100ms};
  const Row rows[] = {
      {1'000, 3, 1'000, 2},  //
      {1'050, 1, 1'050, 1},  //
      {1'050, 0, 1'100, 0},  //
      {1'099, 0, 1'100, 0},  // the interval [1000, 1100) still holds all three
      {1'100, 2, 1'100, 2},  //
      {1'149, 0, 1'150, 0},  //
      {1'150, 1, 1'150, 0},  //
      {9'000, 3, 9'000, 3},  //
  };
  RateWindow window;
  for (const auto& row : rows) {
    EXPECT_EQ(window.allowed(rate, at(row.now)), row.allowed) << row.now;
    EXPECT_EQ(window.next_allowed(rate, at(row.now)), at(row.next)) << row.now;
    window.admit(rate, at(row.now), row.admit);
  }
}

TEST(RateWindow, KeepsWhatWasAdmittedWhenTheRateChanges) {
  RateWindow window;
  window.admit({5, 1s}, at(0), 3);
  window.admit({5, 1s}, at(400), 2);
  EXPECT_EQ(window.allowed({9, 1s}, at(500)), 4u);
  EXPECT_EQ(window.allowed({2, 1s}, at(500)), 0u);
  EXPECT_EQ(window.next_allowed({2, 1s}, at(500)), at(1'400));  // four of the five must go
  EXPECT_EQ(window.next_allowed({4, 1s}, at(500)), at(1'000));
  EXPECT_EQ(window.allowed({5, 200ms}, at(500)), 3u);
}

TEST(RateWindow, SaysTheNextTimeAlsoWhereItHasNotForgottenYet) {
  RateWindow window;
  window.admit({3, 1s}, at(0), 2);
  window.admit({3, 1s}, at(600), 1);
  EXPECT_EQ(window.next_allowed({3, 1s}, at(1'200)), at(1'200));
  EXPECT_EQ(window.next_allowed({1, 1s}, at(1'200)), at(1'600));
  EXPECT_EQ(window.next_allowed({3, 1s}, at(9'000)), at(9'000));
}

TEST(RateWindow, AgreesWithACountOfAllAdmissionsOverRandomTimes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    TestRandom random(seed);
    const Rate rate{static_cast<std::uint32_t>(1 + random.below(20)),
                    Millis{static_cast<std::int64_t>(10 + random.below(200))}};
    RateWindow window;
    std::vector<std::int64_t> admitted;
    std::int64_t now = 0;
    for (int i = 0; i < 2'000; ++i) {
      now += static_cast<std::int64_t>(random.below(30));
      std::uint32_t held = 0;
      for (std::int64_t t : admitted) held += t > now - rate.every.count() ? 1 : 0;
      const std::uint32_t allowed = window.allowed(rate, at(now));
      ASSERT_EQ(allowed, rate.count - held);
      const auto n = static_cast<std::uint32_t>(random.below(allowed + 1));
      window.admit(rate, at(now), n);
      for (std::uint32_t k = 0; k < n; ++k) admitted.push_back(now);
    }
  }
}

TEST(RateWindow, OverALongIntervalHoldsTheLimitWithBoundedMemory) {
  const Rate rate{1'000'000, 24h};
  RateWindow window;
  for (std::int64_t ms = 0; ms < 1'000'000; ms += 5) window.admit(rate, at(ms), 1);
  ByteWriter out;
  window.write(out);
  EXPECT_LT(out.size(), 10'000u);
  const auto day = std::chrono::duration_cast<Millis>(rate.every).count();
  EXPECT_EQ(window.allowed(rate, at(999'995)), 800'000u);
  EXPECT_LE(window.allowed(rate, at(day + 1)), 800'001u);
  EXPECT_EQ(window.allowed(rate, at(day + 1'000'000 + day / 65'536 + 1)), 1'000'000u);
}

TEST(RateWindow, ReadsBackFromItsBytesAndRefusesOthers) {
  RateWindow window;
  window.admit({5, 1s}, at(1'700'000'000'000), 3);
  window.admit({5, 1s}, at(1'700'000'000'400), 2);
  ByteWriter out;
  window.write(out);
  ByteReader in(out.view());
  EXPECT_EQ(RateWindow::read(in), window);
  EXPECT_TRUE(in.finished());
  for (std::size_t cut = 0; cut < out.size(); ++cut) {
    ByteReader part(out.view().substr(0, cut));
    RateWindow::read(part);
    EXPECT_FALSE(part.ok()) << cut;
  }
}

}  // namespace
}  // namespace doorward::room
