#!/usr/bin/env python3
"""sdk/python against a started server, its clients for threads and for asyncio alike."""

import itertools
import time
import unittest
from datetime import UTC, datetime

from stage import CONFIG, KEY, Async, Sync, support

from doorward import (
    BadPass,
    Conflict,
    HoldOver,
    Invalid,
    LimitCheck,
    LockBusy,
    LockLost,
    NotAllowed,
    NotFound,
    SoldOut,
    Unavailable,
    UnitTaken,
)

PATIENCE = 30
numbers = itertools.count(1)


def until(done):
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise AssertionError("it did not come about")
        time.sleep(0.02)


class Cases:
    @classmethod
    def setUpClass(cls):
        cls.server = support.Server(CONFIG).start()
        cls.url = f"http://127.0.0.1:{cls.server.port}"

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server._folder.cleanup()

    def setUp(self):
        self.room = f"sale-{next(numbers)}"
        self.server.set_room(self.room, {"capacity": 1, "session": {"ttl": "10m"}})
        self.door = self.client(self.url)

    def join(self):
        status, _, ticket = self.server.call("POST", f"/v1/rooms/{self.room}/tickets")
        self.assertEqual(status, 201)
        return ticket

    def state(self, ticket):
        return self.server.call("GET", f"/v1/rooms/{self.room}/tickets/self", token=ticket["token"])[2]["state"]

    def inventory(self, **settings):
        name = f"hall-{next(numbers)}"
        status, _, said = self.server.admin("PUT", f"/v1/admin/inventories/{name}", settings)
        self.assertEqual(status, 201, said)
        return name


class Passes(Cases):
    def test_a_pass_is_good_until_its_session_is_finished_and_then_the_next_gets_in(self):
        ann, bob = self.join(), self.join()
        verdict = self.door.verify(ann["pass"], self.room)
        self.assertTrue(verdict)
        self.assertEqual((verdict.ticket, verdict.room), (ann["ticket"], self.room))
        self.assertGreater(verdict.expires_at, datetime.now(UTC))
        self.assertEqual(self.state(bob), "waiting")
        self.door.finish(ann["ticket"])
        self.door.finish(ann["ticket"])  # again: no error
        verdict = self.door.verify(ann["pass"], self.room)
        self.assertFalse(verdict)
        self.assertEqual(verdict.reason, "finished")
        self.assertEqual(self.state(bob), "admitted")

    def test_another_rooms_pass_is_none(self):
        ann = self.join()
        self.assertFalse(self.door.verify(ann["pass"], "other"))
        self.assertFalse(self.door.verify("forged", self.room))

    def test_offline(self):
        ann, bob = self.join(), self.join()
        mine = self.door.verify_offline(ann["pass"], self.room)
        self.assertEqual((mine.ticket, mine.room), (ann["ticket"], self.room))
        head, body, seal = ann["pass"].split(".")
        other = ("A" if seal[0] != "A" else "B") + seal[1:]
        for wrong in ("", "forged", f"{head}.{body}.{other}", f"{head}.{body}.", bob["token"]):
            with self.subTest(wrong), self.assertRaises(BadPass):
                self.door.verify_offline(wrong, self.room)
        with self.assertRaises(BadPass):
            self.door.verify_offline(ann["pass"], "other")

    def test_only_a_backend_finishes(self):
        ann = self.join()
        for key in (None, "another-key-0123456789"):
            with self.assertRaises(NotAllowed) as caught:
                self.client(self.url, key).finish(ann["ticket"])
            self.assertEqual(caught.exception.status, 401)
        with self.assertRaises(NotFound) as caught:
            self.door.finish("0" * 32)
        self.assertEqual(caught.exception.type, "no-such-ticket")

    def test_nobody_there(self):
        with self.assertRaises(Unavailable):
            self.client("http://127.0.0.1:1", retries=1).verify("pass")


class Limits(Cases):
    def test_calls_are_counted_and_refused(self):
        key = f"ann-{next(numbers)}"
        peeked = self.door.check_limit("mail", key, peek=True)
        self.assertEqual((peeked.allowed, peeked.limit, peeked.remaining), (True, 2, 1))
        self.assertTrue(self.door.check_limit("mail", key, cost=2))
        refused = self.door.check_limit("mail", key)
        self.assertFalse(refused)
        self.assertGreater(refused.retry_after_s, 0)
        self.assertEqual(refused.quotas[0].rule, "mail")

    def test_many_at_once(self):
        key = f"bob-{next(numbers)}"
        decisions = self.door.check_limits([LimitCheck("mail", key)] * 3)
        self.assertEqual([decision.allowed for decision in decisions], [True, True, False])

    def test_a_rule_that_is_not_there(self):
        with self.assertRaises(Invalid) as caught:
            self.door.check_limit("none", "ann")
        self.assertIn("none", str(caught.exception))


class Holds(Cases):
    def test_a_hold_is_made_longer_and_final(self):
        hall = self.inventory(sections=[{"name": "A", "price": 9900, "rows": 1, "seats": 3}], currency="EUR")
        hold = self.door.hold(hall, units=["A-1-1", "A-1-2"], subject="ann", ttl=60)
        self.assertEqual((hold.state, hold.units, hold.amount), ("held", ["A-1-1", "A-1-2"], 19800))
        with self.assertRaises(UnitTaken) as caught:
            self.door.hold(hall, units=["A-1-2", "A-1-3"], subject="bob")
        self.assertEqual(caught.exception.units, ["A-1-2"])
        longer = self.door.extend(hold, "2m")
        self.assertGreater(longer.expires_at, hold.expires_at)
        self.assertEqual(self.door.read_hold(hall, hold.hold).hold, hold.hold)
        done = self.door.confirm(longer)
        self.assertEqual(done.state, "confirmed")
        self.assertEqual(self.door.confirm(longer).confirmed_at, done.confirmed_at)

    def test_what_is_given_back_is_free_again(self):
        tickets = self.inventory(count=1)
        hold = self.door.hold(tickets, count=1, subject="ann")
        with self.assertRaises(SoldOut):
            self.door.hold(tickets, count=1, subject="bob")
        self.door.release(hold)
        with self.assertRaises(HoldOver) as caught:
            self.door.confirm(hold)
        self.assertEqual(caught.exception.reason, "released")
        self.assertEqual(self.door.hold(tickets, count=1, subject="bob").state, "held")

    def test_a_retry_finds_the_same_hold(self):
        tickets = self.inventory(count=2)
        key = "a-retry-of-the-shop-17"
        first = self.door.hold(tickets, count=1, subject="ann", key=key)
        self.assertEqual(self.door.hold(tickets, count=1, subject="ann", key=key).hold, first.hold)
        with self.assertRaises(Invalid):
            self.door.hold(tickets, count=2, subject="ann", key=key)
        with self.assertRaises(NotFound):
            self.door.hold("none", count=1, subject="ann")


class Locks(Cases):
    def test_one_holder_at_a_time_and_fences_grow(self):
        name = f"order:{next(numbers)}"
        with self.door.lock(name) as first:
            fence = first.fence
            with self.assertRaises(LockBusy), self.door.lock(name, wait=0.1):
                self.fail("two hold it")
            self.assertIsInstance(LockBusy("busy"), Conflict)
        with self.door.lock(name, wait="5s") as second:
            self.assertGreater(second.fence, fence)

    def test_a_lease_is_renewed_while_the_block_runs(self):
        name = f"order:{next(numbers)}"
        lease = 5.0  # renewed at a third: a slow machine may be late by seconds
        with self.door.lock(name, lease=lease) as held:
            begun = time.monotonic()
            until(lambda: time.monotonic() - begun > 1.2 * lease)
            self.assertFalse(held.lost)
            with self.assertRaises(LockBusy), self.door.lock(name):
                self.fail("two hold it")

    def test_a_lease_that_ended_is_told(self):
        name = f"order:{next(numbers)}"
        with self.assertRaises(LockLost), self.door.lock(name, lease=0.1, renew=False) as held:
            with self.door.lock(name, wait=PATIENCE) as next_one:
                self.assertGreater(next_one.fence, held.fence)
                until(lambda: held.lost)
            self.assertRaises(LockLost, held.renew)

    def test_an_error_in_the_block_frees_the_lock_and_goes_on(self):
        name = f"order:{next(numbers)}"
        with self.assertRaises(ZeroDivisionError), self.door.lock(name):
            1 / 0  # noqa: B018
        with self.door.lock(name):
            pass


for kind, way in itertools.product((Passes, Limits, Holds, Locks), (Sync, Async)):
    name = f"{way.__name__}{kind.__name__}"
    globals()[name] = type(name, (way, kind, unittest.TestCase), {})
del kind, way, name

if __name__ == "__main__":
    unittest.main(verbosity=2)
