"""The example of the ticketing gateway over services and an issuer of its own.

The issuer is a real one; the services behind say what reached them.
"""

import http.client
import http.server
import json
import sys
import threading
import time
import unittest
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "compat")]
from doorward import Server  # noqa: E402
from issuer import Issuer  # noqa: E402

EXAMPLE_FILE = ROOT / "examples" / "ticketing-gateway.yaml"
EXAMPLE = EXAMPLE_FILE.read_text()
SERVICES = ["auth", "user", "product", "payment", "reservation", "reservation-seat", "arthall", "ticket"]
LINEUP, STATUS, STREAM = "/api/v1/queue/lineup", "/api/v1/queue/status", "/api/v1/queue/stream"
ALLOWED, WAITING = "/api/v1/queue/allowed-in-token", "/api/v1/queue/waiting-token"
SEATS, RESERVATIONS = "/api/v1/reservation-seats/7/hold", "/api/v1/reservations"
CALLS = [("POST", LINEUP), ("GET", STATUS), ("DELETE", ALLOWED), ("DELETE", WAITING), ("GET", STREAM)]
PATIENCE = 30
IN, ALREADY, QUEUED = "바로 입장 가능합니다.", "이미 입장 가능한 상태입니다.", "대기열에 등록되었습니다."
NOT_IN_QUEUE = "대기열에 등록되지 않은 사용자입니다."


class Backend(http.server.BaseHTTPRequestHandler):
    """A service behind a route: says what reached it."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = {
            "service": self.server.service, "method": self.command, "path": self.path, "body": body.decode(),
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }  # fmt: skip
        text = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = answer

    def log_message(self, *_):
        pass


def start_backend(service):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    server.daemon_threads = True
    server.service = service
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Stream:
    """An event stream, read as a browser's EventSource would."""

    def __init__(self, port, token, last_id=None):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE + 15)
        headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
        self.http.request("GET", STREAM, headers=headers)
        self.answer = self.http.getresponse()
        assert self.answer.status == 200, self.answer.read()
        assert self.answer.getheader("Content-Type").startswith("text/event-stream")

    def next(self):
        """(event, data), or None at the end."""
        event, data = "message", []
        for line in iter(self.answer.readline, b""):
            line = line.decode().rstrip("\r\n")
            if not line and data:
                return event, json.loads("\n".join(data))
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                event = value
            elif name == "data":
                data.append(value)
        return None

    def until(self, wanted):
        while (got := self.next()) is not None:
            if got[0] == wanted:
                return got[1]
        raise AssertionError(f"the stream ended without {wanted}")

    def close(self):
        self.http.sock and self.http.sock.close()
        self.answer.close()
        self.http.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Gateway(unittest.TestCase):
    """The example over services and an issuer of its own."""

    environment = {"ALLOWED_IN_MAX_CAPACITY": "1"}
    example = EXAMPLE

    @classmethod
    def setUpClass(cls):
        cls.issuer = Issuer()
        cls.backends = {f"{name}-service": start_backend(f"{name}-service") for name in SERVICES}
        cls.addresses = {
            f"{name.upper().replace('-', '_')}_SERVICE": f"http://127.0.0.1:{cls.backends[f'{name}-service'].server_port}"
            for name in SERVICES
        }
        environment = {**cls.addresses, "JWT_JWKS_URI": cls.issuer.jwks_uri, **cls.environment}
        cls.server = Server(cls.example, environment=environment).start()
        cls.users = 0

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server._folder.cleanup()
        cls.issuer.close()
        for backend in cls.backends.values():
            backend.shutdown()
            backend.server_close()

    def setUp(self):
        self.gone = []

    def tearDown(self):
        for token in self.gone:
            self.call("DELETE", ALLOWED, token)
            self.call("DELETE", WAITING, token)

    def user(self, name=None, **claims):
        """The token of a user of this test's own, who leaves at its end."""
        Gateway.users = getattr(Gateway, "users", 0) + 1
        token = self.issuer.token(name or f"user-{Gateway.users}", **claims)
        self.gone.append(token)
        return token

    def call(self, method, path, token=None, body=None, headers=None):
        return self.server.call(method, path, body, token=token, headers=headers)

    def stream(self, token):
        stream = Stream(self.server.port, token)
        self.addCleanup(stream.close)
        return stream

    def assert_success(self, answer, status=200, **members):
        """Exactly these members, in their order."""
        self.assertEqual(answer[0], status, answer[2])
        said = dict(answer[2])
        self.assert_time(said.pop("timestamp"))
        self.assertEqual(said, {"success": True, **members})
        self.assertEqual(list(answer[2]), ["success", *members, "timestamp"])

    def assert_error(self, answer, http_status, code, message, status=None, path=None):
        self.assertEqual(answer[0], http_status, answer[2])
        self.assertEqual(list(answer[2]), ["success", "error", "timestamp"])
        self.assert_time(answer[2]["timestamp"])
        error = {"code": code, "message": message, "status": status or http_status}
        if path:
            error["path"] = path
        self.assertEqual((answer[2]["success"], answer[2]["error"]), (False, error))

    def assert_time(self, text):
        self.assertRegex(text, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        self.assertLess(abs(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() - time.time()), 60)

    def line_up(self, *tokens):
        return [self.call("POST", LINEUP, token)[2]["message"] for token in tokens]

    def state(self, token):
        """"in", a position, or None."""
        status, _, answer = self.call("GET", STATUS, token)
        if status == 404:
            return None
        return answer["data"]["userQueuePosition"] if "data" in answer else "in"

    def wait_for(self, condition, what):
        until = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.05)
