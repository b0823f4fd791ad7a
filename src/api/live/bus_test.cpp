#include "api/live/bus.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace doorward::api::live {
namespace {

Event numbered(std::uint64_t number) {
  Event event;
  event.limit = number;
  return event;
}

TEST(LiveBus, WithoutListenersNothingIsKept) {
  Bus bus;
  bus.publish(numbered(1));
  std::uint64_t cursor = bus.join();
  std::vector<Bus::EventPtr> events;
  EXPECT_EQ(bus.read(cursor, events), 0U);
  EXPECT_TRUE(events.empty());
  bus.leave();
  EXPECT_FALSE(bus.has_listeners());
}

TEST(LiveBus, AReaderReadsWhatCameSinceItJoinedInOrder) {
  Bus bus;
  std::uint64_t early = bus.join();
  bus.publish(numbered(1));
  std::uint64_t late = bus.join();
  bus.publish(numbered(2));
  std::vector<Bus::EventPtr> events;
  EXPECT_EQ(bus.read(late, events), 0U);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]->limit, 2U);
  events.clear();
  bus.read(early, events);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]->limit, 1U);
}

TEST(LiveBus, ASlowReaderIsToldHowManyItLost) {
  Bus bus;
  std::uint64_t cursor = bus.join();
  constexpr std::uint64_t kMore = 100;
  for (std::uint64_t i = 0; i < Bus::kEvents + kMore; ++i) bus.publish(numbered(i));
  std::vector<Bus::EventPtr> events;
  EXPECT_EQ(bus.read(cursor, events), kMore);
  EXPECT_EQ(events.size(), Bus::kMostAtOnce);
  EXPECT_EQ(events.front()->limit, kMore) << "the oldest that is still there";
  EXPECT_EQ(bus.read(cursor, events), 0U);
  EXPECT_EQ(bus.lost(), kMore);
}

TEST(LiveBus, UnderManyWritersEveryEventIsReadOrLost) {
  Bus bus;
  std::uint64_t cursor = bus.join();
  constexpr std::uint64_t kEach = 20'000;
  constexpr std::uint64_t kWriters = 4;
  std::vector<std::thread> writers;
  for (std::uint64_t w = 0; w < kWriters; ++w)
    writers.emplace_back([&] {
      for (std::uint64_t i = 0; i < kEach; ++i) bus.publish(numbered(i));
    });
  std::uint64_t seen = 0;
  std::uint64_t lost = 0;
  while (seen + lost < kWriters * kEach) {
    std::vector<Bus::EventPtr> events;
    lost += bus.read(cursor, events);
    for (const auto& event : events) EXPECT_LT(event->limit, kEach);
    seen += events.size();
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(seen + lost, kWriters * kEach);
}

TEST(LiveEvents, SayOnlyWhatTheyHave) {
  Event event;
  EXPECT_EQ(to_json(event), R"({"type":"request_processed","at":"1970-01-01T00:00:00.000Z"})");
  event.type = EventType::rate_limit_exceeded;
  event.client = "alice \"a\"";
  event.limit = 5;
  event.retry_after = Millis{1'001};
  event.dry_run = true;
  EXPECT_EQ(to_json(event),
            R"({"type":"rate_limit_exceeded","at":"1970-01-01T00:00:00.000Z",)"
            R"("client":"alice \"a\"","limit":5,"remaining":0,"retry_after":2,"dry_run":true})");
}

}  // namespace
}  // namespace doorward::api::live
