#!/usr/bin/env python3
"""Queue and tickets beside FastAPI with Redis: requests per CPU-second, server and Redis together.

Both sides do the same work on one machine in one run: a new place in a queue with its token (enqueue), where it stands
(status), whether its holder may enter (verify), and a ticket (reserve: `POST /reserve` of system 2 on both sides). What
Doorward answers to enqueue and reserve is on the disk; the peer's Redis writes nothing down. Only answers of 2xx count, so
that the peer's 429 of a busy lock is no work done; each side gets the number of clients that suits it best.

The peer is bench/peers/fastapi, one worker of uvicorn, installed in build/bench/fastapi. Without redis-server, wrk or PyPI it
is left out. With `--check` the script fails where a figure misses its aim.
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
sys.path.insert(0, str(ROOT / "tests" / "support"))
from doorward import Server, cpu_seconds  # noqa: E402

KEY = "bench-key-of-a-backend-0123456789"
AIMS = {"status": 20, "verify": 20, "enqueue": 10, "reserve": 10}
CLIENTS = (1, 8, 64)
USERS = 1_000
# Each request of a list of (headers, body), one after the other. `wrk.format` sends the given fields and no others, and
# Host is known from `init` on.
LUA = """
local requests, n = {}, 0
init = function(args)
  for line in io.lines("%s") do
    local head, body = line:match("^(.-)\t(.*)$")
    local headers = {Host = wrk.headers["Host"], ["Content-Type"] = "application/json"}
    for name, value in head:gmatch("([^=;]+)=([^;]*)") do headers[name] = value end
    requests[#requests + 1] = wrk.format("%s", "%s", headers, body ~= "" and body or nil)
  end
end
request = function() n = n %% #requests + 1; return requests[n] end
"""


class Side:
    """A server, its processes, and how each call is made: (method, path, [(headers, body)])."""

    def __init__(self, name, port, pids):
        self.name, self.port, self.pids, self.calls = name, port, pids, {}

    def cpu(self):
        return sum(cpu_seconds(pid) for pid in self.pids)

    def ask(self, connection, method, path, headers=None, body=None):
        connection.request(method, path, body=body, headers={"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status in (200, 201), (self.name, path, answer.status, text)
        return json.loads(text)


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
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    config = f"""
rooms:
  waits: {{ capacity: 1, session: {{ ttl: 1h, renew: never }}, max_waiting: 50000000 }}
  enters: {{ capacity: 1000000, session: {{ ttl: 1h, renew: never }} }}
inventories: {{ train: {{ count: 1000000 }} }}
identity: {{ api_keys: [{{ name: bench, sha256: {digest} }}] }}
"""
    with Server(config) as server:
        side = Side("Doorward", server.port, [server.process.pid])
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        waits = [side.ask(connection, "POST", "/v1/rooms/waits/tickets") for _ in range(USERS)]
        enters = [side.ask(connection, "POST", "/v1/rooms/enters/tickets") for _ in range(USERS)]
        side.calls = {
            "enqueue": ("POST", "/v1/rooms/waits/tickets", [({}, "")]),
            "status": (
                "GET",
                "/v1/rooms/waits/tickets/self",
                [({"Authorization": f"Bearer {t['token']}"}, "") for t in waits],
            ),
            "verify": (
                "POST",
                "/v1/passes/verify",
                [({"X-API-Key": KEY}, json.dumps({"pass": t["pass"]})) for t in enters],
            ),
            "reserve": ("POST", "/reserve", [({}, "")]),
        }
        yield side


def make_venv():
    python = VENV / "bin/python"
    if not (VENV / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", PEER / "requirements.txt"], check=True)
        (VENV / "done").touch()
    return python


@contextmanager
def peer(python):
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        redis_port, port = free_port(), free_port()
        command = ["redis-server", "--port", str(redis_port), "--save", "", "--appendonly", "no", "--dir", folder]
        redis = stack.enter_context(running(command, redis_port))
        app = stack.enter_context(
            running(
                [python, "-m", "uvicorn", "app:app", "--no-access-log", "--log-level", "warning", "--port", str(port)],
                port,
                cwd=PEER,
                env={**os.environ, "REDIS_URL": f"redis://127.0.0.1:{redis_port}"},
            )
        )
        store = ["redis-cli", "-p", str(redis_port)]
        subprocess.run([*store, "SET", "stock", "1000000"], check=True, stdout=subprocess.DEVNULL)
        side = Side("FastAPI + Redis", port, [app.pid, redis.pid])
        connection = http.client.HTTPConnection("127.0.0.1", port)
        users = [f"user-{n}" for n in range(USERS)]
        jwts = [side.ask(connection, "POST", "/queue/enqueue", {"user_id": user})["jwt"] for user in users]
        for user in users:
            subprocess.run([*store, "SET", f"ready:{user}", "1"], check=True, stdout=subprocess.DEVNULL)
        side.calls = {
            "enqueue": ("POST", "/queue/enqueue", [({"user_id": f"new-{n}"}, "") for n in range(200_000)]),
            "status": ("GET", "/queue/status", [({"jwt": jwt}, "") for jwt in jwts]),
            "verify": ("GET", "/queue/verify", [({"jwt": jwt}, "") for jwt in jwts]),
            "reserve": ("POST", "/reserve", [({}, "")]),
        }
        yield side


def one_run(side, call, clients, seconds, folder):
    """Good answers per CPU-second of the side's processes."""
    method, path, requests = side.calls[call]
    listed = folder / f"{side.name}-{call}.txt".replace(" ", "")
    if not listed.exists():
        lines = [";".join(f"{name}={value}" for name, value in head.items()) + "\t" + body for head, body in requests]
        listed.write_text("\n".join(lines) + "\n")
    script = folder / "wrk.lua"
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
    return good / cpu


def measure(side, options, folder):
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
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        with doorward() as side:
            ours = measure(side, options, Path(folder))
        if not (shutil.which("redis-server") and shutil.which("redis-cli")):
            print("the peer is left out: there is no redis-server")
            return
        with peer(make_venv()) as side:
            theirs = measure(side, options, Path(folder))
    for call, aim in AIMS.items():
        times = ours[call] / theirs[call]
        missed = missed or times < aim
        print(f"{call}: {times:.1f} times FastAPI + Redis (aim: at least {aim})")
    if options.check and missed:
        sys.exit(1)


if __name__ == "__main__":
    main()
