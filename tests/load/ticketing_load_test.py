#!/usr/bin/env python3
"""Starts the ticketing gateway's example before a service, and sends it the users of ticketing_locustfile.py."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))
import ticketing  # noqa: E402
from doorward import Server, cpu_seconds  # noqa: E402


class Service(BaseHTTPRequestHandler):
    """Counts who reached it, by the name that the gateway set."""

    protocol_version = "HTTP/1.1"
    reached = []

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        Service.reached.append(self.headers["X-User-Id"])
        body = json.dumps({"ok": True}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

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
    backend = Backend(("127.0.0.1", 0), Service)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        config = ticketing.config(folder, "limits: { connections_per_address: 10000 }\n")
        with Server(config, environment=ticketing.environment(options.capacity, backend.server_port)) as server:
            command = [
                sys.executable, "-m", "locust", "-f", str(HERE / "ticketing_locustfile.py"), "--headless", "--only-summary",
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
            room = server.call("GET", "/v1/rooms/ticketing")[2]
            assert (room["waiting"], room["inside"]) == (0, 0), room
            assert set(Service.reached) == {f"user-{n}" for n in range(options.visitors)}, "somebody did not get through"
            assert server.stop() == 0, server.errors()
    backend.shutdown()
    if code:
        sys.exit(code)
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
