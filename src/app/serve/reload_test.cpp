#include "app/serve/reload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doorward::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NeedsRestart, NamesWhatIsReadAtTheStartOnly) {
  config::Config now;
  config::Config next;
  next.listen = "127.0.0.1:1";
  next.log.name = "other";
  next.tokens.keys.push_back({.kid = "k", .file = "f", .at = {}});
  next.deadlines.drain = Millis{1};
  EXPECT_THAT(needs_restart(now, next), ElementsAre("listen", "log", "tokens", "deadlines"));
}

TEST(NeedsRestart, NothingForWhatAReloadTakesOver) {
  config::Config now;
  config::Config next;
  next.rooms.emplace_back();
  next.upstreams.emplace_back();
  next.routes.emplace_back();
  next.trusted_proxies = {"10.0.0.0/8"};
  next.logging.access = true;
  EXPECT_THAT(needs_restart(now, next), IsEmpty());
}

TEST(NeedsRestart, AKeyThatMovedWithinTheFileIsTheSame) {
  config::Config now;
  config::Config next;
  now.tokens.keys.push_back({.kid = "k", .file = "f", .at = {nullptr, 1, 1}});
  next.tokens.keys.push_back({.kid = "k", .file = "f", .at = {nullptr, 9, 1}});
  EXPECT_THAT(needs_restart(now, next), IsEmpty());
}

}  // namespace
}  // namespace doorward::app
