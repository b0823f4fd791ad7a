#include "gateway/touch_table.hpp"

#include <gtest/gtest.h>

namespace doorward::gateway {
namespace {

using namespace std::chrono_literals;

TEST(TouchTable, ATicketIsDueOnceInEveryInterval) {
  TouchTable table;
  const engine::TicketHandle ticket{7, 1};
  EXPECT_TRUE(table.is_due(ticket, 0s, 10s));
  for (const Millis now : {1ms, 1000ms, 9999ms}) EXPECT_FALSE(table.is_due(ticket, now, 10s));
  EXPECT_TRUE(table.is_due(ticket, 10s, 10s));
  EXPECT_FALSE(table.is_due(ticket, 19s, 10s));
}

TEST(TouchTable, AnotherTicketIsDueOnItsOwnAlsoInTheSameSlot) {
  TouchTable table;
  EXPECT_TRUE(table.is_due({7, 1}, 1s, 10s));
  EXPECT_TRUE(table.is_due({8, 1}, 1s, 10s));
  EXPECT_TRUE(table.is_due({7, 2}, 1s, 10s)) << "the slot's next ticket";
  EXPECT_TRUE(table.is_due({7 + (1U << 17), 1}, 1s, 10s));
  EXPECT_TRUE(table.is_due({7, 1}, 2s, 10s)) << "more often than needed, never less";
}

}  // namespace
}  // namespace doorward::gateway
