#include "app/serve/file_rules.hpp"

#include <gtest/gtest.h>

namespace doorward::app {
namespace {

using engine::RemoveRule;
using engine::SetRule;
using limit::RuleSource;

limit::Rule rule(std::uint64_t limit) {
  limit::Rule made;
  made.name = "api";
  made.quotas = {{"1s", {}}};
  made.quotas[0].quota.limit = limit;
  return made;
}

std::vector<config::RuleSettings> file(std::uint64_t limit) { return {{rule(limit), {}}}; }

limit::RuleSet present(std::uint64_t limit, RuleSource source) {
  return limit::RuleSet(
      {std::make_shared<limit::CompiledRule>(limit::RuleEntry{rule(limit), 1, source, {}, {}})});
}

Fingerprints said(std::uint64_t limit) { return {{"api", fingerprint(rule(limit))}}; }

TEST(FileRules, ANewOneIsSet) {
  const auto changes = changes_of(file(5), {}, {});
  ASSERT_EQ(changes.commands.size(), 1U);
  EXPECT_EQ(std::get<SetRule>(changes.commands[0]), (SetRule{rule(5), RuleSource::file}));
  EXPECT_EQ(changes.said, said(5));
}

TEST(FileRules, OnlyWhatTheFileSaysAnewIsSet) {
  EXPECT_TRUE(changes_of(file(5), said(5), present(5, RuleSource::file)).commands.empty());
  EXPECT_TRUE(changes_of(file(5), said(5), present(9, RuleSource::admin)).commands.empty())
      << "what the admin did stays";
  EXPECT_TRUE(changes_of(file(5), said(5), {}).commands.empty())
      << "one that the admin removed stays away";
  EXPECT_EQ(changes_of(file(6), said(5), present(9, RuleSource::admin)).commands.size(), 1U)
      << "a change of the file comes before the admin";
  EXPECT_TRUE(changes_of(file(5), {}, present(5, RuleSource::admin)).commands.empty())
      << "it is there already";
}

TEST(FileRules, OneThatLeftTheFileIsRemovedUnlessItIsTheAdmins) {
  const auto changes = changes_of({}, said(5), present(5, RuleSource::file));
  ASSERT_EQ(changes.commands.size(), 1U);
  EXPECT_EQ(std::get<RemoveRule>(changes.commands[0]).rule, "api");
  EXPECT_TRUE(changes.said.empty());
  EXPECT_TRUE(changes_of({}, said(5), present(5, RuleSource::admin)).commands.empty());
  EXPECT_TRUE(changes_of({}, {}, present(5, RuleSource::admin)).commands.empty());
}

}  // namespace
}  // namespace doorward::app
