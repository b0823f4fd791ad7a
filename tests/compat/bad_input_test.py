#!/usr/bin/env python3
"""Bad input: for every endpoint of the five, missing, malformed, foreign, expired, oversized: the exact answer.

The calls are those of /openapi.json, so that none is forgotten: what an endpoint takes (a credential, a body, a name in its
address) says which of the kinds there are, and a call that fits no table fails the first test. What users, businesses and
first frames of sockets get wrong is in the tests of their systems, which `ELSEWHERE` names.
"""

import base64
import hashlib
import hmac
import http.client
import itertools
import json
import re
import sys
import time
import unittest
from contextlib import closing
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from doorward import ADMIN_TOKEN, Server  # noqa: E402

METHODS = ("get", "post", "put", "delete")
SECRET = "a secret of the tests of bad input, 0123456789"
LONG, LARGE = "a" * 9_000, b"a" * 200_000
HEAD_MOST, BODY_MOST = 32_768, 65_536

# By the file that has every one of their kinds.
ELSEWHERE = {
    "gatekeeper_test.py": re.compile("/queue/|/config"),
    "ticketing_gateway/queue_test.py": re.compile("/api/v1/queue/"),
    "wait_queue/sockets_test.py": re.compile("/ws/$"),
}
# Of what they are sent they read nothing.
TAKE_NOTHING = re.compile("/$|/health$|/token/?$|/api/data$|/actuator/|/swagger-ui|/v3/api-docs$")
NO_ADMIN = {
    "title": "The admin token is needed", "status": 401, "type": "urn:doorward:problem:admin-only",
    "detail": "Send Authorization: Bearer with the admin token.",
}  # fmt: skip


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(secret=SECRET, **claims):
    text = ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{text}.{encoded(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())}"


def fault(kind, message, *place):
    return {"detail": [{"type": kind, "loc": list(place), "msg": message}]}
WRONG_ADMIN = {**NO_ADMIN, "detail": "That is not the admin token."}


class BadInput(unittest.TestCase):
    """One server with the calls of all five; no route, no business, no issuer, and nobody is admitted."""

    @classmethod
    def setUpClass(cls):
        config = f"compat: {{ wait_queue: {{ secret: '{SECRET}' }} }}\nrooms: {{ wait-queue: {{ mode: paused }} }}\n"
        cls.server = Server(config).start()
        paths = cls.server.call("GET", "/openapi.json")[2]["paths"]
        cls.calls = {
            (method.upper(), path): call
            for path, item in paths.items() if not path.startswith("/v1/")
            for method, call in item.items() if method in METHODS
        }  # fmt: skip
        # So that nobody is answered as one who guesses.
        cls.hosts = (f"127.{net}.0.{host}" for net, host in itertools.product(range(1, 250), range(1, 250)))

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server._folder.cleanup()

    def ask(self, method, path, body=None, **headers):
        """As it is, with no field that was not asked for: (status, fields, JSON or text)."""
        peer = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30, source_address=(next(self.hosts), 0))
        with closing(peer):
            peer.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items():
                peer.putheader(name.replace("_", "-"), value.encode("latin-1"))
            if body is not None:
                peer.putheader("Content-Length", str(len(body)))
            peer.endheaders(body)
            answer = peer.getresponse()
            text = answer.read()
            is_json = "json" in (answer.getheader("Content-Type") or "")
            return answer.status, answer.headers, json.loads(text) if is_json and text else text.decode()

    def assert_answer(self, status, wanted, method, path, body=None, **headers):
        said = self.ask(method, path, body, **headers)
        self.assertEqual((said[0], said[2]), (status, wanted), (method, path, str(body)[:60], str(headers)[:60]))
        return said[1]

    def elsewhere(self, path):
        return any(pattern.match(path) for pattern in ELSEWHERE.values())

    def by_admins(self):
        """Those that only the admin token opens, in the default configuration."""
        return [call for call, said in self.calls.items() if {"admin": []} in said.get("security", [])]

    def named(self):
        return [call for call in self.calls if "{" in call[1]]


class Everywhere(BadInput):
    def test_every_call_is_in_a_table(self):
        known = {call for call in self.calls if self.elsewhere(call[1]) or TAKE_NOTHING.match(call[1])}
        known |= set(self.by_admins()) | set(self.named()) | set(Bodies.ROWS) | {("GET", path) for path in Limited.PATHS}
        self.assertEqual(set(self.calls) - known, set())
        self.assertGreater(len(self.calls), 35)
        for file in ELSEWHERE:
            self.assertTrue((Path(__file__).parent / file).exists(), file)

    def test_heads_and_addresses(self):
        """malformed, oversized: what is too long, or no address, is refused before anybody reads it"""
        for method, path in self.calls:
            path = path.replace("{", "").replace("}", "")
            # System 3's calls are its own; without `envelope` the words are Doorward's.
            for what, status, title, detail in (
                (path + "?a=%zz", 400, "Bad Request", "The target has a bad percent escape."),
                (f"{path}?{LONG}", 414, "URI Too Long", "The first line is longer than allowed."),
            ):
                self.assert_answer(status, {"title": title, "status": status, "detail": detail}, method, what)
            wanted = {"title": "Request Header Fields Too Large", "status": 431, "detail": "The head is larger than allowed."}
            self.assert_answer(431, wanted, method, path, X_Long="a" * HEAD_MOST)

    def test_methods(self):
        """405 with what is allowed, in the words of the system"""
        for path in {path for _, path in self.calls}:
            allowed = [method for method, known in self.calls if known == path]
            wanted = ", ".join("GET, HEAD" if method == "GET" else method for method in allowed)
            status, fields, said = self.ask("PATCH", path.replace("{", "").replace("}", ""))
            # A stranger learns nothing of the ticketing gateway's queue.
            is_hidden = path.startswith("/api/v1/queue/")
            self.assertEqual((status, fields["Allow"]), (401, None) if is_hidden else (405, wanted), path)
            code = said.get("error", {}).get("code")
            if code is None:
                self.assertEqual(said, {"detail": "Method Not Allowed"})
            else:
                self.assertEqual(code, "USER_ID_REQUIRED" if is_hidden else "METHOD_NOT_ALLOWED")

    def test_what_nobody_reads(self):
        """A body that a call does not ask for changes nothing, whatever it is, and however large"""
        for method, path in self.calls:
            if (method, path) in Bodies.ROWS or "{" in path or path in ("/process_queue", "/admin/reset"):
                continue
            usual = self.ask(method, path)[0]
            for body in (b"", b"{", b"\xff\x00", LARGE):
                self.assertEqual(self.ask(method, path, body)[0], usual, (method, path, body[:10]))


class Admins(BadInput):
    BAD = {
        "missing": [None, "", "Bearer", "Bearer "],
        "malformed": [ADMIN_TOKEN, "Basic YWRtaW46YWRtaW4=", f"Token {ADMIN_TOKEN}", f"Bearer {ADMIN_TOKEN} x", "Bearer \xe9"],
        "foreign": [f"Bearer {ADMIN_TOKEN}x", f"Bearer {ADMIN_TOKEN[:-1]}", f"Bearer {ADMIN_TOKEN.upper()}"],
        "expired": ["Bearer " + jwt(sub="admin", exp=1)],
        "oversized": ["Bearer " + LONG],
    }

    def test_all_kinds(self):
        self.assertIn(("POST", "/process_queue"), self.by_admins())
        self.assertIn(("DELETE", "/admin/configs/{endpoint}"), self.by_admins())
        before = self.server.admin("GET", "/admin/configs")[2]
        for method, path in self.by_admins():
            path = path.replace("{", "").replace("}", "")
            for value in itertools.chain(*self.BAD.values()):
                headers = {} if value is None else {"Authorization": value}
                wanted = WRONG_ADMIN if re.match("Bearer .", value or "") else NO_ADMIN
                fields = self.assert_answer(401, wanted, method, path, **headers)
                self.assertEqual(fields["WWW-Authenticate"], "Bearer")
        self.assertEqual(self.server.admin("GET", "/admin/configs")[2], before)


class Bodies(BadInput):
    """By the call: what is said of no body, and of a body that is no object. None: that is as good as another."""

    OBJECT = fault("model_attributes_type", "Input should be a valid object", "body")
    DICTIONARY = fault("model_attributes_type", "Input should be a valid dictionary", "body")
    MISSING = fault("missing", "Field required", "body")
    ROWS = {
        ("POST", "/reserve"): (None, OBJECT),
        ("POST", "/api/submit"): (MISSING, None),
        ("POST", "/admin/configs"): (MISSING, DICTIONARY),
        ("PUT", "/admin/configs/{endpoint}"): (MISSING, DICTIONARY),
    }
    BROKEN = {
        b"{": "incomplete JSON at byte 1", b"endpoint=/a": "syntax error at byte 0", b"{} {}": "extra data at byte 3",
        b'{"a":1,}': "syntax error at byte 7", b"{'a':1}": "syntax error at byte 1", b'{"a":NaN}': "syntax error at byte 5",
        b'{"a":"\xff"}': "syntax error at byte 6", b"\xef\xbb\xbf{}": "syntax error at byte 0",
        b'{"a":1,"a":2}': "a member stands twice in one object", b"[" * 5_000: "too deep at byte 32",
    }  # fmt: skip

    def setUp(self):
        said = {"endpoint": "/x", "requests_per_window": 5, "window_seconds": 60}
        self.assertIn(self.server.admin("POST", "/admin/configs", said)[0], (200, 409))

    def each(self):
        for (method, path), wanted in self.ROWS.items():
            yield method, path.replace("{endpoint}", "x"), *wanted

    def refused(self, status, wanted, method, path, body):
        self.assert_answer(status, wanted, method, path, body, Authorization=f"Bearer {ADMIN_TOKEN}")

    def test_missing(self):
        for method, path, missing, _ in self.each():
            for body in (None, b"") if missing else ():
                self.refused(422, missing, method, path, body)

    def test_malformed(self):
        for method, path, _, no_object in self.each():
            for body, what in self.BROKEN.items():
                self.refused(422, fault("json_invalid", f"JSON decode error: not JSON: {what}", "body"), method, path, body)
            for body in (b"[]", b'"a"', b"7", b"null", b"true") if no_object else ():
                self.refused(422, no_object, method, path, body)

    def test_oversized(self):
        for method, path, _, _ in self.each():
            body = json.dumps({"user_id": "a" * BODY_MOST}).encode()
            self.refused(413, {"detail": "Request body too large"}, method, path, body)

    def test_none_of_them_did_anything(self):
        self.assertEqual(len(self.server.admin("GET", "/admin/configs")[2]), 1)
        self.assertEqual(self.ask("POST", "/reserve")[0], 200, "the ticket is there still")


class Names(BadInput):
    """A name in the address: of a user, of a client, of an endpoint."""

    def test_malformed(self):
        for method, path in self.named():
            head = path[: path.index("{")]
            admin = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
            self.assert_answer(400, {"detail": "The address is no text in UTF-8"}, method, head + "%ff", **admin)
            for broken in ("%", "%z", "%zz", "%00"):
                wanted = {"title": "Bad Request", "status": 400, "detail": "The target has a bad percent escape."}
                self.assert_answer(400, wanted, method, head + broken, **admin)

    def test_oversized(self):
        wanted = fault("string_too_long", "String should have at most 255 characters", "path", "user_id")
        self.assert_answer(422, wanted, "GET", "/status/" + "a" * 256)
        for method in ("PUT", "DELETE"):
            self.assert_answer(404, {"detail": "Configuration not found"}, method, "/admin/configs/" + "a" * 5_000,
                               b"{}" if method == "PUT" else None, Authorization=f"Bearer {ADMIN_TOKEN}")  # fmt: skip

    def test_missing(self):
        """Nothing, where a name should be: no such address, or the one without the slash"""
        for method, path in self.named():
            head = path[: path.index("{")]
            status, fields, _ = self.ask(method, head, Authorization=f"Bearer {ADMIN_TOKEN}")
            is_listed = any(known == head[:-1] for _, known in self.calls)
            wanted = (307, head[:-1]) if is_listed else (426, None) if head == "/ws/" else (404, None)
            self.assertEqual((status, fields["Location"]), wanted, (method, path))


class Frames(BadInput):
    """What a socket is sent when nothing is awaited of it; first frames are in wait_queue/sockets_test.py."""

    def test_frames(self):
        """malformed, oversized: passed over, or closed with the code of RFC 6455"""
        for path, first in (("/ws/", True), ("/ws/global", False), ("/ws/someone", False)):
            for sent, code in (("x", None), ('{"access_token": "x"}', None), (b"x", 1003), ("x" * 5_000, 1009)):
                fields = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
                with connect(f"ws://127.0.0.1:{self.server.port}{path}", additional_headers=fields, proxy=None) as ws:
                    if first:
                        ws.send(json.dumps(self.ask("POST", "/token/")[2]))
                        self.assertEqual(json.loads(ws.recv(30))["status"], "wait")
                    ws.send(sent)
                    if code is None:
                        self.assertTrue(json.loads(ws.recv(30)), "it goes on")
                        continue
                    with self.assertRaises(ConnectionClosed) as end:
                        while True:
                            ws.recv(30)
                    self.assertEqual(end.exception.rcvd.code, code, (path, sent[:20]))


class Limited(BadInput):
    """`/limited/` and `/limited/deco/`: what is shown is the pass of the last frame."""

    PATHS = ["/limited/", "/limited/deco/"]

    def test_all_kinds(self):
        uuid = self.ask("POST", "/token/")[2]["uuid"]
        good = {"uuid": uuid, "status": "active", "exp": int(time.time()) + 60}
        head, body, seal = jwt(**good).split(".")
        nothing, scheme = (403, "Not authenticated"), (403, "Invalid authentication credentials")
        invalid, expired, ended = (401, "Invalid token"), (401, "Token has expired"), (401, "This session has ended")
        rows = [
            ("missing", None, nothing), ("missing", "", nothing), ("missing", "Bearer", nothing), ("missing", "Bearer ", nothing),
            ("malformed", "Basic YTpi", scheme), ("malformed", "Bearer x", invalid), ("malformed", f"Bearer {head}.{body}", invalid),
            ("malformed", f"Bearer {head}.{body}.", invalid), ("malformed", f"Bearer {head}.{seal}.{body}", invalid),
            ("malformed", f"Bearer {jwt(uuid=7, status='active', exp=good['exp'])}", invalid),
            ("malformed", f"Bearer {jwt(**{**good, 'status': 'Active'})}", invalid), ("malformed", "Bearer \xe9", invalid),
            ("foreign", f"Bearer {jwt('another secret, that signs as well', **good)}", invalid),
            ("foreign", f"Bearer {jwt(**{**good, 'uuid': '00000000-0000-4000-8000-000000000000'})}", ended),
            ("expired", f"Bearer {jwt(**{**good, 'exp': int(time.time()) - 120})}", expired),
            ("oversized", f"Bearer {LONG}", invalid), ("still waiting", f"Bearer {jwt(**good)}", (403, "This token is still waiting")),
        ]  # fmt: skip
        for path in self.PATHS:
            for _, value, (status, detail) in rows:
                headers = {} if value is None else {"Authorization": value}
                fields = self.assert_answer(status, {"detail": detail}, "GET", path, **headers)
                self.assertEqual(fields["WWW-Authenticate"], "Bearer" if status == 401 else None)


if __name__ == "__main__":
    unittest.main(verbosity=2)
