#!/usr/bin/env python3
"""What one CPU-second of the proxy forwards, beside nginx as a proxy before the same upstream.

Requests are small GETs on kept connections; wrk sends them. The figure to compare is requests per CPU-second (user and
system time of the proxying process), the median of the runs, which alternate so that both see the same machine.
"""

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))
from doorward import Server, cpu_seconds  # noqa: E402

NGINX = """
worker_processes 1; daemon off; pid {name}.pid; error_log {name}.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  {body}
}}
"""
UPSTREAM = 'server {{ listen 127.0.0.1:{port}; location / {{ return 200 "hello, world"; }} }}'
PROXY = """
  upstream shop {{ server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 1000000000; }}
  server {{ listen 127.0.0.1:{port}; location / {{
    proxy_pass http://shop; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $http_host; proxy_set_header X-Request-Id $request_id;
    proxy_set_header Forwarded "for=$remote_addr;host=$http_host;proto=$scheme"; add_header X-Request-Id $request_id;
  }} }}
"""
CONFIG = """
threads: 1
upstreams:
  shop: http://127.0.0.1:{upstream}
routes:
  - {{ path: /**, upstream: shop }}
"""


class Nginx:
    """An nginx with its socket handed over, so that its port is nobody else's and answers at once."""

    def __init__(self, folder, name, body, **values):
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = listener.getsockname()[1]
        path = Path(folder) / f"{name}.conf"
        path.write_text(NGINX.format(name=name, body=body.format(port=self.port, **values)))
        os.set_inheritable(listener.fileno(), True)
        self.process = subprocess.Popen(
            ["nginx", "-p", f"{folder}/", "-c", path.name],
            env={**os.environ, "NGINX": f"{listener.fileno()};"}, pass_fds=[listener.fileno()], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        listener.close()

    def worker(self):
        until = time.monotonic() + 10
        while time.monotonic() < until:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            if children:
                return int(children[0])
            time.sleep(0.05)
        raise AssertionError("nginx has no worker")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def one_run(port, pid, options, seconds):
    before = cpu_seconds(pid)
    out = subprocess.run(
        ["wrk", "-t1", f"-c{options.clients}", f"-d{seconds}s", f"http://127.0.0.1:{port}/"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    cpu = cpu_seconds(pid) - before
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    assert not bad, f"{bad[1]} requests were not answered 200\n{out}"
    return int(re.search(r"(\d+) requests in", out)[1]) / cpu


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="doorward-bench-") as folder:
        upstream = Nginx(folder, "upstream", UPSTREAM)
        peer = Nginx(folder, "peer", PROXY, upstream=upstream.port)
        try:
            with Server(CONFIG.format(upstream=upstream.port)) as server:
                ours = (server.port, server.process.pid)
                theirs = (peer.port, peer.worker())
                for port, pid in (ours, theirs):
                    one_run(port, pid, options, 1)
                figures = []
                for run in range(options.runs):
                    figures.append((one_run(*ours, options, options.seconds), one_run(*theirs, options, options.seconds)))
                    print(f"run {run + 1}: doorward {figures[-1][0]:,.0f}, nginx {figures[-1][1]:,.0f} requests per CPU-second")
        finally:
            peer.stop()
            upstream.stop()
    own, other = (statistics.median(row[i] for row in figures) for i in (0, 1))
    print(f"proxied with {options.clients} clients: doorward {own:,.0f}, nginx {other:,.0f} requests per CPU-second "
          f"({own / other:.2f} times)")  # fmt: skip


if __name__ == "__main__":
    main()
