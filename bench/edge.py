#!/usr/bin/env python3
"""Requests per CPU-second of the bare edge and of nginx's `return 200`, under wrk with 64 clients, turn by turn."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
NGINX = """
worker_processes 1; daemon off; pid {dir}/nginx.pid; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000; client_body_temp_path {dir}/b; proxy_temp_path {dir}/p;
  fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ default_type text/plain; return 200 'ok'; }} }}
}}
"""


def cpu_seconds(pid):
    """Of a process and its children."""
    total = 0.0
    for task in [pid] + [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]:
        fields = Path(f"/proc/{task}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def free_port():
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def measure(name, pid, port, seconds):
    before = cpu_seconds(pid)
    out = subprocess.run(
        ["wrk", "-t1", "-c64", f"-d{seconds}s", f"http://127.0.0.1:{port}/"], capture_output=True, text=True, check=True
    ).stdout
    spent = cpu_seconds(pid) - before
    count = int(re.search(r"(\d+) requests in", out).group(1))
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit(out)
    print(f"{name:6} {count / seconds:10.0f} requests/s {count / spent:10.0f} requests per CPU-second", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--server", default=ROOT / "build/release/bench/edge_bench_server")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        edge = subprocess.Popen([args.server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        edge_port = int(edge.stdout.readline())
        nginx_port = free_port()
        Path(folder, "nginx.conf").write_text(NGINX.format(dir=folder, port=nginx_port))
        nginx = subprocess.Popen(["nginx", "-e", "stderr", "-p", folder, "-c", f"{folder}/nginx.conf"])
        time.sleep(0.5)
        try:
            for _ in range(args.rounds):
                measure("edge", edge.pid, edge_port, args.seconds)
                measure("nginx", nginx.pid, nginx_port, args.seconds)
        finally:
            edge.stdin.close()
            edge.wait()
            nginx.terminate()
            nginx.wait()


if __name__ == "__main__":
    main()
