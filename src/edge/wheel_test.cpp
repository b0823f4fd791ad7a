#include "edge/wheel.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

namespace doorward::edge {
namespace {

struct Probe : WheelEntry {
  Probe() : WheelEntry([](WheelEntry& entry) { ++static_cast<Probe&>(entry).fired; }) {}
  int fired = 0;
};

TEST(Wheel, FiresOnceWithinATickAfterTheDeadline) {
  Wheel wheel(Millis(0));
  Probe probe;
  wheel.set(probe, Millis(250));
  wheel.advance(Millis(250));
  EXPECT_EQ(probe.fired, 0);
  wheel.advance(Millis(350));
  EXPECT_EQ(probe.fired, 1);
  wheel.advance(Millis(100'000));
  EXPECT_EQ(probe.fired, 1);
}

TEST(Wheel, FollowsADeadlineThatMoves) {
  Wheel wheel(Millis(0));
  Probe later;
  Probe sooner;
  Probe never;
  wheel.set(later, Millis(1'000));
  wheel.set(later, Millis(5'000));
  wheel.set(sooner, Millis(5'000));
  wheel.set(sooner, Millis(1'000));
  wheel.set(never, Millis(1'000));
  never.clear();
  wheel.advance(Millis(4'000));
  EXPECT_EQ(later.fired, 0);
  EXPECT_EQ(sooner.fired, 1);
  wheel.advance(Millis(5'200));
  EXPECT_EQ(later.fired, 1);
  EXPECT_EQ(never.fired, 0);
}

TEST(Wheel, KeepsDeadlinesBeyondOneRound) {
  Wheel wheel(Millis(77));
  Probe probe;
  wheel.set(probe, Millis(3'600'000));
  wheel.advance(Millis(3'599'999));
  EXPECT_EQ(probe.fired, 0);
  wheel.advance(Millis(3'600'100));
  EXPECT_EQ(probe.fired, 1);
}

struct Doomed : WheelEntry {
  explicit Doomed(std::unique_ptr<Doomed>& o)
      : WheelEntry([](WheelEntry& entry) { static_cast<Doomed&>(entry).owner.reset(); }),
        owner(o) {}
  std::unique_ptr<Doomed>& owner;
};

TEST(Wheel, LetsAnEntryDestroyItselfAndOthers) {
  Wheel wheel(Millis(0));
  std::unique_ptr<Doomed> one;
  std::unique_ptr<Doomed> two;
  one = std::make_unique<Doomed>(one);
  two = std::make_unique<Doomed>(one);  // fires second, were it not gone
  wheel.set(*one, Millis(100));
  wheel.set(*two, Millis(100));
  wheel.advance(Millis(1'000));
  EXPECT_EQ(one, nullptr);
}

TEST(Wheel, AgreesWithAPlainListOfDeadlines) {
  std::minstd_rand random(7);
  Wheel wheel(Millis(0));
  std::vector<Probe> probes(200);
  std::vector<std::int64_t> due(200, -1);
  for (std::int64_t now = 0; now < 200'000; now += random() % 700) {
    wheel.advance(Millis(now));
    for (std::size_t i = 0; i < probes.size(); ++i) {
      if (due[i] < 0) continue;
      const std::int64_t fires_at = (due[i] / 100 + 1) * 100;
      ASSERT_EQ(probes[i].fired, now >= fires_at ? 1 : 0) << now << ' ' << due[i];
      if (probes[i].fired != 0) due[i] = -1;
      probes[i].fired = 0;
    }
    const std::size_t i = random() % probes.size();
    due[i] = now + static_cast<std::int64_t>(random() % 90'000);
    wheel.set(probes[i], Millis(due[i]));
  }
}

}  // namespace
}  // namespace doorward::edge
