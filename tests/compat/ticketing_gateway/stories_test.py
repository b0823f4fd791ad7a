#!/usr/bin/env python3
"""Ticketing gateway: who is in and who comes next, in the orders of its page. Each test quotes the line that it checks."""

import threading
import time
import unittest

from stage import ALLOWED, EXAMPLE, IN, NOT_IN_QUEUE, QUEUED, SEATS, WAITING, Gateway


class Stories(Gateway):
    """Capacity 1 and three users: leaving, log-out and expiry admit the next in order."""

    environment = {
        "ALLOWED_IN_MAX_CAPACITY": "1", "ALLOWED_IN_DURATION_SECONDS": "10", "QUEUE_SILENCE_SECONDS": "5",
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
        self.wait_for(lambda: self.state(third) is None, "the session ends")
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
        until = time.monotonic() + 12  # longer than ALLOWED_IN_DURATION_SECONDS
        while time.monotonic() < until:
            self.assertEqual(self.call("GET", "/api/v1/user/me", busy)[0], 200)
            self.assertEqual(self.call("POST", SEATS, busy)[0], 200)
            time.sleep(0.3)
        self.assertEqual(self.state(next_one), 1)
        stream.until("ALLOWED_IN")
        self.assertIsNone(self.state(busy))
        self.assertEqual(self.call("POST", SEATS, busy)[0], 403)

    def test_renewed_on_every_route(self):
        """session 240 s renewed by every authenticated request of an admitted user through the gateway, also where none is needed"""
        routes = [line for line in EXAMPLE.splitlines() if line.startswith("  - { name: ")]
        self.assertEqual(len(routes), 19)
        for line in routes:
            self.assertRegex(line, "(room|renews): ticketing, ", line)
        token = self.user()
        self.line_up(token)
        ends = lambda: self.call("GET", "/v1/rooms/ticketing/tickets/self", token)[2]["expires_at"]  # noqa: E731
        for method, path in (("POST", SEATS), ("GET", "/api/v1/user/me"), ("GET", "/api/v1/products/7"), ("POST", "/api/v1/auth/refresh"),
                             ("GET", "/.well-known/jwks.json"), ("GET", "/user-service/v3/api-docs")):  # fmt: skip
            before = ends()

            def renews():
                self.assertEqual(self.call(method, path, token)[0], 200, path)
                return ends() > before

            self.wait_for(renews, path)

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
            time.sleep(10)  # longer than QUEUE_SILENCE_SECONDS even at a busy server: what is tested is a silence
        finally:
            stop.set()
            busy.join()
        self.call("DELETE", ALLOWED, first)
        present.until("ALLOWED_IN")
        back = self.stream(second)
        self.assertIn(back.next()[0], ("STATUS_UPDATE", "ALLOWED_IN"))
        self.call("DELETE", ALLOWED, third)
        self.wait_for(lambda: self.state(second) == "in", "back in the line")

    def test_a_stream_that_does_not_come_back(self):
        """a dropped stream loses the place … once its grace time is over"""
        first, second, third = self.three()
        self.server.set_room("ticketing", {**self.policy(), "liveness": {"silence": "5s", "grace": "1s"}})
        stop = threading.Event()
        busy = threading.Thread(target=self.keep_busy, args=(first, stop))
        busy.start()
        try:
            present = self.stream(third)
            dropped = self.stream(second)
            dropped.next()
            dropped.close()
            time.sleep(10)  # longer than the silence even at a busy server
        finally:
            stop.set()
            busy.join()
        self.call("DELETE", ALLOWED, first)
        present.until("ALLOWED_IN")
        # Not by its status, since who asks for that is there.
        room = lambda: self.server.admin("GET", "/v1/admin/rooms/ticketing")[2]  # noqa: E731
        self.wait_for(lambda: room()["waiting"] == 0, "the place is given up")
        self.assertEqual(self.stream(second).next(), ("ERROR", {"code": "NOT_IN_QUEUE", "message": NOT_IN_QUEUE}))

    def policy(self):
        policy = self.server.admin("GET", "/v1/admin/rooms/ticketing")[2]["policy"]
        self.addCleanup(self.server.set_room, "ticketing", policy)
        return policy

    def keep_busy(self, token, stop):
        while not stop.is_set():
            self.server.call("GET", "/api/v1/user/me", token=token)
            time.sleep(0.3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
