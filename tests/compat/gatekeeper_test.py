#!/usr/bin/env python3
"""Gatekeeper API: every call of its page, as its clients send them, against its example.

Each test quotes the line of the page that it checks. What an interval does is waited for, never a time.
"""

import base64
import hashlib
import hmac
import json
import re
import signal
import sys
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from doorward import ADMIN_TOKEN, Connection, Server  # noqa: E402

EXAMPLE = (ROOT / "examples" / "gatekeeper.yaml").read_text()
SECRET = "your_super_secret_random_string_here"
KEYS = [f"an_api_key_of_the_tests_{n}" for n in range(40)]
CONFIG = [
    "ip_enqueue_limit", "ip_enqueue_limit_interval", "ip_status_polling_limit", "ip_status_polling_limit_interval",
    "admission_limit", "admission_frequency", "jwt_expiry_seconds", "ready_ttl_seconds",
]  # fmt: skip
NEVER = {"paused": True}  # nobody is admitted


def decode(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(jwt):
    return decode(jwt.split(".")[1])


def signed(said, secret=SECRET, algorithm="HS256"):
    head = encode(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    text = f"{head}.{encode(json.dumps(said).encode())}"
    return text + "." + encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


def expired(jwt):
    """The same, genuine, whose time was up a minute ago."""
    return signed({**claims(jwt), "exp": int(time.time()) - 60})


class Gatekeeper(unittest.TestCase):
    """One server for all tests; each takes a business of its own."""

    @classmethod
    def setUpClass(cls):
        environment = {"BUSINESS_IDS": ":".join(KEYS), "JWT_SECRET": SECRET}
        cls.server = Server(EXAMPLE, environment=environment).start()
        cls.keys = iter(KEYS)

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server._folder.cleanup()

    def setUp(self):
        self.key = next(self.keys)

    def call(self, method, path, body=None, key=None, **headers):
        fields = {"business_id": key or self.key, **headers}
        return self.server.call(method, path, body, headers={k: v for k, v in fields.items() if v is not None})

    def good(self, *arguments, **more):
        status, _, answer = self.call(*arguments, **more)
        self.assertEqual(status, 200, answer)
        return answer

    def room(self, key=None):
        name = "business-" + hashlib.sha256((key or self.key).encode()).hexdigest()[:12]
        return f"/v1/tenants/{name}/admin/rooms/queue"

    def configure(self, paused=False, key=None, **settings):
        answer = self.good("POST", "/config", settings, key=key)["updated_config"]
        self.assertEqual(self.server.admin("POST", self.room(key) + ("/pause" if paused else "/open"))[0], 200)
        return answer

    def enqueue(self, user, **more):
        return self.good("POST", "/queue/enqueue", user_id=user, **more)

    def status(self, jwt, **more):
        return self.good("GET", "/queue/status", jwt=jwt, **more)

    def until_ready(self, jwt):
        until = time.monotonic() + 30
        while time.monotonic() < until:
            answer = self.status(jwt)
            if answer["ready"]:
                return answer
            time.sleep(0.05)
        self.fail("nobody was admitted")

    def ready(self, user):
        jwt = self.enqueue(user)["jwt"]
        self.until_ready(jwt)
        return jwt

    def faults(self, answer):
        return [(fault["type"], fault["loc"]) for fault in answer["detail"]]


class Queue(Gatekeeper):
    def test_enqueue(self):
        """POST /queue/enqueue | {"jwt","position","message":"User enqueued successfully."}"""
        self.configure(**NEVER)
        answer = self.enqueue("ann")
        self.assertEqual(list(answer), ["jwt", "position", "message"])
        self.assertEqual((answer["position"], answer["message"]), (1, "User enqueued successfully."))
        self.assertEqual(self.enqueue("bob")["position"], 2)

    def test_jwt(self):
        """HS256; JWT_SECRET"""
        self.configure(**NEVER, jwt_expiry_seconds=60)
        jwt = self.enqueue("ann")["jwt"]
        self.assertEqual(decode(jwt.split(".")[0])["alg"], "HS256")
        self.assertEqual(self.status(signed(claims(jwt)))["position"], 1, "it is signed by JWT_SECRET")
        self.assertEqual(claims(jwt)["exp"] - claims(jwt)["iat"], 60)
        self.assertNotIn(self.key, json.dumps(claims(jwt)), "it does not give the API key away")

    def test_already_queued(self):
        """already queued or ready: `jwt` is "" and the place is kept"""
        self.configure(**NEVER)
        self.enqueue("ann")
        self.enqueue("bob")
        again = self.enqueue("ann")
        self.assertEqual(again, {"jwt": "", "position": 1, "message": "User enqueued successfully."})
        self.assertEqual(self.enqueue("bob")["position"], 2)

    def test_a_retry_with_its_key_gets_its_jwt(self):
        """An optional Idempotency-Key on every POST"""
        self.configure(**NEVER)
        key = {"Idempotency-Key": "4d8b1f0e-0000-4000-8000-000000000003"}
        first = self.enqueue("ann", **key)
        again = self.enqueue("ann", **key)
        self.assertEqual((again["position"], again["message"]), (1, "User enqueued successfully."))
        self.assertEqual(claims(again["jwt"])["user_id"], "ann")
        self.assertEqual(self.status(again["jwt"])["position"], 1)
        self.assertEqual(self.enqueue("bob", **key)["position"], 2, "users share no key")
        for other in ({"Idempotency-Key": "4d8b1f0e-0000-4000-8000-000000000004"}, {"Idempotency-Key": "1"}, {}):
            self.assertEqual(self.enqueue("ann", **other)["jwt"], "", f"{other}: another key is another call")
        # A key that anybody would guess gives nobody another's JWT.
        self.assertTrue(self.enqueue("eve", **{"Idempotency-Key": "1"})["jwt"])
        self.assertEqual(self.enqueue("eve", **{"Idempotency-Key": "1"})["jwt"], "")
        self.configure(admission_frequency=1)
        self.until_ready(first["jwt"])
        self.assertTrue(self.enqueue("ann", **key)["jwt"], "ready, and its JWT was lost")
        self.good("DELETE", "/queue/finish", jwt=first["jwt"])
        self.assertEqual(self.call("POST", "/queue/enqueue", user_id="ann", **key)[0], 410, "what it made is over")
        self.assertTrue(self.enqueue("ann")["jwt"])

    def test_already_ready(self):
        """already queued or ready: `jwt` is ""; `enqueue` always answers a whole-number position"""
        self.configure(admission_frequency=1)
        jwt = self.ready("ann")
        again = self.enqueue("ann")
        self.assertEqual((again["jwt"], again["message"]), ("", "User enqueued successfully."))
        self.assertIs(type(again["position"]), int)
        self.assertTrue(self.status(jwt)["ready"])

    def test_admitted_at_once(self):
        """`enqueue` always answers a whole-number position, also to one who is admitted at once"""
        self.configure(**NEVER)
        self.assertEqual(self.server.admin("POST", self.room() + "/bypass")[0], 200)
        answer = self.enqueue("ann")
        self.assertIs(type(answer["position"]), int)
        self.assertTrue(answer["jwt"])
        self.assertTrue(self.status(answer["jwt"])["ready"])

    def test_status(self):
        """GET /queue/status | {"warning_msg":null|text,"jwt_token","position":int|null,"ready":bool}"""
        self.configure(**NEVER)
        self.enqueue("ann")
        jwt = self.enqueue("bob")["jwt"]
        waiting = {"warning_msg": None, "jwt_token": jwt, "position": 2, "ready": False}
        self.assertEqual(self.status(jwt), waiting)
        self.configure(admission_frequency=1)
        self.assertEqual(self.until_ready(jwt), {**waiting, "position": None, "ready": True})

    def test_status_of_an_expired_jwt(self):
        """an expired but genuine JWT is issued again"""
        self.configure(**NEVER, jwt_expiry_seconds=120)
        old = expired(self.enqueue("ann")["jwt"])
        answer = self.status(old)
        self.assertEqual((answer["position"], answer["ready"]), (1, False))
        fresh = claims(answer["jwt_token"])
        self.assertGreater(fresh["exp"], time.time() + 60)
        self.assertEqual(self.status(answer["jwt_token"])["jwt_token"], answer["jwt_token"], "not again while it is good")

    def test_status_of_a_stranger(self):
        """a stranger gets 200 with `warning_msg`"""
        self.configure(**NEVER)
        jwt = signed({**claims(self.enqueue("ann")["jwt"]), "user_id": "nobody"})
        answer = self.status(jwt)
        self.assertIsInstance(answer["warning_msg"], str)
        self.assertEqual((answer["jwt_token"], answer["position"], answer["ready"]), (jwt, None, False))

    def test_verify(self):
        """GET /queue/verify | {"message":"User is ready","ready":true}, or ready false with 200"""
        self.configure(**NEVER)
        jwt = self.enqueue("ann")["jwt"]
        self.assertIs(self.good("GET", "/queue/verify", jwt=jwt)["ready"], False)
        self.configure(admission_frequency=1)
        self.until_ready(jwt)
        self.assertEqual(self.good("GET", "/queue/verify", jwt=jwt), {"message": "User is ready", "ready": True})

    def test_finish(self):
        """DELETE /queue/finish | {"status":"ready_cleared"|"not_ready","message"}"""
        self.configure(**NEVER)
        jwt = self.enqueue("ann")["jwt"]
        self.assertEqual(self.good("DELETE", "/queue/finish", jwt=jwt)["status"], "not_ready")
        self.assertEqual(self.status(jwt)["position"], 1, "the place is kept")
        self.configure(admission_frequency=1)
        self.until_ready(jwt)
        cleared = {"status": "ready_cleared", "message": "User removed from ready state"}
        self.assertEqual(self.good("DELETE", "/queue/finish", jwt=jwt), cleared)
        self.assertEqual(self.good("DELETE", "/queue/finish", jwt=jwt)["status"], "not_ready")
        self.assertIsInstance(self.status(jwt)["warning_msg"], str)
        self.assertTrue(self.enqueue("ann")["jwt"], "and may come again")

    def test_old_jwts_of_the_ready(self):
        """`verify` and `finish` accept an expired but genuine JWT while its user is ready"""
        self.configure(admission_frequency=1)
        old = expired(self.ready("ann"))
        self.assertTrue(self.good("GET", "/queue/verify", jwt=old)["ready"])
        self.assertEqual(self.good("DELETE", "/queue/finish", jwt=old)["status"], "ready_cleared")
        for method, path in (("GET", "/queue/verify"), ("DELETE", "/queue/finish")):
            self.assertEqual(self.call(method, path, jwt=old)[0], 401, path)

    def test_rounds(self):
        """the interval admits, `finish` admits nobody"""
        self.configure(admission_frequency=8, admission_limit=1)
        self.assertTrue(self.server.admin("GET", self.room())[2]["policy"]["admit"]["rounds"])
        jwts = [self.enqueue(user)["jwt"] for user in ("ann", "bob", "eve")]
        self.until_ready(jwts[0])
        self.assertEqual([self.status(jwt)["position"] for jwt in jwts], [None, 1, 2])
        self.good("DELETE", "/queue/finish", jwt=jwts[0])
        self.assertFalse(self.status(jwts[1])["ready"])
        self.until_ready(jwts[1])
        self.assertFalse(self.status(jwts[2])["ready"], "one at a time")

    def test_ready_time_is_fixed(self):
        """ready time is fixed"""
        self.configure(admission_frequency=1, ready_ttl_seconds=60)
        jwt = self.ready("ann")
        room = self.server.admin("GET", self.room())[2]
        self.assertEqual(room["policy"]["session"], {"ttl": "1m", "renew": "never"})
        self.assertTrue(self.status(jwt)["ready"])


    def test_the_end_of_the_ready_time(self):
        """ready time is fixed: no use prolongs it, and after it one is a stranger and may come again"""
        self.configure(admission_frequency=1)
        policy = self.server.admin("GET", self.room())[2]["policy"]
        self.assertEqual(self.server.admin("PUT", self.room(), {**policy, "session": {"ttl": "3s", "renew": "never"}})[0], 200)
        jwt = self.ready("ann")
        until = time.monotonic() + 30
        while self.good("GET", "/queue/verify", jwt=jwt)["ready"]:
            self.assertLess(time.monotonic(), until, "its use prolongs it")
            time.sleep(0.1)
        answer = self.status(jwt)
        self.assertIsInstance(answer["warning_msg"], str)
        self.assertEqual((answer["jwt_token"], answer["position"], answer["ready"]), (jwt, None, False))
        self.assertEqual(self.good("DELETE", "/queue/finish", jwt=jwt)["status"], "not_ready")
        for method, path in (("GET", "/queue/verify"), ("DELETE", "/queue/finish")):
            status, _, answer = self.call(method, path, jwt=expired(jwt))
            self.assertEqual((status, answer), (401, {"detail": "Token has expired"}), path)
        again = self.enqueue("ann")
        self.assertTrue(again["jwt"])
        self.assertEqual(again["message"], "User enqueued successfully.")


class Config(Gatekeeper):
    def test_read(self):
        """GET /config | {"message","updated_config":{…all eight…}}; 1000, 5, 300, 600"""
        answer = self.good("GET", "/config")
        self.assertEqual(list(answer), ["message", "updated_config"])
        config = answer["updated_config"]
        self.assertEqual(list(config), CONFIG)
        self.assertEqual([config[name] for name in CONFIG[4:]], [1000, 5, 300, 600])
        self.assertTrue(all(type(value) is int and value >= 1 for value in config.values()), config)

    def test_change_some(self):
        """POST /config (partial)"""
        before = self.good("GET", "/config")["updated_config"]
        answer = self.good("POST", "/config", {"admission_limit": 20, "admission_frequency": 10})
        self.assertEqual(answer["message"], "Configuration updated successfully")
        wanted = {**before, "admission_limit": 20, "admission_frequency": 10}
        self.assertEqual(answer["updated_config"], wanted)
        self.assertEqual(self.good("GET", "/config")["updated_config"], wanted)
        self.assertEqual(self.good("POST", "/config", {})["updated_config"], wanted)

    def test_change_all(self):
        """…all eight…"""
        wanted = dict(zip(CONFIG, (100, 60, 61, 62, 10, 5, 120, 300)))
        self.assertEqual(self.configure(**wanted), wanted)
        self.assertEqual(self.good("GET", "/config")["updated_config"], wanted)

    def test_ranges(self):
        """Config and ranges … Out of range: 422 naming the field"""
        ends = {"admission_limit": (1, None), "admission_frequency": (1, None), "jwt_expiry_seconds": (60, 600),
                "ready_ttl_seconds": (60, 3600), **{name: (1, None) for name in CONFIG[:4]}}  # fmt: skip
        for name, (least, most) in ends.items():
            wrong = [(least - 1, "greater_than_equal"), (-5, "greater_than_equal"), ("ten", "int_parsing"), (1.5, "int_from_float")]
            if most:
                wrong.append((most + 1, "less_than_equal"))
                self.assertEqual(self.configure(**{name: most})[name], most)
            for value, kind in wrong:
                status, _, answer = self.call("POST", "/config", {name: value})
                self.assertEqual((status, self.faults(answer)), (422, [(kind, ["body", name])]), (name, value))
            self.assertEqual(self.configure(**{name: least})[name], least)

    def test_numbers_as_text(self):
        """pydantic's lax mode: "20" is 20"""
        for said in ("20", " +20 ", "2_0", 20.0, "20.0"):
            self.configure(admission_limit=7)
            self.assertEqual(self.configure(admission_limit=said)["admission_limit"], 20, said)
        for said, kind in (("20.5", "int_parsing"), ("", "int_parsing"), ("2e1", "int_parsing"), (True, "int_type"), ("0", "greater_than_equal")):
            status, _, answer = self.call("POST", "/config", {"admission_limit": said})
            self.assertEqual((status, self.faults(answer)), (422, [(kind, ["body", "admission_limit"])]), said)

    def test_a_last_slash_too_many(self):
        """307 to the path that there is, as FastAPI"""
        status, headers, _ = self.server.call("GET", "/queue/status/?a=1")
        self.assertEqual((status, headers["Location"]), (307, "/queue/status?a=1"))

    def test_businesses_are_apart(self):
        """multi-tenant"""
        other = next(self.keys)
        self.configure(admission_limit=7)
        self.assertEqual(self.good("GET", "/config", key=other)["updated_config"]["admission_limit"], 1000)
        self.configure(**NEVER)
        self.configure(**NEVER, key=other)
        self.enqueue("ann")
        self.assertEqual(self.enqueue("ann", key=other)["position"], 1)


class Refusals(Gatekeeper):
    ENDPOINTS = [
        ("POST", "/queue/enqueue", "user_id"),
        ("GET", "/queue/status", "jwt"),
        ("GET", "/queue/verify", "jwt"),
        ("DELETE", "/queue/finish", "jwt"),
        ("GET", "/config", None),
        ("POST", "/config", None),
    ]

    def test_missing_headers(self):
        """Missing header: 422"""
        for method, path, more in self.ENDPOINTS:
            status, _, answer = self.server.call(method, path, {} if path == "/config" and method == "POST" else None)
            wanted = [("missing", ["header", name]) for name in ["business_id"] + ([more] if more else [])]
            self.assertEqual((status, self.faults(answer)), (422, wanted), path)

    def test_unknown_business(self):
        """Unknown business … 401"""
        for key in ("unknown", self.key + "x", "a" * 5_000, ADMIN_TOKEN):
            for method, path, more in self.ENDPOINTS:
                status, _, answer = self.call(method, path, key=key, **({more: "x"} if more else {}))
                self.assertEqual((status, answer), (401, {"detail": "Invalid business_id"}), path)

    def test_forged_jwt(self):
        """forged JWT … 401"""
        self.configure(**NEVER)
        jwt = self.enqueue("ann")["jwt"]
        said = claims(jwt)
        without = encode(b'{"alg":"none","typ":"JWT"}') + "." + jwt.split(".")[1] + "."
        for forged in (signed(said, "another"), jwt[:-2], jwt + "x", "a.b.c", "x", without, "é", "a" * 9_000,
                       signed({**said, "exp": "soon"}), signed({k: v for k, v in said.items() if k != "user_id"}),
                       signed({k: v for k, v in said.items() if k != "exp"}), signed(said, algorithm="HS512")):  # fmt: skip
            for method, path, more in self.ENDPOINTS:
                if more == "jwt":
                    status, _, answer = self.call(method, path, jwt=forged.encode().decode("latin-1"))
                    self.assertEqual((status, answer), (401, {"detail": "Invalid token"}), (path, forged))

    def test_jwt_of_another_business(self):
        """another business's JWT: 401"""
        other = next(self.keys)
        self.configure(**NEVER, key=other)
        foreign = self.enqueue("ann", key=other)["jwt"]
        self.configure(**NEVER)
        self.enqueue("ann")
        for method, path, more in self.ENDPOINTS:
            if more == "jwt":
                self.assertEqual(self.call(method, path, jwt=foreign)[0], 401, path)

    def test_expired_jwt(self):
        """an expired one whose user is not ready: 401, but for status"""
        self.configure(**NEVER)
        old = expired(self.enqueue("ann")["jwt"])
        for method, path in (("GET", "/queue/verify"), ("DELETE", "/queue/finish")):
            status, _, answer = self.call(method, path, jwt=old)
            self.assertEqual((status, answer), (401, {"detail": "Token has expired"}), path)

    def test_users(self):
        """missing, malformed, oversized"""
        for user, kind in (("", "string_too_short"), ("u" * 257, "string_too_long"), ("\xe9", "string_unicode")):
            status, _, answer = self.call("POST", "/queue/enqueue", user_id=user)
            self.assertEqual((status, self.faults(answer)), (422, [(kind, ["header", "user_id"])]))
        self.configure(**NEVER)
        self.assertTrue(self.enqueue("u" * 256)["jwt"])

    def test_bodies(self):
        """missing, malformed, oversized"""
        self.assertEqual(self.call("POST", "/config")[0], 422)
        for body, kind in (([], "model_attributes_type"), ("text", "model_attributes_type"), (7, "model_attributes_type")):
            status, _, answer = self.call("POST", "/config", body)
            self.assertEqual((status, self.faults(answer)), (422, [(kind, ["body"])]), body)
        self.assertEqual(self.call("POST", "/config", {"admission_limit": "9" * 70_000})[0], 413)
        with Connection(self.server.port) as connection:
            connection.http.request("POST", "/config", b"{broken", {"business_id": self.key})
            answer = connection.http.getresponse()
            self.assertEqual((answer.status, self.faults(json.loads(answer.read()))), (422, [("json_invalid", ["body"])]))

    def test_other_methods(self):
        for method, path, allow in (("GET", "/queue/enqueue", "POST"), ("POST", "/queue/status", "GET, HEAD"),
                                    ("GET", "/queue/finish", "DELETE"), ("DELETE", "/config", "GET, HEAD, POST")):  # fmt: skip
            status, headers, answer = self.call(method, path)
            self.assertEqual((status, headers["Allow"], answer), (405, allow, {"detail": "Method Not Allowed"}), path)

    def test_address_limits(self):
        """Over a limit: 429 with `Retry-After`, counted per business, address and endpoint"""
        other = next(self.keys)
        self.configure(**NEVER, ip_enqueue_limit=2, ip_enqueue_limit_interval=600,
                       ip_status_polling_limit=1, ip_status_polling_limit_interval=600)  # fmt: skip
        jwt = self.enqueue("ann")["jwt"]
        self.enqueue("bob")
        status, headers, answer = self.call("POST", "/queue/enqueue", user_id="eve")
        self.assertEqual((status, answer), (429, {"detail": "Too many requests"}))
        self.assertIn(int(headers["Retry-After"]), range(1, 601))
        self.status(jwt)  # another endpoint
        self.assertEqual(self.call("GET", "/queue/status", jwt=jwt)[0], 429)
        self.good("GET", "/queue/verify", jwt=jwt)  # which has none
        self.configure(**NEVER, key=other)
        self.enqueue("ann", key=other)  # another business

    def test_a_limit_ends(self):
        self.configure(**NEVER, ip_enqueue_limit=1, ip_enqueue_limit_interval=1)
        self.enqueue("ann")
        until = time.monotonic() + 30
        while self.call("POST", "/queue/enqueue", user_id="bob")[0] == 429:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)


class Around(Gatekeeper):
    def test_hyphenated_headers(self):
        """accept the hyphenated forms too (`Business-Id`, `User-Id`), since some proxies drop underscores"""
        self.configure(**NEVER)
        status, _, answer = self.server.call("POST", "/queue/enqueue", headers={"Business-Id": self.key, "User-Id": "ann"})
        self.assertEqual((status, answer["position"]), (200, 1))
        for names in ({"business-id": self.key}, {"BUSINESS_ID": self.key}):
            status, _, _ = self.server.call("GET", "/queue/status", headers={**names, "JWT": answer["jwt"]})
            self.assertEqual(status, 200)

    def test_health(self):
        """GET /health | {"status":"healthy"}, no key needed"""
        status, _, answer = self.server.call("GET", "/health")
        self.assertEqual((status, answer["status"]), (200, "healthy"))

    def test_docs(self):
        """`/docs` and `/redoc` too"""
        for path in ("/docs", "/redoc"):
            status, headers, _ = self.server.call("GET", path)
            self.assertEqual((status, headers["Content-Type"].split(";")[0]), (200, "text/html"), path)
        described = self.server.call("GET", "/openapi.json")[2]["paths"]
        for method, path, _ in Refusals.ENDPOINTS:
            self.assertIn(method.lower(), described[path])

    def test_other_origins(self):
        """preflights are answered without credentials; `Retry-After` and the rate headers are exposed"""
        asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "business_id,user_id"}  # fmt: skip
        status, headers, _ = self.server.call("OPTIONS", "/queue/enqueue", headers=asked)
        self.assertIn(status, (200, 204))
        self.assertIn(headers["Access-Control-Allow-Origin"], ("*", "https://shop.example"))
        allowed = headers["Access-Control-Allow-Headers"].lower()
        self.assertTrue("business_id" in allowed and "user_id" in allowed and "jwt" in allowed, allowed)
        _, headers, _ = self.call("GET", "/config", Origin="https://shop.example")
        self.assertIn("retry-after", headers["Access-Control-Expose-Headers"].lower())

    def test_places_outlive_the_server(self):
        """an acknowledged place survives `kill -9`"""
        environment = {"BUSINESS_IDS": self.key}
        with Server(EXAMPLE, environment=environment) as server:
            self.server, shared = server, self.server
            try:
                self.configure(**NEVER)
                jwt = self.enqueue("ann")["jwt"]
                server.kill()
                server.start()
                self.assertEqual(self.status(jwt)["position"], 1)
                server.environment["BUSINESS_IDS"] = ""
                server.stop()
                server.start()
                self.assertEqual(self.call("GET", "/config")[0], 401, "a key that left the list is revoked")
            finally:
                self.server = shared


class Revocation(Gatekeeper):
    """What was found before is not believed for longer than it is true."""

    def tenant(self):
        return self.room().removesuffix("/admin/rooms/queue").replace("/v1/", "/v1/admin/")

    def setUp(self):
        super().setUp()
        self.configure(**NEVER)
        self.jwt = self.enqueue("ann")["jwt"]
        for _ in range(2):
            self.assertEqual(self.status(self.jwt)["position"], 1)

    def refused(self, wanted):
        for method, path, more in Refusals.ENDPOINTS:
            headers = {"user_id": "bob", "jwt": self.jwt}
            status, _, answer = self.call(method, path, **({more: headers[more]} if more else {}))
            self.assertEqual((status, answer), wanted, path)

    def test_a_key_that_is_taken_away_is_refused_at_once(self):
        self.assertEqual(self.server.admin("DELETE", self.tenant() + "/keys/business-id")[0], 204)
        self.refused((401, {"detail": "Invalid business_id"}))

    def test_a_business_that_is_removed_is_refused_at_once(self):
        self.assertEqual(self.server.admin("DELETE", self.tenant())[0], 204)
        self.refused((401, {"detail": "Invalid business_id"}))

    def test_a_queue_that_was_taken_away_is_made_again(self):
        for ask in (lambda: self.status(self.jwt)["warning_msg"], lambda: self.enqueue("bob")["jwt"]):
            self.assertEqual(self.server.admin("DELETE", self.room())[0], 204)
            self.assertTrue(ask())
            self.assertEqual(self.server.admin("GET", self.room())[0], 200)

    def test_another_secret_makes_the_jwts_of_the_last_one_forged(self):
        """A reload says that it needs a restart."""
        with Server(EXAMPLE, environment={"BUSINESS_IDS": self.key, "JWT_SECRET": SECRET}) as server:
            self.server, shared = server, self.server
            try:
                self.configure(**NEVER)
                self.jwt = self.enqueue("ann")["jwt"]
                config = Path(server.command[server.command.index("--config") + 1])
                config.write_text(EXAMPLE.replace("${JWT_SECRET:}", "another_secret_that_is_as_long_as_it"))
                server.process.send_signal(signal.SIGHUP)
                until = time.monotonic() + 30
                while "compat.gatekeeper changed" not in server.errors():
                    self.assertLess(time.monotonic(), until)
                    time.sleep(0.05)
                self.assertEqual(self.status(self.jwt)["position"], 1)
                server.stop()
                server.start()
                self.assertEqual(self.call("GET", "/queue/status", jwt=self.jwt)[0], 401)
                self.assertEqual(self.enqueue("ann")["position"], 1, "the place is kept")
            finally:
                self.server = shared


class Page(unittest.TestCase):
    def test_settings(self):
        """Each variable of the example is in .env.example, and the page's are"""
        named = set(re.findall(r"\$\{([A-Z_]+):[^}]*\}", EXAMPLE))
        shipped = (ROOT / "examples" / "gatekeeper.env.example").read_text()
        self.assertEqual(named, set(re.findall(r"^([A-Z_]+)=", shipped, re.M)))
        for variable in ("JWT_SECRET", "BUSINESS_IDS", "DATABASE_URL", "REDIS_URL"):
            self.assertIn(variable + "=", shipped)


if __name__ == "__main__":
    unittest.main()
