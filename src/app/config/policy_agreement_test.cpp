// A room's policy is read from YAML by the configuration and from JSON by the admin API: what one
// takes the other takes, and both make the same of it.
#include "app/config/load.hpp"
#include "wire/policy_json.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <optional>
#include <string>

namespace doorward::app::config {
namespace {

using room::Policy;

std::optional<Policy> by_yaml(const std::string& text) {
  const Loaded loaded = load_text("rooms: {sale: " + text + "}\n", "rooms.yaml", {});
  if (loaded.problems.any_errors() || loaded.config.rooms.size() != 1) return std::nullopt;
  return loaded.config.rooms[0].policy;
}

std::optional<Policy> by_json(const std::string& text) {
  const auto read = wire::policy_from_json(boost::json::parse(text).as_object());
  return read ? std::optional<Policy>(*read) : std::nullopt;
}

std::string shown(const std::optional<Policy>& policy) {
  return policy ? boost::json::serialize(wire::policy_to_json(*policy)) : "refused";
}

// JSON is YAML, so one text serves both.
constexpr const char* kTaken[] = {
    R"({})",
    R"({"capacity": 1})",
    R"({"capacity": 50000000})",
    R"({"capacity": null})",
    R"({"admit": {"count": 1}})",
    R"({"admit": {"count": 1000000, "every": "10ms"}})",
    R"({"admit": {"count": 5, "every": "1d"}})",
    R"({"admit": null})",
    R"({"session": {}})",
    R"({"session": {"ttl": "1s"}})",
    R"({"session": {"ttl": "7d", "renew": "never"}})",
    R"({"session": {"renew": "use"}})",
    R"({"claim": {"ttl": "1s"}})",
    R"({"claim": {"ttl": "7d"}})",
    R"({"claim": {"ttl": null}})",
    R"({"claim": {}})",
    R"({"claim": null})",
    R"({"order": "fifo"})",
    R"({"order": "draw"})",
    R"({"lanes": []})",
    R"({"lanes": [{"name": "vip", "share": 1000}, {"name": "a.b_c-9"}]})",
    R"({"stock": {"inventory": "show"}})",
    R"({"stock": {"inventory": "show", "factor": 1.5}})",
    R"({"stock": {"inventory": "show", "factor": 1000}})",
    R"({"stock": {"inventory": "show", "factor": 0.001}})",
    R"({"stock": null})",
    R"({"rejoin": "keep"})",
    R"({"rejoin": "to_back"})",
    R"({"liveness": {}})",
    R"({"liveness": {"silence": "5s"}})",
    R"({"liveness": {"silence": "1d", "grace": "0s"}})",
    R"({"liveness": {"silence": null, "grace": "7d"}})",
    R"({"liveness": null})",
    R"({"max_waiting": 1})",
    R"({"max_waiting": 50000000})",
    R"({"opens_at": "2026-05-01T10:00:00Z"})",
    R"({"opens_at": "2026-05-01T10:00:00.250+09:00", "closes_at": "2026-05-01T10:00:01+09:00"})",
    R"({"opens_at": null, "closes_at": null})",
    R"({"session": null})",
    R"({"session": {"ttl": null}})",
    R"({"session": {"renew": null}})",
    R"({"order": null})",
    R"({"lanes": null})",
    R"({"liveness": {"grace": null}})",
    R"({"max_waiting": null})",
    R"({"mode": null})",
    R"({"rejoin": null})",
    R"({"admit": {"count": 3, "every": null}})",
    R"({"lanes": [{"name": "vip", "share": null}]})",
    R"({"admit": {"count": 3, "rounds": true}})",
    R"({"admit": {"count": 3, "rounds": null}})",
    R"({"present_only": true})",
    R"({"present_only": null})",
    R"({"mode": "open"})",
    R"({"mode": "paused"})",
    R"({"mode": "closed"})",
    R"({"mode": "bypass"})",
    R"({"capacity": 2, "admit": {"count": 10, "every": "1s"}, "session": {"ttl": "240s", "renew":
       "use"}, "claim": {"ttl": "60s"}, "rejoin": "keep"})",
};

constexpr const char* kRefused[] = {
    R"({"stock": {}})",
    R"({"stock": {"factor": 2}})",
    R"({"stock": {"inventory": ""}})",
    R"({"stock": {"inventory": "show", "factor": 0}})",
    R"({"stock": {"inventory": "show", "factor": 1001}})",
    R"({"stock": {"inventory": "show", "factor": "much"}})",
    R"({"capacity": 0})",
    R"({"capacity": -1})",
    R"({"capacity": 50000001})",
    R"({"capacity": 99999999999999999999})",
    R"({"capacity": 1.5})",
    R"({"capacity": 2.0})",
    R"({"capacity": 1e3})",
    R"({"capacity": "5"})",
    R"({"capacity": true})",
    R"({"capacity": []})",
    R"({"capacity": {}})",
    R"({"Capacity": 5})",
    R"({"capacity ": 5})",
    R"({"admit": {}})",
    R"({"admit": 5})",
    R"({"admit": []})",
    R"({"admit": {"every": "1s"}})",
    R"({"admit": {"count": null}})",
    R"({"admit": {"count": 0}})",
    R"({"admit": {"count": 1000001}})",
    R"({"admit": {"count": 1, "every": "9ms"}})",
    R"({"admit": {"count": 1, "every": "2d"}})",
    R"({"admit": {"count": 1, "every": "1.5s"}})",
    R"({"admit": {"count": 1, "every": "1 s"}})",
    R"({"admit": {"count": 1, "every": "1w"}})",
    R"({"admit": {"count": 1, "every": "-1s"}})",
    R"({"admit": {"count": 1, "every": "1S"}})",
    R"({"admit": {"count": 1, "every": 1000}})",
    R"({"admit": {"count": 1, "per": "1s"}})",
    R"({"admit": {"count": 1, "rounds": 1}})",
    R"({"present_only": 1})",
    R"({"present_only": "yes"})",
    R"({"session": "240s"})",
    R"({"session": {"ttl": "999ms"}})",
    R"({"session": {"ttl": "8d"}})",
    R"({"session": {"ttl": "99999999999999999999d"}})",
    R"({"session": {"renew": "always"}})",
    R"({"claim": {"ttl": "0s"}})",
    R"({"claim": {"ttl": "8d"}})",
    R"({"claim": "60s"})",
    R"({"order": "lifo"})",
    R"({"order": "FIFO"})",
    R"({"lanes": {"name": "vip"}})",
    R"({"lanes": ["vip"]})",
    R"({"lanes": [{}]})",
    R"({"lanes": [{"share": 1}]})",
    R"({"lanes": [{"name": ""}]})",
    R"({"lanes": [{"name": null}]})",
    R"({"lanes": [null]})",
    R"({"lanes": [{"name": "Vip"}]})",
    R"({"lanes": [{"name": "vip", "share": 0}]})",
    R"({"lanes": [{"name": "vip", "share": 1001}]})",
    R"({"lanes": [{"name": "vip"}, {"name": "vip"}]})",
    R"({"lanes": [{"name": "vip", "weight": 2}]})",
    R"({"lanes": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}, {"name": "e"},
       {"name": "f"}, {"name": "g"}, {"name": "h"}, {"name": "i"}, {"name": "j"}, {"name": "k"},
       {"name": "l"}, {"name": "m"}, {"name": "n"}, {"name": "o"}, {"name": "p"}, {"name": "q"}]})",
    R"({"rejoin": "front"})",
    R"({"liveness": "30s"})",
    R"({"liveness": {"silence": "4s"}})",
    R"({"liveness": {"silence": "2d"}})",
    R"({"liveness": {"grace": "8d"}})",
    R"({"max_waiting": 0})",
    R"({"max_waiting": 50000001})",
    R"({"opens_at": "2026-05-01"})",
    R"({"opens_at": "2026-05-01T10:00:00"})",
    R"({"opens_at": "2026-02-30T10:00:00Z"})",
    R"({"opens_at": 1777629600})",
    R"({"opens_at": "2026-05-01T10:00:00Z", "closes_at": "2026-05-01T10:00:00Z"})",
    R"({"mode": "opened"})",
    R"({"mode": true})",
    R"({"nonsense": 1})",
};

TEST(PolicyAgreement, WhatIsTakenIsTakenByBothAndMeansTheSame) {
  for (const std::string text : kTaken) {
    const auto json = by_json(text);
    EXPECT_TRUE(json.has_value()) << "JSON: " << text;
    EXPECT_EQ(shown(by_yaml(text)), shown(json)) << text;
  }
}

TEST(PolicyAgreement, WhatIsRefusedIsRefusedByBoth) {
  for (const std::string text : kRefused) {
    EXPECT_EQ(shown(by_yaml(text)), "refused") << "YAML: " << text;
    EXPECT_EQ(shown(by_json(text)), "refused") << "JSON: " << text;
  }
}

TEST(PolicyAgreement, WhatIsShownIsReadByBothAsItWas) {
  for (const std::string text : kTaken) {
    const auto json = by_json(text);
    ASSERT_TRUE(json.has_value()) << text;
    EXPECT_EQ(by_yaml(shown(json)), json) << text;
    EXPECT_EQ(by_json(shown(json)), json) << text;
  }
}

}  // namespace
}  // namespace doorward::app::config
