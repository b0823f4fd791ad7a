// Whatever is wrong with a configuration is said with the place of the value that is wrong, however
// far from it the mistake was found.
#include "app/config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace doorward::app::config {
namespace {

struct Row {
  std::string text;
  std::string said;  // with the place before it
};

const std::string kHash(64, '1');

const Row kRows[] = {
    {"rooms:\n  SALE:\n    capacity: 5\n", ":2:3: rooms.SALE: expected a room name"},
    {"rooms:\n  sale:\n    opens_at: 2026-05-02T00:00:00Z\n    closes_at: 2026-05-01T00:00:00Z\n",
     ":4:16: rooms.sale: closes_at: is not after"},
    {"rooms:\n  sale:\n    capacity: 5\n    lanes:\n      - name: a\n      - name: b\n      - "
     "name: "
     "a\n",
     ":7:15: rooms.sale: lanes[2].name: \"a\" is taken"},
    {"rooms:\n  sale:\n    capacity: 5\n    stock:\n      factor: 1\n      inventory: a b\n",
     ":6:18: rooms.sale: stock.inventory: must be"},
    {"rooms:\n  sale:\n    capacity: 5\n    admit:\n      every: 1s\n",
     ":5:7: rooms.sale.admit.count: this setting is required"},
    {"rooms:\n  sale:\n    capacity: 5\n    stock:\n      inventory: show\n",
     ":5:18: rooms.sale.stock.inventory: there is no inventory"},
    {"rooms:\n  sale:\n    capacity: 5\nroutes:\n  - path: /buy\n",
     ":2:3: rooms.sale: no route leads through"},
    {"rooms:\n  sale:\n    match:\n      path: /buy\n    upstream: shop\n",
     ":5:15: rooms.sale.match.upstream: there is no upstream"},
    {"routes:\n  - path: /buy\n    room: sale\n", ":3:11: routes[0].room: there is no room"},
    {"routes:\n  - path: /buy\n    renews: sale\n", ":3:13: routes[0].renews: there is no room"},
    {"routes:\n  - path: /buy\n    upstream: shop\n", ":3:15: routes[0].upstream: there is no"},
    {"upstreams:\n  shop:\n    pass_host: true\n", ":2:3: upstreams.shop.endpoints: this setting"},
    {"rules:\n  api:\n    quota: 0/s\n", ":3:12: rules.api: quota[0].limit: is 0"},
    {"rules:\n  api:\n    key: client\n", ":2:3: rules.api: quotas: is empty"},
    {"rules:\n  api:\n    quotas:\n      - 1/s\n      - limit: 1\n        burst: 5\n        "
     "window: 5s\n        "
     "algorithm: fixed_window\n",
     ":6:16: rules.api: quotas[1].burst: means nothing"},
    {"rules:\n  api:\n    quota: 1/s\n    key:\n      - user\n      - user\n",
     ":6:9: rules.api: key[1]: \"user\" stands there twice"},
    {"rules:\n  api:\n    quota: 1/s\n    starts_at: 2026-05-02T00:00:00Z\n    ends_at: "
     "2026-05-01T00:00:00Z\n",
     ":5:14: rules.api: ends_at: is not after"},
    {"rules:\n  api:\n    quota: 1/s\n    match:\n      routes: [route-1, buy]\nroutes:\n  - path: "
     "/\n",
     ":5:25: rules.api.match.routes: there is no route \"buy\""},
    {"rules:\n  api:\n    quota: 1/s\n    match:\n      headers:\n        X-A: '*b'\n",
     ":6:14: rules.api: match.headers.X-A: '*' may stand"},
    {"rules:\n  api:\n    quota: 1/s\n    cost:\n      request_header: A\n      response_header: "
     "B\n",
     ":6:24: rules.api.cost.response_header: stands beside"},
    {"inventories:\n  hall:\n    sections:\n      - name: A\n        rows: 1\n        seats: 2\n   "
     "   "
     "- name: B\n        rows: 1\n        seats: 1\n        units: [B-1]\n",
     ":10:16: inventories.hall: sections[1].units: say either"},
    {"tenants:\n  Acme:\n    max_rooms: 5\n", ":2:3: tenants.Acme: expected a tenant's name"},
    {"tenants:\n  acme:\n    max_rooms: 1\n    rooms:\n      a: {}\n      b:\n        capacity: "
     "5\n",
     ":6:7: tenants.acme.max_rooms: expected at most 1 rooms"},
    {"tenants:\n  a:\n    api_keys:\n      - name: w\n        sha256: " + kHash +
         "\n      - name: v\n        sha256: " + kHash + "\n",
     ":7:17: tenants.a.api_keys.v: this is also the key"},
    {"tokens:\n  keys:\n    - file: a.pem\n      kid: a\n    - file: b.pem\n      kid: a\n",
     ":6:12: tokens.keys: \"a\" stands here twice"},
    {"identity:\n  issuers:\n    - jwks_file: a\n      issuer: x\n    - jwks_file: b\n      "
     "issuer: "
     "x\n",
     ":6:15: identity.issuers: \"x\" stands here twice"},
    {"listen: 0.0.0.0:8080\nadmin:\n  token: 0123456789abcdef\n  open_on_loopback: true\n",
     ":4:21: admin.open_on_loopback: expected listen on loopback"},
    {"redis_listen:\n  idle: 5s\n  address: 0.0.0.0:6380\n", ":3:12: redis_listen.password: this"},
    {"log:\n  kind: sqlite\n  redis: redis://127.0.0.1:6379\n", ":3:10: log.redis: has no effect"},
    {"cors:\n  origins: '*'\n  credentials: true\n", ":3:16: cors.credentials: stands beside"},
    {"compat:\n  gatekeeper:\n    on: true\n    jwt_secret: short\n",
     ":4:17: compat.gatekeeper.jwt_secret: a secret of fewer"},
};

TEST(Places, WhatIsWrongIsSaidWhereItStands) {
  for (const Row& row : kRows)
    EXPECT_THAT(load_text(row.text, "demo.yaml", {}).problems.text(),
                testing::HasSubstr("demo.yaml" + row.said))
        << row.text;
}

}  // namespace
}  // namespace doorward::app::config
