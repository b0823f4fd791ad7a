#include "app/serve/reload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace doorward::app {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

TEST(NeedsRestart, NamesWhatIsReadAtTheStartOnly) {
  config::Config now;
  config::Config next;
  next.listen = "127.0.0.1:1";
  next.log.name = "other";
  next.tokens.keys.push_back({.kid = "k", .file = "f", .at = {}, .file_at = {}});
  next.limits.body_bytes = 1;
  EXPECT_THAT(needs_restart(now, next),
              ElementsAre("listen", "log.name", "tokens.keys", "limits.body_bytes"));
}

TEST(NeedsRestart, NothingForWhatAReloadTakesOver) {
  config::Config now;
  config::Config next;
  next.rooms.emplace_back();
  next.upstreams.emplace_back();
  next.routes.emplace_back();
  next.trusted_proxies = {"10.0.0.0/8"};
  next.logging.access = true;
  next.prefer_forwarded = true;
  next.forwarded_host = true;
  next.deadlines.head = next.deadlines.drain = Millis{1};
  next.limits.connections = next.limits.connections_per_address = 17;
  EXPECT_THAT(needs_restart(now, next), IsEmpty());
}

TEST(NeedsRestart, TheDocsNameExactlyThese) {
  std::ifstream in(DOORWARD_SOURCE_DIR "/docs/configuration.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const auto begin = page.find("## Reload");
  ASSERT_NE(begin, std::string::npos);
  const std::string section = page.substr(begin, page.find("\n## ", begin + 1) - begin);
  std::string list = section.substr(section.find("need a restart:"));
  std::vector<std::string> named;
  for (std::size_t at = list.find('`'); at != std::string::npos; at = list.find('`', at)) {
    const std::size_t end = list.find('`', at + 1);
    named.push_back(list.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  EXPECT_THAT(named, ElementsAreArray(read_at_start()));
}

TEST(NeedsRestart, AKeyThatMovedWithinTheFileIsTheSame) {
  config::Config now;
  config::Config next;
  now.tokens.keys.push_back({.kid = "k", .file = "f", .at = {nullptr, 1, 1}, .file_at = {}});
  next.tokens.keys.push_back({.kid = "k", .file = "f", .at = {nullptr, 9, 1}, .file_at = {}});
  EXPECT_THAT(needs_restart(now, next), IsEmpty());
}

}  // namespace
}  // namespace doorward::app
