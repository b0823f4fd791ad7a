#include "api/live/clients.hpp"

#include <gtest/gtest.h>

namespace doorward::api::live {
namespace {

using namespace std::chrono_literals;

constexpr LogTime kStart{Millis{1'800'000'000'000}};

ClientEvent event(LogTime at, EventType type = EventType::request_processed, Millis wait = {}) {
  ClientEvent made;
  made.type = type;
  made.at = at;
  made.retry_after = wait;
  return made;
}

TEST(LiveClients, TellTotalsAndUntilWhenOneIsRefused) {
  Clients clients;
  clients.record("alice", event(kStart));
  clients.record("alice", event(kStart + 1s, EventType::rate_limit_exceeded, 5s));
  const auto status = clients.status("alice", kStart + 2s);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->total_requests, 2U);
  EXPECT_EQ(status->refused, 1U);
  EXPECT_EQ(status->last_request, kStart + 1s);
  EXPECT_EQ(status->blocked_until, kStart + 6s);
  EXPECT_FALSE(clients.status("alice", kStart + 6s)->blocked_until);
  EXPECT_FALSE(clients.status("bob", kStart));
  EXPECT_EQ(clients.recent("alice").front().at, kStart + 1s) << "the newest first";
}

TEST(LiveClients, KeepAFewEventsOfEach) {
  Clients clients;
  for (std::size_t i = 0; i < 3 * Clients::kMostEvents; ++i)
    clients.record("alice", event(kStart + i * 1ms));
  EXPECT_EQ(clients.recent("alice").size(), Clients::kMostEvents);
  EXPECT_EQ(clients.status("alice", kStart)->total_requests, 3 * Clients::kMostEvents);
}

TEST(LiveClients, WhoWasSeenLongestAgoGoesFirst) {
  Clients clients;
  clients.record("alice", event(kStart));
  for (std::size_t i = 0; i < 2 * Clients::kMostClients; ++i) {
    clients.record(std::to_string(i), event(kStart));
    if (i % 100 == 0) clients.record("alice", event(kStart));
  }
  EXPECT_LE(clients.count(), Clients::kMostClients);
  EXPECT_TRUE(clients.status("alice", kStart));
  EXPECT_FALSE(clients.status("0", kStart));
}

TEST(LiveClients, WhoIsAwayForADayIsForgotten) {
  Clients clients;
  clients.record("alice", event(kStart));
  clients.record("bob", event(kStart + 1h));
  clients.clean(kStart + 24h + 1s);
  EXPECT_FALSE(clients.status("alice", kStart));
  EXPECT_TRUE(clients.status("bob", kStart));
}

}  // namespace
}  // namespace doorward::api::live
