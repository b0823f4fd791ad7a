#!/usr/bin/env python3
"""What all compatible systems share: the introduction of their contract, line by line, against the examples.

Each test quotes the line that it checks.
"""

import http.client
import json
import re
import socket
import sys
import unittest
from pathlib import Path

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from doorward import ADMIN_TOKEN, Server  # noqa: E402

EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*.yaml") if path.with_suffix(".env.example").exists())
RATE_LIMITER = (ROOT / "examples" / "rate-limiter.yaml").read_text()
PAGE = "https://page.example"
ELSEWHERE = "https://elsewhere.example"
METHODS = ("get", "put", "post", "delete", "patch")
SCHEMA = json.loads((ROOT / "docs" / "doorward.schema.json").read_text())
SWITCHES = sorted(SCHEMA["properties"]["compat"]["properties"])


def references(text):
    """The variables of a configuration and their defaults."""
    plain = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return dict(re.findall(r"\$\{([A-Z_0-9]+):([^}]*)\}", plain))


def shipped(path):
    lines = path.with_suffix(".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_0-9]+=", line))


def described(server):
    """The compatible calls of /openapi.json: {(method, path with its parameters filled in)}."""
    paths = server.call("GET", "/openapi.json")[2]["paths"]
    return {
        (method.upper(), re.sub(r"\{[^}]+\}", "x", path))
        for path, item in paths.items()
        for method in METHODS
        if method in item and not path.startswith("/v1/")
    }


def preflight(server, path, origin, method="GET", headers="content-type"):
    return server.call("OPTIONS", path, headers={
        "Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers})  # fmt: skip


# What the pages, and the contract where a page is silent, say of each system when nobody sets anything.
DEFAULTS = {
    "wait-queue": {"RATE_LIMIT": "5", "RATE_WINDOW": "10s", "ACTIVE_TTL": "30s", "MAX_ACTIVE": "1000", "ROUND": "5s",
                   "RATE_ALGORITHM": "fixed_window", "JWT_SECRET": ""},
    "train-reservation": {"TICKETS": "1", "LOCK_TTL": "5s"},
    "ticketing-gateway": {"SERVER_PORT": "8080", "ALLOWED_IN_MAX_CAPACITY": "100", "ALLOWED_IN_DURATION_SECONDS": "240",
                          "JWT_JWKS_URI": "http://localhost:8090/.well-known/jwks.json"},
    "gatekeeper": {"BUSINESS_IDS": "", "JWT_SECRET": ""},
    "rate-limiter": {},
}  # fmt: skip
ALL = {"DEBUG": "false", "LOG_LEVEL": "info"}


class Settings(unittest.TestCase):
    def test_the_defaults_are_those_of_the_pages(self):
        """each example takes its page's environment variables with their defaults; settings and defaults of each system"""
        self.assertEqual({path.stem for path in EXAMPLES}, set(DEFAULTS))
        for path in EXAMPLES:
            said = references(path.read_text())
            wanted = {**ALL, **DEFAULTS[path.stem]}
            self.assertEqual({name: said.get(name) for name in wanted}, wanted, path.name)

    def test_rooms_without_an_example(self):
        """All are on in the default configuration: with the numbers of the example"""
        names = {"wait-queue": "wait-queue", "ticketing": "ticketing-gateway"}
        example = {}
        for room, stem in names.items():
            with Server((ROOT / "examples" / f"{stem}.yaml").read_text()) as server:
                example[room] = server.admin("GET", f"/v1/admin/rooms/{room}")[2]["policy"]
        self.assertEqual(example["ticketing"]["session"], {"ttl": "4m", "renew": "use"})
        self.assertEqual((example["ticketing"]["capacity"], example["ticketing"]["rejoin"]), (100, "to_back"))
        with Server("") as server:
            self.assertEqual(server.call("POST", "/token/")[0], 200)
            self.assertEqual(server.admin("GET", "/v1/admin/rooms/wait-queue")[2]["policy"], example["wait-queue"])

    def test_variables_and_defaults(self):
        """each example takes its page's environment variables with their defaults (`${NAME:default}` in YAML) and ships `.env.example`"""
        self.assertGreaterEqual(len(EXAMPLES), 1)
        for path in EXAMPLES:
            defaults, given = references(path.read_text()), shipped(path)
            # What has no default is a secret, and is shown by a word to be replaced.
            secrets = {name for name, default in defaults.items() if not default}
            self.assertEqual({**defaults, **{name: given.get(name) for name in secrets}}, given, path.name)

    def test_ports(self):
        """systems 1, 2, 4 and 5 listen on port 8000, system 3 on `SERVER_PORT`, 8080"""
        for path in EXAMPLES:
            listen = re.search(r"^listen: (.*)$", path.read_text(), re.M)[1]
            port = "${SERVER_PORT:8080}" if path.stem == "ticketing-gateway" else "8000"
            self.assertIn(port, listen, path.name)

    def test_each_example_starts_on_its_defaults(self):
        """Every one has a runnable configuration in `examples/`"""
        for path in EXAMPLES:
            with Server(path.read_text()) as server:
                self.assertEqual(server.call("GET", "/.doorward/health/ready")[0], 200, path.name)

    def test_env_file(self):
        """reads a `.env` file: the environment comes before it, and it before the default"""
        for env_file, environment, wanted in (
            ("", {}, "no error"), ("LOG_LEVEL=loud\n", {}, "loud"), ("LOG_LEVEL=loud\n", {"LOG_LEVEL": "info"}, "no error"),
        ):  # fmt: skip
            server = Server(RATE_LIMITER, environment=environment)
            (server.folder / ".env").write_text(env_file)
            if wanted == "no error":
                with server:
                    pass
            else:
                with self.assertRaisesRegex(AssertionError, f'logging.level: expected one of .*found "{wanted}"'):
                    server.start()
                server._folder.cleanup()

    def test_log_level(self):
        """`LOG_LEVEL` sets the level"""
        said = {}
        for level in ("debug", "INFO", "warning", "error"):
            with Server(RATE_LIMITER, environment={"LOG_LEVEL": level}) as server:
                server.stop()
                said[level] = (server.folder / "stderr.log").read_text().lower()
        self.assertIn("debug", said["debug"])
        self.assertIn("draining", said["INFO"])
        self.assertNotIn("debug", said["INFO"])
        self.assertEqual((said["warning"], said["error"]), ("", ""))

    def test_debug(self):
        """`DEBUG` adds detail to errors"""
        for value, wanted in (("false", False), ("True", True), ("1", True)):
            with Server(RATE_LIMITER, environment={"DEBUG": value}) as server:
                status, _, answer = server.call("DELETE", "/admin/configs/none")
                self.assertEqual((status, answer["detail"]), (404, "Configuration not found"))
                self.assertEqual("debug" in answer, wanted, value)
                if wanted:
                    self.assertEqual(answer["debug"]["phase"], "own_calls")
                    self.assertEqual(answer["debug"]["path"], "/admin/configs/none")
                    self.assertTrue(answer["debug"]["request_id"])
                self.assertNotIn("debug", server.call("GET", "/health")[2])

    def test_variables_without_effect(self):
        """until then a variable of theirs is named in a warning at start as without effect; `postgresql+asyncpg://`"""
        variables = {"DATABASE_URL": "postgresql+asyncpg://user:pass@localhost/x", "REDIS_URL": "redis://localhost:6379",
                     "EUREKA_CLIENT_SERVICEURL_DEFAULTZONE": "http://localhost/", "ZIPKIN_ENDPOINT": "http://localhost/"}  # fmt: skip
        server = Server(RATE_LIMITER, environment={"ZIPKIN_ENDPOINT": variables.pop("ZIPKIN_ENDPOINT")})
        (server.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
        with server:
            for name in (*variables, "ZIPKIN_ENDPOINT"):
                self.assertIn(f"warning: environment {name}: has no effect", server.errors())
            self.assertNotIn("user:pass", server.errors())


class Switches(unittest.TestCase):
    def test_all_are_on_by_default_and_each_can_be_switched_off(self):
        """All are on in the default configuration; each can be switched off"""
        with Server("") as server:
            everything = described(server)
        for system in SWITCHES:
            with Server(f"compat: {{ {system}: false }}") as server:
                gone = everything - described(server)
                for method, path in sorted(gone):
                    self.assertEqual(server.call(method, path)[0], 404, (system, method, path))
            if (ROOT / "examples" / f"{system.replace('_', '-')}.yaml").exists():
                self.assertTrue(gone, system)

    def test_what_answers_for_all(self):
        """`/` and `/health` answer for all"""
        with Server("") as server:
            self.assertEqual(list(server.call("GET", "/")[2]), ["message", "version", "timestamp"])
            self.assertEqual(server.call("GET", "/health")[2]["status"], "healthy")
            status, headers, _ = server.call("GET", "/health/")  # as FastAPI
            self.assertEqual((status, headers["Location"]), (307, "/health"))

    def test_paths_do_not_collide(self):
        """Paths do not collide: one call, one system"""
        with Server("") as server:
            paths = server.call("GET", "/openapi.json")[2]["paths"]
        owners = {}
        for path, item in paths.items():
            if path.startswith("/v1/"):
                continue
            for method, call in item.items():
                if method in METHODS:
                    owners.setdefault((method, re.sub(r"{.*?}", "{}", path)), set()).update(call["tags"])
        self.assertEqual({key: tags for key, tags in owners.items() if len(tags) > 1}, {})

    def test_an_operators_route_wins(self):
        """An operator's own route wins over any of them"""
        with Server("") as server:
            paths = sorted({"/docs", "/redoc", "/openapi.json"} | {path for _, path in described(server)})
        routes = "".join(f"  - {{ path: {path}, upstream: back }}\n" for path in paths)
        nobody = socket.socket()  # has its port, and does not listen
        self.addCleanup(nobody.close)
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with Server(f"upstreams: {{ back: 'http://127.0.0.1:{port}' }}\nroutes:\n{routes}") as server:
            for path in paths:
                self.assertEqual(server.call("GET", path)[0], 502, path)

    def test_nothing_that_hurts_a_stranger(self):
        """What would hurt a stranger by default is on only in that system's example"""
        with Server("") as server:
            self.assertNotIn("X-RateLimit-Limit", server.call("GET", "/none")[1])
            for path in ("/admin/configs", "/admin/stats"):
                self.assertEqual(server.call("GET", path)[0], 401)
            self.assertNotIn("Access-Control-Allow-Origin", server.call("GET", "/health", headers={"Origin": PAGE})[1])


class Origins(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(RATE_LIMITER).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server._folder.cleanup()

    def test_every_call_of_every_example(self):
        """preflights are answered without credentials, configured origins are allowed (in the examples: any)"""
        for example in EXAMPLES:
            with Server(example.read_text()) as server:
                for method, path in sorted(described(server)):
                    status, headers, _ = preflight(server, path, PAGE, method)
                    self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (204, "*"), (example.name, path))

    def test_preflights(self):
        """preflights are answered without credentials; with the headers `business_id`, `user_id`, `jwt`, …"""
        for path in ("/api/data", "/admin/configs", "/none"):
            for _ in range(3):
                status, headers, _ = preflight(self.server, path, PAGE, "POST", "business_id,user_id,jwt")
                self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (204, "*"))
                self.assertNotIn("Access-Control-Allow-Credentials", headers)
                self.assertNotIn("X-RateLimit-Limit", headers)
                allowed = {name.strip().lower() for name in headers["Access-Control-Allow-Headers"].split(",")}
                self.assertLessEqual(
                    {"business_id", "user_id", "jwt", "business-id", "user-id", "x-client-id", "authorization", "content-type"},
                    allowed,
                )

    def test_preflights_are_not_counted(self):
        """before any limit"""
        said = {"endpoint": "/api/data", "requests_per_window": 1, "window_seconds": 3600}
        self.server.call("POST", "/admin/configs", said)
        for _ in range(5):
            self.assertEqual(preflight(self.server, "/api/data", PAGE)[0], 204)
        seen = [self.server.call("GET", "/api/data", headers={"Origin": PAGE, "X-Client-ID": "cors"}) for _ in range(2)]
        self.assertEqual([status for status, _, _ in seen], [200, 429])
        for _, headers, _ in seen:
            self.assertEqual(headers["Access-Control-Allow-Origin"], "*")
            shown = {name.strip() for name in headers["Access-Control-Expose-Headers"].split(",")}
            self.assertLessEqual({name for name in headers if "ratelimit" in name.lower()} | {"Retry-After"}, shown)
            self.assertIn("Origin", headers.get_all("Vary"))

    def test_configured_origins(self):
        """configured origins are allowed, and no wildcard stands beside credentials"""
        with Server(f"cors: {{ origins: ['{PAGE}'], credentials: true }}") as server:
            _, headers, _ = server.call("GET", "/health", headers={"Origin": PAGE})
            self.assertEqual(headers["Access-Control-Allow-Origin"], PAGE)
            self.assertEqual(headers["Access-Control-Allow-Credentials"], "true")
            _, headers, _ = server.call("GET", "/health", headers={"Origin": ELSEWHERE})
            self.assertNotIn("Access-Control-Allow-Origin", headers)
            self.assertEqual(headers["Vary"], "Origin")
            status, headers, _ = preflight(server, "/v1/rooms/sale/tickets", ELSEWHERE, "POST")
            self.assertNotIn("Access-Control-Allow-Origin", headers)

    def test_native_visitors(self):
        """the native calls of visitors too: a page that is named may join, another may not"""
        with Server(f"rooms: {{ sale: {{ capacity: 1 }} }}\ncors: ['{PAGE}']") as server:
            for origin, wanted in ((PAGE, 201), (ELSEWHERE, 403)):
                status, _, answer = server.call("POST", "/v1/rooms/sale/tickets", headers={"Origin": origin})
                self.assertEqual(status, wanted, origin)
            # Cookies of another origin do not count.
            status, _, _ = server.call(
                "POST", "/v1/rooms/sale/tickets", headers={"Origin": PAGE, "Cookie": "doorward_device=x"}
            )
            self.assertEqual(status, 403)

    def test_sockets(self):
        """WebSockets accept the same origins"""
        with connect(f"ws://127.0.0.1:{self.server.port}/ws/global", origin=PAGE, proxy=None) as ws:
            self.assertIn("global_stats", ws.recv(30))
        closed = RATE_LIMITER.replace('cors: "*"', f'cors: ["{PAGE}"]')
        with Server(closed) as server:
            connect(f"ws://127.0.0.1:{server.port}/ws/a", origin=PAGE, proxy=None).close()
            with self.assertRaises(InvalidStatus):
                connect(f"ws://127.0.0.1:{server.port}/ws/a", origin=ELSEWHERE, proxy=None)

    def test_sockets_of_the_wait_queue(self):
        """WebSockets accept the same origins: any in the example, else those that are named, and the page's own"""
        example = (ROOT / "examples" / "wait-queue.yaml").read_text()
        for config, refused in ((example, ()), (example.replace('cors: "*"', f"cors: ['{PAGE}']"), (ELSEWHERE, "null"))):
            with Server(config) as server:
                for origin in (None, PAGE, ELSEWHERE, "null", f"http://127.0.0.1:{server.port}"):
                    address = f"ws://127.0.0.1:{server.port}/ws/"
                    if origin in refused:
                        with self.assertRaisesRegex(InvalidStatus, "HTTP 403"):
                            connect(address, origin=origin, proxy=None)
                        continue
                    with connect(address, origin=origin, proxy=None) as ws:
                        ws.send(json.dumps(server.call("POST", "/token/")[2]))
                        self.assertEqual(json.loads(ws.recv(30))["status"], "wait", origin)

    def test_event_streams(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        self.addCleanup(connection.close)
        connection.request("GET", "/events/x", headers={"Origin": PAGE})
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.getheader("Access-Control-Allow-Origin")), (200, "*"))

    def test_open_admin_calls_are_not_for_other_origins(self):
        """open admin calls are for the machine's own page"""
        said = {"endpoint": "/forged", "requests_per_window": 1, "window_seconds": 1}
        for method, path, body in (("POST", "/admin/configs", said), ("GET", "/admin/stats", None), ("GET", "/v1/admin/rules", None)):
            status, _, _ = self.server.call(method, path, body, headers={"Origin": ELSEWHERE})
            self.assertEqual(status, 403, path)
        self.assertEqual(self.server.call("GET", "/admin/stats", headers={"Origin": ELSEWHERE}, token=ADMIN_TOKEN)[0], 200)
        _, headers, _ = self.server.call("GET", "/v1/admin/rules", headers={"Origin": ELSEWHERE}, token=ADMIN_TOKEN)
        self.assertNotIn("Access-Control-Allow-Origin", headers)


class Document(unittest.TestCase):
    def test_docs(self):
        """`/docs` (Swagger UI), `/redoc` and `/openapi.json` describe every compatible call that is on ("Try it out" is tests/docs)"""
        with Server("") as server:
            for path in ("/docs", "/redoc"):
                status, headers, text = server.call("GET", path)
                self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
                self.assertNotIn("://", text)
            paths = server.call("GET", "/openapi.json")[2]["paths"]
            for path in ("/", "/health", "/admin/configs", "/ws/{client_id}", "/v1/rooms/{room}"):
                self.assertIn(path, paths)


if __name__ == "__main__":
    unittest.main()
