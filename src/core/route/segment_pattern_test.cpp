#include "core/route/segment_pattern.hpp"

#include <gtest/gtest.h>

namespace doorward::route {
namespace {

std::vector<OpenPaths> list_of(std::string_view pattern, std::vector<std::string> methods = {}) {
  return {{{SegmentPattern(pattern)}, std::move(methods)}};
}

struct Row {
  const char* pattern;
  const char* path;
  bool matches;
};

TEST(SegmentPattern, MatchesSegmentBySegment) {
  constexpr Row kRows[] = {
      {"/login", "/login", true},
      {"/login", "/LOGIN/", true},
      {"/login", "/login/x", false},
      {"/oauth/*/callback", "/oauth/google/callback", true},
      {"/oauth/*/callback", "/oauth/callback", false},
      {"/oauth/*/callback", "/oauth/a/b/callback", false},
      {"/oauth/*/callback", "/oauth/google/callback/x", false},
      {"/oauth/*", "/oauth/google", true},
      {"/oauth/*", "/oauth", false},
      {"/docs/**", "/docs", true},
      {"/docs/**", "/docs/a/b", true},
      {"/docs/**", "/docsx", false},
      {"/*/docs/**", "/a/docs/b", true},
      {"/**", "/", true},
      {"/", "/", true},
      {"/", "/x", false},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(covers(list_of(row.pattern), row.path, "GET"), row.matches)
        << row.pattern << " " << row.path;
}

TEST(SegmentPattern, CoversOnlyWhatEveryServerReadsSo) {
  const auto list = list_of("/docs/**");
  for (const char* path : {"/docs/../buy", "/docs/..%2fbuy", "/docs/..;/buy", "/docs\\..\\buy",
                           "/docs/..%252fbuy", "/docs/%zz", "buy", ""})
    EXPECT_FALSE(covers(list, path, "GET")) << path;
  EXPECT_TRUE(covers(list, "/x/../docs/%61", "GET"));
}

TEST(SegmentPattern, HoldsForItsMethods) {
  EXPECT_TRUE(covers(list_of("/a", {"GET"}), "/a", "HEAD"));
  EXPECT_FALSE(covers(list_of("/a", {"GET"}), "/a", "POST"));
  EXPECT_FALSE(covers({}, "/a", "GET"));
}

TEST(SegmentPattern, SaysWhatIsWrongWithOne) {
  for (const char* good : {"/", "/a", "/a/*/b", "/*", "/**", "/a/**"})
    EXPECT_FALSE(fault_in_segment_pattern(good)) << good;
  for (const char* bad : {"", "a", "/a*", "/**/a", "/a?x", "/a;b", "/a#", "/%zz", "/a/b**"})
    EXPECT_TRUE(fault_in_segment_pattern(bad)) << bad;
}

}  // namespace
}  // namespace doorward::route
