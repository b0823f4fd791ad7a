"""Users of the ticketing gateway: line up, wait by stream or by polling, reserve, log out.

Run by ticketing_load_test.py. Every user comes once. At the end the run fails if anybody was lost, if more were inside
than DOORWARD_TEST_CAPACITY, if somebody who was not inside reached a service, if a position rose, or if one who lined up
later was admitted earlier and by more than what the network can turn round.
"""

import json
import os
import random
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import gevent
import gevent.socket
from locust import FastHttpUser, constant, events, task
from locust.exception import StopUser

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
import ticketing  # noqa: E402

CAPACITY = int(os.environ["DOORWARD_TEST_CAPACITY"])
USERS = int(os.environ["DOORWARD_TEST_VISITORS"])
QUEUE = "/api/v1/queue"
RESERVE = "/api/v1/reservations"
STAY_SECONDS = (0.05, 0.4)
PATIENCE_SECONDS = 600
TURNED_ROUND_SECONDS = 15


class Sale:
    """What all users of this run saw together."""

    def __init__(self):
        self.visits = []
        self.inside = 0
        self.most_inside = 0
        self.faults = []


sale = Sale()


class Visit:
    def __init__(self, number):
        self.token = ticketing.token(f"user-{number}")
        self.streams = number % 2 == 0
        self.asked_at = self.acknowledged_at = self.entered_at = None
        self.position = None
        self.reserved = self.left = False


class User(FastHttpUser):
    wait_time = constant(0)
    network_timeout = 60.0
    connection_timeout = 60.0

    @task
    def visit(self):
        if len(sale.visits) >= USERS:
            raise StopUser  # locust makes up for users who went home
        visit = Visit(len(sale.visits))
        sale.visits.append(visit)
        try:
            self.come(visit)
        except AssertionError as fault:
            sale.faults.append(str(fault))
        if len(sale.visits) == USERS and (sale.faults or all(visit.left for visit in sale.visits)):
            self.environment.runner.quit()
        raise StopUser

    def come(self, visit):
        self.expect(visit, self.call(visit, "POST", RESERVE, "reserve early"), 403)
        visit.asked_at = time.monotonic()
        said = self.expect(visit, self.call(visit, "POST", QUEUE + "/lineup", "lineup"), 200)
        visit.acknowledged_at = time.monotonic()
        if said["message"] == "대기열에 등록되었습니다.":
            if random.random() < 0.2:
                self.expect_any(self.call(visit, "POST", RESERVE, "reserve while waiting"), (200, 429))
            until = time.monotonic() + PATIENCE_SECONDS
            while visit.entered_at is None:
                assert time.monotonic() < until, "a user was never admitted"
                self.wait_by_stream(visit) if visit.streams else self.poll(visit)
        self.enter(visit)
        gevent.sleep(random.uniform(*STAY_SECONDS))
        self.expect(visit, self.call(visit, "POST", RESERVE, "reserve"), 200)
        visit.reserved = True
        sale.inside -= 1
        said = self.expect(visit, self.call(visit, "DELETE", QUEUE + "/allowed-in-token", "log out"), 200)
        assert said["success"], said
        visit.left = True

    def call(self, visit, method, path, name):
        headers = {"Authorization": f"Bearer {visit.token}"}
        with self.client.request(method, path, headers=headers, name=name, catch_response=True) as answer:
            answer.success()  # what is right is said here, not by the status
            return answer.status_code, answer.text

    def expect(self, visit, answer, status):
        return self.expect_any(answer, (status,))

    def expect_any(self, answer, statuses):
        assert answer[0] in statuses, answer
        return json.loads(answer[1])

    def enter(self, visit):
        visit.entered_at = time.monotonic()
        sale.inside += 1
        sale.most_inside = max(sale.most_inside, sale.inside)

    def note(self, visit, status):
        position = status["userQueuePosition"]
        assert status["usersBehind"] == status["totalQueueSize"] - position, status
        assert visit.position is None or position <= visit.position, f"a position rose from {visit.position} to {position}"
        visit.position = position

    def poll(self, visit):
        said = self.expect(visit, self.call(visit, "GET", QUEUE + "/status", "poll"), 200)
        if "data" not in said:
            visit.entered_at = time.monotonic()
            return
        self.note(visit, said["data"])
        gevent.sleep(0.5)

    def wait_by_stream(self, visit):
        at = urlsplit(self.host)
        with gevent.socket.create_connection((at.hostname, at.port), timeout=60) as sock:
            sock.sendall(
                f"GET {QUEUE}/stream HTTP/1.1\r\nHost: load\r\nAuthorization: Bearer {visit.token}\r\n\r\n".encode()
            )
            with sock.makefile("r", encoding="utf-8", newline="\n") as lines:
                status = lines.readline()
                assert " 200 " in status, status
                event = None
                for line in lines:
                    if line.startswith("event:"):
                        event = line[6:].strip()
                    elif line.startswith("data:") and event == "ALLOWED_IN":
                        visit.entered_at = time.monotonic()
                        return
                    elif line.startswith("data:") and event == "STATUS_UPDATE":
                        self.note(visit, json.loads(line[5:]))
                    elif line.startswith("data:"):
                        assert event == "HEARTBEAT", (event, line)


@events.quitting.add_listener
def check(environment, **_):
    faults = sale.faults
    lost = [visit for visit in sale.visits if not (visit.reserved and visit.left)]
    if lost or len(sale.visits) != USERS:
        faults.append(f"{len(lost)} of {len(sale.visits)} users were lost; {USERS} were to come")
    if sale.most_inside > CAPACITY:
        faults.append(f"{sale.most_inside} were inside at once, {CAPACITY} may be")
    entered = sorted((visit for visit in sale.visits if visit.entered_at), key=lambda visit: visit.asked_at)
    latest = 0
    acknowledged = sorted(entered, key=lambda visit: visit.acknowledged_at)
    at = 0
    for visit in entered:  # against all whose place was acknowledged before this one was asked for
        while at < len(acknowledged) and acknowledged[at].acknowledged_at < visit.asked_at:
            latest = max(latest, acknowledged[at].entered_at)
            at += 1
        if latest > visit.entered_at + TURNED_ROUND_SECONDS:
            faults.append(f"one who came later was in {latest - visit.entered_at:.1f} s earlier")
            break
    print(f"{len(sale.visits)} users, at most {sale.most_inside} inside, {len(faults)} faults")
    for fault in faults[:20]:
        print(f"FAULT: {fault}")
    if faults:
        environment.process_exit_code = 1
