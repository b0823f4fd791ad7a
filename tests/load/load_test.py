#!/usr/bin/env python3
"""Starts the shop and Doorward before it, and sends it the visitors of locustfile.py."""

import argparse
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))
from doorward import Server, cpu_seconds  # noqa: E402


class Shop(BaseHTTPRequestHandler):
    """A backend that answers everything, and remembers nothing."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\n")

    do_GET = do_POST = answer

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
            "DOORWARD_TEST_CAPACITY": str(options.capacity),
            "DOORWARD_TEST_VISITORS": str(options.visitors),
        }
        code = subprocess.run(command, env=environment, timeout=1500).returncode
        print(f"server: {cpu_seconds(server.process.pid):.2f} CPU seconds")
        room = server.call("GET", "/v1/rooms/sale")[2]
        assert (room["waiting"], room["inside"]) == (0, 0), room
        assert server.stop() == 0, server.errors()
    backend.shutdown()
    if code:
        sys.exit(code)
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
