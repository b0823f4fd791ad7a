#!/usr/bin/env python3
"""Ticketing gateway: every line of its page, as its clients send it, against its example.

Each test quotes the line that it checks. The issuer is a real one; the services behind say what reached them.
"""

import concurrent.futures
import http.client
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import unittest
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(Path(__file__).parent)]
from doorward import ADMIN_TOKEN, Connection, Server  # noqa: E402
from issuer import Issuer  # noqa: E402

EXAMPLE_FILE = ROOT / "examples" / "ticketing-gateway.yaml"
EXAMPLE = EXAMPLE_FILE.read_text()
SERVICES = ["auth", "user", "product", "payment", "reservation", "reservation-seat", "arthall", "ticket"]
LINEUP, STATUS, STREAM = "/api/v1/queue/lineup", "/api/v1/queue/status", "/api/v1/queue/stream"
ALLOWED, WAITING = "/api/v1/queue/allowed-in-token", "/api/v1/queue/waiting-token"
SEATS, RESERVATIONS = "/api/v1/reservation-seats/7/hold", "/api/v1/reservations"
CALLS = [("POST", LINEUP), ("GET", STATUS), ("DELETE", ALLOWED), ("DELETE", WAITING), ("GET", STREAM)]
PATIENCE = 30


class Backend(http.server.BaseHTTPRequestHandler):
    """A service behind a route: says what reached it."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = {
            "service": self.server.service, "method": self.command, "path": self.path, "body": body.decode(),
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }  # fmt: skip
        text = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = answer

    def log_message(self, *_):
        pass


def start_backend(service):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    server.daemon_threads = True
    server.service = service
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Stream:
    """An event stream, read as a browser's EventSource would."""

    def __init__(self, port, token, last_id=None):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE + 15)
        headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
        self.http.request("GET", STREAM, headers=headers)
        self.answer = self.http.getresponse()
        assert self.answer.status == 200, self.answer.read()
        assert self.answer.getheader("Content-Type").startswith("text/event-stream")

    def next(self):
        """(event, data), or None at the end."""
        event, data = "message", []
        for line in iter(self.answer.readline, b""):
            line = line.decode().rstrip("\r\n")
            if not line and data:
                return event, json.loads("\n".join(data))
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                event = value
            elif name == "data":
                data.append(value)
        return None

    def until(self, wanted):
        while (got := self.next()) is not None:
            if got[0] == wanted:
                return got[1]
        raise AssertionError(f"the stream ended without {wanted}")

    def close(self):
        self.http.sock and self.http.sock.close()
        self.answer.close()
        self.http.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Gateway(unittest.TestCase):
    """The example over services and an issuer of its own."""

    environment = {"ALLOWED_IN_MAX_CAPACITY": "1"}
    example = EXAMPLE

    @classmethod
    def setUpClass(cls):
        cls.issuer = Issuer()
        cls.backends = {f"{name}-service": start_backend(f"{name}-service") for name in SERVICES}
        addresses = {
            f"{name.upper().replace('-', '_')}_SERVICE": f"http://127.0.0.1:{cls.backends[f'{name}-service'].server_port}"
            for name in SERVICES
        }
        environment = {**addresses, "JWT_JWKS_URI": cls.issuer.jwks_uri, **cls.environment}
        cls.server = Server(cls.example, environment=environment).start()
        cls.users = 0

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server._folder.cleanup()
        cls.issuer.close()
        for backend in cls.backends.values():
            backend.shutdown()
            backend.server_close()

    def setUp(self):
        self.gone = []

    def tearDown(self):
        for token in self.gone:
            self.call("DELETE", ALLOWED, token)
            self.call("DELETE", WAITING, token)

    def user(self, name=None, **claims):
        """The token of a user of this test's own, who leaves at its end."""
        Gateway.users = getattr(Gateway, "users", 0) + 1
        token = self.issuer.token(name or f"user-{Gateway.users}", **claims)
        self.gone.append(token)
        return token

    def call(self, method, path, token=None, body=None, headers=None):
        return self.server.call(method, path, body, token=token, headers=headers)

    def stream(self, token):
        stream = Stream(self.server.port, token)
        self.addCleanup(stream.close)
        return stream

    def assert_success(self, answer, status=200, **members):
        """Exactly these members, in their order."""
        self.assertEqual(answer[0], status, answer[2])
        said = dict(answer[2])
        self.assert_time(said.pop("timestamp"))
        self.assertEqual(said, {"success": True, **members})
        self.assertEqual(list(answer[2]), ["success", *members, "timestamp"])

    def assert_error(self, answer, http_status, code, message, status=None, path=None):
        self.assertEqual(answer[0], http_status, answer[2])
        self.assertEqual(list(answer[2]), ["success", "error", "timestamp"])
        self.assert_time(answer[2]["timestamp"])
        error = {"code": code, "message": message, "status": status or http_status}
        if path:
            error["path"] = path
        self.assertEqual((answer[2]["success"], answer[2]["error"]), (False, error))

    def assert_time(self, text):
        self.assertRegex(text, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        self.assertLess(abs(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() - time.time()), 60)

    def line_up(self, *tokens):
        return [self.call("POST", LINEUP, token)[2]["message"] for token in tokens]

    def state(self, token):
        """"in", a position, or None."""
        status, _, answer = self.call("GET", STATUS, token)
        if status == 404:
            return None
        return answer["data"]["userQueuePosition"] if "data" in answer else "in"

    def wait_for(self, condition, what):
        until = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.05)


IN, ALREADY, QUEUED = "바로 입장 가능합니다.", "이미 입장 가능한 상태입니다.", "대기열에 등록되었습니다."
NOT_IN_QUEUE = "대기열에 등록되지 않은 사용자입니다."


class Queue(Gateway):
    def test_lineup(self):
        """POST lineup | 200, message (a slot was free), (already in), (queued)"""
        first, second = self.user(), self.user()
        self.assert_success(self.call("POST", LINEUP, first), message=IN)
        self.assert_success(self.call("POST", LINEUP, first), message=ALREADY)
        self.assert_success(self.call("POST", LINEUP, second), message=QUEUED)
        # A body is of no interest, and a wrong one no fault.
        self.assert_success(self.call("POST", LINEUP, first, body={"x": 1}), message=ALREADY)

    def test_status(self):
        """GET status | in: message, no data; waiting: data of three numbers; neither: 404 USER_ID_NOT_FOUND"""
        tokens = [self.user() for _ in range(4)]
        stranger = self.user()
        self.line_up(*tokens)
        self.assert_success(self.call("GET", STATUS, tokens[0]), message="입장 가능합니다.")
        for position, token in enumerate(tokens[1:], 1):
            data = {"totalQueueSize": 3, "userQueuePosition": position, "usersBehind": 3 - position}
            answer = self.call("GET", STATUS, token)
            self.assert_success(answer, data=data)
            self.assertEqual(list(answer[2]["data"]), list(data))
        answer = self.call("GET", STATUS, stranger)
        self.assert_error(answer, 404, "USER_ID_NOT_FOUND", NOT_IN_QUEUE, path=STATUS)

    def test_allowed_in_token(self):
        """DELETE allowed-in-token | HTTP 200 always: removed, or success:false, NOT_FOUND, 404 in the body"""
        inside, waiting = self.user(), self.user()
        self.line_up(inside, waiting)
        missing = ("NOT_FOUND", "무효화할 입장 토큰이 없습니다.", 404)
        self.assert_error(self.call("DELETE", ALLOWED, waiting), 200, *missing)
        self.assert_success(self.call("DELETE", ALLOWED, inside), message="입장 토큰이 무효화되었습니다.")
        self.assert_error(self.call("DELETE", ALLOWED, inside), 200, *missing)
        self.assertEqual(self.state(waiting), "in")

    def test_waiting_token(self):
        """DELETE waiting-token | likewise"""
        inside, waiting = self.user(), self.user()
        self.line_up(inside, waiting)
        missing = ("NOT_FOUND", "무효화할 대기열 토큰이 없습니다.", 404)
        self.assert_error(self.call("DELETE", WAITING, inside), 200, *missing)
        self.assert_success(self.call("DELETE", WAITING, waiting), message="대기열 토큰이 무효화되었습니다.")
        self.assert_error(self.call("DELETE", WAITING, waiting), 200, *missing)
        self.assertEqual((self.state(inside), self.state(waiting)), ("in", None))

    def test_removal_when_nobody_waits(self):
        """fault: a successful removal is answered as not found when nobody waits"""
        alone = self.user()
        self.line_up(alone)
        self.assert_success(self.call("DELETE", ALLOWED, alone), message="입장 토큰이 무효화되었습니다.")

    def test_rejoin_to_back(self):
        """lining up again while waiting sends one to the back"""
        inside, one, two = self.user(), self.user(), self.user()
        self.line_up(inside, one, two)
        self.assertEqual((self.state(one), self.state(two)), (1, 2))
        self.assertEqual(self.line_up(one), [QUEUED])
        self.assertEqual((self.state(one), self.state(two)), (2, 1))
        # Asking, a stream and a second tab are no such acts.
        self.stream(two).next()
        self.assertEqual(self.state(two), 1)

    def test_capacity(self):
        """capacity 100 (ALLOWED_IN_MAX_CAPACITY), here 1: ten at once, one in, nine in order"""
        tokens = [self.user() for _ in range(10)]
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            said = list(pool.map(lambda token: self.line_up(token)[0], tokens))
        self.assertEqual(sorted(said), sorted([IN] + [QUEUED] * 9))
        self.assertEqual(sorted(str(self.state(token)) for token in tokens), sorted(["in"] + list("123456789")))

    def test_newcomer(self):
        """fault: a newcomer overtakes waiters when a slot is free"""
        for _ in range(5):
            inside, waiting, newcomer = self.user(), self.user(), self.user()
            self.line_up(inside, waiting)
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                leaving = pool.submit(self.call, "DELETE", ALLOWED, inside)
                coming = pool.submit(self.line_up, newcomer)
                self.assertEqual(leaving.result()[2]["success"], True)
                self.assertEqual(coming.result(), [QUEUED])
            self.assertEqual((self.state(waiting), self.state(newcomer)), ("in", 1))
            for token in (newcomer, waiting):
                self.call("DELETE", WAITING, token), self.call("DELETE", ALLOWED, token)

    def test_language(self):
        """Messages are Korean whatever a browser asks for"""
        answer = self.call("POST", LINEUP, self.user(), headers={"Accept-Language": "en"})
        self.assertEqual(answer[2]["message"], IN)


class BadInput(Gateway):
    def test_no_or_bad_jwt(self):
        """no or bad JWT | 401 USER_ID_REQUIRED with path"""
        good = self.user()
        head, claims, signature = good.split(".")
        other = Issuer()
        self.addCleanup(other.close)
        bad = {
            "missing": None, "empty": "", "malformed": "x", "two parts": f"{head}.{claims}",
            "unsigned": f"{head}.{claims}.", "forged": f"{head}.{claims}.{signature[:-4]}AAAA",
            "none": "eyJhbGciOiJub25lIn0." + claims + ".", "foreign": other.token("ann"),
            "expired": self.issuer.token("ann", expires=-120), "not yet": self.issuer.token("ann", nbf=int(time.time()) + 600),
            "no exp": self.issuer.token("ann", exp=None), "no sub": self.issuer.token(None), "empty sub": self.issuer.token(""),
            "long sub": self.issuer.token("a" * 300), "number": self.issuer.token(5), "oversized": "a" * 9000,
            "line break": self.issuer.token("a\r\nX-User-Type: ADMIN"),
        }  # fmt: skip
        gated = [("POST", SEATS), ("POST", RESERVATIONS), ("GET", "/api/v1/user/me"), ("GET", "/no/such/address")]
        for what, token in bad.items():
            headers = {} if token is None else {"Authorization": f"Bearer {token}"}
            calls = gated if what == "line break" else CALLS + gated
            for method, path in calls:
                answer = self.call(method, path, headers=headers)
                with self.subTest(what, path=path):
                    self.assert_error(answer, 401, "USER_ID_REQUIRED", "로그인이 필요합니다.", path=path)
        for scheme in ("Basic", "bearer:", "Token"):
            answer = self.call("GET", STATUS, headers={"Authorization": f"{scheme} {good}"})
            self.assert_error(answer, 401, "USER_ID_REQUIRED", "로그인이 필요합니다.", path=STATUS)

    def test_methods_and_addresses(self):
        """The gateway's own errors use the envelope"""
        token = self.user()
        for method, path in CALLS:
            wrong = "PUT"
            answer = self.call(wrong, path, token)
            self.assert_error(answer, 405, "METHOD_NOT_ALLOWED", "지원하지 않는 메소드입니다.", path=path)
            self.assertIn(method, answer[1]["Allow"])
        for path in ("/api/v1/queue/none", "/api/v1/nothing", "/none"):
            answer = self.call("GET", path, token)
            self.assert_error(answer, 404, "ENDPOINT_NOT_FOUND", "요청하신 주소를 찾을 수 없습니다.", path=path)

    def test_oversized(self):
        """A body that the queue does not ask for changes nothing; an oversized head is refused."""
        token = self.user()
        answer = self.call("POST", LINEUP, token, body={"x": "y" * 200_000})
        self.assertIn(answer[0], (200, 413))
        self.assertEqual(self.call("GET", STATUS, token, headers={"X-Long": "a" * 40_000})[0], 431)

    def test_services_that_are_away(self):
        """the gateway's own errors (502, 504) use the envelope"""
        token = self.user()
        gone = start_backend("gone")
        port = gone.server_port
        gone.shutdown()
        gone.server_close()
        silent = __import__("socket").create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        example = self.example.replace(
            'user-service: "${USER_SERVICE:http://localhost:8091}"',
            f'user-service: {{ endpoints: "http://127.0.0.1:{silent.getsockname()[1]}", timeouts: {{ first_byte: 200ms }} }}',
        )
        self.assertNotEqual(example, self.example)
        environment = {"JWT_JWKS_URI": self.issuer.jwks_uri, "PAYMENT_SERVICE": f"http://127.0.0.1:{port}"}
        with Server(example, environment=environment) as server:
            for path, status, code, message in (
                ("/api/v1/payments/1", 502, "EXTERNAL_API_ERROR", "서비스에 연결할 수 없습니다."),
                ("/api/v1/user/me", 504, "EXTERNAL_API_TIMEOUT", "서비스의 응답 시간이 초과되었습니다."),
            ):
                self.assert_error(server.call("GET", path, token=token), status, code, message, path=path)


class Streams(Gateway):
    def test_waiting(self):
        """STATUS_UPDATE at connect and every 10 s; HEARTBEAT {"timestamp": ms} every 30 s"""
        inside, waiting = self.user(), self.user()
        self.line_up(inside, waiting)
        began = time.monotonic()
        stream, seen = self.stream(waiting), []
        while not seen or seen[-1][0] != "HEARTBEAT":
            event, data = stream.next()
            seen.append((event, time.monotonic() - began, data))
        self.assertEqual(stream.answer.getheader("Cache-Control"), "no-store")
        updates = [(at, data) for event, at, data in seen if event == "STATUS_UPDATE"]
        for n, (at, data) in enumerate(updates):
            self.assertEqual(data, {"totalQueueSize": 1, "userQueuePosition": 1, "usersBehind": 0})
            self.assertGreaterEqual(at, 10 * n - 0.5)
        self.assertGreaterEqual(len(updates), 3)
        _, at, beat = seen[-1]
        self.assertGreaterEqual(at, 29.5)
        self.assertEqual(list(beat), ["timestamp"])
        self.assertLess(abs(beat["timestamp"] / 1000 - time.time()), 30)

    def test_admission(self):
        """ALLOWED_IN {"message"} at once on admission, then the stream ends"""
        inside, waiting = self.user(), self.user()
        self.line_up(inside, waiting)
        stream = self.stream(waiting)
        self.assertEqual(stream.next()[0], "STATUS_UPDATE")
        self.call("DELETE", ALLOWED, inside)
        self.assertEqual(stream.until("ALLOWED_IN"), {"message": "입장 가능합니다."})
        self.assertIsNone(stream.next())
        # One who is in already is told so at once.
        self.assertEqual(self.stream(waiting).next(), ("ALLOWED_IN", {"message": "입장 가능합니다."}))

    def test_error(self):
        """ERROR {"code":"NOT_IN_QUEUE","message":…}"""
        wanted = ("ERROR", {"code": "NOT_IN_QUEUE", "message": NOT_IN_QUEUE})
        stream = self.stream(self.user())
        self.assertEqual(stream.next(), wanted)
        self.assertIsNone(stream.next())
        inside, waiting = self.user(), self.user()
        self.line_up(inside, waiting)
        stream = self.stream(waiting)
        stream.next()
        self.call("DELETE", WAITING, waiting)
        self.assertEqual(stream.next(), wanted)
        self.assertIsNone(stream.next())

    def test_two_tabs(self):
        """fault: a second tab silences the first"""
        inside, waiting = self.user(), self.user()
        self.line_up(inside, waiting)
        tabs = [self.stream(waiting) for _ in range(3)]
        for tab in tabs:
            self.assertEqual(tab.next()[1]["userQueuePosition"], 1)
        tabs.pop().close()
        self.call("DELETE", ALLOWED, inside)
        for tab in tabs:
            self.assertEqual(tab.until("ALLOWED_IN"), {"message": "입장 가능합니다."})


class Stories(Gateway):
    """Capacity 1 and three users: leaving, log-out and expiry admit the next in order."""

    environment = {
        "ALLOWED_IN_MAX_CAPACITY": "1", "ALLOWED_IN_DURATION_SECONDS": "5", "QUEUE_SILENCE_SECONDS": "5",
        "QUEUE_GRACE_SECONDS": "60",
    }  # fmt: skip

    def three(self):
        tokens = [self.user() for _ in range(3)]
        self.assertEqual(self.line_up(*tokens), [IN, QUEUED, QUEUED])
        return tokens

    def test_leave_then_logout_then_expiry(self):
        """the second gives up its place, the first logs out, the third's session ends"""
        first, second, third = self.three()
        streams = {token: self.stream(token) for token in (second, third)}
        self.call("DELETE", WAITING, second)
        self.assertEqual(streams[second].until("ERROR")["code"], "NOT_IN_QUEUE")
        self.call("DELETE", ALLOWED, first)
        streams[third].until("ALLOWED_IN")
        began = time.monotonic()
        self.wait_for(lambda: self.state(third) is None, "the session ends")
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual([self.state(token) for token in (first, second)], [None, None])

    def test_expiry_then_logout(self):
        """the first is idle, then the second logs out: in their order"""
        first, second, third = self.three()
        streams = {token: self.stream(token) for token in (second, third)}
        streams[second].until("ALLOWED_IN")
        self.assertIsNone(self.state(first))
        self.call("DELETE", ALLOWED, second)
        streams[third].until("ALLOWED_IN")
        self.assertEqual(self.state(third), "in")

    def test_logout_then_expiry(self):
        """the first logs out, the second is idle"""
        first, second, third = self.three()
        streams = {token: self.stream(token) for token in (second, third)}
        self.call("DELETE", ALLOWED, first)
        streams[second].until("ALLOWED_IN")
        self.assertEqual(self.state(third), 1)
        streams[third].until("ALLOWED_IN")
        self.assertIsNone(self.state(second))

    def test_renewed_by_every_request(self):
        """session renewed by every authenticated request of an admitted user; fault: an idle user stays up to 540 s"""
        busy, next_one = self.user(), self.user()
        self.assertEqual(self.line_up(busy, next_one), [IN, QUEUED])
        stream = self.stream(next_one)
        until = time.monotonic() + 8
        while time.monotonic() < until:
            self.assertEqual(self.call("GET", "/api/v1/user/me", busy)[0], 200)
            self.assertEqual(self.call("POST", SEATS, busy)[0], 200)
            time.sleep(0.3)
        self.assertEqual(self.state(next_one), 1)
        stream.until("ALLOWED_IN")
        self.assertIsNone(self.state(busy))
        self.assertEqual(self.call("POST", SEATS, busy)[0], 403)

    def test_dropped_stream(self):
        """fault: a dropped stream loses the place at once (give it a grace time)"""
        first, second, third = self.three()
        # Kept inside, so that the turn does not come by itself.
        stop = threading.Event()
        busy = threading.Thread(target=self.keep_busy, args=(first, stop))
        busy.start()
        try:
            dropped = self.stream(second)
            self.assertEqual(dropped.next()[1]["userQueuePosition"], 1)
            dropped.close()
            self.assertEqual(self.stream(second).next()[1]["userQueuePosition"], 1)
        finally:
            stop.set()
            busy.join()

    def test_silent_when_the_turn_comes(self):
        """… passed over when the turn comes, and back within the grace time: the next free slot"""
        first, second, third = self.three()
        stop = threading.Event()
        busy = threading.Thread(target=self.keep_busy, args=(first, stop))
        busy.start()
        try:
            present = self.stream(third)
            dropped = self.stream(second)
            dropped.next()
            dropped.close()
            time.sleep(6)  # longer than QUEUE_SILENCE_SECONDS: what is tested is a silence
        finally:
            stop.set()
            busy.join()
        self.call("DELETE", ALLOWED, first)
        present.until("ALLOWED_IN")
        back = self.stream(second)
        self.assertIn(back.next()[0], ("STATUS_UPDATE", "ALLOWED_IN"))
        self.call("DELETE", ALLOWED, third)
        self.wait_for(lambda: self.state(second) == "in", "back in the line")

    def keep_busy(self, token, stop):
        while not stop.is_set():
            self.server.call("GET", "/api/v1/user/me", token=token)
            time.sleep(0.3)


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
            self.assertEqual(server.call("GET", STATUS, token=token)[0], 401)
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
            environment = {"ALLOWED_IN_MAX_CAPACITY": "1", "JWT_JWKS_URI": self.issuer.jwks_uri}
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
        self.wait_for(lambda: one.call("POST", SEATS, token=waiting)[0] == 502, "in on the first instance, too")


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
