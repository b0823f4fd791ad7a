#!/usr/bin/env python3
"""Durable joins: latency with 64 clients, and joins per CPU-second of the server.

Every join is a `POST /v1/rooms/sale/tickets` of a new visitor, answered after its batch was synced to disk. The load comes
from wrk; the figure to compare is joins per CPU-second (user and system time of the server process), the median of the runs. Ends
with 1 where a median misses its aim.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))
from doorward import Server, cpu_seconds  # noqa: E402
from figures import Figures, Machine  # noqa: E402

LUA = 'wrk.method = "POST"\n'


def one_run(server, clients, seconds, script):
    before = cpu_seconds(server.process.pid)
    out = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "-s", script,
         f"http://127.0.0.1:{server.port}/v1/rooms/sale/tickets"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    cpu = cpu_seconds(server.process.pid) - before
    joins = int(re.search(r"(\d+) requests in", out)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    assert not bad, f"{bad[1]} joins were not answered 201\n{out}"
    median = re.search(r"50%\s+([\d.]+)(us|ms|s)", out)
    to_ms = {"us": 0.001, "ms": 1, "s": 1000}[median[2]]
    return float(median[1]) * to_ms, joins / cpu, joins / seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    policy = {"capacity": 1, "session": {"ttl": "1h", "renew": "never"}, "max_waiting": 50_000_000}
    rows = []
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script, Server() as server:
        script.write(LUA)
        script.flush()
        server.set_room("sale", policy)
        one_run(server, options.clients, 1, script.name)
        with Machine(server.process.pid) as machine:
            for run in range(options.runs):
                latency, per_cpu, per_second = one_run(server, options.clients, options.seconds, script.name)
                print(f"run {run + 1}: median {latency:.2f} ms, {per_second:,.0f} joins/s, {per_cpu:,.0f} joins per CPU-second")
                rows.append((latency, per_cpu))
    figures = Figures()
    latency = statistics.median(row[0] for row in rows)
    figures.at_most(f"median latency of a join with {options.clients} clients", latency, 5, "ms", machine)
    figures.at_least("durable joins", statistics.median(row[1] for row in rows), 30_000, "per CPU-second", machine)
    figures.end()


if __name__ == "__main__":
    main()
