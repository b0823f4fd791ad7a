#include "core/room/session.hpp"

#include <gtest/gtest.h>

namespace doorward::room {
namespace {

using namespace std::chrono_literals;

constexpr auto kUse = Renew::use;
constexpr auto kNever = Renew::never;

ServiceTime at(std::int64_t s) { return ServiceTime{std::chrono::seconds{s}}; }

Policy policy(Renew renew, std::int64_t claim_s) {
  Policy p;
  p.session_ttl = 100s;
  p.renew = renew;
  if (claim_s > 0) p.claim_ttl = std::chrono::seconds{claim_s};
  return p;
}

TEST(Session, AnAdmissionLastsForTheClaimOrForTheSession) {
  struct Row {
    Renew renew;
    std::int64_t claim_s;
    Session session;
  };
  const Row rows[] = {
      {kUse, 0, {at(1'110), true}},      //
      {kNever, 0, {at(1'100), true}},    //
      {kUse, 30, {at(1'030), false}},    //
      {kNever, 30, {at(1'030), false}},  //
  };
  for (const auto& row : rows) {
    EXPECT_EQ(at_admission(policy(row.renew, row.claim_s), at(1'000)), row.session);
  }
}

TEST(Session, AUseStartsOrRenewsItAndNeverShortensIt) {
  struct Row {
    Renew renew;
    Session before;
    std::int64_t now_s;
    Session after;
  };
  const Row rows[] = {
      {kUse, {at(1'030), false}, 1'010, {at(1'120), true}},    // arrives
      {kNever, {at(1'030), false}, 1'010, {at(1'110), true}},  // arrives
      {kUse, {at(1'110), true}, 1'010, {at(1'120), true}},     // the whole ttl remains
      {kUse, {at(1'110), true}, 1'011, {at(1'121), true}},     //
      {kUse, {at(1'110), true}, 1'109, {at(1'219), true}},     //
      {kUse, {at(1'500), true}, 1'010, {at(1'500), true}},     // the ttl was shortened
      {kNever, {at(1'100), true}, 1'099, {at(1'100), true}},   // fixed
  };
  for (const auto& row : rows) {
    const Policy p = policy(row.renew, 30);
    EXPECT_EQ(after_use(p, row.before, at(row.now_s)), row.after) << row.now_s;
  }
}

TEST(Session, AUseThatIsNotLoggedStillHasTheWholeTime) {
  const Policy p = policy(kUse, 0);
  const Session session = at_admission(p, at(1'000));
  int unlogged = 0;
  for (std::int64_t now = 1'000; now < 1'110; ++now) {
    if (use_matters(p, session.deadline - at(now))) continue;
    EXPECT_GE(session.deadline, at(now) + p.session_ttl);
    ++unlogged;
  }
  EXPECT_EQ(unlogged, 11);
  EXPECT_FALSE(use_matters(policy(kNever, 0), 1s)) << "fixed";
}
}  // namespace
}  // namespace doorward::room
