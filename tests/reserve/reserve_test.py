#!/usr/bin/env python3
"""Many want the same at the same moment: what is sold is sold once, whoever dies meanwhile.

5,000 callers, each on a connection of its own, want one ticket, and 5,000 want 100 seats of which some are wanted
most. Exactly 1 and exactly 100 are confirmed; everybody else is told correctly; no seat is sold twice. Then again
with holders that die, with leases that end before their holder confirms, and with SIGKILL in the middle: what was
acknowledged as confirmed stays so, and nothing else was sold.
"""

import argparse
import asyncio
import hashlib
import random
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from clients import API_KEY, Caller, raise_open_files  # noqa: E402
from doorward import Server  # noqa: E402

CONFIG = (
    f"identity: {{api_keys: [{{name: shop, sha256: {hashlib.sha256(API_KEY.encode()).hexdigest()}}}]}}\n"
    "limits: {connections_per_address: 20000}\n"
)
HALL = {"sections": [{"name": "A", "price": 9900, "rows": 5, "seats": 20}], "max_per_hold": 4}
SEATS = [f"A-{row}-{seat}" for row in range(1, 6) for seat in range(1, 21)]
MANY = 5_000
TRIES = 6
SHORT, LONG = {"callers": 800, "kills": 2}, {"callers": 5_000, "kills": 12}
SIZE = SHORT


def problem(said):
    return said["type"].rsplit(":", 1)[1]


async def together(server, count, work):
    """All connect first; then each does its work at the same moment."""
    callers = [Caller(server) for _ in range(count)]
    for part in range(0, count, 200):
        await asyncio.gather(*(caller.connect() for caller in callers[part : part + 200]))
    results = await asyncio.gather(*(work(caller, number) for number, caller in enumerate(callers)))
    for caller in callers:
        caller.close()
    return results


class Sale:
    """What the callers of one inventory were told."""

    def __init__(self, name, seed=1):
        self.path = f"/inventories/{name}"
        self.random = random.Random(seed)
        self.confirmed = {}  # hold: its units
        self.dead = set()  # holds that nobody confirms
        self.late = 0  # confirmations that came after the lease
        self.wrong = []
        self.fences = []

    def seats_for(self):
        """Mostly the first rows; one to three at once."""
        wanted = self.random.choices(SEATS[:30] if self.random.random() < 0.7 else SEATS, k=self.random.choice((1, 1, 2, 3)))
        return sorted(set(wanted))

    async def hold(self, caller, number, attempt, body):
        status, said = await caller.call(
            "POST", f"{self.path}/holds", {"subject": f"caller-{number}", **body}, key=f"caller-{number:05}-{attempt:04}"
        )
        if status in (200, 201):
            self.fences.append(said["fence"])
            return said, None
        if status == 410 and problem(said) == "hold-over":  # a retry, whose first answer was lost, came after the lease
            return None, "hold-over"
        if status != 409 or problem(said) not in ("sold-out", "unit-taken", "too-few-left"):
            self.wrong.append((status, said))
        if problem(said) == "unit-taken" and not set(said["units"]) <= set(body["units"]):
            self.wrong.append((status, said))
        return None, problem(said)

    async def confirm(self, caller, held):
        status, said = await caller.call(
            "POST", f"{self.path}/holds/{held['hold']}/confirm", {"fence": held["fence"]}, key="confirm-" + held["hold"]
        )
        if status == 200 and said["state"] == "confirmed" and said["units"] == held["units"]:
            self.confirmed[held["hold"]] = held["units"]
            again = await caller.call("POST", f"{self.path}/holds/{held['hold']}/confirm", {}, key="confirm-" + held["hold"])
            if again != (200, said):
                self.wrong.append(again)
        elif status == 410 and said["reason"] == "expired":
            self.late += 1
        else:
            self.wrong.append((status, said))

    async def buy_seats(self, caller, number):
        for attempt in range(TRIES):
            held, why = await self.hold(caller, number, attempt, {"units": self.seats_for()})
            if held:
                return await self.confirm(caller, held)
            if why == "sold-out":
                return None
        return None

    async def buy_the_rest(self, caller):
        """One after the other, until nothing is left; what the dead hold comes back."""
        for attempt in range(10_000):
            _, seats = await caller.call("GET", f"{self.path}/seats")
            states = "".join(section["states"] for section in seats["sections"])
            if states == "c" * len(SEATS):
                return
            free = [name for name, state in zip(SEATS, states) if state == "a"]
            if not free:
                await asyncio.sleep(0.1)
                continue
            held, _ = await self.hold(caller, 99_999, attempt, {"units": free[:1]})
            if held:
                await self.confirm(caller, held)


class Reservations(unittest.TestCase):
    def setUp(self):
        self.server = Server(CONFIG)
        self.server.start()
        self.addCleanup(self.server.__exit__)

    def make(self, name, settings):
        status, _, said = self.server.admin("PUT", f"/v1/admin/inventories/{name}", settings)
        self.assertEqual(status, 201, said)

    def check(self, sale, count):
        self.assertEqual(sale.wrong[:5], [])
        _, _, status = self.server.call("GET", "/v1" + sale.path)
        self.assertEqual((status["confirmed"], status["held"], status["available"]), (count, 0, 0))

    def check_seats(self, sale):
        self.check(sale, len(SEATS))
        sold = [unit for units in sale.confirmed.values() for unit in units]
        self.assertEqual(sorted(sold), sorted(SEATS), "each seat is sold once")
        for hold, units in sale.confirmed.items():
            status, _, said = self.server.call("GET", f"/v1{sale.path}/holds/{hold}", headers={"X-API-Key": API_KEY})
            self.assertEqual((status, said["state"], said["units"]), (200, "confirmed", units))

    def test_of_5000_who_want_one_ticket_exactly_one_gets_it(self):
        self.make("ticket", {"count": 1})
        sale = Sale("ticket")

        async def buy(caller, number):
            held, why = await sale.hold(caller, number, 0, {"count": 1})
            if held:
                await sale.confirm(caller, held)
            return why

        answers = asyncio.run(together(self.server, MANY, buy))
        self.assertEqual(len(sale.confirmed), 1)
        self.assertEqual(answers.count("sold-out"), MANY - 1)
        self.check(sale, 1)

    def test_of_5000_who_want_100_seats_each_seat_is_sold_once(self):
        self.make("hall", HALL)
        sale = Sale("hall")

        async def story():
            await together(self.server, MANY, sale.buy_seats)
            caller = await Caller(self.server).connect()
            await sale.buy_the_rest(caller)
            caller.close()

        asyncio.run(story())
        self.check_seats(sale)
        self.assertEqual(len(set(sale.fences)), len(sale.fences))

    def test_holders_die_leases_end_and_the_server_is_killed(self):
        self.make("hall", {**HALL, "hold": {"ttl": "1s", "most": "3s"}})
        sale = Sale("hall", seed=2)
        rng = random.Random(3)

        async def buy(caller, number):
            await asyncio.sleep(rng.random() * 4)
            for attempt in range(TRIES):
                held, why = await sale.hold(caller, number, attempt, {"units": sale.seats_for()})
                fate = rng.random()
                if held and fate < 0.4:
                    return None  # dies
                if held and fate < 0.6:
                    await asyncio.sleep(0.5 + rng.random() * 2)  # at work, perhaps for longer than the lease
                if held:
                    return await sale.confirm(caller, held)
                if why == "sold-out":
                    await asyncio.sleep(rng.random())
            return None

        async def kill():
            for _ in range(SIZE["kills"]):
                await asyncio.sleep(0.5 + rng.random())
                self.server.kill()
                await asyncio.get_running_loop().run_in_executor(None, self.server.start)

        async def story():
            killing = asyncio.create_task(kill())
            await together(self.server, SIZE["callers"], buy)
            await killing
            caller = await Caller(self.server).connect()
            await sale.buy_the_rest(caller)
            caller.close()

        asyncio.run(story())
        self.check_seats(sale)
        self.server.kill()
        self.server.start()
        self.check_seats(sale)
        print(f"{len(sale.confirmed)} holds confirmed, {sale.late} confirmations came too late", file=sys.stderr)

    def test_a_lock_is_one_callers_at_a_time_and_its_fences_grow(self):
        inside, most, fences = [0], [0], []

        async def work(caller, number):
            status, lock = await caller.call("POST", "/locks/door", {"lease": "30s", "wait": "60s"}, key=f"locker-{number:010}")
            self.assertEqual(status, 200, lock)
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            fences.append(lock["fence"])
            await asyncio.sleep(0.002)
            inside[0] -= 1
            status, _ = await caller.call("DELETE", f"/locks/door?holder={lock['holder']}&fence={lock['fence']}")
            self.assertEqual(status, 204)

        asyncio.run(together(self.server, 300, work))
        self.assertEqual(most[0], 1)
        self.assertEqual(fences, sorted(set(fences)))
        self.assertEqual(self.server.call("GET", "/v1/locks/door", headers={"X-API-Key": API_KEY})[0], 404)

    def test_a_lease_that_ended_belongs_to_the_next(self):
        async def story():
            caller = await Caller(self.server).connect()
            _, first = await caller.call("POST", "/locks/door", {"lease": "10m"})
            status, busy = await caller.call("POST", "/locks/door", {"lease": "10s"})
            self.assertEqual((status, problem(busy)), (409, "lock-busy"))
            status, _ = await caller.call("PUT", "/locks/door", {"holder": first["holder"], "lease": "200ms"})
            self.assertEqual(status, 200)
            status, second = await caller.call("POST", "/locks/door", {"lease": "10m", "wait": "60s"})
            self.assertEqual(status, 200)
            self.assertGreater(second["fence"], first["fence"])
            for method, path, body in (
                ("PUT", "/locks/door", {"holder": first["holder"], "lease": "10s"}),
                ("DELETE", f"/locks/door?holder={first['holder']}", None),
            ):
                status, lost = await caller.call(method, path, body)
                self.assertEqual((status, problem(lost)), (410, "lock-lost"))
            caller.close()

        asyncio.run(story())


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--long", action="store_true")
    SIZE = LONG if arguments.parse_args().long else SHORT
    raise_open_files()
    unittest.main(argv=sys.argv[:1], verbosity=2)
