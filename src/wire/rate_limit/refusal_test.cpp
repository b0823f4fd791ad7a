#include "wire/rate_limit/refusal.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace doorward::wire {
namespace {

using limit::Algorithm;
using limit::Nanos;
using limit::Quota;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const limit::Time kNow{Nanos(seconds(1'700'000'000)) + milliseconds(250)};
const Quota kMinute{Algorithm::sliding_log, 100, minutes(1)};
const Quota kSecond{Algorithm::fixed_window, 10, seconds(1)};

const std::vector<LimitReport> kReports{
    {"minute", &kMinute, {false, 100, 0, seconds(60), milliseconds(11'500)}},
    {"second", &kSecond, {true, 10, 3, seconds(1), Nanos{}}}};

TEST(RateLimitProblem, NamesThePoliciesThatRefuse) {
  const RefusalText problem = rate_limit_problem(RefusalKind::quota_exceeded, kReports);
  EXPECT_EQ(problem.status, 429U);
  EXPECT_EQ(problem.json,
            R"({"title":"Request cannot be satisfied as assigned quota has been exceeded",)"
            R"("status":429,"detail":"The limit \"minute\" allows 100 in 1m. Try again in 12 s.",)"
            R"("type":"https://iana.org/assignments/http-problem-types#quota-exceeded",)"
            R"("violated-policies":["minute"]})");
}

TEST(RateLimitProblem, KnowsReducedCapacityAndAbnormalUsage) {
  EXPECT_EQ(
      rate_limit_problem(RefusalKind::reduced_capacity, kReports).json,
      R"({"title":"Request cannot be satisfied due to temporary server capacity constraints",)"
      R"("status":503,"detail":"Try again in 12 s.",)"
      R"("type":"https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",)"
      R"("violated-policies":["minute"]})");
  EXPECT_EQ(rate_limit_problem(RefusalKind::abnormal_usage, {}).json,
            R"({"title":"Request not satisfied due to detection of abnormal request pattern",)"
            R"("status":429,)"
            R"("type":"https://iana.org/assignments/http-problem-types#abnormal-usage-detected"})");
}

TEST(RateLimitProblem, IsJsonWhateverAPolicyIsCalled) {
  const std::vector<LimitReport> odd{
      {"a\"b\\\n", &kSecond, {false, 10, 0, seconds(1), seconds(1)}}};
  const std::string json = rate_limit_problem(RefusalKind::quota_exceeded, odd).json;
  EXPECT_NE(json.find(R"("detail":"The limit \"a\"b\\\n\" allows 10 in 1s. Try again in 1 s.")"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find(R"("violated-policies":["a\"b\\\n"])"), std::string::npos) << json;
}

TEST(RateLimitProblem, SaysWhereWaitingDoesNotHelp) {
  const Quota quota{Algorithm::concurrency, 5, seconds(30)};
  const std::vector<LimitReport> never{
      {"large", &kSecond, {false, 10, 10, Nanos{}, limit::kNever}, 11}};
  EXPECT_NE(
      rate_limit_problem(RefusalKind::quota_exceeded, never)
          .json.find(R"("The limit \"large\" allows 10 in 1s. This call costs more than that; )"
                     R"(waiting does not help.")"),
      std::string::npos);
  const std::vector<LimitReport> busy{{"busy", &quota, {false, 5, 0, seconds(30), seconds(30)}}};
  EXPECT_NE(rate_limit_problem(RefusalKind::quota_exceeded, busy).json.find("allows 5 at once."),
            std::string::npos);
}

TEST(RateLimiterRefusal, IsTheBodyOfTheRateLimiter) {
  EXPECT_EQ(rate_limiter_refusal(kReports, kNow),
            R"({"error":"Rate limit exceeded","retry_after":12,)"
            R"("reset_time":"2023-11-14T22:13:32.000Z"})");
}

}  // namespace
}  // namespace doorward::wire
