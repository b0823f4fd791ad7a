#!/usr/bin/env python3
"""Ticketing gateway: every line of its page on the queue, as its clients send it. Each test quotes the line that it checks."""

import concurrent.futures
import http.client
import json
import socket
import time
import unittest

from stage import (
    ALLOWED,
    ALREADY,
    CALLS,
    IN,
    LINEUP,
    NOT_IN_QUEUE,
    QUEUED,
    RESERVATIONS,
    SEATS,
    STATUS,
    WAITING,
    Gateway,
    Issuer,
    Server,
)


WRONG = "잘못된 요청입니다."


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

    def test_a_retry_with_its_key_keeps_the_place(self):
        """An optional Idempotency-Key on every POST"""
        inside, one, two = self.user(), self.user(), self.user()
        key = {"Idempotency-Key": "k-1"}
        for _ in range(2):
            self.assert_success(self.call("POST", LINEUP, inside, headers=key), message=IN)
        for _ in range(2):
            self.assert_success(self.call("POST", LINEUP, one, headers=key), message=QUEUED)
            self.line_up(two) if self.state(two) is None else None
        self.assertEqual((self.state(one), self.state(two)), (1, 2), "the retry lost no place, and users share no key")
        self.assert_success(self.call("POST", LINEUP, one, headers={"Idempotency-Key": "k-2"}), message=QUEUED)
        self.assertEqual((self.state(one), self.state(two)), (2, 1), "another key is another call")

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
        self.assert_success(self.call("POST", LINEUP, token, body={"x": "y" * 200_000}), message=IN)
        self.assert_success(self.call("DELETE", ALLOWED, token, body={"x": "y" * 200_000}), message="입장 토큰이 무효화되었습니다.")
        answer = self.call("GET", STATUS, token, headers={"X-Long": "a" * 40_000})
        self.assert_error(answer, 431, "BAD_REQUEST", WRONG)

    def test_what_is_no_request(self):
        """The gateway's own errors use the envelope"""
        head = "Host: a\r\nConnection: close\r\n\r\n"
        rows = [
            ("nonsense\r\n\r\n", 400, "BAD_REQUEST", WRONG, None),
            (f"GET {STATUS} HTTP/1.1\r\nA B: c\r\n{head}", 400, "BAD_REQUEST", WRONG, None),
            (f"GET /{'a' * 9_000} HTTP/1.1\r\n{head}", 414, "BAD_REQUEST", WRONG, None),
            (f"GET / HTTP/3.0\r\n{head}", 505, "INTERNAL_SERVER_ERROR", "서버 오류가 발생했습니다.", None),
            # Its head is known by the time that its body is too large.
            (f"POST /api/v1/auth/login HTTP/1.1\r\nTransfer-Encoding: chunked\r\n{head}100\r\n{'a' * 256}\r\n0\r\n\r\n",
             413, "PAYLOAD_TOO_LARGE", "요청 본문이 너무 큽니다.", "/api/v1/auth/login"),
            # Doorward's own calls have no envelope.
            (f"GET /.doorward/v1/none HTTP/1.1\r\n{head}", 404, None, None, None),
        ]  # fmt: skip
        # Takes what comes and says nothing, so that no answer of its own can be first.
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        away = {"AUTH_SERVICE": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        environment = {**self.addresses, **away, "JWT_JWKS_URI": self.issuer.jwks_uri}
        with Server(self.example + "\nlimits: { body_bytes: 100 }\n", environment=environment) as server:
            for sent, status, code, message, path in rows:
                with self.subTest(sent[:40]), socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
                    client.sendall(sent.encode())
                    answer = http.client.HTTPResponse(client)
                    answer.begin()
                    said = json.loads(answer.read())
                    if code:
                        self.assert_error((answer.status, None, said), status, code, message, path=path)
                    else:
                        self.assertEqual((answer.status, said["status"]), (status, status))

    def test_services_that_are_away(self):
        """the gateway's own errors (502, 504) use the envelope"""
        token = self.user()
        gone = socket.socket()  # has its port, and does not listen
        self.addCleanup(gone.close)
        gone.bind(("127.0.0.1", 0))
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        example = self.example.replace(
            'user-service: "${USER_SERVICE:http://localhost:8091}"',
            f'user-service: {{ endpoints: "http://127.0.0.1:{silent.getsockname()[1]}", timeouts: {{ first_byte: 200ms }} }}',
        )
        self.assertNotEqual(example, self.example)
        environment = {"JWT_JWKS_URI": self.issuer.jwks_uri, "PAYMENT_SERVICE": f"http://127.0.0.1:{gone.getsockname()[1]}"}
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
