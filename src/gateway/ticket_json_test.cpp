#include "gateway/ticket_json.hpp"

#include <gtest/gtest.h>

namespace doorward::gateway {
namespace {

using namespace std::chrono_literals;

TEST(PollAfter, IsSoonNearTheFrontAndSoonEnoughForThePolicy) {
  room::Policy silence;
  silence.liveness_silence = 20s;
  room::Policy claim;
  claim.claim_ttl = 4s;
  room::Policy present;
  present.present_only = true;
  present.liveness_grace = 9s;
  room::Policy short_silence;
  short_silence.liveness_silence = 1s;
  const struct {
    const char* what;
    room::Policy policy;
    std::optional<std::uint32_t> position;
    std::uint32_t least, most;
  } rows[] = {
      {"the first", {}, 1, 1, 1},
      {"near", {}, 100, 2, 2},
      {"in the middle", {}, 1'000, 5, 6},
      {"far", {}, 10'001, 25, 30},
      {"not drawn yet", {}, std::nullopt, 10, 12},
      {"a third of the silence", silence, 10'001, 6, 6},
      {"near all the same", silence, 1, 1, 1},
      {"half of the claim", claim, 10'001, 2, 2},
      {"a third of the grace", present, std::nullopt, 3, 3},
      {"whole seconds", short_silence, 10'001, 1, 1},
  };
  for (const auto& row : rows) {
    for (std::uint64_t id = 0; id < 10; ++id) {
      room::TicketView view;
      view.id.lo = id;
      view.position = row.position;
      const std::uint32_t after = poll_after_s(view, row.policy);
      EXPECT_GE(after, row.least) << row.what;
      EXPECT_LE(after, row.most) << row.what;
    }
  }
}

TEST(PollAfter, APageReloadsSeldomerWhereTheRoomAllowsThat) {
  room::Policy silence;
  silence.liveness_silence = 18s;
  room::Policy claim;
  claim.claim_ttl = 4s;
  room::Policy present;
  present.present_only = true;
  present.liveness_grace = 9s;
  const struct {
    const char* what;
    room::Policy policy;
    std::optional<std::uint32_t> position;
    std::uint32_t least, most;
  } rows[] = {
      {"the first", {}, 1, 5, 5},
      {"near", {}, 20, 5, 5},
      {"not so near", {}, 36, 10, 10},
      {"far", {}, 10'001, 25, 30},
      {"not drawn yet", {}, std::nullopt, 10, 12},
      {"a third of the silence", silence, 36, 6, 6},
      {"half of the claim", claim, 36, 2, 2},
      {"a third of the grace", present, 36, 3, 3},
  };
  for (const auto& row : rows) {
    for (std::uint64_t id = 0; id < 10; ++id) {
      room::TicketView view;
      view.id.lo = id;
      view.position = row.position;
      const std::uint32_t after = reload_after_s(view, row.policy);
      EXPECT_GE(after, row.least) << row.what;
      EXPECT_LE(after, row.most) << row.what;
    }
  }
}

TEST(PollAfter, WhoDoesNotWaitNeedNotAsk) {
  room::TicketView view;
  view.state = room::TicketState::admitted;
  EXPECT_EQ(poll_after_s(view, {}), 0U);
}

}  // namespace
}  // namespace doorward::gateway
