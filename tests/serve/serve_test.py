#!/usr/bin/env python3
"""`doorward serve` as an operator sees it: ready line, exit codes, signals, restarts, health and metrics."""

import contextlib
import hashlib
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from doorward import ADMIN_TOKEN, Server  # noqa: E402

POLICY = {"capacity": 1, "session": {"ttl": "240s"}}
PATIENCE = 30


class Backend(BaseHTTPRequestHandler):
    """Answers with the path; `/slow` only once it was told to."""

    protocol_version = "HTTP/1.1"
    asked = threading.Event()
    release = threading.Event()

    def do_GET(self):
        if self.path == "/slow":
            self.asked.set()
            self.release.wait(PATIENCE)
        body = f"shop {self.path} {self.headers.get('X-Doorward-Ticket', '-')}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # the test ended the one who asked

    def log_message(self, *_):
        pass


def start_backend():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def stop(backend):
    backend.shutdown()
    backend.server_close()


def run(*arguments, environment=None, seconds=60, folder=None):
    """One short run of the binary: (code, standard output, standard error)."""
    done = subprocess.run(
        [os.environ["DOORWARD_BINARY"], *arguments], capture_output=True, text=True, timeout=seconds, cwd=folder,
        env={**os.environ, **(environment or {})},
    )
    return done.returncode, done.stdout, done.stderr


def http_get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
        return answer.read().decode()


def wait_for(what, why):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if what():
            return
        time.sleep(0.05)
    raise AssertionError(why)


def join(server, room="sale"):
    status, _, ticket = server.call("POST", f"/v1/rooms/{room}/tickets")
    assert status == 201, (status, ticket)
    return ticket


class Serve(unittest.TestCase):
    def test_says_when_it_is_ready_and_where(self):
        with Server() as server:
            self.assertEqual(server.call("GET", "/health/live")[0], 200)
            status, _, ready = server.call("GET", "/health/ready")
            self.assertEqual((status, ready), (200, {"status": "ready", "writable": True}))
            self.assertEqual(server.data.stat().st_mode & 0o777, 0o700)

    def test_a_place_outlives_a_restart(self):
        with Server() as server:
            server.set_room("sale", POLICY)
            tickets = [join(server) for _ in range(3)]
            self.assertEqual([t["position"] for t in tickets], [None, 1, 2])
            self.assertEqual(server.stop(), 0)
            server.start()
            for ticket in tickets:
                status, _, now = server.call("GET", "/v1/rooms/sale/tickets/self", token=ticket["token"])
                self.assertEqual((status, now["state"], now["position"]), (200, ticket["state"], ticket["position"]))

    def test_a_second_process_on_the_folder_or_the_port_ends_with_code_2(self):
        with Server() as server, tempfile.TemporaryDirectory() as other:
            code, _, said = run("serve", "--listen", "127.0.0.1:0", "--data", str(server.data))
            self.assertEqual(code, 2, said)
            self.assertIn(str(server.data), said)
            code, _, said = run("serve", "--listen", f"127.0.0.1:{server.port}", "--data", other + "/data")
            self.assertEqual(code, 2, said)
            self.assertIn(str(server.port), said)
            self.assertFalse(Path(other, "data").exists(), "no folder for a server that cannot serve")
            self.assertEqual(server.call("GET", "/health/live")[0], 200)

    def test_a_log_whose_start_is_gone_is_no_empty_log(self):
        with Server() as server:
            for room in ("sale", "other"):
                server.set_room(room, POLICY)
            server.kill()
            with contextlib.closing(sqlite3.connect(server.data / "doorward.db")) as log:
                log.execute("DELETE FROM entries WHERE number <= 1")
                log.commit()
            code, _, said = run("serve", "--listen", "127.0.0.1:0", "--data", str(server.data))
            self.assertEqual(code, 1, said)
            self.assertIn("begins with entry 2, and no whole snapshot reaches it", said)
            self.assertIn("backup", said)

    def test_a_folder_that_lost_its_secrets_is_refused_until_it_is_said_so(self):
        with Server() as server:
            self.assertEqual(server.stop(), 0)
            (server.data / "secrets.json").unlink()
            code, _, said = run("serve", "--listen", "127.0.0.1:0", "--data", str(server.data))
            self.assertEqual(code, 2, said)
            self.assertIn("--new-secrets", said)
            server.command.append("--new-secrets")
            server.start()
            server.command.remove("--new-secrets")
            self.assertEqual(server.stop(), 0)
            server.start()

    def test_a_wrong_configuration_ends_with_code_2_and_names_the_place(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "wrong.yaml"
            path.write_text("rooms:\n  sale: { capcity: 5 }\n")
            for command in (["serve", "--config"], ["check"]):
                code, out, said = run(*command, str(path))
                self.assertEqual((code, out), (2, ""))
                self.assertIn(f'{path}:2:11: rooms.sale.capcity: unknown key; did you mean "capacity"?', said)
            code, _, said = run("serve", "--config", str(Path(folder) / "missing.yaml"))
            self.assertEqual(code, 2)
            self.assertIn("missing.yaml", said)
        self.assertEqual(run("serve", "--nonsense")[0], 2)
        self.assertEqual(run()[0], 0)
        self.assertEqual(run("version")[1].split()[0], "doorward")

    def test_a_reload_takes_over_rooms_and_routes_and_a_bad_file_nothing(self):
        backend = start_backend()
        port = backend.server_address[1]
        config = f"upstreams: {{shop: 'http://127.0.0.1:{port}'}}\nroutes: [{{path: /a, upstream: shop}}]\n"
        with Server(config) as server:
            file = server.folder / "doorward.yaml"
            self.assertEqual(server.call("GET", "/a")[2], "shop /a -")
            self.assertEqual(server.call("GET", "/b")[0], 404)

            file.write_text(config + "nonsense: 1\n")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "was not reloaded" in server.errors(), "no word of the bad file")
            self.assertIn('doorward.yaml:3:1: nonsense: unknown key', server.errors())
            self.assertEqual(server.call("GET", "/a")[0], 200)

            file.write_text("# just being written\n")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "the file says nothing" in server.errors(), "no word of the empty file")
            self.assertEqual(server.call("GET", "/a")[0], 200)

            file.write_text(config.replace("/a", "/b") + "rooms: {sale: {capacity: 7}}\nthreads: 1\n")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: server.call("GET", "/b")[0] == 200, "the new route is not there")
            self.assertEqual(server.call("GET", "/a")[0], 404)
            self.assertEqual(server.admin("GET", "/v1/admin/rooms/sale")[2]["policy"]["capacity"], 7)
            wait_for(lambda: "was reloaded" in server.errors(), "no word of the reload")
            self.assertIn("threads changed in the configuration, and needs a restart", server.errors())
        stop(backend)

    def test_a_reload_takes_over_deadlines_and_names_what_needs_a_restart(self):
        with Server("deadlines: {head: 30s}\n") as server:
            file = server.folder / "doorward.yaml"
            file.write_text("deadlines: {head: 200ms}\nlimits: {head_bytes: 1MiB}\n")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "was reloaded" in server.errors(), "no reload")
            self.assertIn("limits.head_bytes changed in the configuration, and needs a restart", server.errors())
            self.assertNotIn("deadlines", server.errors())
            with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as slow:
                slow.sendall(b"GET / HTTP/1.1\r\n")
                self.assertTrue(slow.recv(64).startswith(b"HTTP/1.1 408 "))

    def test_a_reload_that_trusts_a_proxy_ends_admin_calls_on_the_main_listener(self):
        with Server("logging: {level: info}\n") as server:
            file = server.folder / "doorward.yaml"
            rooms = lambda: server.admin("GET", "/v1/admin/rooms")[0]  # noqa: E731
            metrics = lambda: server.call("GET", "/metrics")[0]  # noqa: E731
            self.assertEqual((rooms(), metrics()), (200, 200))
            file.write_text("trusted_proxies: [10.0.0.0/8]\n")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: rooms() == 403, "admin calls are still taken")
            wait_for(lambda: metrics() == 404, "metrics are still shown")
            file.write_text("logging: {level: info}\n")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: rooms() == 200, "admin calls are not taken again")

    def test_a_reload_that_fails_says_what_was_taken_over(self):
        with Server("logging: {level: info}\n") as server:
            (server.data / "rules-of-file.json").mkdir()
            config = "rooms: {sale: {capacity: 7}}\nlogging: {level: error}\n"
            (server.folder / "doorward.yaml").write_text(config)
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "was reloaded in part: its rooms are in force" in server.errors(), "no word of it")
            self.assertEqual(server.admin("GET", "/v1/admin/rooms/sale")[2]["policy"]["capacity"], 7)
            self.assertNotIn("the configuration was reloaded\n", server.errors())
            (server.data / "rules-of-file.json").rmdir()
            (server.folder / "doorward.yaml").write_text(config.replace("error", "info"))
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "the configuration was reloaded\n" in server.errors(), "no reload")

    def test_a_log_begun_anew_is_told_all_that_the_file_says(self):
        config = (
            "rooms: {sale: {capacity: 7}}\ninventories: {show: {count: 5}}\n"
            "tenants: {acme: {rooms: {hall: {capacity: 2}}}}\n"
            "rules: {api: 5/s}\n"
        )
        with Server(config) as server:
            self.assertEqual(server.stop(), 0)
            for file in server.data.glob("doorward.db*"):
                file.unlink()
            for file in server.data.glob("*.snap"):
                file.unlink()
            server.start()
            self.assertEqual(server.admin("GET", "/v1/admin/rooms/sale")[2]["policy"]["capacity"], 7)
            self.assertEqual(server.admin("GET", "/v1/admin/tenants/acme")[0], 200)
            self.assertEqual(server.admin("GET", "/v1/admin/rules/api")[0], 200)
            self.assertEqual(server.call("GET", "/v1/inventories/show")[2]["available"], 5)

    def test_tenants_may_leave_the_file_and_exchange_their_keys(self):
        keys = [hashlib.sha256(name).hexdigest() for name in (b"key-of-one", b"key-of-two")]

        def file(acme, bolt):
            tenant = "  {}: {{ api_keys: [{{ name: web, sha256: {} }}] }}\n"
            return "tenants:\n" + tenant.format("acme", acme) + tenant.format("bolt", bolt)

        with Server(file(*keys)) as server:
            for config in (file(*reversed(keys)), "tenants: {}\n", file(*keys)):
                self.assertEqual(server.stop(), 0)
                (server.folder / "doorward.yaml").write_text(config)
                server.start()
                there = {tenant["name"] for tenant in server.admin("GET", "/v1/admin/tenants")[2]["tenants"]}
                self.assertEqual(there, set(re.findall(r"(\w+): { api_keys", config)))

    def test_a_full_listener_leaves_the_admin_listener_open_and_a_proxy_is_no_visitor(self):
        limits = "limits: {connections_per_address: 2}\n"
        with Server("admin: {listen: '127.0.0.1:0'}\n" + limits) as server, contextlib.ExitStack() as held:
            def connect(asks=True):
                visitor = held.enter_context(socket.create_connection(("127.0.0.1", server.port), PATIENCE))
                if asks:
                    visitor.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n")
                return visitor.recv(12)

            # Each stays open, and takes a place of its address.
            statuses = [connect(), connect(), connect(asks=False)]
            self.assertEqual(statuses, [b"HTTP/1.1 200", b"HTTP/1.1 200", b"HTTP/1.1 503"])
            refused = "doorward_connections_refused_total 1\n"
            wait_for(lambda: refused in http_get(server.admin_port(), "/metrics"), "the refusal is not counted")
            wait_for(lambda: "limits.connections_per_address is reached" in server.errors(), "no word of the limit")
            self.assertEqual(server.errors().count("since trusted_proxies is not set"), 1)

            (server.folder / "doorward.yaml").write_text(
                "admin: {listen: '127.0.0.1:0'}\ntrusted_proxies: [127.0.0.0/8]\n" + limits
            )
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "was reloaded" in server.errors(), "no reload")
            self.assertEqual([connect() for _ in range(3)], [b"HTTP/1.1 200"] * 3)

    def test_the_compatible_systems_on_a_public_address_are_warned_of(self):
        for listen, config, is_warned in (
            ("0.0.0.0:0", "", True),
            ("0.0.0.0:0", "compat: {gatekeeper: false}\n", False),
            ("127.0.0.1:0", "", False),
            ("0.0.0.0:0", "upstreams: {s: 'http://127.0.0.1:9'}\nroutes: [{path: /**, upstream: s}]\n", False),
            ("0.0.0.0:0", "upstreams: {s: 'http://127.0.0.1:9'}\nroutes: [{path: /a/**, upstream: s}]\n", True),
        ):
            server = Server(config + "logging: {level: info}\n")
            server.command[server.command.index("127.0.0.1:0")] = listen
            with server:
                server.stop()  # writes what is logged to its end
                said = "the compatible systems are open to whoever reaches 0.0.0.0" in server.errors()
                self.assertEqual(said, is_warned, (listen, config))

    def test_check_explains_without_a_file_by_the_one_that_lies_here_or_the_defaults(self):
        with tempfile.TemporaryDirectory() as folder:
            explain = ("check", "--explain", "GET", "/a")
            code, out, said = run(*explain, folder=folder)
            self.assertEqual(code, 0, said)
            self.assertIn("the built-in defaults", said)
            config = "upstreams: {shop: 'http://127.0.0.1:9'}\nroutes: [{path: /a, upstream: shop}]\n"
            (Path(folder) / "doorward.yaml").write_text(config)
            code, out, said = run(*explain, folder=folder)
            self.assertEqual(code, 0, said)
            self.assertIn("shop", out)
            self.assertEqual(run("check", folder=folder)[0], 0)
            (Path(folder) / "doorward.yaml").write_text("nonsense: 1\n")
            code, _, said = run("check", folder=folder)
            self.assertEqual(code, 2)
            self.assertIn("doorward.yaml:1:1: nonsense: unknown key", said)
            (Path(folder) / "doorward.yaml").unlink()
            code, _, said = run("check", folder=folder)
            self.assertEqual(code, 2)
            self.assertIn("FILE is missing", said)

    def test_a_slip_on_the_command_line_is_answered_with_the_remedy(self):
        rows = [
            (("srve",), 'there is no command "srve"; did you mean "serve"?'),
            (("check", "--explain", "GET", "buy"), "PATH begins with a slash, as in: --explain GET /buy"),
            (("zzzzzzzz",), "known: serve, check, token, tenant, repair, version"),
        ]
        for arguments, remedy in rows:
            code, _, said = run(*arguments)
            self.assertEqual(code, 2, said)
            self.assertIn(remedy, said)

    def test_a_new_api_key_is_explained(self):
        code, out, said = run("token", "api-key", "shop")
        self.assertEqual(code, 0, said)
        key = out.removesuffix("\n")
        self.assertRegex(key, "^[A-Za-z0-9_-]{40,}$")  # nothing else, so that $(…) takes it
        for words in ("X-API-Key", "restart", f"- {{ name: shop, sha256: {hashlib.sha256(key.encode()).hexdigest()} }}"):
            self.assertIn(words, said)

    def test_visitors_sent_to_nothing_are_told_so(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))  # taken, and nothing listens
            visitors = Path(os.environ["DOORWARD_SOURCE"]) / "examples" / "visitors"
            command = [sys.executable, str(visitors), "1", "--port", str(free.getsockname()[1])]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Start the demonstration first (make run)", done.stderr)

    def test_the_log_of_a_failing_backend_names_it(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
            config = f"upstreams: {{shop: 'http://127.0.0.1:{port}'}}\nroutes: [{{path: /**, upstream: shop}}]\n"
            with Server(config) as server:
                self.assertEqual(server.call("GET", "/a")[0], 502)
                wait_for(lambda: "a request failed" in server.errors(), "no line of the failure")
                line = next(line for line in server.errors().splitlines() if "a request failed" in line)
        self.assertIn("upstream=shop", line.replace('"', ""))

    def test_passes_of_a_fresh_folder_are_signed_with_es256(self):
        with Server() as server:
            keys = server.call("GET", "/.well-known/jwks.json")[2]["keys"]
            self.assertEqual([(key["kty"], key["crv"], key["alg"]) for key in keys], [("EC", "P-256", "ES256")])

    def test_what_the_admin_did_to_a_room_outlives_a_restart_until_the_file_changes(self):
        with Server("rooms: {sale: {capacity: 5}}\n") as server:
            capacity = lambda: server.admin("GET", "/v1/admin/rooms/sale")[2]["policy"]["capacity"]  # noqa: E731
            self.assertEqual(capacity(), 5)
            server.set_room("sale", {"capacity": 9})
            server.stop()
            server.start()
            self.assertEqual(capacity(), 9)
            server.stop()
            (server.folder / "doorward.yaml").write_text("rooms: {sale: {capacity: 6}}\n")
            server.start()
            self.assertEqual(capacity(), 6)

    def test_sigterm_lets_requests_under_way_end(self):
        backend = start_backend()
        port = backend.server_address[1]
        Backend.asked.clear()
        Backend.release.clear()
        config = f"upstreams: {{shop: 'http://127.0.0.1:{port}'}}\nroutes: [{{path: /slow, upstream: shop}}]\n"
        with Server(config) as server:
            answers = []
            client = threading.Thread(target=lambda: answers.append(server.call("GET", "/slow")))
            client.start()
            self.assertTrue(Backend.asked.wait(PATIENCE))
            server.process.send_signal(signal.SIGTERM)
            wait_for(lambda: "draining" in server.errors(), "it does not drain")
            server.process.send_signal(signal.SIGHUP)  # too late, and no reason to end
            Backend.release.set()
            client.join(PATIENCE)
            self.assertEqual([a[0] for a in answers], [200])
            self.assertEqual(server.process.wait(PATIENCE), 0)
        stop(backend)

    def test_a_second_signal_ends_at_once(self):
        backend = start_backend()
        port = backend.server_address[1]
        Backend.asked.clear()
        Backend.release.clear()
        config = f"upstreams: {{shop: 'http://127.0.0.1:{port}'}}\nroutes: [{{path: /slow, upstream: shop}}]\n"
        with Server(config) as server:

            def ask():
                try:
                    server.call("GET", "/slow")
                except OSError:
                    pass

            client = threading.Thread(target=ask)
            client.start()
            self.assertTrue(Backend.asked.wait(PATIENCE))
            server.process.send_signal(signal.SIGTERM)
            wait_for(lambda: "draining" in server.errors(), "it does not drain")
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.process.wait(PATIENCE), -signal.SIGTERM)
            Backend.release.set()
            client.join(PATIENCE)
        stop(backend)

    def test_the_gate_lets_in_up_to_the_capacity_and_tells_the_backend_who(self):
        backend = start_backend()
        port = backend.server_address[1]
        config = (f"upstreams: {{shop: 'http://127.0.0.1:{port}'}}\nrooms: {{sale: {{capacity: 1}}}}\n"
                  "routes: [{path: /buy, room: sale, upstream: shop}]\n")
        with Server(config) as server:
            status, _, body = server.call("GET", "/buy")
            self.assertEqual(status, 200, body)
            self.assertRegex(body, r"^shop /buy [0-9a-f]{32}$")
            status, headers, ticket = server.call("GET", "/buy", headers={"Accept": "application/json"})
            self.assertEqual((status, ticket["state"], ticket["position"]), (429, "waiting", 1))
            self.assertIn("Retry-After", headers)
            status, headers, page = server.call("GET", "/buy", headers={"Accept": "text/html"})
            self.assertIn("text/html", headers["Content-Type"])
            self.assertIn("<html", page)
        stop(backend)

    def test_metrics_are_those_of_the_docs_and_not_for_visitors(self):
        docs = (Path(os.environ["DOORWARD_SOURCE"]) / "docs/metrics.md").read_text()
        known = set(re.findall(r"^\| `(doorward_\w+)`", docs, re.M))
        backend = start_backend()
        self.addCleanup(stop, backend)
        port = backend.server_address[1]
        config = (f"upstreams: {{shop: 'http://127.0.0.1:{port}', gone: 'http://127.0.0.1:1'}}\n"
                  "routes: [{path: /a, upstream: shop}, {path: /b, upstream: gone}]\n"
                  "rules: {plenty: 1000/s}\n"
                  "inventories: {hall: {count: 10}}\n")  # fmt: skip
        with Server(config) as server:
            server.set_room("sale", POLICY)
            join(server)
            self.assertEqual(server.call("GET", "/a")[0], 200)
            self.assertEqual(server.call("GET", "/b")[0], 502)
            server.process.send_signal(signal.SIGHUP)  # loses no count
            wait_for(lambda: "was reloaded" in server.errors(), "no reload")
            status, headers, text = server.call("GET", "/metrics")
            self.assertEqual(status, 200)
            self.assertTrue(headers["Content-Type"].startswith("text/plain; version=0.0.4"))
            self.assertEqual(set(re.findall(r"^# TYPE (\w+)", text, re.M)), known)
            self.assertIn('doorward_room_inside{room="sale"} 1', text)
            self.assertIn('doorward_upstream_requests_total{upstream="shop"} 1', text)
            self.assertIn('doorward_upstream_connections{upstream="shop",state="idle"} 1', text)
            self.assertIn('doorward_upstream_failures_total{upstream="gone",kind="unreachable"} 1', text)
            self.assertIn('doorward_upstream_connect_errors_total{upstream="gone"} 1', text)
            self.assertEqual(server.call("GET", "/.doorward/metrics")[0], 200)
            self.assertEqual(server.call("GET", "/metrics", headers={"X-Forwarded-For": "192.0.2.1"})[0], 404)

    def test_a_listener_of_its_own_takes_admin_calls_and_metrics(self):
        with Server("admin: {listen: '127.0.0.1:0'}\n") as server:
            main = server.port
            self.assertEqual(server.call("GET", "/metrics")[0], 404)
            self.assertNotEqual(server.admin("GET", "/v1/admin/rooms")[0], 200)
            server.port = server.admin_port()
            self.assertNotEqual(server.port, main)
            self.assertEqual(server.call("GET", "/metrics")[0], 200)
            self.assertEqual(server.admin("GET", "/v1/admin/rooms")[0], 200)
            self.assertEqual(server.call("GET", "/v1/admin/rooms")[0], 401)

    def test_no_token_is_ever_logged(self):
        with Server("logging: {level: debug, format: json, access: true}\n") as server:
            server.set_room("sale", POLICY)
            token = join(server)["token"]
            server.call("GET", f"/v1/rooms/sale/tickets/self?token={token}", token=token)
            wait_for(lambda: "tickets/self" in server.errors(), "the request is not logged")
            self.assertNotIn(token, server.errors())
            self.assertNotIn(ADMIN_TOKEN, server.errors())

    def test_files_that_were_replaced_under_the_process_take_no_places(self):
        with Server() as server:
            server.set_room("sale", POLICY)
            ticket = join(server)
            ready = lambda: server.call("GET", "/health/ready")[2]["writable"]  # noqa: E731
            database, aside = server.data / "doorward.db", server.data / "aside"
            database.rename(aside)
            aside_bytes = aside.read_bytes()
            database.write_bytes(aside_bytes)  # as a restore from a backup does
            self.assertFalse(ready())
            wait_for(lambda: "were removed or replaced while they were open" in server.errors(), "no word of it")
            self.assertEqual(server.call("POST", "/v1/rooms/sale/tickets")[0], 503)
            self.assertEqual(server.call("GET", "/v1/rooms/sale/tickets/self", token=ticket["token"])[0], 200)
            aside.rename(database)
            wait_for(lambda: server.call("POST", "/v1/rooms/sale/tickets")[0] == 201, "no place once it is back")
            self.assertTrue(ready())

    def test_repair_finds_nothing_in_a_sound_folder_and_the_admin_token_is_found(self):
        with Server(environment={"DOORWARD_ADMIN_TOKEN": ""}) as server:
            code, out, said = run("token", "admin", "--data", str(server.data))
            self.assertEqual(code, 0, said)
            self.assertEqual(Path(out.strip()).stat().st_mode & 0o777, 0o600)
            code, _, said = run("repair", "--data", str(server.data))
            self.assertEqual(code, 2, said)
            server.stop()
            code, _, said = run("repair", "--data", str(server.data))
            self.assertEqual(code, 0, said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
