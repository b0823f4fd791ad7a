#!/usr/bin/env python3
"""A million waiting tickets in a running server: its memory, and how soon it is back after SIGKILL.

The tickets come as joins over HTTP, each a visitor of its own whose subject is as long as a UUID. `late` of them come after the
last snapshot, so that the start reads the snapshot and then as much of the log as a crash can leave to it.

Then a place is read and another taken every millisecond, for a while without a snapshot and as long with one after the other being
written: the longest of these calls may take 20 ms more than a control that knows no server, or the same call without a snapshot. The
data folder is in memory for that: what is asked is whether the program stops, and a disk alone holds a sync up for longer than that.
A program that stops for a snapshot does so in every round, and the machine does not: the least of the rounds counts.
"""

import argparse
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "support"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))
from doorward import Server  # noqa: E402
from figures import Figures, Machine  # noqa: E402
from joins import LUA, one_run  # noqa: E402
from stalls import longest_stalls  # noqa: E402

LONGEST_STALL_MS = 20
PROBES = 3


def memory_mb(pid, field):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) / 1000


def waiting(server):
    return server.call("GET", "/v1/rooms/sale")[2]["waiting"]


def join_until(server, tickets, script):
    while (missing := tickets - waiting(server)) > 0:
        one_run(server, 64, 1 if missing < 100_000 else 2, script)


def snapshots(server):
    _, _, metrics = server.call("GET", "/metrics")
    return int(float(re.search(r"^doorward_log_snapshots_total (\S+)$", metrics, re.M)[1]))


def restart(server, snapshot_every):
    """As after a crash; what was replayed counts for the first snapshot."""
    server.kill()
    (server.folder / "doorward.yaml").write_text(config(snapshot_every))
    server.start()


def config(snapshot_every):
    return f"log: {{snapshot_every: {snapshot_every}}}\n"


def stalls(server, snapshot_every, seconds):
    """The longest of each kind of call, in milliseconds."""
    restart(server, snapshot_every)
    _, _, ticket = server.call("POST", "/v1/rooms/sale/tickets")
    head = "Host: bench\r\nContent-Length: 0\r\n"
    requests = {
        "read": f"GET /v1/rooms/sale/tickets/self HTTP/1.1\r\n{head}Authorization: Bearer {ticket['token']}\r\n\r\n".encode(),
        "join": f"POST /v1/rooms/sale/tickets HTTP/1.1\r\n{head}\r\n".encode(),
    }
    longest = longest_stalls(server.port, requests, seconds)
    print(f"{snapshots(server)} snapshots: the longest of " + ", ".join(f"{n} {ms:.1f} ms" for n, ms in longest.items()))
    return longest


def one_probe(server, seconds):
    """What a read and a join took beyond what the machine takes of itself."""
    without = stalls(server, 1_000_000_000, seconds)
    assert snapshots(server) == 0
    during = stalls(server, 1_000, seconds)
    assert snapshots(server) > 0, "no snapshot was written meanwhile"
    return {call: max(0.0, during[call] - max(during["control"], without[call])) for call in ("read", "join")}


def probe_stalls(data, figures, seconds):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        shutil.copytree(data, Path(folder) / "data")
        with Server(config(1_000_000_000), data=Path(folder) / "data") as server:
            probes = [one_probe(server, seconds) for _ in range(PROBES)]
    for call in ("read", "join"):
        figures.at_most(f"longest stall of a {call} by a snapshot of all, beyond the machine's", min(p[call] for p in probes),
                        LONGEST_STALL_MS, "ms")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--late", type=int, default=300_000)
    parser.add_argument("--seconds", type=int, default=4, help="of each half of a search for stalls")
    options = parser.parse_args()
    policy = {"capacity": 1, "session": {"ttl": "1h", "renew": "never"}, "max_waiting": 50_000_000}
    figures = Figures()
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script, Server(config(options.tickets - options.late)) as server:
        script.write(LUA)
        script.flush()
        server.set_room("sale", policy)
        join_until(server, options.tickets, script.name)
        pid, count = server.process.pid, waiting(server)
        print(f"{count:,} waiting; peak {memory_mb(pid, 'VmHWM'):.0f} MB with a snapshot")
        figures.at_most("process memory", memory_mb(pid, "VmRSS") * min(1, options.tickets / count), 150, "MB")
        server.kill()
        with Machine() as machine:
            began = time.monotonic()
            server.start()
            took = time.monotonic() - began
            machine.servers = (server.process.pid,)
        # And perhaps those who were joining as the load ended.
        assert waiting(server) >= count, f"{waiting(server)} of {count} places came back"
        print(f"all {count:,} places are there, {memory_mb(server.process.pid, 'VmRSS'):.0f} MB")
        figures.at_most("recovery from snapshot and log, from start to ready", took, 3, "s", machine)
        server.kill()
        probe_stalls(server.data, figures, options.seconds)
    figures.end()


if __name__ == "__main__":
    main()
