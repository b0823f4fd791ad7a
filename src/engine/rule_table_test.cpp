// Rules as records: what each command does to the table of rules.
#include "engine/rule_table.hpp"

#include "engine/world_test_support.hpp"

namespace doorward::engine {
namespace {

using Only = SetRule::Only;

class RuleTableTest : public StateTest {
 protected:
  const limit::CompiledRule* find(const char* name) {
    set_ = state_->world().rules.compiled();
    return set_->named(name);
  }
  Status set(limit::Rule rule, Only only = Only::always,
             limit::RuleSource source = limit::RuleSource::admin) {
    return do_one(SetRule{std::move(rule), source, only}).status;
  }

  std::shared_ptr<const limit::RuleSet> set_;
};

TEST_F(RuleTableTest, ARuleIsMadeChangedAndRemoved) {
  const LogTime made = now_;
  EXPECT_EQ(set(rule("api")), Status::done);
  EXPECT_EQ(set(rule("api")), Status::already);
  now_ += Millis(500);
  EXPECT_EQ(set(rule("api", 20)), Status::done);
  const limit::RuleEntry entry = find("api")->entry();
  EXPECT_EQ(entry.rule.quotas[0].quota.limit, 20U);
  EXPECT_EQ(entry.id, 1U);
  EXPECT_EQ(entry.created_at, made);
  EXPECT_EQ(entry.updated_at, now_);
  EXPECT_EQ(do_one(RemoveRule{"api"}).status, Status::done);
  EXPECT_EQ(do_one(RemoveRule{"api"}).status, Status::no_such_rule);
  EXPECT_EQ(find("api"), nullptr);
  EXPECT_EQ(set(rule("api")), Status::done);
  EXPECT_EQ(find("api")->entry().id, 2U) << "an id is never given out again";
}

TEST_F(RuleTableTest, MakingAndChangingCanBeAskedForAlone) {
  EXPECT_EQ(set(rule("api"), Only::if_present), Status::no_such_rule);
  EXPECT_EQ(set(rule("api"), Only::if_absent), Status::done);
  EXPECT_EQ(set(rule("api", 20), Only::if_absent), Status::rule_exists);
  EXPECT_EQ(find("api")->rule().quotas[0].quota.limit, 10U);
  EXPECT_EQ(set(rule("api", 20), Only::if_present), Status::done);
}

TEST_F(RuleTableTest, TheSameRuleByTheOperatorIsTheOperators) {
  set(rule("api"), Only::always, limit::RuleSource::file);
  EXPECT_EQ(find("api")->entry().source, limit::RuleSource::file);
  EXPECT_EQ(set(rule("api")), Status::done);
  EXPECT_EQ(find("api")->entry().source, limit::RuleSource::admin);
}

TEST_F(RuleTableTest, AnUnchangedRuleKeepsItsAddressInTheNextSet) {
  set(rule("a"));
  set(rule("b"));
  const auto before = state_->world().rules.compiled();
  set(rule("b", 20));
  EXPECT_EQ(find("a"), before->named("a"));
  EXPECT_NE(find("b"), before->named("b"));
  EXPECT_EQ(find("b")->quotas()[0].identity, before->named("b")->quotas()[0].identity);
}

TEST_F(RuleTableTest, NoMoreThanTheBoundAreKept) {
  std::vector<Command> commands;
  for (std::size_t i = 0; i < limit::kMaxRules; ++i)
    commands.push_back(SetRule{rule("r" + std::to_string(i))});
  for (const Outcome& outcome : apply(std::move(commands))) ASSERT_EQ(outcome.status, Status::done);
  EXPECT_EQ(set(rule("one-more")), Status::too_many_rules);
  EXPECT_EQ(set(rule("r0", 20)), Status::done);
}

TEST_F(RuleTableTest, ASnapshotHasTheRules) {
  set(rule("b"));
  set(rule("a"));
  set(rule("c"), Only::always, limit::RuleSource::file);
  do_one(RemoveRule{"c"});
  const std::string before = bytes();
  restore();
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(find("a")->entry().id, 2U);
  set(rule("d"));
  EXPECT_EQ(find("d")->entry().id, 4U);
}

TEST_F(RuleTableTest, AChangeNamesTheTenantWhoseRulesItChanged) {
  do_one(SetTenant{"acme", {}, {}, {}});
  set(rule("api"));
  set(rule("acme/api"));
  state_->take_changes();
  set(rule("acme/api", 20));
  EXPECT_EQ(state_->take_changes().rules, (std::set<std::string, std::less<>>{"acme"}));
  const RuleTable& table = state_->world().rules;
  EXPECT_EQ(table.compiled_of("acme")->rules().size(), 1U);
  EXPECT_EQ(table.compiled_of("")->rules().size(), 1U);
  EXPECT_EQ(table.compiled_of("other"), nullptr);
  do_one(RemoveTenant{"acme"});
  EXPECT_EQ(state_->take_changes().rules, (std::set<std::string, std::less<>>{"acme"}));
  EXPECT_EQ(state_->world().rules.compiled_of("acme"), nullptr);
}

TEST_F(RuleTableTest, ARuleOfAnOldLogWithManyPairsIsReadStill) {
  limit::Rule large = rule("api");
  for (int i = 0; i < 64; ++i) {
    large.match.hosts.push_back("h" + std::to_string(i) + ".example");
    large.match.paths.push_back("/" + std::to_string(i));
  }
  EXPECT_TRUE(decode(encode({1, 1, kBegin}, {SetRule{large}})));
  set(large);
  restore();
  EXPECT_EQ(find("api")->rule().match.hosts.size(), 64U);
}

TEST_F(RuleTableTest, OnlyAChangeIsTold) {
  state_->take_changes();
  set(rule("api"));
  EXPECT_EQ(state_->take_changes().rules.size(), 1U);
  set(rule("api"));
  EXPECT_TRUE(state_->take_changes().rules.empty());
  do_one(RemoveRule{"none"});
  EXPECT_TRUE(state_->take_changes().rules.empty());
}

}  // namespace
}  // namespace doorward::engine
