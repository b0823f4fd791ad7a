#include "wire/problem.hpp"

#include <gtest/gtest.h>

namespace doorward::wire {
namespace {

TEST(Problem, SaysStatusTitleAndDetail) {
  EXPECT_EQ(Problem(404, "There is no room \"x\".").json(),
            R"({"title":"Not Found","status":404,"detail":"There is no room \"x\"."})");
}

TEST(Problem, TakesATypeAndExtensions) {
  Problem problem(429);
  problem.type("https://example.org/wait", "Wait").instance("/r").with("poll_after_s", 5);
  EXPECT_EQ(
      problem.json(),
      R"({"title":"Wait","status":429,"type":"https://example.org/wait","instance":"/r","poll_after_s":5})");
}

TEST(Problem, TakesItsStatusFromAnError) {
  const Problem problem(error(Errc::overloaded, "The queue of commands is full."));
  EXPECT_EQ(problem.status(), 503u);
}

}  // namespace
}  // namespace doorward::wire
