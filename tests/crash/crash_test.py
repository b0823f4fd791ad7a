#!/usr/bin/env python3
"""Kills the server with SIGKILL at random moments under load, restarts it, and looks at it with the clients' eyes.

In every life joins are acknowledged, and until the kill a client's timeout or broken connection is a fault.
After every restart, of the places acknowledged in the last life and up to 4,000 still held from before:
  - each is there, with the same ticket, unless its own client gave it up, and nobody's session began twice;
  - nobody who asked after somebody else's join was acknowledged stands before them, or is inside while they wait;
  - no place in the line is held twice, and none lies beyond the number of those who wait;
  - no more sessions than the capacity (asked while it runs, too), and among the admissions known to clients
    no more in any interval than the rate.
"""

import argparse
import http.client
import random
import sys
import threading
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from doorward import ADMIN_TOKEN, Connection, Server  # noqa: E402

ROOM = "sale"
CAPACITY = 7
RATE_COUNT = 5
RATE_EVERY_MS = 500
CLIENTS = 16
PATIENCE = 60  # a disk may stand still for seconds
POLICY = {
    "capacity": CAPACITY,
    "admit": {"count": RATE_COUNT, "every": f"{RATE_EVERY_MS}ms"},
    "session": {"ttl": "1h", "renew": "never"},
}


class Place:
    """One acknowledged join, and what its client did since."""

    def __init__(self, answer, asked_at, acknowledged_at):
        self.ticket = answer["ticket"]
        self.token = answer["token"]
        self.asked_at = asked_at  # this machine's steady time, for happened-before only
        self.acknowledged_at = acknowledged_at
        self.given_up = None  # None, "asked" or "acknowledged"
        self.admitted_at = answer.get("admitted_at")


def is_of_the_kill(fault, killed):
    """Whether a client lost its server to the kill. A timeout, or anything while the server lives, is a fault."""
    gone = isinstance(fault, (ConnectionError, http.client.HTTPException, EOFError))
    return gone and killed.is_set()


class Clients:
    """Threads that join, leave and finish until told to stop or the server is gone."""

    def __init__(self, seed):
        self.lock = threading.Lock()
        self.places = []
        self.faults = []
        self.joins = 0  # acknowledged ever
        self.random = random.Random(seed)

    def run(self, port, stop, killed):
        threads = [
            threading.Thread(target=self._work, args=(port, stop, killed, self.random.random())) for _ in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _work(self, port, stop, killed, seed):
        rng = random.Random(seed)
        try:
            with Connection(port, timeout=PATIENCE) as connection:
                while not stop.is_set():
                    if rng.random() < 0.6:
                        self._join(connection)
                    else:
                        self._give_up(connection, rng)
        except Exception as fault:  # noqa: BLE001 - the killed server's, or a fault
            if not is_of_the_kill(fault, killed):
                self.faults.append(repr(fault))

    def _join(self, connection):
        asked_at = time.monotonic()
        status, _, answer = connection.call(
            "POST", f"/v1/rooms/{ROOM}/tickets", headers={"Idempotency-Key": f'"{uuid.uuid4()}"'}
        )
        if status != 201:
            self.faults.append(f"join answered {status} {answer}")
            return
        with self.lock:
            self.places.append(Place(answer, asked_at, time.monotonic()))
            self.joins += 1

    def _give_up(self, connection, rng):
        with self.lock:
            held = [place for place in self.places[-200:] + self.places[:50] if place.given_up is None]
            if not held:
                return
            place = rng.choice(held)
            place.given_up = "asked"
        if rng.random() < 0.5:
            status, _, answer = connection.call("DELETE", f"/v1/sessions/{place.ticket}", token=ADMIN_TOKEN)
            good = (200, 204, 404, 409, 410)
        else:
            status, _, answer = connection.call("DELETE", f"/v1/rooms/{ROOM}/tickets/self", token=place.token)
            good = (204, 410)
        if status not in good:
            self.faults.append(f"giving up answered {status} {answer}")
        with self.lock:
            # A session that was not yet one cannot be finished: the place is still held.
            place.given_up = None if status in (404, 409) else "acknowledged"


def read_all(server, places):
    """The server's word on every place that was acknowledged."""
    seen = []
    with Connection(server.port) as connection:
        for place in places:
            status, _, answer = connection.call("GET", f"/v1/rooms/{ROOM}/tickets/self", token=place.token)
            seen.append((place, status, answer))
    return seen


def set_mode(server, verb):
    status, _, answer = server.admin("POST", f"/v1/admin/rooms/{ROOM}/{verb}")
    assert status == 200, (status, answer)


def check_kept(seen):
    for place, status, answer in seen:
        if status == 410:
            assert place.given_up, f"{place.ticket} is closed, but nobody gave it up: {answer}"
            continue
        assert status == 200, f"{place.ticket}: acknowledged, now {status} {answer}"
        assert answer["ticket"] == place.ticket, f"{place.ticket} became {answer['ticket']}"
        assert place.given_up != "acknowledged", f"{place.ticket}: given up and acknowledged, yet {answer['state']}"
        if answer["state"] == "admitted":
            assert place.admitted_at in (None, answer["admitted_at"]), f"{place.ticket} was admitted twice"
            place.admitted_at = answer["admitted_at"]
        else:
            assert place.admitted_at is None, f"{place.ticket} was inside and waits again"


def check_order(seen):
    """Joins that were acknowledged before another was asked for stand before it."""
    alive = [(p, a) for p, status, a in seen if status == 200]
    rank = {p.ticket: 0 if a["state"] == "admitted" else a["position"] for p, a in alive}
    alive.sort(key=lambda pair: pair[0].acknowledged_at)
    # Highest place among those acknowledged so far, swept in time.
    asks = sorted((p for p, _ in alive), key=lambda p: p.asked_at)
    highest, highest_ticket, at = -1, None, 0
    for place in asks:
        while at < len(alive) and alive[at][0].acknowledged_at < place.asked_at:
            if rank[alive[at][0].ticket] > highest:
                highest, highest_ticket = rank[alive[at][0].ticket], alive[at][0].ticket
            at += 1
        overtook = rank[place.ticket] < highest
        assert not overtook, f"{place.ticket} (place {rank[place.ticket]}) stands before {highest_ticket} ({highest})"


def check_places(seen, waiting):
    positions = sorted(a["position"] for _, status, a in seen if status == 200 and a["state"] == "waiting")
    assert len(positions) == len(set(positions)), "a place is held twice"
    assert not positions or positions[-1] <= waiting, f"place {positions[-1]} of {waiting}"


def check_rate(times_ms):
    times_ms.sort()
    for first, last in zip(times_ms, times_ms[RATE_COUNT:]):
        assert last - first >= RATE_EVERY_MS, f"{RATE_COUNT + 1} admissions within {last - first} ms"


def to_ms(text):
    from datetime import datetime

    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def watch_capacity(port, stop, killed, faults):
    try:
        with Connection(port, timeout=PATIENCE) as connection:
            while not stop.is_set():
                _, _, room = connection.call("GET", f"/v1/rooms/{ROOM}")
                if room["inside"] > CAPACITY:
                    faults.append(f"{room['inside']} inside, capacity {CAPACITY}")
                time.sleep(0.01)
    except Exception as fault:  # noqa: BLE001 - the killed server's, or a fault
        if not is_of_the_kill(fault, killed):
            faults.append(f"the watch of the capacity: {fault!r}")


def wait_for_a_join(clients, joins_before):
    """A life in which nothing was acknowledged would test nothing; on a busy machine the first takes a while."""
    until = time.monotonic() + PATIENCE
    while clients.joins == joins_before and time.monotonic() < until:
        time.sleep(0.01)
    assert clients.joins > joins_before, f"no join was acknowledged: {clients.faults[:5]}"


def one_life(server, clients, seconds):
    stop, killed = threading.Event(), threading.Event()
    joins_before = clients.joins
    threads = clients.run(server.port, stop, killed)
    threads.append(threading.Thread(target=watch_capacity, args=(server.port, stop, killed, clients.faults)))
    threads[-1].start()
    time.sleep(seconds)
    wait_for_a_join(clients, joins_before)
    assert server.process.poll() is None, f"the server ended by itself\n{server.errors()}"
    killed.set()  # before, since clients hear of the kill before it returns
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()
    return clients.joins - joins_before


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    rng = random.Random(options.seed)
    clients = Clients(options.seed)
    with Server() as server:
        server.set_room(ROOM, POLICY)
        for kill in range(options.kills):
            joins = one_life(server, clients, rng.uniform(0.05, 1.0))
            assert not clients.faults, clients.faults[:5]
            server.start()
            # Nobody moves while we look. Closed tickets are remembered for ten minutes, longer than we look back.
            set_mode(server, "pause")
            seen = read_all(server, clients.places)
            room = server.call("GET", f"/v1/rooms/{ROOM}")[2]
            set_mode(server, "open")
            check_kept(seen)
            check_order(seen)
            check_places(seen, room["waiting"])
            assert room["inside"] <= CAPACITY, room
            check_rate([to_ms(p.admitted_at) for p in clients.places if p.admitted_at])
            clients.places = [p for p, status, _ in seen if status == 200][-4000:] or clients.places[-1:]
            for place in clients.places:
                place.given_up = None if place.given_up == "asked" else place.given_up
            print(f"kill {kill + 1}: {joins} joins, {len(seen)} places kept, {room['waiting']} waiting, {room['inside']} inside", flush=True)
    print(f"1 passed, 0 failed ({options.kills} kills)")


if __name__ == "__main__":
    main()
