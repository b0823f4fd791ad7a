#!/usr/bin/env python3
"""System 4's queue and system 2's reservation beside FastAPI with Redis: requests per CPU-second, server and Redis together.

The same requests go to both sides: `POST /queue/enqueue`, `GET /queue/status`, `GET /queue/verify` of system 4, `POST /reserve`
of system 2. That both mean the same by every answer is asked first (bench/peers/systems_contract.py): a missing header, an unknown
business, a JWT that is forged or another business's, too many calls of an address, an expired JWT that is issued again, who is
queued already, who is ready; sold out, and a lock that somebody else has.

Doorward runs examples/gatekeeper.yaml. A call is: the business found by its key, of which a hash is kept; the JWT checked; the
call counted by business, address and endpoint; the place looked up in memory. A new place and a reservation (a hold, then its
confirmation, neither while somebody has the lock) are on the disk before they are answered.

The peer is bench/peers/fastapi: one worker of uvicorn with uvloop and httptools, header parameters, response models, PyJWT, orjson
and hiredis. Business, count and place are one script and so one round trip; enqueue writes the place in the same one. A
reservation takes the lock and looks at the stock in one script, sells and releases in another. Its Redis writes nothing to disk.

On both sides no limit is reached in what is measured, 10,000 users poll or are verified, each with an own JWT, and every
enqueue is of a new user. Only answers of 2xx count, so that the 429 of a busy lock is no work done; each side gets the number
of clients that suits it best. Without redis-server, wrk or PyPI the peer is left out. With `--check` the script fails where a
figure misses its aim.
"""

import argparse
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEER = ROOT / "bench/peers/fastapi"
VENV = ROOT / "build/bench/fastapi"
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "bench/peers")]
import systems_contract as contract  # noqa: E402
from doorward import Server, cpu_seconds  # noqa: E402

AIMS = {"status": 20, "verify": 20, "enqueue": 10, "reserve": 10}
CALLS = {
    "status": ("GET", "/queue/status"), "verify": ("GET", "/queue/verify"),
    "enqueue": ("POST", "/queue/enqueue"), "reserve": ("POST", "/reserve"),
}  # fmt: skip
CLIENTS = (1, 8, 64)
USERS = 10_000
STOCK = 1_000_000
WAITS, ENTERS = "a-key-whose-users-wait-0123456789", "a-key-whose-users-enter-0123456789"
# Every request of a list of headers in turn; in one with "#" that is a number which none had before.
LUA = """
local requests, n = {}, 0
init = function(args)
  for line in io.lines("%s") do
    local headers = {Host = wrk.headers["Host"]}
    for name, value in line:gmatch("([^=;]+)=([^;]*)") do headers[name] = value end
    local request = wrk.format("%s", "%s", headers)
    local at = request:find("#", 1, true)
    requests[#requests + 1] = at and {request:sub(1, at - 1), request:sub(at + 1)} or request
  end
end
request = function()
  n = n + 1
  local next = requests[(n - 1) %% #requests + 1]
  return type(next) == "string" and next or next[1] .. n .. next[2]
end
"""


class Side:
    """A server and its processes."""

    def __init__(self, name, port, pids):
        self.name, self.port, self.pids = name, port, pids
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.runs = 0

    def cpu(self):
        return sum(cpu_seconds(pid) for pid in self.pids)

    def call(self, method, path, headers, body=None):
        self.connection.request(method, path, body and json.dumps(body), headers)
        answer = self.connection.getresponse()
        return answer.status, answer.headers, json.loads(answer.read())

    def prepare(self):
        """Users who wait and users who are ready, and a stock; the headers of each call."""
        self.configure(WAITS, **{**contract.WIDE, **contract.NEVER})
        self.configure(ENTERS, **{**contract.WIDE, **contract.AT_ONCE})
        self.set_stock(STOCK)
        jwts = {key: [contract.enqueue(self, key, f"user-{n}")["jwt"] for n in range(USERS)] for key in (WAITS, ENTERS)}
        contract.wait_until_ready(self, ENTERS, jwts[ENTERS][-1])
        self.headers = {
            "status": [{"business_id": WAITS, "jwt": jwt} for jwt in jwts[WAITS]],
            "verify": [{"business_id": ENTERS, "jwt": jwt} for jwt in jwts[ENTERS]],
            "enqueue": [{"business_id": WAITS, "user_id": "new-%d-#"}],
            "reserve": [{}],
        }

    def last_position(self):
        self.runs += 1
        return contract.enqueue(self, WAITS, f"after-{self.runs}")["position"]


class Doorward(Side):
    def __init__(self, server):
        super().__init__("Doorward", server.port, [server.process.pid])
        self.server = server

    def configure(self, key, **settings):
        status, _, answer = self.call("POST", "/config", {"business_id": key}, settings)
        assert status == 200, answer

    def set_stock(self, count):
        status, _, answer = self.server.admin("PUT", "/v1/admin/inventories/train", {"count": count})
        assert status in (200, 201), answer

    @contextmanager
    def lock(self):
        status, _, lock = self.server.admin("POST", "/v1/locks/reserve", {"lease": "30s"})
        assert status == 200, lock
        yield
        self.server.admin("DELETE", f"/v1/locks/reserve?holder={lock['holder']}&fence={lock['fence']}")


class Peer(Side):
    def __init__(self, port, app, redis, redis_port):
        super().__init__("FastAPI + Redis", port, [app.pid, redis.pid])
        self.redis_port = redis_port

    def store(self, *command):
        command = ["redis-cli", "-p", str(self.redis_port), *map(str, command)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def configure(self, key, **settings):
        name = hashlib.sha256(key.encode()).hexdigest()
        self.store("HSET", f"business:{name}", *(word for setting in settings.items() for word in setting))
        self.store("SADD", "businesses", name)

    def set_stock(self, count):
        self.store("SET", "stock", count)

    @contextmanager
    def lock(self):
        self.store("SET", "lock:reserve", "somebody", "PX", 30_000)
        yield
        self.store("DEL", "lock:reserve")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command, port, **more):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, **more)
    until = time.monotonic() + 60
    try:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None and time.monotonic() < until, f"{command[0]} did not start"
            time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


@contextmanager
def doorward():
    config = (ROOT / "examples/gatekeeper.yaml").read_text()
    environment = {"BUSINESS_IDS": ":".join([WAITS, ENTERS, *contract.KEYS]), "JWT_SECRET": contract.SECRET}
    with Server(config, environment=environment) as server:
        yield Doorward(server)


def make_venv():
    python, done, wanted = VENV / "bin/python", VENV / "done", (PEER / "requirements.txt").read_text()
    if not done.exists() or done.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", PEER / "requirements.txt"], check=True)
        done.write_text(wanted)
    return python


@contextmanager
def peer(python):
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        redis_port, port = free_port(), free_port()
        command = ["redis-server", "--port", str(redis_port), "--save", "", "--appendonly", "no", "--dir", folder]
        redis = stack.enter_context(running(command, redis_port))
        command = [python, "-m", "uvicorn", "app:app", "--no-access-log", "--log-level", "warning", "--port", str(port)]
        environment = {**os.environ, "REDIS_URL": f"redis://127.0.0.1:{redis_port}", "JWT_SECRET": contract.SECRET}
        app = stack.enter_context(running(command, port, cwd=PEER, env=environment))
        yield Peer(port, app, redis, redis_port)


def one_run(side, call, clients, seconds, folder):
    """Good answers per CPU-second of the side's processes."""
    method, path = CALLS[call]
    listed, script = folder / "headers.txt", folder / "wrk.lua"
    first = side.last_position()
    lines = (";".join(f"{name}={value}" for name, value in headers.items()) for headers in side.headers[call])
    listed.write_text("\n".join(lines).replace("%d", str(side.runs)) + "\n")
    script.write_text(LUA % (listed, method, path))
    before = side.cpu()
    out = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "-s", script, f"http://127.0.0.1:{side.port}"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    cpu = side.cpu() - before
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    good = int(re.search(r"(\d+) requests in", out)[1]) - (int(bad[1]) if bad else 0)
    assert good > 0, f"{side.name}: no {call} was answered with 2xx\n{out}"
    # What was under way when the time was up came too.
    came = side.last_position() - first - 1
    assert call != "enqueue" or good <= came <= good + clients, f"{side.name}: {good} were enqueued, and {came} are"
    return good / cpu


def measure(side, options, folder):
    contract.check(side)
    side.prepare()
    figures = {}
    for call in AIMS:
        by_clients = {
            clients: statistics.median(
                one_run(side, call, clients, options.seconds, folder) for _ in range(options.runs)
            )
            for clients in CLIENTS
        }
        clients = max(by_clients, key=by_clients.get)
        figures[call] = by_clients[clients]
        print(f"{side.name}: {call} {figures[call]:,.0f} per CPU-second with {clients} clients", flush=True)
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=("doorward", "peer"), help="measure this side alone")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        ours = theirs = None
        if options.only != "peer":
            with doorward() as side:
                ours = measure(side, options, Path(folder))
        if not (shutil.which("redis-server") and shutil.which("redis-cli")):
            print("the peer is left out: there is no redis-server")
        elif options.only != "doorward":
            with peer(make_venv()) as side:
                theirs = measure(side, options, Path(folder))
    for call, aim in AIMS.items() if ours and theirs else ():
        times = ours[call] / theirs[call]
        missed = missed or times < aim
        print(f"{call}: {times:.1f} times FastAPI + Redis (aim: at least {aim})")
    if options.check and missed:
        sys.exit(1)


if __name__ == "__main__":
    main()
