#!/usr/bin/env python3
"""Wait queue: every line of its page on tokens and settings, as its clients send them. Each test quotes the line that it checks."""

import hashlib
import json
import time
import unittest
import uuid
from contextlib import ExitStack, suppress

from stage import EXAMPLE, PATIENCE, PAUSED, SECRET, Server, WaitQueue, claims_of, unpause
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


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

            def end_of_session(name):
                frames = []
                with suppress(ConnectionClosed):
                    while True:
                        frames.append(json.loads(sockets[name].recv(timeout=PATIENCE)))
                return claims_of(frames[-1]["access_token"])["exp"]

            # By what the server says: a busy client may read two rounds' passes at once.
            ends = {name: end_of_session(name) for name in sockets}
            self.assertEqual(sorted(ends, key=ends.get), ["vip 1", "vip 2", "normal 1", "normal 2"])
            self.assertEqual(len(set(ends.values())), 4, ends)
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
