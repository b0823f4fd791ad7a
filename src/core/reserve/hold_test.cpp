#include "core/reserve/hold.hpp"

#include <gtest/gtest.h>

namespace doorward::reserve {
namespace {

ServiceTime at(std::int64_t ms) { return ServiceTime(Millis(ms)); }

struct Row {
  const char* what;
  std::uint32_t units, held, confirmed, asked, before;
  HoldVerdict verdict;
};

TEST(DecideHold, FollowsTheTable) {
  using enum HoldVerdict;
  const Row table[] = {
      {"the first", 10, 0, 0, 1, 0, fine},
      {"the last", 10, 4, 5, 1, 0, fine},
      {"all of it", 4, 0, 0, 4, 0, fine},
      {"a hold counts as taken", 10, 10, 0, 1, 0, sold_out},
      {"and so does what is confirmed", 10, 0, 10, 1, 0, sold_out},
      {"there was nothing", 0, 0, 0, 1, 0, sold_out},
      {"fewer than asked for", 10, 4, 4, 3, 0, too_few},
      {"more than one hold may have", 10, 0, 0, 5, 0, too_many},
      {"more than one hold may have, of nothing", 1, 1, 0, 5, 0, too_many},
      {"up to the subject's limit", 10, 0, 0, 2, 4, fine},
      {"beyond the subject's limit", 10, 0, 0, 3, 4, subject_limit},
      {"the operator took some away", 5, 4, 4, 1, 0, sold_out},
  };
  Inventory inventory;
  inventory.max_per_hold = 4;
  inventory.max_per_subject = 6;
  for (const Row& row : table)
    EXPECT_EQ(decide_hold(inventory, row.units, {row.held, row.confirmed}, {row.asked, row.before}),
              row.verdict)
        << row.what;
}

TEST(DecideHold, WithoutALimitASubjectMayHaveAll) {
  Inventory inventory;
  EXPECT_EQ(decide_hold(inventory, 100, {99, 0}, {1, 99}), HoldVerdict::fine);
}

TEST(LeaseEnd, IsWhatWasAskedForButNeverBeyondTheMost) {
  Inventory inventory;
  inventory.hold_ttl = Millis(1'000);
  EXPECT_EQ(lease_end(inventory, at(5'000), Millis(0), at(9'000)), at(6'000));
  EXPECT_EQ(lease_end(inventory, at(5'000), Millis(3'000), at(9'000)), at(8'000));
  EXPECT_EQ(lease_end(inventory, at(8'500), Millis(0), at(9'000)), at(9'000));
}

}  // namespace
}  // namespace doorward::reserve
