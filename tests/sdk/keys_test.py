#!/usr/bin/env python3
"""How sdk/python keeps the published keys, what it sends again, and how long it believes a lease: against a Doorward that is played."""

import asyncio
import json
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from stage import Async, Sync

from doorward import AsyncClient, BadPass, Client, LockLost, SoldOut, Unavailable

ROOM = "sale"
URL = "http://doorward.test"


class Issuer:
    """Signs passes, and serves its keys as Doorward does."""

    def __init__(self):
        self.keys = {}
        self.fetches = 0
        self.is_away = False
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()

    def add(self, kid, algorithm="ES256"):
        key = ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else ed25519.Ed25519PrivateKey.generate()
        self.keys[kid] = (key, algorithm)

    def sign(self, kid, typ="doorward-pass+jwt", key=None, algorithm=None, **change):
        now = int(time.time())
        claims = {"iss": "doorward", "aud": ROOM, "sub": "device:1", "ticket": "a" * 32, "iat": now, "exp": now + 60, **change}
        claims = {name: value for name, value in claims.items() if value is not None}
        own, own_algorithm = self.keys[kid]
        return jwt.encode(claims, key or own, algorithm or own_algorithm, headers={"kid": kid, "typ": typ})

    def published(self):
        found = []
        for kid, (key, name) in self.keys.items():
            algorithm = jwt.algorithms.get_default_algorithms()[name]
            found.append({**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "alg": name, "use": "sig"})
        return {"keys": [*found, {"kid": "secret", "kty": "oct", "alg": "HS256", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]}

    def answer(self, request):
        assert request.url.path == "/.doorward/v1/keys", request.url
        self.fetches += 1
        self.asked.set()
        assert self.may_answer.wait(30)
        return httpx.Response(503) if self.is_away else httpx.Response(200, json=self.published())


class Keys:
    def setUp(self):
        self.issuer = Issuer()
        self.issuer.add("first")

    def door(self, **options):
        return self.client(URL, None, transport=httpx.MockTransport(self.issuer.answer), retries=0, **options)

    def test_keys_are_fetched_once(self):
        door = self.door()
        for _ in range(3):
            self.assertEqual(door.verify_offline(self.issuer.sign("first"), ROOM).ticket, "a" * 32)
        self.assertEqual(self.issuer.fetches, 1)

    def test_a_new_key_is_fetched_when_a_pass_names_it(self):
        door = self.door(keys_cooldown=0)
        door.verify_offline(self.issuer.sign("first"), ROOM)
        self.issuer.add("second", "EdDSA")
        self.assertEqual(door.verify_offline(self.issuer.sign("second"), ROOM).subject, "device:1")
        self.assertEqual(self.issuer.fetches, 2)

    def test_unknown_keys_are_asked_for_only_after_the_cooldown(self):
        door = self.door(keys_cooldown=3600)
        door.verify_offline(self.issuer.sign("first"), ROOM)
        self.issuer.add("second")
        for _ in range(20):
            self.assertRaises(BadPass, door.verify_offline, self.issuer.sign("second"), ROOM)
        self.assertEqual(self.issuer.fetches, 1)

    def test_a_withdrawn_key_is_forgotten(self):
        door = self.door(keys_cooldown=0, keys_max_age=0)
        old = self.issuer.sign("first")
        door.verify_offline(old, ROOM)
        del self.issuer.keys["first"]
        self.issuer.add("second")
        self.assertRaises(BadPass, door.verify_offline, old, ROOM)

    def test_old_keys_are_used_while_doorward_is_away(self):
        door = self.door(keys_cooldown=0, keys_max_age=0)
        door.verify_offline(self.issuer.sign("first"), ROOM)
        self.issuer.is_away = True
        door.verify_offline(self.issuer.sign("first"), ROOM)
        self.assertEqual(self.issuer.fetches, 2)

    def test_without_any_key_it_is_not_the_passes_fault(self):
        self.issuer.is_away = True
        door = self.door()
        for _ in range(3):
            self.assertRaises(Unavailable, door.verify_offline, self.issuer.sign("first"), ROOM)
        self.assertEqual(self.issuer.fetches, 1)

    def test_what_is_refused(self):
        door = self.door(leeway=0)
        now = int(time.time())
        stranger = ec.generate_private_key(ec.SECP256R1())
        wrong = {
            "expired": self.issuer.sign("first", exp=now - 1),
            "not yet": self.issuer.sign("first", iat=now + 60),
            "another room": self.issuer.sign("first", aud="other"),
            "another issuer": self.issuer.sign("first", iss="elsewhere"),
            "another type": self.issuer.sign("first", typ="doorward-ticket+jwt"),
            "no type": self.issuer.sign("first", typ=None),
            "no end": self.issuer.sign("first", exp=None),
            "no room": self.issuer.sign("first", aud=None),
            "no ticket": self.issuer.sign("first", ticket=None),
            "another's key": self.issuer.sign("first", key=stranger),
            "a secret as key": self.issuer.sign("first", key="s" * 32, algorithm="HS256"),
            "no signature": ".".join(self.issuer.sign("first").split(".")[:2]) + ".",
        }
        for what, token in wrong.items():
            with self.subTest(what):
                self.assertRaises(BadPass, door.verify_offline, token, ROOM)
        self.issuer.keys["secret"] = (b"secret" * 6, "HS256")
        self.assertRaises(BadPass, door.verify_offline, self.issuer.sign("secret"), ROOM)

    def test_a_tenants_pass_names_the_tenant(self):
        mine = self.issuer.sign("first", aud="acme/sale")
        told = self.door(tenant="acme").verify_offline(mine, ROOM)
        self.assertEqual((told.ticket, told.room), ("a" * 32, ROOM))  # its plain name, as `verify` tells it
        self.assertRaises(BadPass, self.door().verify_offline, mine, ROOM)


class Together(unittest.TestCase):
    def test_threads_wait_for_one_fetch(self):
        issuer = Issuer()
        issuer.add("first")
        issuer.may_answer.clear()
        with Client(URL, transport=httpx.MockTransport(issuer.answer)) as door, ThreadPoolExecutor(10) as pool:
            waiting = [pool.submit(door.verify_offline, issuer.sign("first"), ROOM) for _ in range(10)]
            self.assertTrue(issuer.asked.wait(30))
            issuer.may_answer.set()
            self.assertEqual({one.result(30).ticket for one in waiting}, {"a" * 32})
        self.assertEqual(issuer.fetches, 1)

    def test_tasks_wait_for_one_fetch(self):
        issuer = Issuer()
        issuer.add("first")

        async def run():
            async def slow(request):
                await asyncio.sleep(0)
                return issuer.answer(request)

            async with AsyncClient(URL, transport=httpx.MockTransport(slow)) as door:
                return await asyncio.gather(*(door.verify_offline(issuer.sign("first"), ROOM) for _ in range(10)))

        self.assertEqual(len(asyncio.run(run())), 10)
        self.assertEqual(issuer.fetches, 1)

    def test_a_known_key_waits_for_no_fetch(self):
        issuer = Issuer()
        issuer.add("first")
        with Client(URL, transport=httpx.MockTransport(issuer.answer), keys_cooldown=0, keys_max_age=0) as door:
            door.verify_offline(issuer.sign("first"), ROOM)
            issuer.asked.clear()
            issuer.may_answer.clear()
            with ThreadPoolExecutor(1) as pool:
                slow = pool.submit(door.verify_offline, issuer.sign("first"), ROOM)
                self.assertTrue(issuer.asked.wait(30))
                door.verify_offline(issuer.sign("first"), ROOM)  # while the other still fetches
                issuer.may_answer.set()
                slow.result(30)


class Again:
    """What is sent again, and what never."""

    def door(self, *statuses, **options):
        self.requests = []
        answers = list(statuses)

        def answer(request):
            self.requests.append(request)
            status, said = answers.pop(0)
            return httpx.Response(status, json=said)

        return self.client(URL, "key", transport=httpx.MockTransport(answer), **options)

    HOLD = {
        "hold": "b" * 32, "inventory": "hall", "state": "held", "reason": None, "count": 1, "units": [], "amount": 0,
        "currency": "EUR", "fence": 1, "made_at": "2026-05-01T10:00:00.250Z", "expires_at": None, "confirmed_at": None,
        "of_a_later_version": 1,
    }  # fmt: skip

    def test_a_hold_is_asked_for_again_by_the_same_key(self):
        hold = self.door((503, {}), (503, {}), (201, self.HOLD)).hold("hall", count=1)
        self.assertEqual(hold.made_at.microsecond, 250000)
        self.assertEqual(len({request.headers["Idempotency-Key"] for request in self.requests}), 1)
        self.assertEqual(len(self.requests), 3)

    def test_tries_have_an_end(self):
        self.assertRaises(Unavailable, self.door(*[(503, {})] * 3).finish, "c" * 32)
        self.assertEqual(len(self.requests), 3)

    def test_a_limit_is_never_counted_twice(self):
        self.assertRaises(Unavailable, self.door((503, {})).check_limit, "mail", "ann")
        self.assertEqual(len(self.requests), 1)

    def test_a_lock_that_took_long_to_get_is_renewed_before_it_is_used(self):
        """… since its lease runs for so long already; here the answer comes late."""
        held = {"lock": "door", "holder": "h", "fence": 7, "expires_at": None}
        asked = []

        def answer(request):
            asked.append(request.method)
            if request.method == "POST":
                time.sleep(0.5)
            return httpx.Response(204) if request.method == "DELETE" else httpx.Response(200, json=held)

        door = self.client(URL, "key", transport=httpx.MockTransport(answer))
        with door.lock("door", lease=1.2, renew=False) as lock:
            self.assertEqual(lock.fence, 7)
        self.assertEqual(asked, ["POST", "PUT", "DELETE"])

    def test_a_refusal_is_not_asked_again(self):
        refused = (409, {"type": "urn:doorward:problem:sold-out", "title": "Sold out", "status": 409})
        with self.assertRaises(SoldOut) as caught:
            self.door(refused).hold("hall", count=1)
        self.assertEqual((caught.exception.type, str(caught.exception)), ("sold-out", "Sold out"))
        self.assertEqual(len(self.requests), 1)


class Leases:
    """A lease runs from when it was given, which is before its answer came."""

    LEASE = 3000.0
    STATE = {"holder": "d" * 32, "fence": 7, "expires_at": None}

    def setUp(self):
        self.ahead, self.requests = 0.0, []
        for module in ("client", "aio"):
            clock = mock.patch(f"doorward.{module}.time", wraps=time)
            clock.start().monotonic.side_effect = lambda: time.monotonic() + self.ahead
            self.addCleanup(clock.stop)

    def lock(self, took, renewal=(200, STATE)):
        def answer(request):
            self.requests.append(request.method)
            self.ahead += took if request.method == "POST" else 0
            status, said = {"POST": (201, self.STATE), "PUT": renewal, "DELETE": (204, None)}[request.method]
            return httpx.Response(status, json=said) if said else httpx.Response(status)

        return self.client(URL, "key", transport=httpx.MockTransport(answer)).lock("l", lease=self.LEASE, renew=False)

    def test_it_is_counted_from_when_it_was_asked_for(self):
        with self.lock(0.3 * self.LEASE) as held:
            self.assertFalse(held.lost)
            self.ahead += 0.75 * self.LEASE
            self.assertTrue(held.lost)
        self.assertEqual(self.requests, ["POST", "DELETE"])

    def test_after_a_slow_answer_it_is_renewed_before_it_is_believed(self):
        with self.lock(2 * self.LEASE) as held:
            self.assertFalse(held.lost)
        self.assertEqual(self.requests, ["POST", "PUT", "DELETE"])

    def test_one_that_ended_before_its_answer_came_lets_nobody_in(self):
        lost = (410, {"type": "urn:doorward:problem:lock-lost", "title": "Lost", "status": 410})
        with self.assertRaises(LockLost), self.lock(2 * self.LEASE, lost):
            self.fail("another may hold it")


for kind in (Keys, Again, Leases):
    for way in (Sync, Async):
        globals()[f"{way.__name__}{kind.__name__}"] = type(f"{way.__name__}{kind.__name__}", (way, kind, unittest.TestCase), {})
del kind, way

if __name__ == "__main__":
    unittest.main(verbosity=2)
