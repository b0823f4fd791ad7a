"""Visitors of the wait queue: a token, a socket until the pass comes, then the limited call until it refuses.

Run by systems_load_test.py, or by hand against examples/wait-queue.yaml:

    locust -f tests/load/wait_queue_locustfile.py --host http://127.0.0.1:8000 --users 500 --spawn-rate 100

Every visitor comes once. At the end the run fails if anybody got no pass, or two, or another's; if a position rose; if
one who came later was let in a round earlier; if more were active than DOORWARD_TEST_ACTIVE; or if anybody was allowed
more or less than five calls in the window.
"""

import base64
import json
import os
import time
from urllib.parse import urlsplit

import gevent
import gevent.socket
from locust import FastHttpUser, constant, events, task
from locust.exception import StopUser

from judge import overtakes

ACTIVE = int(os.environ.get("DOORWARD_TEST_ACTIVE", "0"))
VISITORS = int(os.environ.get("DOORWARD_TEST_VISITORS", "0"))
ROUND_SECONDS = float(os.environ.get("DOORWARD_TEST_ROUND", "5"))
PATIENCE_SECONDS = 600


class Visit:
    asked_at = answered_at = opened_at = passed_at = None
    uuid = None
    allowed = 0
    done = False


class Run:
    """What all visitors saw together."""

    visits = []
    faults = []
    most_active = 0
    watching = False


run = Run()


class WebSocket:
    """As much of RFC 6455 as these frames need, on a socket of gevent's."""

    def __init__(self, host, path):
        address = urlsplit(host)
        self.socket = gevent.socket.create_connection((address.hostname, address.port), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        self.file = self.socket.makefile("rb")
        status = self.file.readline()
        assert b" 101 " in status, status
        while self.file.readline() not in (b"\r\n", b""):
            pass

    def send(self, text):
        payload = text.encode()
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
        self.socket.sendall(b"\x81" + size + b"\0\0\0\0" + payload)

    def read(self):
        """A text, or the code of the close."""
        while True:
            head = self.file.read(2)
            assert len(head) == 2, "the connection broke"
            size = head[1] & 0x7F
            if size == 126:
                size = int.from_bytes(self.file.read(2), "big")
            payload = self.file.read(size)
            if head[0] == 0x81:
                return payload.decode()
            if head[0] == 0x88:
                return int.from_bytes(payload[:2], "big")

    def close(self):
        self.file.close()
        self.socket.close()


class Visitor(FastHttpUser):
    wait_time = constant(0)
    network_timeout = 60.0
    connection_timeout = 60.0

    @task
    def visit(self):
        if VISITORS and len(run.visits) >= VISITORS:
            raise StopUser  # locust makes up for visitors who went home
        visit = Visit()
        run.visits.append(visit)
        if not run.watching:
            run.watching = True
            gevent.spawn(watch, self)
        try:
            token = self.join(visit)
            self.use(visit, self.wait(visit, token))
        except (AssertionError, OSError) as fault:
            run.faults.append(f"{visit.uuid}: {fault}")
        visit.done = True
        if VISITORS and len(run.visits) >= VISITORS and all(v.done for v in run.visits):
            self.environment.runner.quit()
        raise StopUser

    def join(self, visit):
        visit.asked_at = time.monotonic()
        answer = self.client.post("/token/", name="token")
        visit.answered_at = time.monotonic()
        assert answer.status_code == 200, f"token answered {answer.status_code}: {answer.text}"
        visit.uuid = answer.json()["uuid"]
        refused = self.call_limited(answer.json()["access_token"], "waiting")
        assert refused == 403, f"a waiting token got {refused}"
        return answer.json()

    def wait(self, visit, token):
        socket = WebSocket(self.host, "/ws/")
        socket.send(json.dumps(token))
        last, active = None, None
        while not isinstance(frame := socket.read(), int):
            said = json.loads(frame)
            if said["status"] == "wait":
                assert last is None or said["position"] <= last, f"the place rose from {last} to {said['position']}"
                if last is None:
                    visit.opened_at = time.monotonic()  # the server knows of the socket
                last = said["position"]
                continue
            assert active is None, "a second pass"
            assert said["uuid"] == visit.uuid, f"got the pass of {said['uuid']}"
            visit.passed_at = time.monotonic()
            active = said["access_token"]
            assert last is not None, "the first frame was no position"
        socket.close()
        assert frame == 1000 and active, f"closed with {frame}, pass: {active}"
        return active

    def use(self, visit, active):
        answers = [self.call_limited(active, "limited") for _ in range(6)]
        # A machine that is busy elsewhere may take longer than the session.
        if time.monotonic() - visit.passed_at < 4:
            assert answers == [200] * 5 + [429], f"limited answered {answers}"

    def call_limited(self, token, name):
        headers = {"Authorization": f"Bearer {token}"}
        with self.client.get("/limited/", headers=headers, name=name, catch_response=True) as answer:
            answer.success()
            return answer.status_code


def watch(visitor):
    while True:
        answer = visitor.client.get("/v1/rooms/wait-queue", name="room")
        if answer.status_code == 200:
            run.most_active = max(run.most_active, answer.json()["inside"])
        gevent.sleep(0.2)


def order_faults():
    """Those whose pass came a round before that of somebody who waited at a socket before they even asked."""
    arrivals = [(v.uuid, v.asked_at, v.opened_at, v.passed_at) for v in run.visits if v.passed_at and v.opened_at]
    pairs = overtakes(arrivals, slack=ROUND_SECONDS)
    return [f"{late} came after {before} and was let in a round before" for late, before in pairs]


@events.quitting.add_listener
def check(environment, **_):
    faults = run.faults + order_faults()
    uuids = [v.uuid for v in run.visits]
    if len(set(uuids)) != len(uuids):
        faults.append("two visitors hold one ticket")
    if ACTIVE and run.most_active > ACTIVE:
        faults.append(f"{run.most_active} were active, at most {ACTIVE} may be")
    if VISITORS and len(run.visits) != VISITORS:
        faults.append(f"{len(run.visits)} visitors of {VISITORS}")
    lost = sum(v.passed_at is None for v in run.visits)
    if lost:
        faults.append(f"{lost} visitors got no pass")
    print(f"{len(run.visits)} visitors, {len(run.visits) - lost} passes, at most {run.most_active} active at once")
    for fault in faults[:20]:
        print("FAULT", fault)
    environment.process_exit_code = 1 if faults else 0
