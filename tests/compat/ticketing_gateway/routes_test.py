#!/usr/bin/env python3
"""Ticketing gateway: every line of its page on routes, identity and settings. Each test quotes the line that it checks."""

import concurrent.futures
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import unittest

from stage import (
    ALLOWED,
    ALREADY,
    EXAMPLE,
    EXAMPLE_FILE,
    IN,
    LINEUP,
    NOT_IN_QUEUE,
    PATIENCE,
    QUEUED,
    RESERVATIONS,
    ROOT,
    SEATS,
    SERVICES,
    STATUS,
    Gateway,
    Issuer,
    Server,
    Stream,
    start_backend,
)


class Routes(Gateway):
    environment = {"ALLOWED_IN_MAX_CAPACITY": "100"}

    def reached(self, method, path, token=None, **more):
        status, _, answer = self.call(method, path, token, **more)
        self.assertEqual(status, 200, (method, path, answer))
        return answer

    def test_gated(self):
        """gated routes: in: session renewed, forwarded; waiting: 429 with data; not queued: 403 NOT_IN_QUEUE"""
        inside, stranger = self.user(), self.user()
        self.line_up(inside)
        for path in ("/api/v1/reservation-seats", SEATS, RESERVATIONS):
            self.assertEqual(self.reached("POST", path, inside, body={"seat": 7})["body"], '{"seat": 7}')
            self.assert_error(self.call("POST", path, stranger), 403, "NOT_IN_QUEUE", NOT_IN_QUEUE, path=path)
        for method, path in (("GET", SEATS), ("PUT", SEATS), ("GET", RESERVATIONS), ("POST", RESERVATIONS + "/1/cancel")):
            self.reached(method, path, stranger)
        for path in (SEATS.upper(), "/api/v1//reservations", "/api/v1/x/../reservations", "/api/v1/%72eservations", RESERVATIONS + "/"):
            self.assertEqual(self.call("POST", path, stranger)[0], 403, path)
        self.server.set_room("ticketing", {"capacity": 1, "rejoin": "to_back", "session": {"ttl": "240s"}})
        waiting = self.user()
        self.line_up(waiting)
        data = {"totalQueueSize": 1, "userQueuePosition": 1, "usersBehind": 0}
        for path in (SEATS, RESERVATIONS):
            self.assert_success(self.call("POST", path, waiting), 429, message="대기 중입니다.", data=data)
            # A browser that navigates gets the same, and no page.
            page = self.call("POST", path, waiting, headers={"Accept": "text/html", "Sec-Fetch-Mode": "navigate"})
            self.assert_success(page, 429, message="대기 중입니다.", data=data)

    def test_services(self):
        """Routes: each to its service"""
        token = self.user()
        for path, service in (
            ("/api/v1/auth/me", "auth"), ("/api/v1/user/me", "user"), ("/api/v1/products/1/x", "product"),
            ("/api/v1/payments/1", "payment"), ("/api/v1/reservations/1", "reservation"),
            ("/api/v1/reservation-seats/1", "reservation-seat"), ("/api/v1/arthalls/1/2", "arthall"),
            ("/api/v1/tickets/1", "ticket"), ("/.well-known/jwks.json", "auth"), ("/.well-known/x/y", "auth"),
        ):  # fmt: skip
            answer = self.reached("GET", path + "?a=b", token)
            self.assertEqual((answer["service"], answer["path"]), (f"{service}-service", path + "?a=b"))

    def test_several_addresses(self):
        """routing and balancing: named services with several addresses take turns, and one that is away is passed over"""
        twins = [start_backend(f"user-service-{n}") for n in "ab"]
        for twin in twins:
            self.addCleanup(twin.server_close)
            self.addCleanup(twin.shutdown)
        gone = socket.socket()  # has its port, and does not listen
        self.addCleanup(gone.close)
        gone.bind(("127.0.0.1", 0))
        ports = [twin.server_port for twin in twins]
        reached = {}
        for listed in (ports, [*ports, gone.getsockname()[1]]):
            addresses = ", ".join(f'"http://127.0.0.1:{port}"' for port in listed)
            example, count = re.subn(r"user-service: .*", f"user-service: [{addresses}]", EXAMPLE, count=1)
            self.assertEqual(count, 1)
            with Server(example, environment={**self.addresses, "JWT_JWKS_URI": self.issuer.jwks_uri}) as server:
                token = self.user()
                said = [server.call("GET", "/api/v1/user/me", token=token) for _ in range(12)]
            self.assertEqual({status for status, _, _ in said}, {200})
            reached[len(listed)] = [sum(answer["service"] == f"user-service-{n}" for _, _, answer in said) for n in "ab"]
        self.assertEqual(reached[2], [6, 6])
        self.assertGreaterEqual(min(reached[3]), 4)

    def test_api_docs(self):
        """/{service}/v3/api-docs/** as well, with /{service} stripped; user's and payment's need a token"""
        token = self.user()
        for name in SERVICES:
            for path in ("/v3/api-docs", "/v3/api-docs/swagger-config", "/v3/api-docs/a/b?c=d"):
                shown = token if name in ("user", "payment") else None
                answer = self.reached("GET", f"/{name}-service{path}", shown)
                self.assertEqual((answer["service"], answer["path"]), (f"{name}-service", path))
        for name in ("user", "payment"):
            self.assertEqual(self.call("GET", f"/{name}-service/v3/api-docs")[0], 401)

    def test_public(self):
        """Public without a token, all else needs one"""
        public = [
            *[("POST", f"/api/v1/auth/{call}") for call in ("login", "register", "refresh", "check-email")],
            ("GET", "/api/v1/auth/oauth/google"), ("GET", "/api/v1/auth/oauth/google/callback?code=1"),
            ("GET", "/api/v1/products"), ("GET", "/api/v1/products/7"), ("HEAD", "/api/v1/products/7"),
            ("GET", "/api/v1/arthalls"), ("GET", "/api/v1/arthalls/1/halls/2"), ("POST", "/api/v1/tickets/7/use"),
        ]  # fmt: skip
        for method, path in public:
            self.assertEqual(self.call(method, path)[0], 200, (method, path))
            self.assertNotIn("x-user-id", (self.call(method, path)[2] or {"headers": {}})["headers"])
        closed = [
            ("GET", "/api/v1/auth/me"), ("POST", "/api/v1/auth/logout"), ("POST", "/api/v1/auth/login/x"),
            ("POST", "/api/v1/auth/oauth/google"), ("GET", "/api/v1/auth/oauth/google/link"), ("GET", "/api/v1/auth/oauth"),
            ("POST", "/api/v1/products"), ("GET", "/api/v1/products/7/x"), ("DELETE", "/api/v1/products/7"),
            ("POST", "/api/v1/arthalls"), ("GET", "/api/v1/tickets/7/use"), ("POST", "/api/v1/tickets/7/8/use"),
            ("GET", "/api/v1/user/me"), ("GET", "/api/v1/payments"), ("GET", "/.well-known/jwks.json"), ("GET", "/nothing"),
            ("GET", "/api/v1/arthalls/../payments"), ("GET", "/api/v1/arthalls/./../payments"),
        ]  # fmt: skip
        for method, path in closed:
            self.assertEqual(self.call(method, path)[0], 401, (method, path))
        self.assertEqual(self.call("GET", "/swagger-ui.html")[1]["Location"], "/docs")
        self.assertIn("openapi", self.call("GET", "/v3/api-docs")[2])
        for path in ("/api/v1/arthalls/..%2fpayments", "/api/v1/arthalls/..;/payments"):
            self.assertEqual(self.call("GET", path)[0], 400, path)  # no address at all
        for path in ("/health/x", "/swagger-ui/none", "/v3/api-docs/none", "/actuator/none"):
            self.assertEqual(self.call("GET", path)[0], 404, path)
        preflight = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
        self.assertLess(self.call("OPTIONS", "/api/v1/user/me", headers=preflight)[0], 300)

    def test_identity_headers(self):
        """Incoming X-User-Id and X-User-Type are removed and set from the token"""
        forged = {"X-User-Id": "root", "x-user-type": "ADMIN", "X_User_Id": "root", "Connection": "X-User-Id"}
        token = self.user("ann", userType="SELLER")
        headers = self.reached("GET", "/api/v1/user/me", token, headers=forged)["headers"]
        self.assertEqual((headers["x-user-id"], headers["x-user-type"]), ("ann", "SELLER"))
        self.assertEqual(headers["authorization"], f"Bearer {token}")
        self.assertNotIn("x_user_id", headers)
        headers = self.reached("GET", "/api/v1/products/7", headers=forged)["headers"]
        self.assertFalse({"x-user-id", "x-user-type", "x_user_id"} & set(headers))
        headers = self.reached("GET", "/api/v1/products/7", self.user("bob", userType=None), headers=forged)["headers"]
        self.assertEqual((headers["x-user-id"], "x-user-type" in headers), ("bob", False))

    def test_strangers_take_no_place(self):
        """all else needs one: no slot is taken by Doorward's own calls either"""
        for path in ("/v1/rooms/ticketing/tickets", "/.doorward/v1/rooms/ticketing/tickets"):
            self.assertEqual(self.call("POST", path)[0], 401)
        token = self.user()
        self.assertEqual(self.call("POST", "/v1/rooms/ticketing/tickets", token)[0], 201)
        self.assertEqual(self.line_up(token), [ALREADY])

    def test_own_keys(self):
        """/.well-known/** goes to the auth service, while Doorward's own keys stay at /.doorward/v1/keys"""
        self.assertEqual(self.reached("GET", "/.well-known/jwks.json", self.user())["service"], "auth-service")
        status, _, keys = self.call("GET", "/.doorward/v1/keys")
        self.assertEqual((status, list(keys)), (200, ["keys"]))

    def test_actuator(self):
        """/actuator/health, /actuator/gateway/routes, /actuator/prometheus, open on the main listener"""
        forwarded = {"X-Forwarded-For": "203.0.113.9"}
        status, _, health = self.call("GET", "/actuator/health", headers=forwarded)
        self.assertEqual((status, health["status"]), (200, "UP"))
        status, _, routes = self.call("GET", "/actuator/gateway/routes", headers=forwarded)
        self.assertEqual(status, 200)
        for route in routes:
            self.assertEqual(list(route), ["route_id", "predicate", "filters", "uri", "order"])
        auth = next(route for route in routes if route["route_id"] == "auth-service")
        self.assertEqual((auth["predicate"], auth["uri"]), ("Paths: [/api/v1/auth/**]", "lb://auth-service"))
        status, headers, text = self.call("GET", "/actuator/prometheus", headers=forwarded)
        self.assertEqual((status, headers["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
        self.assertIn("doorward_", text)
        with Server("") as plain:
            self.assertEqual(plain.call("GET", "/actuator/health", headers=forwarded)[0], 200)
            for path in ("/actuator/gateway/routes", "/actuator/prometheus"):
                self.assertEqual(plain.call("GET", path, headers=forwarded)[0], 403, path)


class Keys(Gateway):
    example = EXAMPLE.replace("type_claim: userType", "type_claim: userType\n      jwks_cooldown: 200ms")

    def passes(self, token):
        return self.call("GET", "/api/v1/user/me", token)[0] == 200

    def test_rotation_and_absence(self):
        """JWT: RS256, sub, userType, iss, kid, keys from JWT_JWKS_URI"""
        old = self.user()
        self.assertTrue(self.passes(old))
        # Stale keys are kept while the issuer is away.
        self.issuer.go_away(True)
        fresh = self.user()
        self.assertTrue(self.passes(fresh))
        self.issuer.add_key("key-2")
        rotated = self.user(key="key-2")
        self.assertFalse(self.passes(rotated))
        self.issuer.go_away(False)
        # A new key is found with the first token that it signed, once the cooldown is over.
        self.wait_for(lambda: self.passes(rotated), "the new key is fetched")
        self.assertTrue(self.passes(old))
        for algorithm in ("ES256", "EdDSA"):
            self.issuer.add_key(f"key-{algorithm}", algorithm)
            token = self.user(key=f"key-{algorithm}")
            self.wait_for(lambda: self.passes(token), algorithm)

    def test_one_fetch_for_many(self):
        """one fetch at a time, cooldown"""
        self.assertTrue(self.passes(self.user()))
        before = self.issuer.times_asked()
        self.issuer.add_key("key-many")
        tokens = [self.user(key="key-many") for _ in range(20)]
        time.sleep(0.3)  # the cooldown
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            self.assertEqual(list(pool.map(self.passes, tokens)), [True] * 20)
        self.assertLessEqual(self.issuer.times_asked() - before, 2)

    def test_issuer_and_start_without_it(self):
        """iss is checked where JWT_ISSUER is set; an issuer that starts later is found"""
        issuer = Issuer()
        self.addCleanup(issuer.close)
        issuer.go_away(True)
        environment = {"JWT_JWKS_URI": issuer.jwks_uri, "JWT_ISSUER": "tickatch"}
        with Server(EXAMPLE, environment=environment) as server:
            token = issuer.token("ann", iss="tickatch")
            self.assertEqual(server.call("GET", STATUS, token=token)[0], 503, "it may be good")
            issuer.go_away(False)
            self.wait_for(lambda: server.call("GET", STATUS, token=token)[0] == 404, "the keys are fetched")
            self.assertEqual(server.call("GET", STATUS, token=issuer.token("ann"))[0], 401)


class TwoInstances(Gateway):
    def test_stream_on_the_other_instance(self):
        """fault: a stream on the other instance is never told"""
        sys.path.insert(0, str(ROOT / "tests" / "serve"))
        from redis_log_test import Redis

        with Redis() as redis:
            example = self.example + redis.config()
            keys = {"JWT_JWKS_URI": self.issuer.jwks_uri}
            environment = {**self.addresses, **keys, "ALLOWED_IN_MAX_CAPACITY": "1"}
            with Server(example, environment=environment) as one:
                two = Server(example, environment=environment)
                two.data.mkdir(mode=0o700)
                shutil.copy(one.data / "secrets.json", two.data)  # what all nodes share (docs/operations.md)
                with two:
                    self.told_across(one, two)

    def told_across(self, one, two):
        inside, waiting = self.issuer.token("inside"), self.issuer.token("waiting")
        self.assertEqual(one.call("POST", LINEUP, token=inside)[2]["message"], IN)
        self.assertEqual(two.call("POST", LINEUP, token=waiting)[2]["message"], QUEUED)
        with Stream(two.port, waiting) as stream:
            self.assertEqual(stream.next()[1]["userQueuePosition"], 1)
            self.assertTrue(one.call("DELETE", ALLOWED, token=inside)[2]["success"])
            self.assertEqual(stream.until("ALLOWED_IN"), {"message": "입장 가능합니다."})
        self.wait_for(lambda: one.call("POST", SEATS, token=waiting)[0] == 200, "in on the first instance, too")


class Settings(unittest.TestCase):
    def check(self, environment, *arguments):
        command = [os.environ["DOORWARD_BINARY"], "check", str(EXAMPLE_FILE), *arguments]
        return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=PATIENCE)

    def test_environment(self):
        """Environment: SERVER_PORT and the others, with their defaults"""
        self.assertIn("listening on 127.0.0.1:8080", self.check({}).stdout)
        self.assertIn("listening on 127.0.0.1:8081", self.check({"SERVER_PORT": "8081"}).stdout)
        ignored = {"EUREKA_CLIENT_SERVICEURL_DEFAULTZONE": "http://localhost:8761/eureka/", "ZIPKIN_ENDPOINT": "http://localhost:9411"}
        said = self.check(ignored)
        self.assertEqual(said.returncode, 0, said.stderr)
        for name in ignored:
            self.assertIn(name, said.stderr)
        for name, value in (("SERVER_PORT", "http"), ("ALLOWED_IN_MAX_CAPACITY", "0"), ("ALLOWED_IN_MAX_CAPACITY", "many"),
                            ("ALLOWED_IN_DURATION_SECONDS", "x"), ("JWT_JWKS_URI", "keys")):  # fmt: skip
            checked = self.check({name: value})
            self.assertEqual(checked.returncode, 2, (name, value, checked.stderr))
        sample = (EXAMPLE_FILE.parent / "ticketing-gateway.env.example").read_text()
        named = set(re.findall(r"\$\{([A-Z_]+)", EXAMPLE))
        self.assertEqual(named, set(re.findall(r"^([A-Z_]+)=", sample, re.MULTILINE)))

    def test_explain(self):
        """The phases of a gated route, by name"""
        lines = self.check({}, "--explain", "POST", RESERVATIONS).stdout
        for phase in ("fetch_keys", "authenticate", "room_gate", "proxy"):
            self.assertIn(f"{phase}: ", lines)
        self.assertIn("rewrite_path: ", self.check({}, "--explain", "GET", "/user-service/v3/api-docs").stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
