"""Visitors of a sale: join, wait by stream or by polling, enter, buy, leave.

Run by load_test.py, or by hand against any Doorward with a room `sale` before /buy:

    locust -f tests/load/locustfile.py --host http://127.0.0.1:8080 --users 2000 --spawn-rate 500

Every visitor comes once. At the end the run fails if anybody was lost or let in twice, or if one who came later was let in
earlier, as far as visitors can see it; load_test.py asks the server's log besides. DOORWARD_TEST_REPORT is a file for what
each visitor was told.
"""

import json
import os
import random
import time
from datetime import datetime
from urllib.parse import urlsplit

import gevent
import gevent.socket
from locust import FastHttpUser, constant, events, task
from locust.exception import StopUser

from judge import overtakes

ROOM = "sale"
VISITORS = int(os.environ.get("DOORWARD_TEST_VISITORS", "0"))
STAY_SECONDS = (0.05, 0.4)
PATIENCE_SECONDS = 600


class Sale:
    """What all visitors of this run saw together."""

    def __init__(self):
        self.visits = []
        self.faults = []


sale = Sale()


class Visit:
    def __init__(self, streams):
        self.streams = streams
        self.asked_at = self.acknowledged_at = None
        self.ticket = self.token = self.admitted_at = None
        self.bought = False
        self.left = False


class Visitor(FastHttpUser):
    wait_time = constant(0)
    network_timeout = 60.0
    connection_timeout = 60.0

    @task
    def visit(self):
        if VISITORS and len(sale.visits) >= VISITORS:
            raise StopUser  # locust makes up for visitors who went home
        visit = Visit(streams=random.random() < 0.5)
        sale.visits.append(visit)
        try:
            self.join(visit)
            self.wait(visit)
            self.buy(visit)
        except AssertionError as fault:
            sale.faults.append(str(fault))
        if all_done():
            self.environment.runner.quit()
        raise StopUser

    def join(self, visit):
        visit.asked_at = time.monotonic()
        answer = self.client.post(f"/v1/rooms/{ROOM}/tickets", name="join")
        visit.acknowledged_at = time.monotonic()
        assert answer.status_code == 201, f"join answered {answer.status_code}: {answer.text}"
        body = answer.json()
        visit.ticket, visit.token = body["ticket"], body["token"]
        self.note(visit, body)

    def note(self, visit, body):
        assert body["ticket"] == visit.ticket, f"{visit.ticket} became {body['ticket']}"
        if body["state"] == "closed":
            raise AssertionError(f"{visit.ticket} was closed while waiting: {body['reason']}")
        if body["state"] == "admitted":
            assert visit.admitted_at in (None, body["admitted_at"]), f"{visit.ticket} was admitted twice"
            visit.admitted_at = body["admitted_at"]

    def wait(self, visit):
        until = time.monotonic() + PATIENCE_SECONDS
        while visit.admitted_at is None:
            assert time.monotonic() < until, f"{visit.ticket} was never admitted"
            if visit.streams:
                self.wait_by_stream(visit)
            else:
                gevent.sleep(self.poll(visit))

    def authorization(self, visit):
        return {"Authorization": f"Bearer {visit.token}"}

    def poll(self, visit):
        answer = self.client.get(f"/v1/rooms/{ROOM}/tickets/self", headers=self.authorization(visit), name="poll")
        assert answer.status_code == 200, f"poll answered {answer.status_code}: {answer.text}"
        self.note(visit, answer.json())
        return min(answer.json().get("poll_after_s") or 1, 5)

    def wait_by_stream(self, visit):
        with open_stream(self.host, visit.token) as stream:
            status = stream.readline().split(" ")[1]
            assert status == "200", f"stream answered {status}"
            event, last = None, None
            for line in stream:
                if line.startswith("event:"):
                    event = line[6:].strip()
                elif line.startswith("data:") and event == "position":
                    place = json.loads(line[5:])["position"]
                    assert last is None or place <= last, f"{visit.ticket}: the place rose from {last} to {place}"
                    last = place
                elif line.startswith("data:") and event == "admitted":
                    self.poll(visit)
                    return

    def buy(self, visit):
        headers = self.authorization(visit)
        answer = self.client.get("/buy", headers=headers, name="enter")
        assert answer.status_code == 200, f"entering answered {answer.status_code}: {answer.text[:200]}"
        gevent.sleep(random.uniform(*STAY_SECONDS))
        answer = self.client.post("/buy", headers=headers, data="seat=any", name="buy")
        assert answer.status_code in (200, 303), f"buying answered {answer.status_code}: {answer.text[:200]}"
        visit.bought = True
        answer = self.client.delete(f"/v1/rooms/{ROOM}/tickets/self", headers=headers, name="leave")
        assert answer.status_code == 204, f"leaving answered {answer.status_code}"
        visit.left = True


def open_stream(host, token):
    """The lines of the ticket's event stream, read from a socket of its own."""
    address = urlsplit(host)
    socket = gevent.socket.create_connection((address.hostname, address.port), timeout=60)
    socket.sendall(
        f"GET /v1/rooms/{ROOM}/tickets/self/events HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: Bearer {token}\r\n\r\n".encode()
    )
    lines = socket.makefile("r", encoding="utf-8", newline="\n")
    socket.close()  # the file holds it open
    return lines


def all_done():
    return VISITORS and len(sale.visits) >= VISITORS and all(v.left or sale.faults for v in sale.visits)


def milliseconds(time):
    """A time as the API writes it, since 1970."""
    return round(datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp() * 1000)


def write_report(path):
    visits = [
        {"ticket": v.ticket, "admitted_ms": v.admitted_at and milliseconds(v.admitted_at), "bought": v.bought}
        for v in sale.visits
    ]
    with open(path, "w") as file:
        json.dump(visits, file)


def order_faults():
    """Those let in before somebody whose join was acknowledged before they asked."""
    arrivals = [(v.ticket, v.asked_at, v.acknowledged_at, milliseconds(v.admitted_at)) for v in sale.visits if v.admitted_at]
    return [f"{late} came after {before} and was let in before" for late, before in overtakes(arrivals)]


@events.quitting.add_listener
def check(environment, **_):
    faults = sale.faults + order_faults()
    tickets = [v.ticket for v in sale.visits]
    if len(set(tickets)) != len(tickets):
        faults.append("two visitors hold one ticket")
    if VISITORS and len(sale.visits) != VISITORS:
        faults.append(f"{len(sale.visits)} visitors of {VISITORS}")
    lost = sum(not v.bought for v in sale.visits)
    if lost:
        faults.append(f"{lost} visitors did not buy")
    if "DOORWARD_TEST_REPORT" in os.environ:
        write_report(os.environ["DOORWARD_TEST_REPORT"])
    print(f"{len(sale.visits)} visitors, {len(sale.visits) - lost} bought")
    for fault in faults[:20]:
        print("FAULT", fault)
    environment.process_exit_code = 1 if faults else 0
