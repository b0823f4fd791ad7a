#!/usr/bin/env python3
"""Wait queue: every line of its page on sockets and sessions, as its clients send them. Each test quotes the line that it checks."""

import concurrent.futures
import time
import unittest
import uuid

from stage import PATIENCE, WaitQueue, claims_of, forge, unpause


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
        with self.paused(ROUND_COUNT="1", ROUND="8s") as server:
            first, second = self.token(), self.token()
            begin = time.monotonic()
            with self.socket(first) as ahead, self.socket(second) as behind:
                self.assertEqual(self.read(ahead)["position"], 1)
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
            self.assertEqual(self.read(socket)["status"], "wait")
        self.assertEqual(self.server.admin("GET", "/ws/global")[0], 426)


class Sessions(WaitQueue):
    """active for 30 s after the last use; here 8 s, which outlast a machine that stands still for some."""

    variables = {"ACTIVE_TTL": "8s", "RATE_LIMIT": "1000"}

    def test_a_session_that_has_ended(self):
        """A session that has ended: 401."""
        token = self.admit()
        begin = time.monotonic()
        while time.monotonic() - begin < 10:
            self.assertEqual(self.limited(token)[0], 200, "in use")
            time.sleep(0.5)
        until = time.monotonic() + PATIENCE
        ended = False
        while not ended and time.monotonic() < until:
            time.sleep(9)  # longer than ACTIVE_TTL, since to ask is to use
            status, _, answer = self.limited(token)
            ended = status != 200
        self.assertEqual((status, answer), (401, {"detail": "This session has ended"}))


class Admission(WaitQueue):
    """at most 1,000 active; here 2, for 3 s."""

    variables = {"ACTIVE_TTL": "3s", "MAX_ACTIVE": "2"}

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

    def test_a_dropped_socket_keeps_the_place(self):
        visitor = self.token()
        with self.socket(visitor) as socket:
            self.read(socket)
        self.admit(visitor)


class Abandoned(WaitQueue):
    variables = {"ABSENT_TTL": "2s"}

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


if __name__ == "__main__":
    unittest.main(verbosity=2)
