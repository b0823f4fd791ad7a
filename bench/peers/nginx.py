"""An nginx to measure beside, and wrk to measure both with."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "support"))
from doorward import cpu_seconds  # noqa: E402

CONFIG = """
worker_processes 1; daemon off; pid {name}.pid; error_log {name}.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  {body}
}}
"""


class Nginx:
    """An nginx with its socket handed over, so that its port is nobody else's and answers at once."""

    def __init__(self, folder, name, body, **values):
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = listener.getsockname()[1]
        path = Path(folder) / f"{name}.conf"
        path.write_text(CONFIG.format(name=name, body=body.format(port=self.port, **values)))
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


def wrk(port, pid, path, clients, seconds):
    """Requests per CPU-second of the process, and which share of them was not answered 2xx."""
    before = cpu_seconds(pid)
    out = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", f"http://127.0.0.1:{port}{path}"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    cpu = cpu_seconds(pid) - before
    count = int(re.search(r"(\d+) requests in", out)[1])
    other = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return count / cpu, (int(other[1]) if other else 0) / count
