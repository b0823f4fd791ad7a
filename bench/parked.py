#!/usr/bin/env python3
"""Memory of a parked event stream in the bare edge: growth of the server's RSS per stream.

The clients are spread over processes and loopback addresses: one process may hold 20,000 files. Ends with 1 above the aim.
"""

import argparse
import multiprocessing
import resource
import socket
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))
from figures import Figures  # noqa: E402

ROOT = Path(__file__).parent.parent
PER_CLIENT = 5000


def rss_bytes(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


def raise_file_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def hold(address, port, count, ready, release):
    raise_file_limit()
    streams = []
    for _ in range(count):
        s = socket.create_connection(("127.0.0.1", port), source_address=(address, 0))
        s.sendall(b"GET /events HTTP/1.1\r\nHost: bench\r\n\r\n")
        head = b""
        while b"data: 1\n\n" not in head:
            head += s.recv(4096)
        streams.append(s)
    ready.release()
    release.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=15000)
    parser.add_argument("--server", default=ROOT / "build/release/bench/edge_bench_server")
    args = parser.parse_args()
    raise_file_limit()
    server = subprocess.Popen([args.server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port = int(server.stdout.readline())
    ready, release = multiprocessing.Semaphore(0), multiprocessing.Event()

    def spread(count, base):
        parts = [min(PER_CLIENT, count - at) for at in range(0, count, PER_CLIENT)]
        clients = [
            multiprocessing.Process(target=hold, args=(f"127.0.0.{base + i}", port, part, ready, release))
            for i, part in enumerate(parts)
        ]
        for client in clients:
            client.start()
        for _ in clients:
            ready.acquire()
        return clients

    clients = spread(100, 2)  # what the first connections cost once is not a stream's
    before = rss_bytes(server.pid)
    clients += spread(args.streams, 3)
    grown = rss_bytes(server.pid) - before
    release.set()
    for client in clients:
        client.join()
    server.stdin.close()
    server.wait()
    figures = Figures()
    figures.at_most(f"process memory of each of {args.streams} parked event streams", grown / args.streams, 768, "bytes")
    figures.end()


if __name__ == "__main__":
    main()
