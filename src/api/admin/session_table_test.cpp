#include "api/admin/session_table.hpp"

#include "ports/memory/seeded_entropy.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace doorward::api::admin {
namespace {

using std::chrono::seconds;

struct SessionTableTest : ::testing::Test {
  ports::SeededEntropy entropy{1};
  SessionTable table;
  const Millis start{std::chrono::hours{1}};
};

TEST_F(SessionTableTest, ASessionIsFoundUntilItEnds) {
  const auto session = table.begin(entropy, start);
  EXPECT_EQ(session.id.size(), 64U);
  EXPECT_NE(session.id, session.csrf);
  const auto found = table.find(session.id, start + SessionTable::kLifetime - Millis{1});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->csrf, session.csrf);
  EXPECT_FALSE(table.find(session.id, start + SessionTable::kLifetime));
  EXPECT_FALSE(table.find(session.csrf, start));
  EXPECT_FALSE(table.find("", start));
  table.end(session.id);
  EXPECT_FALSE(table.find(session.id, start));
}

TEST_F(SessionTableTest, TheOldestMakesRoom) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i <= SessionTable::kMaxSessions; ++i)
    ids.push_back(table.begin(entropy, start).id);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  EXPECT_FALSE(table.find(ids.front(), start));
  EXPECT_TRUE(table.find(ids[1], start));
  EXPECT_TRUE(table.find(ids.back(), start));
}

TEST_F(SessionTableTest, AnAddressWaitsAfterItsFailures) {
  for (std::size_t i = 0; i < SessionTable::kMaxFailures; ++i) {
    EXPECT_FALSE(table.must_wait("a", start));
    table.failed("a", start);
  }
  EXPECT_EQ(table.must_wait("a", start + seconds{20}), Millis{seconds{40}});
  EXPECT_FALSE(table.must_wait("b", start)) << "only the address that failed waits";
  EXPECT_FALSE(table.must_wait("a", start + SessionTable::kFailuresWithin));
}

TEST_F(SessionTableTest, ManyAddressesThatFailShutOutTheNext) {
  for (std::size_t i = 0; i < SessionTable::kMaxAddresses; ++i)
    table.failed(std::to_string(i), start);
  EXPECT_TRUE(table.must_wait("next", start));
  EXPECT_FALSE(table.must_wait("7", start)) << "a known one may go on";
  EXPECT_FALSE(table.must_wait("next", start + SessionTable::kFailuresWithin));
}

}  // namespace
}  // namespace doorward::api::admin
