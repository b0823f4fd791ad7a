#include "wire/jose/verified_cache.hpp"

#include <gtest/gtest.h>

namespace doorward::wire::jose {
namespace {

using namespace std::chrono_literals;
using Cache = VerifiedCache<int>;

constexpr Cache::Time kNow{1000s};

TEST(VerifiedCache, FindsATokenUntilItExpires) {
  Cache cache(64, {1, 2});
  EXPECT_FALSE(cache.find("t", kNow));
  cache.insert("t", 7, kNow + 10s, kNow);
  EXPECT_EQ(cache.find("t", kNow + 9s), 7);
  EXPECT_FALSE(cache.find("t", kNow + 10s));
  EXPECT_FALSE(cache.find("T", kNow));
}

TEST(VerifiedCache, NeverKeepsWhatHasExpired) {
  Cache cache(64, {1, 2});
  cache.insert("t", 7, kNow, kNow);
  EXPECT_FALSE(cache.find("t", kNow - 1s));
}

TEST(VerifiedCache, KeepsNoMoreThanItsBoundAndPrefersWhatIsUsed) {
  Cache cache(256, {1, 2});
  cache.insert("used", 1, kNow + 1h, kNow);
  for (int i = 0; i < 20'000; ++i) {
    cache.insert("t" + std::to_string(i), i, kNow + 1h, kNow);
    ASSERT_EQ(cache.find("used", kNow), 1) << i;
  }
  int kept = 0;
  for (int i = 0; i < 20'000; ++i) kept += cache.find("t" + std::to_string(i), kNow).has_value();
  EXPECT_LE(kept, 255);
  EXPECT_GT(kept, 100);
}

}  // namespace
}  // namespace doorward::wire::jose
