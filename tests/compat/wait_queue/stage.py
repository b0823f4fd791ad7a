"""The example of the wait queue, and what its clients do.

The servers differ from the example only by its own variables, so that rounds and sessions are short.
"""

import base64
import hashlib
import hmac
import json
import sys
import unittest
from contextlib import contextmanager
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "compat")]
from doorward import Server  # noqa: E402
from judge import Judge  # noqa: E402

EXAMPLE = (ROOT / "examples" / "wait-queue.yaml").read_text()
PAUSED = EXAMPLE.replace("    present_only: true", "    mode: paused\n    present_only: true")
SECRET = "a secret of the tests of the wait queue, 0123456789"
PATIENCE = 30


def encoded(value):
    return base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b"=")


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def forge(claims, secret=SECRET, header=None):
    """A JWT as any program with the secret makes it."""
    head = encoded(header or {"alg": "HS256", "typ": "JWT"}) + b"." + encoded(claims)
    return (head + b"." + encoded(hmac.new(secret.encode(), head, hashlib.sha256).digest())).decode()


def claims_of(token, secret=SECRET):
    """The claims of a token whose signature is checked by hand."""
    head, claims, signature = token.split(".")
    mac = hmac.new(secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert encoded(mac).decode() == signature, "the signature is not that of the secret"
    assert decoded(head)["alg"] == "HS256"
    return decoded(claims)


def unpause(server):
    status, _, answer = server.admin("PATCH", "/v1/admin/rooms/wait-queue", {"mode": "open"})
    assert status == 200, answer


class WaitQueue(unittest.TestCase):
    """One server for the tests of a class; each takes visitors of its own."""

    variables = {}

    @classmethod
    def setUpClass(cls):
        defaults = {"JWT_SECRET": SECRET, "ROUND": "1s"}
        cls.server = Server(EXAMPLE, environment={**defaults, **cls.variables}).start()
        cls.judge = Judge(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server._folder.cleanup()

    @contextmanager
    def paused(self, **variables):
        """A server of its own, whose room lets nobody in before `unpause`."""
        server = Server(PAUSED, environment={"JWT_SECRET": SECRET, "ROUND": "1s", **variables})
        with server as self.server:
            yield server
        self.server = type(self).server

    def call(self, method, path, **more):
        """One call, held to the OpenAPI document."""
        status, headers, answer = self.server.call(method, path, **more)
        self.assertEqual(self.judge.complaints(method, path, status, headers, answer), [])
        return status, headers, answer

    def token(self, path="/token/", **more):
        status, _, answer = self.call("POST", path, **more)
        self.assertEqual(status, 200, answer)
        return answer

    @contextmanager
    def socket(self, first=None):
        address = f"ws://127.0.0.1:{self.server.port}/ws/"
        with connect(address, open_timeout=PATIENCE, close_timeout=PATIENCE) as socket:
            if first is not None:
                socket.send(first if isinstance(first, (str, bytes)) else json.dumps(first))
            yield socket

    def read(self, socket):
        return json.loads(socket.recv(timeout=PATIENCE))

    def closed(self, socket):
        """The code and reason of the close that ends it, and the frames before."""
        frames = []
        while True:
            try:
                frames.append(self.read(socket))
            except ConnectionClosed as end:
                self.assertIsNotNone(end.rcvd, "the connection broke: that is 1006")
                return end.rcvd.code, end.rcvd.reason, frames

    def admit(self, visitor=None):
        """Waits at the socket until the pass comes, and gives it."""
        with self.socket(visitor or self.token()) as socket:
            code, _, frames = self.closed(socket)
        self.assertEqual(code, 1000, frames)
        return frames[-1]["access_token"]

    def limited(self, token=None, path="/limited/", **more):
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return self.call("GET", path, headers={**headers, **more})

    def assert_limited(self, token, path="/limited/"):
        status, headers, answer = self.limited(token, path)
        self.assertEqual((status, answer), (429, {"detail": "Too many requests"}))
        self.assertGreaterEqual(int(headers["Retry-After"]), 1)
        return int(headers["Retry-After"])
