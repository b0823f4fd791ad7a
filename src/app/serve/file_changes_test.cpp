#include "app/serve/file_changes.hpp"

#include "engine/shard_test_support.hpp"

#include <gmock/gmock.h>

namespace doorward::app {
namespace {

using engine::RemoveTenantKey;
using engine::SetRoom;
using engine::SetTenantKey;

class FileChangesTest : public engine::ShardTest {};

TEST_F(FileChangesTest, WhatTheLogTakesIsRemembered) {
  open();
  FileChanges changes{{SetRoom{"sale", {}}}, {{"sale", "new"}}};
  EXPECT_TRUE(apply(*shard_, changes, {{"sale", "old"}}));
  EXPECT_EQ(changes.said, (Fingerprints{{"sale", "new"}}));
}

TEST_F(FileChangesTest, WhatItRefusesIsNamedAndStaysAsItWasSaid) {
  open();
  // Neither tenant is there.
  FileChanges changes{{SetRoom{"acme/a", {}}, SetRoom{"sale", {}}, SetTenantKey{"acme", "web", {}}},
                      {{"acme/a", "new"}, {"sale", "new"}, {"acme/web", "new"}}};
  const auto applied = apply(*shard_, changes, {{"acme/a", "old"}});
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Errc::invalid);
  EXPECT_THAT(applied.error().what,
              testing::HasSubstr("room \"acme/a\": no_such_tenant, and 1 more"));
  EXPECT_EQ(changes.said, (Fingerprints{{"acme/a", "old"}, {"sale", "new"}}));
}

TEST_F(FileChangesTest, WhatIsGoneAlreadyIsNoFault) {
  open();
  FileChanges changes{
      {engine::RemoveTenant{"acme"}, RemoveTenantKey{"acme", "web"}, engine::RemoveRoom{"r"}}, {}};
  EXPECT_TRUE(apply(*shard_, changes, {{"acme", "old"}}));
  EXPECT_TRUE(changes.said.empty());
}

}  // namespace
}  // namespace doorward::app
