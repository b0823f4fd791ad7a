#!/usr/bin/env python3
"""Starts the shop and Doorward before it, sends it the visitors of locustfile.py, and judges by what is written down.

Whether the capacity and the order were kept is asked of the server's log (judge.py), and of the shop, which counts who is
in it by the tickets that Doorward names.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))
import judge  # noqa: E402
import log_file  # noqa: E402
from doorward import Server, cpu_seconds  # noqa: E402


class Till:
    """Who is in the shop, from the first request to the purchase, and who bought."""

    def __init__(self):
        self.lock = threading.Lock()
        self.inside = set()
        self.most_inside = 0
        self.sold = []

    def enter(self, ticket):
        with self.lock:
            self.inside.add(ticket)
            self.most_inside = max(self.most_inside, len(self.inside))

    def sell(self, ticket):
        with self.lock:
            self.sold.append(ticket)
            self.inside.discard(ticket)

    def faults(self, visits, capacity):
        found = []
        if self.most_inside > capacity:
            found.append(f"the shop had {self.most_inside} in it, the capacity is {capacity}")
        if sorted(self.sold) != sorted(visit["ticket"] for visit in visits):
            found.append("the shop did not sell once to each visitor")
        return found


class Shop(BaseHTTPRequestHandler):
    """A backend that answers everything."""

    protocol_version = "HTTP/1.1"
    till = Till()

    def do_GET(self):
        self.till.enter(self.headers["X-Doorward-Ticket"])
        self.answer()

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.till.sell(self.headers["X-Doorward-Ticket"])
        self.answer()

    def answer(self):
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, *_):
        pass


class Backend(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=2000)
    parser.add_argument("--capacity", type=int, default=100)
    options = parser.parse_args()
    backend = Backend(("127.0.0.1", 0), Shop)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    config = f"""
upstreams:
  shop: http://127.0.0.1:{backend.server_port}
rooms:
  sale: {{ capacity: {options.capacity}, session: {{ ttl: 10m, renew: use }}, claim: {{ ttl: 2m }} }}
routes:
  - {{ path: /buy/**, room: sale, upstream: shop }}
limits:
  connections_per_address: 10000
"""
    with Server(config) as server:
        command = [
            sys.executable, "-m", "locust", "-f", str(HERE / "locustfile.py"), "--headless", "--only-summary",
            "--host", f"http://127.0.0.1:{server.port}", "--users", str(options.visitors),
            "--spawn-rate", str(max(50, options.visitors // 8)), "--run-time", "20m", "--stop-timeout", "30",
        ]  # fmt: skip
        environment = {
            **os.environ,
            "DOORWARD_TEST_VISITORS": str(options.visitors),
            "DOORWARD_TEST_REPORT": str(server.folder / "visits.json"),
        }
        code = subprocess.run(command, env=environment, timeout=1500).returncode
        print(f"server: {cpu_seconds(server.process.pid):.2f} CPU seconds")
        room = server.call("GET", "/v1/rooms/sale")[2]
        assert (room["waiting"], room["inside"]) == (0, 0), room
        assert server.stop() == 0, server.errors()
        visits = json.loads((server.folder / "visits.json").read_text())
        joined, departed = log_file.read(server.data)
    backend.shutdown()
    faults = judge.faults(visits, joined, departed, options.capacity, options.visitors)
    faults += Shop.till.faults(visits, options.capacity)
    for fault in faults[:20]:
        print("FAULT", fault)
    print(f"by the log and the shop: {len(faults)} faults, at most {Shop.till.most_inside} in the shop at once")
    sys.exit(code or (1 if faults else 0))


if __name__ == "__main__":
    main()
