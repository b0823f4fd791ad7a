// What others change between a call's reading and its writing is not undone: of rules, inventories
// and tenants. Of rooms: rooms_test.cpp.
#include "api/cut_api_test_support.hpp"

#include <gmock/gmock.h>

namespace doorward::api {
namespace {

using Said = TestApi::Said;

// Something with an address, of which a call changes one field and another meanwhile a second.
struct Thing {
  const char* path;
  const char* made;  // by this PUT; null: by a command
  const char* patch;
  const char* patched;  // what is shown of that field then
  const char* other;    // what is shown of the second, before its value
  std::function<engine::Command(const engine::Shard&, unsigned)> change;
  engine::Command removal;
};

engine::Command change_rule(const engine::Shard& shard, unsigned value) {
  limit::Rule rule = shard.rules()->named("api")->rule();
  rule.priority = static_cast<std::int32_t>(value);
  return engine::SetRule{rule};
}

engine::Command change_inventory(const engine::Shard& shard, unsigned value) {
  reserve::Inventory spec = shard.inventory("tix")->map->inventory();
  spec.max_per_hold = value;
  return engine::SetInventory{"tix", spec};
}

engine::Command change_tenant(const engine::Shard& shard, unsigned value) {
  tenant::Settings settings = shard.tenants()->named("acme")->settings;
  settings.rooms = value;
  return engine::SetTenant{"acme", {}, {}, settings};
}

const std::vector<Thing>& things() {
  static const std::vector<Thing> all{
      {"/v1/admin/rules/api", R"({"quota":"5/s"})", R"({"description":"mine"})",
       R"("description":"mine")", R"("priority":)", change_rule, engine::RemoveRule{"api"}},
      {"/v1/admin/inventories/tix", R"({"count":5})", R"({"count":6})", R"("count":6)",
       R"("max_per_hold":)", change_inventory, engine::RemoveInventory{"tix"}},
      {"/v1/admin/tenants/acme", nullptr, R"({"max_waiting":6})", R"("max_waiting":6)",
       R"("rooms":)", change_tenant, engine::RemoveTenant{"acme"}},
  };
  return all;
}

class Meanwhile : public testing::Test {
 protected:
  void make(const Thing& thing) {
    if (thing.made == nullptr) {
      ASSERT_EQ(cut_.submit_aside(engine::SetTenant{"acme", {}, {}, {}}), engine::Status::done);
    } else {
      ASSERT_EQ(cut_.uncut.admin("PUT", thing.path, thing.made).status, 201U) << thing.path;
    }
  }
  auto changes(const Thing& thing, unsigned value) {
    return [this, &thing, value] {
      const engine::Command change = thing.change(*cut_.uncut.desk.shard, value);
      EXPECT_EQ(cut_.submit_aside(change), engine::Status::done) << thing.path;
    };
  }
  auto removes(const Thing& thing) {
    return [this, &thing] { cut_.submit_aside(thing.removal); };
  }
  std::string tag(const Thing& thing) {
    return std::string(*cut_.uncut.admin("GET", thing.path).fields.find("ETag"));
  }
  std::string shown(const Thing& thing) { return cut_.uncut.admin("GET", thing.path).body; }
  // What is shown of the field that others change.
  static auto has_other(const Thing& thing, unsigned value) {
    return testing::AnyOf(testing::HasSubstr(thing.other + std::to_string(value) + ','),
                          testing::HasSubstr(thing.other + std::to_string(value) + '}'));
  }

  CutApi cut_;
};

TEST_F(Meanwhile, AChangeOfOneFieldKeepsAnothersOfASecond) {
  for (const Thing& thing : things()) {
    make(thing);
    const Said said = cut_.call_while(changes(thing, 7), "PATCH", thing.path, thing.patch);
    EXPECT_EQ(said.status, 200U) << said.body;
    EXPECT_THAT(shown(thing), testing::HasSubstr(thing.patched));
    EXPECT_THAT(shown(thing), has_other(thing, 7));
  }
}

TEST_F(Meanwhile, AChangeOfWhatIsRemovedMakesNothing) {
  for (const Thing& thing : things()) {
    make(thing);
    const Said said = cut_.call_while(removes(thing), "PATCH", thing.path, thing.patch);
    EXPECT_EQ(said.status, 404U) << said.body;
    EXPECT_EQ(cut_.uncut.admin("GET", thing.path).status, 404U);
  }
}

TEST_F(Meanwhile, AnETagGuardsUntilTheVeryMoment) {
  for (const Thing& thing : things()) {
    if (thing.made == nullptr) continue;  // a tenant has no ETag
    make(thing);
    const std::pair<const char*, const char*> calls[] = {
        {"PUT", thing.made}, {"PATCH", thing.patch}, {"DELETE", ""}};
    unsigned value = 2;
    for (const auto& [method, body] : calls) {
      const auto other = changes(thing, ++value);
      EXPECT_EQ(cut_.call_while(other, method, thing.path, body, tag(thing)).status, 412U)
          << method << ' ' << thing.path;
      EXPECT_THAT(shown(thing), has_other(thing, value)) << method;
    }
    for (const auto& [method, body] : calls) {
      EXPECT_EQ(cut_.call_while(removes(thing), method, thing.path, body, tag(thing)).status,
                std::string_view(method) == "PATCH" ? 404U : 412U)
          << method << ' ' << thing.path;
      make(thing);
    }
  }
}

TEST_F(Meanwhile, WhoeverTakesItAsItIsGetsItDone) {
  for (const Thing& thing : things()) {
    if (thing.made == nullptr) continue;
    make(thing);
    EXPECT_EQ(cut_.call_while(changes(thing, 3), "PUT", thing.path, thing.made, "*").status, 200U);
    EXPECT_EQ(cut_.call_while(changes(thing, 4), "PUT", thing.path, thing.made).status, 200U);
    EXPECT_EQ(cut_.call_while(changes(thing, 5), "DELETE", thing.path, "", "*").status, 204U);
    make(thing);
    EXPECT_EQ(cut_.call_while(changes(thing, 6), "DELETE", thing.path, "").status, 204U);
  }
}

TEST_F(Meanwhile, WhatChangesAllTheTimeIsGivenUp) {
  for (const Thing& thing : things()) {
    make(thing);
    unsigned value = 10;
    std::function<void()> again = [&] {
      changes(thing, ++value)();
      cut_.shard.before_submit = again;
    };
    const Said said = cut_.call_while(again, "PATCH", thing.path, thing.patch);
    EXPECT_EQ(said.status, 503U) << said.body;
    EXPECT_EQ(value, 10U + 16U) << "the tries are bounded";
    cut_.shard.before_submit = nullptr;
  }
}

}  // namespace
}  // namespace doorward::api
