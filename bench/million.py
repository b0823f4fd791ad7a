#!/usr/bin/env python3
"""A million waiting tickets in a running server: its memory, and how soon it is back after SIGKILL.

The tickets come as joins over HTTP, each a visitor of its own whose subject is as long as a UUID. `late` of them come after the
last snapshot, so that the start reads the snapshot and then as much of the log as a crash can leave to it.
"""

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))
from doorward import Server  # noqa: E402
from joins import LUA, one_run  # noqa: E402


def memory_mb(pid, field):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) / 1000


def waiting(server):
    return server.call("GET", "/v1/rooms/sale")[2]["waiting"]


def join_until(server, tickets, script):
    while (missing := tickets - waiting(server)) > 0:
        one_run(server, 64, 1 if missing < 100_000 else 2, script)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--late", type=int, default=300_000)
    options = parser.parse_args()
    policy = {"capacity": 1, "session": {"ttl": "1h", "renew": "never"}, "max_waiting": 50_000_000}
    config = f"log: {{snapshot_every: {options.tickets - options.late}}}\n"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script, Server(config) as server:
        script.write(LUA)
        script.flush()
        server.set_room("sale", policy)
        join_until(server, options.tickets, script.name)
        pid, count = server.process.pid, waiting(server)
        print(f"{count:,} waiting: {memory_mb(pid, 'VmRSS'):.0f} MB of process memory (aim: at most 150), "
              f"peak {memory_mb(pid, 'VmHWM'):.0f} MB with a snapshot")
        server.kill()
        began = time.monotonic()
        server.start()
        took = time.monotonic() - began
        assert waiting(server) == count, f"{waiting(server)} of {count} places came back"
        print(f"recovery from snapshot and log: {took:.2f} s from start to ready (aim: at most 3), all {count:,} places there, "
              f"{memory_mb(server.process.pid, 'VmRSS'):.0f} MB")


if __name__ == "__main__":
    main()
