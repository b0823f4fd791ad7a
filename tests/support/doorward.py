"""Starts the program under test and talks to it, for tests in Python. Standard library only.

The binary is $DOORWARD_BINARY. Every server gets a free port and a data folder of its own, and is stopped with
the `with` block; nothing else is ever stopped.
"""

import http.client
import json
import os
import re
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ADMIN_TOKEN = "admin-token-of-the-tests-0123456789"
READY = re.compile(r"ready on (?:http://)?([0-9.]+):([0-9]+)")
ADMIN = re.compile(r"admin: http://[0-9.]+:([0-9]+)")
START_SECONDS = 60


class Server:
    """One process of `doorward serve`."""

    def __init__(self, config=None, data=None, arguments=(), environment=None):
        self._folder = tempfile.TemporaryDirectory(prefix="doorward-test-")
        self.folder = Path(self._folder.name)
        self.data = Path(data) if data else self.folder / "data"
        self.command = [os.environ["DOORWARD_BINARY"], "serve", "--listen", "127.0.0.1:0", "--data", str(self.data)]
        if config is not None:
            path = self.folder / "doorward.yaml"
            path.write_text(config or "{}\n")
            self.command += ["--config", str(path)]
        self.command += arguments
        self.environment = {**os.environ, "DOORWARD_ADMIN_TOKEN": ADMIN_TOKEN, **(environment or {})}
        self.process = None
        self.port = None
        self.ready = ""

    def start(self):
        self.log = open(self.folder / "stderr.log", "ab")
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=self.log, env=self.environment, cwd=self.folder
        )
        seen = b""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if select.select([self.process.stdout], [], [], 0.2)[0]:
                piece = os.read(self.process.stdout.fileno(), 4096)
                seen += piece
                match = READY.search(seen.decode(errors="replace"))
                if match:
                    self.port = int(match[2])
                    self.ready = seen.decode(errors="replace")
                    return self
                if not piece:
                    break
        self.kill()
        raise AssertionError(f"not ready: {seen!r}\n{self.errors()}")

    def admin_port(self):
        """The port of `admin.listen`."""
        return int(ADMIN.search(self.ready)[1])

    def errors(self):
        return (self.folder / "stderr.log").read_text(errors="replace")[-4000:]

    def kill(self):
        """SIGKILL: nothing is written down, as when the power fails but for the disk."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
            self.process.stdout.close()
            self.log.close()
        self.process = None

    def stop(self, seconds=30):
        """SIGTERM: drains. Returns the exit code."""
        if not self.process:
            return None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=seconds)
        self.process.stdout.close()
        self.log.close()
        self.process = None
        return code

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()
        self._folder.cleanup()

    def call(self, method, path, body=None, token=None, headers=None, timeout=30):
        """One request on a connection of its own: (status, headers, JSON or text)."""
        with Connection(self.port, timeout) as connection:
            return connection.call(method, path, body, token, headers)

    def admin(self, method, path, body=None):
        return self.call(method, path, body, token=ADMIN_TOKEN)

    def set_room(self, name, policy):
        status, _, answer = self.admin("PUT", f"/v1/admin/rooms/{name}", policy)
        assert status in (200, 201), (status, answer)


class Connection:
    """A keep-alive connection."""

    def __init__(self, port, timeout=30):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def call(self, method, path, body=None, token=None, headers=None):
        fields = dict(headers or {})
        if token:
            fields["Authorization"] = f"Bearer {token}"
        if body is not None:
            body = json.dumps(body)
            fields.setdefault("Content-Type", "application/json")
        self.http.request(method, path, body=body, headers=fields)
        answer = self.http.getresponse()
        text = answer.read()
        if text and "json" in (answer.getheader("Content-Type") or ""):
            return answer.status, answer.headers, json.loads(text)
        return answer.status, answer.headers, text.decode(errors="replace")


def cpu_seconds(pid):
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
