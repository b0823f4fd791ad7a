#!/usr/bin/env python3
"""Wait queue: every call of its page, as its clients send them, against its example.

Each test quotes the line of the page that it checks. The servers differ from the example only by its own variables,
so that rounds and sessions are short.
"""

import base64
import concurrent.futures
import hashlib
import hmac
import http.server
import json
import sys
import threading
import time
import unittest
import uuid
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
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


class Backend:
    """Answers with the path; what is below /concurrency/ is held until the client is released."""

    def __enter__(self):
        backend = self
        self.held, self.free, self.changed = {}, set(), threading.Condition()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path.startswith("/concurrency/"):
                    backend.hold(self.headers["X-Client"])
                body = self.path.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def hold(self, client):
        with self.changed:
            self.held[client] = self.held.get(client, 0) + 1
            self.changed.notify_all()
            self.changed.wait_for(lambda: client in self.free, PATIENCE)

    def wait_for(self, client, calls):
        with self.changed:
            assert self.changed.wait_for(lambda: self.held.get(client, 0) == calls, PATIENCE), self.held

    def release(self, client):
        with self.changed:
            self.free.add(client)
            self.changed.notify_all()


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


class Tokens(WaitQueue):
    def test_token(self):
        """POST /token/ (also /token) | 200 {"access_token": jwt, "uuid": …, "status": "wait"}"""
        for path in ("/token/", "/token"):
            answer = self.token(path)
            self.assertEqual(list(answer), ["access_token", "uuid", "status"])
            self.assertEqual(answer["status"], "wait")
            self.assertEqual(uuid.UUID(answer["uuid"]).version, 4)

    def test_claims(self):
        """JWT: HS256, claims `uuid`, `status` (`wait` or `active`), `exp`. Key: `JWT_SECRET`"""
        answer = self.token()
        claims = claims_of(answer["access_token"])
        self.assertEqual(list(claims), ["uuid", "status", "exp"])
        self.assertEqual((claims["uuid"], claims["status"]), (answer["uuid"], "wait"))
        self.assertGreater(claims["exp"], time.time())
        active = claims_of(self.admit(answer))
        self.assertEqual((active["uuid"], active["status"]), (answer["uuid"], "active"))

    def test_every_call_makes_a_ticket(self):
        """Every `POST /token/` makes a new ticket; no cookie is set or read."""
        status, headers, first = self.server.call("POST", "/token/")
        self.assertNotIn("Set-Cookie", headers)
        cookie = {"Cookie": f"doorward_ticket_wait-queue={first['access_token']}; uuid={first['uuid']}"}
        second = self.token(headers=cookie)
        self.assertNotEqual(first["uuid"], second["uuid"])

    def test_a_retry_with_its_key_makes_none(self):
        """An optional Idempotency-Key on every POST"""
        key = {"Idempotency-Key": "4d8b1f0e-0000-4000-8000-000000000001"}
        self.assertEqual(self.token(headers=key)["uuid"], self.token(headers=key)["uuid"])
        short = {"Idempotency-Key": "1"}
        self.assertNotEqual(self.token(headers=short)["uuid"], self.token(headers=short)["uuid"])

    def test_wrong_methods(self):
        for method, path, allow in (
            ("GET", "/token/", "POST"),
            ("PUT", "/token", "POST"),
            ("POST", "/limited/", "GET, HEAD"),
            ("DELETE", "/limited/deco/", "GET, HEAD"),
            ("POST", "/ws/", "GET, HEAD"),
        ):
            status, headers, answer = self.server.call(method, path)
            self.assertEqual((status, answer, headers["Allow"]), (405, {"detail": "Method Not Allowed"}, allow), path)

    def test_the_token_is_not_kept_and_that_is_said_once(self):
        _, headers, _ = self.server.call("POST", "/token/")
        self.assertEqual(headers.get_all("Cache-Control"), ["no-store"])

    def test_a_last_slash_too_few(self):
        """307 to the path that there is, as FastAPI"""
        for method, path, wanted in (
            ("GET", "/limited", "/limited/"),
            ("GET", "/limited/deco?a=1", "/limited/deco/?a=1"),
            ("DELETE", "/limited", "/limited/"),
        ):
            status, headers, _ = self.server.call(method, path)
            self.assertEqual((status, headers["Location"]), (307, wanted), path)
        self.assertEqual(self.server.call("GET", "/limited/other")[0], 404)

    def test_a_priority_is_not_for_everybody(self):
        status, _, answer = self.call("POST", "/token/?priority=vip")
        self.assertEqual(
            (status, answer), (403, {"detail": "Only a backend with an API key asks for a priority"})
        )


class Sockets(WaitQueue):
    def test_positions_from_one(self):
        """the first frame is always the position, so that six sockets opened together read 1 to 6"""
        with self.paused():
            visitors = [self.token() for _ in range(6)]
            with concurrent.futures.ThreadPoolExecutor(6) as pool:

                def first_frame(visitor):
                    with self.socket(visitor) as socket:
                        return self.read(socket)

                frames = list(pool.map(first_frame, visitors))
        self.assertEqual(frames, [{"status": "wait", "position": n} for n in range(1, 7)])

    def test_first_frames_that_are_taken(self):
        """first frame {"access_token": jwt} or {"uuid", "status"}; … may be the whole answer of `/token/`"""
        for members in (["access_token"], ["uuid", "status"], ["access_token", "uuid", "status"]):
            answer = self.token()
            with self.socket({name: answer[name] for name in members}) as socket:
                code, _, frames = self.closed(socket)
            self.assertEqual(code, 1000, members)
            self.assertEqual(frames[0]["status"], "wait")
            self.assertEqual(frames[-1]["status"], "active")

    def test_position_at_once_on_change_and_every_five_seconds(self):
        """`{"status":"wait","position":N}` (from 1) at once, on change, at least every 5 s"""
        with self.paused(ROUND_COUNT="1", ROUND="3s") as server:
            first, second = self.token(), self.token()
            with self.socket(first) as ahead, self.socket(second) as behind:
                self.assertEqual(self.read(ahead)["position"], 1)
                begin = time.monotonic()
                self.assertEqual(self.read(behind)["position"], 2)
                self.assertEqual(self.read(behind)["position"], 2, "again, though nothing changed")
                self.assertGreater(time.monotonic() - begin, 3)
                unpause(server)
                self.assertEqual(self.closed(ahead)[0], 1000)
                frame = self.read(behind)
                while frame["position"] == 2:
                    frame = self.read(behind)
                self.assertEqual(frame, {"status": "wait", "position": 1})

    def test_admission(self):
        """on admission `{"access_token": jwt}` whose status is `active`, then close 1000 … carries `uuid` and "status":"active" too"""
        answer = self.token()
        with self.socket(answer) as socket:
            code, _, frames = self.closed(socket)
        self.assertEqual(code, 1000)
        self.assertEqual(list(frames[-1]), ["access_token", "uuid", "status"])
        self.assertEqual((frames[-1]["uuid"], frames[-1]["status"]), (answer["uuid"], "active"))
        self.assertEqual(claims_of(frames[-1]["access_token"])["status"], "active")
        self.assertEqual(self.limited(frames[-1]["access_token"])[0], 200)

    def test_unknown_and_stale_tokens(self):
        """Unknown or stale token: close 4001."""
        stranger = str(uuid.uuid4())
        soon = int(time.time()) + 60
        mine = self.token()
        cases = {
            "unknown uuid": {"uuid": stranger, "status": "wait"},
            "no uuid": {"uuid": "me", "status": "wait"},
            "uuid of another kind": {"uuid": 7, "status": "wait"},
            "forged": {"access_token": forge({"uuid": mine["uuid"], "status": "wait", "exp": soon}, "another secret")},
            "unsigned": {
                "access_token": forge({"uuid": mine["uuid"], "status": "wait", "exp": soon}, header={"alg": "none"})
            },
            "expired": {"access_token": forge({"uuid": mine["uuid"], "status": "wait", "exp": soon - 120})},
            "of nobody": {"access_token": forge({"uuid": stranger, "status": "wait", "exp": soon})},
            "without uuid": {"access_token": forge({"status": "wait", "exp": soon})},
            "no token": {"access_token": "x"},
            "no text": {"access_token": 5},
        }
        for what, first in cases.items():
            with self.socket(first) as socket:
                code, reason, frames = self.closed(socket)
            self.assertEqual((code, reason, frames), (4001, "Unknown or stale token", []), what)

    def test_malformed_first_frames(self):
        """Malformed first frame: close 4001 with a reason, never 1006"""
        malformed = "The first message must be the answer of /token/ as JSON"
        no_text = "The first message must be JSON text of at most 4 KiB"
        cases = {
            "": malformed,
            "not JSON": malformed,
            "[]": malformed,
            '"text"': malformed,
            "null": malformed,
            "{}": malformed,
            '{"status": "wait"}': malformed,
            '{"access_token": "': malformed,
            '{"uuid": "a"} trailing': malformed,
            "[" * 4000: malformed,
            b'{"uuid": "a"}': no_text,
            "x" * 5000: no_text,
        }
        for first, reason in cases.items():
            with self.socket(first) as socket:
                self.assertEqual(self.closed(socket), (4001, reason, []), first[:40])

    def test_a_socket_that_says_nothing(self):
        with self.socket() as socket:
            self.assertEqual(self.closed(socket), (4001, "No token came", []))

    def test_no_websocket(self):
        status, _, answer = self.call("GET", "/ws/")
        self.assertEqual((status, answer), (426, {"detail": "Open this address as a WebSocket"}))

    def test_the_paths_do_not_collide(self):
        """`/ws/` (with the slash, nothing after it) is system 1, `/ws/global` and `/ws/{client_id}` are system 5"""
        with self.socket(self.token()) as socket:
            self.assertEqual(self.read(socket), {"status": "wait", "position": 1})
        self.assertEqual(self.server.admin("GET", "/ws/global")[0], 426)


class Limited(WaitQueue):
    """Counts without edges and gives nothing back while the tests run; the algorithms' own tests are the stories."""

    variables = {"RATE_ALGORITHM": "sliding_window", "RATE_WINDOW": "1h"}

    def test_allowed(self):
        """`GET /limited/`, `GET /limited/deco/`, `Authorization: Bearer` | 200 `{"msg":"ok"}`"""
        token = self.admit()
        for path in ("/limited/", "/limited/deco/"):
            status, _, answer = self.limited(token, path)
            self.assertEqual((status, answer), (200, {"msg": "ok"}))

    def test_no_header(self):
        """no header 403 `{"detail":"Not authenticated"}`"""
        for path in ("/limited/", "/limited/deco/"):
            status, _, answer = self.limited(path=path)
            self.assertEqual((status, answer), (403, {"detail": "Not authenticated"}))
        for value in ("", "Bearer", "Bearer "):
            status, _, answer = self.limited(Authorization=value)
            self.assertEqual((status, answer), (403, {"detail": "Not authenticated"}), value)

    def test_another_scheme(self):
        status, _, answer = self.limited(Authorization="Basic bWU6bWU=")
        self.assertEqual((status, answer), (403, {"detail": "Invalid authentication credentials"}))

    def test_bad_tokens(self):
        """bad token 401"""
        soon = int(time.time()) + 60
        mine = claims_of(self.admit())["uuid"]
        good = {"uuid": mine, "status": "active", "exp": soon}
        cases = {
            "x": "Invalid token",
            "a.b.c": "Invalid token",
            "x" * 9000: "Invalid token",
            forge(good, "another secret"): "Invalid token",
            forge(good, header={"alg": "none", "typ": "JWT"}): "Invalid token",
            forge({**good, "status": "admin"}): "Invalid token",
            forge({**good, "uuid": "me"}): "Invalid token",
            forge({"status": "active", "exp": soon}): "Invalid token",
            forge({**good, "exp": soon - 120}): "Token has expired",
            forge({"uuid": mine, "status": "active"}): "Token has expired",
            forge({**good, "uuid": str(uuid.uuid4())}): "This session has ended",
        }
        for token, why in cases.items():
            status, headers, answer = self.limited(token)
            self.assertEqual((status, answer), (401, {"detail": why}), token[:60])
            self.assertEqual(headers["WWW-Authenticate"], "Bearer")
        self.assertEqual(self.limited(forge(good))[0], 200)

    def test_a_waiting_token(self):
        """a token still waiting 403"""
        answer = self.token()
        waiting = answer["access_token"]
        refusal = (403, {"detail": "This token is still waiting"})
        self.assertEqual(self.limited(waiting)[::2], refusal)
        lied = forge({"uuid": answer["uuid"], "status": "active", "exp": int(time.time()) + 60})
        self.assertEqual(self.limited(lied)[::2], refusal, "the engine is asked, not the token")
        active = self.admit(answer)
        self.assertEqual(self.limited(waiting)[::2], refusal, "the pass is what is shown")
        self.assertEqual(self.limited(active)[0], 200)

    def test_users_do_not_share(self):
        """5 requests in 10 s per user, shared by the limited endpoints"""
        one, two = self.admit(), self.admit()
        for path in ("/limited/", "/limited/deco/", "/limited/", "/limited/deco/", "/limited/"):
            self.assertEqual(self.limited(one, path)[0], 200)
        self.assert_limited(one, "/limited/")
        self.assert_limited(one, "/limited/deco/")
        self.assertEqual(self.limited(two)[0], 200)

    def test_races_pass_no_more(self):
        token = self.admit()
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: self.limited(token)[0], range(60)))
        self.assertEqual(answers.count(200), 5)
        self.assertEqual(answers.count(429), 55)


class Stories(unittest.TestCase):
    """Three limiter algorithms, and Doorward's own. The story of its page: 3 clients, 5 allowed, the 6th refused, the
    window waited, allowed; by each algorithm, on `/limited/` and through a gateway route, all at the same time.

    A fixed window ends at its edge, a bucket gains a fifth in a fifth of it. So each client waits what Retry-After
    says, and a client whose six calls took longer than that fifth, or over an edge, begins again as another.
    """

    WINDOW = 10
    LIMITED = ["fixed_window", "sliding_window", "sliding_counter", "token_bucket", "gcra"]
    ROUTED = ["fixed_window", "sliding_log", "sliding_counter", "token_bucket", "gcra"]

    def story(self, newcomer, ask):
        """`newcomer` makes a client; `ask` calls as one: (status, headers, whether the answer is as it should be)."""
        until = time.monotonic() + 4 * PATIENCE
        while True:
            client = newcomer()
            begin = time.time()
            answers = [ask(client) for _ in range(6)]
            end = time.time()
            if end - begin < self.WINDOW / 5 and begin // self.WINDOW == end // self.WINDOW:
                break
            self.assertLess(time.monotonic(), until, "six calls never fell into a fifth of the window")
        self.assertEqual([(status, is_right) for status, _, is_right in answers], [(200, True)] * 5 + [(429, True)])
        wait = int(answers[5][1]["Retry-After"])
        self.assertGreaterEqual(wait, 1)
        self.assertLessEqual(wait, 2 * self.WINDOW)
        time.sleep(wait)
        self.assertEqual(ask(client)[::2], (200, True))

    def three_clients(self, pool, newcomer, ask):
        return [pool.submit(self.story, newcomer, ask) for _ in range(3)]

    def limited(self, stack, pool, algorithm):
        """On a server of its own, since `/limited/` counts by one algorithm."""
        server = stack.enter_context(Server(EXAMPLE, environment={
            "JWT_SECRET": SECRET, "ROUND": "1s", "RATE_ALGORITHM": algorithm, "RATE_WINDOW": f"{self.WINDOW}s"}))  # fmt: skip
        right = {200: {"msg": "ok"}, 429: {"detail": "Too many requests"}}

        def newcomer():
            visitor = WaitQueue()
            visitor.server, visitor.judge = server, Judge(server)
            return visitor.admit()

        def ask(token):
            status, headers, answer = server.call("GET", "/limited/", headers={"Authorization": f"Bearer {token}"})
            return status, headers, answer == right[status]

        return self.three_clients(pool, newcomer, ask)

    def routed(self, stack, pool):
        """One gateway with a route and a rule for each algorithm."""
        rule = "  {0}: {{ match: {{ paths: [/{0}/**] }}, key: [\"header:X-Client\"], "
        rule += "quotas: [{{ limit: 5, window: {1}s, algorithm: {0} }}] }}\n"
        backend = stack.enter_context(Backend())
        config = "rules:\n" + "".join(rule.format(name, self.WINDOW) for name in self.ROUTED)
        config += "  concurrency: { match: { paths: [/concurrency/**] }, key: [\"header:X-Client\"], "
        config += "quotas: [{ limit: 5, window: 60s, algorithm: concurrency }] }\n"
        config += f"upstreams: {{ backend: http://127.0.0.1:{backend.port} }}\n"
        config += "routes: [{ path: /**, upstream: backend }]\n"
        server = stack.enter_context(Server(config))

        def asker(name):
            def ask(client):
                status, headers, answer = server.call("GET", f"/{name}/shop", headers={"X-Client": client})
                return status, headers, status == 429 or answer == f"/{name}/shop"

            return ask

        stories = []
        for name in self.ROUTED:
            stories += self.three_clients(pool, lambda: str(uuid.uuid4()), asker(name))
        return stories + [pool.submit(self.held, backend, asker("concurrency"), str(n)) for n in range(3)]

    def held(self, backend, ask, client):
        """Concurrency counts calls under way, not in a window: five are held by the backend, the sixth is refused, and
        what is waited for is the end of one. On `/limited/`, which answers at once, there is nothing to hold."""
        with concurrent.futures.ThreadPoolExecutor(5) as pool:
            calls = [pool.submit(ask, client) for _ in range(5)]
            try:
                backend.wait_for(client, 5)
                self.assertEqual(ask(client)[0], 429)
            finally:
                backend.release(client)
            for call in calls:
                self.assertEqual(call.result(PATIENCE)[::2], (200, True))
        until = time.monotonic() + PATIENCE
        while (status := ask(client)[0]) == 429 and time.monotonic() < until:
            time.sleep(0.05)  # the slot comes back after the answer
        self.assertEqual(status, 200)

    def test_each_algorithm_on_both(self):
        clients = 3 * (len(self.LIMITED) + len(self.ROUTED) + 1)
        with ExitStack() as stack, concurrent.futures.ThreadPoolExecutor(clients) as pool:
            stories = self.routed(stack, pool)
            for algorithm in self.LIMITED:
                stories += self.limited(stack, pool, algorithm)
            for story in stories:
                story.result()


class Sessions(WaitQueue):
    """active for 30 s after the last use; at most 1,000 active; here 3 s and 2."""

    variables = {"ACTIVE_TTL": "3s", "MAX_ACTIVE": "2", "RATE_LIMIT": "1000", "ABSENT_TTL": "4s"}

    def test_a_session_that_has_ended(self):
        """A session that has ended: 401."""
        token = self.admit()
        begin = time.monotonic()
        while time.monotonic() - begin < 5:
            self.assertEqual(self.limited(token)[0], 200, "in use")
            time.sleep(0.5)
        until = time.monotonic() + PATIENCE
        time.sleep(3)
        while (answer := self.limited_quietly(token))[0] == 200 and time.monotonic() < until:
            time.sleep(3.5)
        self.assertEqual(answer, (401, {"detail": "This session has ended"}))

    def limited_quietly(self, token):
        status, _, answer = self.limited(token)
        return status, answer

    def test_at_most_so_many_are_active_and_everybody_comes_in(self):
        """Fault: promotion stops for everybody after the first visitor is admitted"""
        visitors = [self.token() for _ in range(6)]
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            tokens = list(pool.map(self.admit, visitors))
        self.assertEqual(len(set(tokens)), 6)

    def test_who_has_no_socket_is_not_admitted(self):
        """Fault: visitors with no socket are promoted and their pass is never delivered"""
        absent, present = self.token(), self.token()
        self.admit(present)
        lied = forge({"uuid": absent["uuid"], "status": "active", "exp": int(time.time()) + 60})
        self.assertIn(self.limited(lied)[0], (401, 403))
        self.assertNotEqual(self.limited(lied)[0], 200)

    def test_abandoned_waiters_expire(self):
        """Fault: abandoned waiters never expire"""
        abandoned = self.token()
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.limited(abandoned["access_token"])[0] == 401:
                break
            time.sleep(0.2)
        self.assertEqual(self.limited(abandoned["access_token"])[2], {"detail": "This session has ended"})
        with self.socket(abandoned) as socket:
            self.assertEqual(self.closed(socket)[0], 4001)

    def test_a_dropped_socket_keeps_the_place(self):
        visitor = self.token()
        with self.socket(visitor) as socket:
            self.read(socket)
        self.admit(visitor)


class Crash(WaitQueue):
    variables = {"RATE_WINDOW": "2s"}

    def test_no_crash_locks_anybody_out(self):
        """Fault: a counter can lose its expiry in a crash and lock a user out for ever"""
        token = self.admit()
        for _ in range(5):
            self.limited(token)
        self.server.kill()
        self.server.start()
        until = time.monotonic() + PATIENCE
        while (status := self.limited(token)[0]) != 200 and time.monotonic() < until:
            self.assertEqual(status, 429)
            time.sleep(0.5)
        self.assertEqual(status, 200)

    def test_a_place_survives_a_crash(self):
        first, second = self.token(), self.token()
        self.server.kill()
        self.server.start()
        with self.socket(second) as behind:
            self.assertEqual(self.read(behind)["position"], 2)
        self.admit(first)


class Settings(unittest.TestCase):
    def test_a_short_secret_is_warned_about(self):
        """Key: `JWT_SECRET` (a short one is warned about)"""
        with Server(EXAMPLE, environment={"JWT_SECRET": "secret"}) as server:
            self.assertIn("compat.wait_queue.secret is short", server.errors())
            status, _, answer = server.call("POST", "/token/")
            self.assertEqual(status, 200)
            self.assertEqual(claims_of(answer["access_token"], "secret")["uuid"], answer["uuid"])

    def test_on_in_the_default_configuration(self):
        """All are on in the default configuration; each can be switched off."""
        with Server() as server:
            status, _, answer = server.call("POST", "/token/")
            self.assertEqual((status, answer["status"]), (200, "wait"))
            self.assertEqual(server.call("GET", "/limited/")[0], 403)
        with Server("compat: { wait_queue: false }") as server:
            for method, path in (("POST", "/token/"), ("GET", "/limited/"), ("GET", "/ws/")):
                self.assertEqual(server.call(method, path)[0], 404, path)

    def test_priority(self):
        """FIFO, and a priority queue as an option (oldest first inside a priority)"""
        key = "key-of-a-backend-0123456789"
        lanes = "    lanes: [{ name: normal, share: 1 }, { name: vip, share: 1000 }]\n"
        config = PAUSED.replace("    present_only: true", lanes + "    present_only: true")
        config += f"identity: {{ api_keys: [{{ name: shop, sha256: {hashlib.sha256(key.encode()).hexdigest()} }}] }}\n"
        variables = {"JWT_SECRET": SECRET, "ROUND": "2s", "ROUND_COUNT": "1"}
        with Server(config, environment=variables) as server, ExitStack() as stack:
            sockets = {}
            for name in ("normal 1", "normal 2", "vip 1", "vip 2"):
                path = "/token/?priority=vip" if name.startswith("vip") else "/token/"
                status, _, answer = server.call("POST", path, headers={"X-API-Key": key})
                self.assertEqual(status, 200, answer)
                address = f"ws://127.0.0.1:{server.port}/ws/"
                socket = stack.enter_context(connect(address, open_timeout=PATIENCE))
                socket.send(json.dumps(answer))
                socket.recv(timeout=PATIENCE)
                sockets[name] = socket
            unpause(server)
            order = []

            def wait(name):
                with suppress(ConnectionClosed):
                    while True:
                        sockets[name].recv(timeout=PATIENCE)
                order.append(name)

            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                for future in [pool.submit(wait, name) for name in sockets]:
                    future.result()
            self.assertEqual(order, ["vip 1", "vip 2", "normal 1", "normal 2"])
            status, _, answer = server.call("POST", "/token/?priority=none", headers={"X-API-Key": key})
            self.assertEqual((status, answer), (422, {"detail": "priority: there is none of this name"}))

    def test_a_full_queue(self):
        config = EXAMPLE.replace("    present_only: true", "    max_waiting: 1\n    present_only: true")
        with Server(config) as server:
            self.assertEqual(server.call("POST", "/token/")[0], 200)
            status, headers, answer = server.call("POST", "/token/")
            self.assertEqual((status, answer), (503, {"detail": "The queue is full"}))
            self.assertIn("Retry-After", headers)


if __name__ == "__main__":
    unittest.main(verbosity=2)
