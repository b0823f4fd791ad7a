// Which changes of the configuration file reach the log as changes of tenants and keys.
#include "app/serve/file_tenants.hpp"

#include <gtest/gtest.h>

namespace doorward::app {
namespace {

using engine::Command;
using engine::RemoveTenant;
using engine::RemoveTenantKey;
using engine::SetTenant;
using engine::SetTenantKey;

const std::string kOne(64, '1');
const std::string kTwo(64, '2');

std::vector<config::TenantSettings> file(std::uint32_t rooms, const std::string& hash = kOne) {
  config::TenantSettings tenant;
  tenant.name = "acme";
  tenant.settings.rooms = rooms;
  tenant.api_keys.push_back({"web", hash});
  return {tenant};
}

tenant::TenantSet present(std::uint32_t rooms, const std::string& hash = kOne,
                          tenant::Source source = tenant::Source::file) {
  tenant::Tenant tenant;
  tenant.name = "acme";
  tenant.settings.rooms = rooms;
  tenant.source = source;
  tenant.keys.push_back({"web", *tenant::parse_hash(hash), {}});
  return tenant::TenantSet({tenant});
}

Fingerprints said(std::uint32_t rooms, const std::string& hash = kOne) {
  return changes_of(file(rooms, hash), {}, tenant::TenantSet()).said;
}

TEST(FileTenants, ANewOneIsMadeAndGivenItsKeys) {
  const auto changes = changes_of(file(5), {}, tenant::TenantSet());
  ASSERT_EQ(changes.commands.size(), 2U);
  EXPECT_EQ(std::get<SetTenant>(changes.commands[0]).settings.rooms, 5U);
  EXPECT_EQ(std::get<SetTenantKey>(changes.commands[1]),
            (SetTenantKey{"acme", "web", *tenant::parse_hash(kOne)}));
  EXPECT_EQ(changes.said.size(), 2U);
}

TEST(FileTenants, OnlyWhatTheFileSaysAnewIsSet) {
  EXPECT_TRUE(changes_of(file(5), said(5), present(5)).commands.empty());
  EXPECT_TRUE(changes_of(file(5), said(5), present(9, kTwo)).commands.empty())
      << "what the admin did stays";
  EXPECT_TRUE(changes_of(file(5), said(5), tenant::TenantSet()).commands.empty())
      << "one that the admin removed stays away";
  EXPECT_EQ(changes_of(file(6), said(5), present(5)).commands.size(), 1U);
  EXPECT_EQ(changes_of(file(5, kTwo), said(5), present(5)).commands.size(), 1U);
  EXPECT_TRUE(changes_of(file(5), {}, present(5)).commands.empty()) << "it is there already";
}

TEST(FileTenants, WhatLeftTheFileGoesUnlessTheAdminChangedIt) {
  const auto gone = changes_of({}, said(5), present(5));
  ASSERT_EQ(gone.commands.size(), 1U) << "its key with it";
  EXPECT_EQ(std::get<RemoveTenant>(gone.commands[0]).tenant, "acme");
  EXPECT_TRUE(gone.said.empty());
  EXPECT_EQ(changes_of({}, said(5), present(5, kOne, tenant::Source::admin)).commands.size(), 1U)
      << "the key alone";
  EXPECT_TRUE(changes_of({}, said(5), present(5, kTwo, tenant::Source::admin)).commands.empty());
}

TEST(FileTenants, AKeyMayMoveToAnotherName) {
  auto renamed = file(5);
  renamed[0].api_keys[0].name = "job";
  const auto changes = changes_of(renamed, said(5), present(5));
  ASSERT_EQ(changes.commands.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<RemoveTenantKey>(changes.commands[0])) << "it is free first";
  EXPECT_EQ(std::get<SetTenantKey>(changes.commands[1]).key, "job");
}

TEST(FileTenants, TwoMayExchangeTheirKeys) {
  const auto two = [](const std::string& of_acme, const std::string& of_bolt) {
    auto both = file(5, of_acme);
    both.push_back(file(5, of_bolt).front());
    both.back().name = "bolt";
    return both;
  };
  std::vector<tenant::Tenant> there{*present(5, kOne).named("acme"),
                                    *present(5, kTwo).named("acme")};
  there.back().name = "bolt";
  const auto before = changes_of(two(kOne, kTwo), {}, tenant::TenantSet()).said;
  const auto changes = changes_of(two(kTwo, kOne), before, tenant::TenantSet(there));
  ASSERT_EQ(changes.commands.size(), 4U);
  EXPECT_EQ(std::get<RemoveTenantKey>(changes.commands[0]).tenant, "bolt");
  EXPECT_EQ(std::get<RemoveTenantKey>(changes.commands[1]).tenant, "acme");
  EXPECT_EQ(std::get<SetTenantKey>(changes.commands[2]).tenant, "acme");
}

}  // namespace
}  // namespace doorward::app
