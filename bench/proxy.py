#!/usr/bin/env python3
"""What one CPU-second of the proxy forwards, beside nginx as a proxy before the same upstream.

Requests are small GETs on kept connections; wrk sends them. The figure to compare is requests per CPU-second (user and
system time of the proxying process), the median of the runs, which alternate so that both see the same machine.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))
from nginx import Nginx, wrk  # noqa: E402

from doorward import Server  # noqa: E402

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


def one_run(port, pid, options, seconds):
    figure, bad = wrk(port, pid, "/", options.clients, seconds)
    assert not bad, f"{bad:.0%} of the requests were not answered 200"
    return figure


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
