#include "core/route/literal_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace doorward::route {
namespace {

using testing::ElementsAre;

TEST(LiteralIndex, WalksFromThePathToTheRootTheLongestFirst) {
  LiteralIndex<int> index;
  index[""] = 0;
  index["/a"] = 1;
  index["/a/b"] = 2;
  const auto walked = [&](std::string_view path) {
    std::vector<int> found;
    std::size_t look_ups = 0;
    index.walk(path, look_ups, [&](int at) { return found.push_back(at), false; });
    return found;
  };
  EXPECT_THAT(walked(""), ElementsAre(0));
  EXPECT_THAT(walked("/a"), ElementsAre(1, 0));
  EXPECT_THAT(walked("/a/b"), ElementsAre(2, 1, 0));
  EXPECT_THAT(walked("/a/b/c/d"), ElementsAre(2, 1, 0));
  EXPECT_THAT(walked("/a/bc"), ElementsAre(1, 0));
  EXPECT_THAT(walked("/abcdefgh"), ElementsAre(0));
}

TEST(LiteralIndex, EndsWhereTheVisitorSays) {
  LiteralIndex<int> index;
  index[""] = 0;
  index["/a"] = 1;
  std::size_t visits = 0;
  std::size_t look_ups = 0;
  index.walk("/a/b", look_ups, [&](int) { return ++visits == 1; });
  EXPECT_EQ(visits, 1u);
  EXPECT_EQ(look_ups, 1u);
}

TEST(LiteralIndex, LooksUpNothingThatIsLongerThanWhatItHolds) {
  LiteralIndex<int> index;
  std::size_t look_ups = 0;
  EXPECT_EQ(index.find("", look_ups), nullptr);
  EXPECT_EQ(look_ups, 0u) << "an empty one";
  index["/buy"] = 1;
  EXPECT_EQ(index.find("/buy/", look_ups), nullptr);
  EXPECT_EQ(look_ups, 0u);
  std::string deep;
  for (int i = 0; i < 4'000; ++i) deep += "/a";
  index.walk(deep, look_ups, [](int) { return false; });
  EXPECT_EQ(look_ups, 3u) << "/a/a, /a and the root";
}

}  // namespace
}  // namespace doorward::route
