#!/usr/bin/env python3
"""Tenants on a started server: every call of the OpenAPI document across tenants, their ways in, and the command line."""

import hashlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from doorward import ADMIN_TOKEN, Server  # noqa: E402

DEFAULT_KEY = "a-key-of-the-default-tenant-0123456789"
YAML_KEY = "a-key-of-the-configuration-0123456789"
ENV_KEY = "a-key-of-business-ids-0123456789"


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


CONFIG = f"""
identity: {{ api_keys: [{{ name: shop, sha256: {sha256(DEFAULT_KEY)} }}] }}
tenants:
  yaml-made:
    api_keys: [{{ name: web, sha256: {sha256(YAML_KEY)} }}]
    max_waiting: 2
    rooms: {{ sale: {{ mode: paused }} }}
    rules: {{ api: 5/h }}
"""

# Names and ids of tenant a; none of them may be in what b is told.
ROOM, RULE, USER = "room-of-a-7f3", "rule-of-a-7f3", "user-of-a-7f3"
INVENTORY, LOCK = "inventory-of-a-7f3", "lock-of-a-7f3"

# What is sent, where the least body would be refused before anything is looked up.
BODIES = {
    ("POST", "/v1/rooms/{room}/tickets"): {"subject": "somebody"},
    ("POST", "/v1/inventories/{inventory}/holds"): {"subject": "somebody", "count": 1},
    ("PUT", "/v1/admin/inventories/{inventory}"): {"count": 3},
    ("POST", "/v1/limits/check"): {"rule": RULE, "key": "192.0.2.1"},
    ("POST", "/v1/limits/reset"): {"rule": RULE, "key": "192.0.2.1"},
    ("PUT", "/v1/admin/rules/{rule}"): {"quota": "1/s"},
    ("POST", "/v1/admin/rules"): {"name": RULE, "quota": "1/s"},
    ("POST", "/v1/admin/tenants"): {"name": "a"},
    ("POST", "/v1/admin/tenants/{tenant}/keys"): {"name": "more"},
    ("POST", "/v1/admin/probe"): {"path": "/v1/tenants/a/rooms/" + ROOM},
    ("POST", "/v1/admin/session"): {"token": "wrong"},
    ("POST", "/admin/configs"): {"endpoint": "/x", "requests_per_window": 1, "window_seconds": 1},
    ("PUT", "/admin/configs/{endpoint}"): {"requests_per_window": 1},
    ("POST", "/api/submit"): {},
    ("POST", "/config"): {},
}
# The operator's figures, answered where admin calls are.
OPERATORS = {("GET", "/actuator/prometheus")}
# What b makes for itself when it acts on names that a has too.
MAKES_ITS_OWN = {
    ("PUT", "/v1/admin/rooms/{room}"), ("PUT", "/v1/admin/rules/{rule}"), ("POST", "/v1/admin/rules"),
    ("PUT", "/v1/admin/inventories/{inventory}"), ("POST", "/v1/locks/{lock}"),
    *(("PATCH", f"/v1/admin/{kind}") for kind in ("rooms/{room}", "rules/{rule}", "inventories/{inventory}")),
}  # fmt: skip


class Tenants(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(CONFIG, environment={"BUSINESS_IDS": ENV_KEY}).start()
        cls.keys = {}
        for name in ("a", "b"):
            cls.server.admin("POST", "/v1/admin/tenants", {"name": name})
            made = cls.server.admin("POST", f"/v1/admin/tenants/{name}/keys", {"name": "web"})[2]
            cls.keys[name] = made["key"]

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server._folder.cleanup()

    def call(self, key, method, path, body=None, **headers):
        return self.server.call(method, path, body, headers={"X-API-Key": key, **headers})


class AcrossTenants(Tenants):
    def operations(self):
        document = self.server.call("GET", "/openapi.json")[2]
        for path, item in document["paths"].items():
            for method in ("get", "post", "put", "patch", "delete"):
                if method in item and (method.upper(), path) not in OPERATORS:
                    yield method.upper(), path

    def setUp(self):
        a = self.keys["a"]
        self.assertEqual(self.call(a, "PUT", f"/v1/admin/rooms/{ROOM}", {"capacity": 1})[0], 201)
        self.assertEqual(self.call(a, "PUT", f"/v1/admin/rules/{RULE}", {"quota": "1000/h"})[0], 201)
        self.tickets = [self.call(a, "POST", f"/v1/rooms/{ROOM}/tickets", {"subject": USER + str(n)})[2] for n in range(2)]
        self.jwt = self.server.call("POST", "/queue/enqueue", headers={"business_id": a, "user_id": USER})[2]["jwt"]
        self.assertEqual(self.call(a, "PUT", f"/v1/admin/inventories/{INVENTORY}", {"count": 5})[0], 201)
        holds = f"/v1/inventories/{INVENTORY}/holds"
        self.hold = self.call(a, "POST", holds, {"subject": USER, "count": 1})[2]["hold"]
        lock = self.call(a, "POST", f"/v1/locks/{LOCK}", {"lease": "1h"})
        self.assertEqual(lock[0], 200, lock[2])
        self.secrets = [INVENTORY, self.hold, lock[2]["holder"], ROOM, RULE, USER, *(ticket["ticket"] for ticket in self.tickets)]  # fmt: skip

    def fill(self, path):
        filled = path.format(room=ROOM, rule=RULE, ticket=self.tickets[0]["ticket"], tenant="a", key="web",
                             inventory=INVENTORY, hold=self.hold, lock=LOCK,
                             endpoint="x", client_id="x", user_id="x") if "{" in path else path  # fmt: skip
        return filled

    def ask(self, method, path, headers, body):
        """The head, and of a stream no more than that."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        fields = {"Content-Type": "application/json", **headers}
        connection.request(method, path, None if body is None else json.dumps(body), fields)
        answer = connection.getresponse()
        kind = answer.getheader("Content-Type") or ""
        text = "" if "event-stream" in kind else answer.read().decode(errors="replace")
        connection.close()
        return answer.status, text

    def state_of_a(self):
        a = self.keys["a"]
        rooms = self.call(a, "GET", "/v1/admin/rooms")[2]
        rules = self.call(a, "GET", "/v1/admin/rules")[2]
        tenant = self.server.admin("GET", "/v1/admin/tenants/a")[2]
        for key in tenant["keys"]:
            key.pop("last_used_at")
        inventories = self.call(a, "GET", "/v1/admin/inventories")[2]
        hold = self.call(a, "GET", f"/v1/inventories/{INVENTORY}/holds/{self.hold}?subject={USER}")[2]
        lock = self.call(a, "GET", f"/v1/locks/{LOCK}")[2]
        ticket = self.call(a, "POST", "/v1/passes/verify", {"pass": self.tickets[0]["pass"]})[2]
        return rooms, rules, tenant, ticket["valid"], inventories, hold, lock

    def test_no_call_of_one_tenant_reaches_another(self):
        before = self.state_of_a()
        self.assertTrue(before[3])
        asked = 0
        for name in ("b", "default"):
            key = DEFAULT_KEY if name == "default" else self.keys["b"]
            headers = {"X-API-Key": key, "business_id": key, "jwt": self.jwt, "user_id": "somebody"}
            # Those last: after them it may read what it made by the same names.
            for method, path in sorted(self.operations(), key=lambda operation: operation in MAKES_ITS_OWN):
                body = BODIES.get((method, path), {} if method in ("POST", "PUT", "PATCH") else None)
                status, text = self.ask(method, self.fill(path), headers, body)
                where = f"{name}: {method} {path}: {status} {text}"
                own = (method, path) in MAKES_ITS_OWN
                for secret in self.secrets:
                    # A name that was asked for may be said again, "there is no room …", but tells nothing.
                    if not own and status < 400:
                        self.assertNotIn(secret, text, where)
                self.assertNotIn(USER, text, where)
                self.assertLess(status, 500, where)
                asked += 1
                if path.startswith("/v1/"):
                    there = f"/v1/tenants/a{self.fill(path)[3:]}"
                    nowhere = f"/v1/tenants/none{self.fill(path)[3:]}"
                    at_a, at_none = self.ask(method, there, headers, body), self.ask(method, nowhere, headers, body)
                    self.assertEqual(at_a, at_none, f"{name}: {method} {there}")
                    self.assertEqual(at_a[0], 404, f"{name}: {method} {there}")
                    asked += 2
        self.assertGreater(asked, 150)
        self.assertEqual(self.state_of_a(), before)
        for method, path in (("GET", "/queue/status"), ("GET", "/queue/verify"), ("DELETE", "/queue/finish")):
            status, _, _ = self.server.call(method, path, headers={"business_id": self.keys["b"], "jwt": self.jwt})
            self.assertEqual(status, 401, path)


class WaysIn(Tenants):
    def test_by_yaml(self):
        rooms = self.call(YAML_KEY, "GET", "/v1/admin/rooms")[2]["rooms"]
        self.assertEqual([(room["room"], room["source"]) for room in rooms], [("sale", "file")])
        self.assertEqual(self.call(YAML_KEY, "GET", "/v1/admin/rules")[2]["rules"][0]["name"], "api")
        for status in (201, 201, 503):
            self.assertEqual(self.server.call("POST", "/v1/tenants/yaml-made/rooms/sale/tickets")[0], status)

    def test_by_business_ids(self):
        name = "business-" + sha256(ENV_KEY)[:12]
        self.assertEqual(self.server.admin("GET", f"/v1/admin/tenants/{name}")[2]["source"], "file")
        self.assertEqual(self.server.call("GET", "/config", headers={"business_id": ENV_KEY})[0], 200)
        self.assertEqual(self.call(ENV_KEY, "GET", "/v1/admin/rooms")[0], 401, "pages carry it")
        backend = self.server.admin("POST", f"/v1/admin/tenants/{name}/keys", {"name": "web"})[2]["key"]
        self.assertEqual(self.call(backend, "GET", "/v1/admin/rooms")[0], 200)
        self.assertEqual(self.server.call("GET", "/config", headers={"business_id": backend})[0], 200)

    def run_cli(self, *arguments, code=0):
        command = [os.environ["DOORWARD_BINARY"], "tenant", *arguments, "--url", f"http://127.0.0.1:{self.server.port}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60,
                              env={**os.environ, "DOORWARD_ADMIN_TOKEN": ADMIN_TOKEN})  # fmt: skip
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout + done.stderr

    def test_by_the_command_line(self):
        self.run_cli("add", "cli-made", "--max-waiting", "7", "--calls", "50")
        settings = self.server.admin("GET", "/v1/admin/tenants/cli-made")[2]["settings"]
        self.assertEqual((settings["max_waiting"], settings["calls"]), (7, {"count": 50, "every": "1s"}))
        self.assertIn("There is a tenant", self.run_cli("add", "cli-made", code=1))
        key = self.run_cli("key", "cli-made", "web").split()[-1]
        self.assertEqual(self.call(key, "GET", "/v1/admin/rooms")[0], 200)
        self.assertIn("doorward tenant key cli-made web --revoke", self.run_cli("key", "cli-made", "web", code=1))
        listed = self.run_cli("list")
        self.assertIn("cli-made", listed)
        self.assertNotIn(key, listed)
        self.run_cli("key", "cli-made", "web", "--revoke")
        self.assertEqual(self.call(key, "GET", "/v1/admin/rooms")[0], 401)
        self.run_cli("remove", "cli-made")
        self.assertIn("There is no tenant", self.run_cli("remove", "cli-made", code=1))

    def test_the_command_line_without_the_folder(self):
        environment = {name: value for name, value in os.environ.items() if name != "DOORWARD_ADMIN_TOKEN"}
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([os.environ["DOORWARD_BINARY"], "tenant", "list"], capture_output=True, text=True,
                                  timeout=60, env=environment, cwd=folder)  # fmt: skip
        self.assertEqual(done.returncode, 2)
        for remedy in ("doorward-data/admin-token", "--data", "--url"):
            self.assertIn(remedy, done.stderr)

    def test_the_command_line_without_a_server(self):
        command = [os.environ["DOORWARD_BINARY"], "tenant", "list", "--url", "http://127.0.0.1:1"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60,
                              env={**os.environ, "DOORWARD_ADMIN_TOKEN": ADMIN_TOKEN})  # fmt: skip
        self.assertEqual(done.returncode, 1)
        self.assertIn("start it, or give --url", done.stderr)


class Kept(unittest.TestCase):
    def test_tenants_and_last_uses_outlive_the_server(self):
        with Server(CONFIG) as server:
            server.admin("POST", "/v1/admin/tenants", {"name": "kept"})
            key = server.admin("POST", "/v1/admin/tenants/kept/keys", {"name": "web"})[2]["key"]
            headers = {"X-API-Key": key}
            self.assertEqual(server.call("PUT", "/v1/admin/rooms/r", {}, headers=headers)[0], 201)
            used = server.admin("GET", "/v1/admin/tenants/kept")[2]["keys"][0]["last_used_at"]
            self.assertIsNotNone(used)
            log = b"".join(path.read_bytes() for path in server.data.rglob("*") if path.is_file())
            self.assertNotIn(key.encode(), log, "only a hash is kept")
            self.assertEqual(server.stop(), 0)
            server.start()
            self.assertEqual(server.admin("GET", "/v1/admin/tenants/kept")[2]["keys"][0]["last_used_at"], used)
            self.assertEqual(server.call("GET", "/v1/rooms/r", headers=headers)[0], 200)

    def test_what_leaves_the_file_is_removed_on_reload(self):
        with Server(CONFIG) as server:
            headers = {"X-API-Key": YAML_KEY}
            self.assertEqual(server.call("GET", "/v1/admin/rooms", headers=headers)[0], 200)
            (server.folder / "doorward.yaml").write_text("{}")
            server.process.send_signal(1)
            until = time.monotonic() + 30
            while server.admin("GET", "/v1/admin/tenants")[2]["tenants"]:
                self.assertLess(time.monotonic(), until)
                time.sleep(0.05)
            self.assertEqual(server.call("GET", "/v1/admin/rooms", headers=headers)[0], 401)


class NoStarving(Tenants):
    def test_calls_of_one_tenant_are_bounded_and_the_others_go_on(self):
        self.server.admin("PATCH", "/v1/admin/tenants/a", {"calls": {"count": 3, "every": "1h"}})
        seen = [self.call(self.keys["a"], "GET", "/v1/admin/rooms")[0] for _ in range(5)]
        self.assertEqual(seen, [200, 200, 200, 429, 429])
        # A page carries `business_id`: visitors, who are counted apart from the backend.
        page = [self.server.call("GET", "/config", headers={"business_id": self.keys["a"]}) for _ in range(4)]
        self.assertEqual([status for status, _, _ in page], [200, 200, 200, 429])
        self.assertGreaterEqual(int(page[3][1]["Retry-After"]), 1)
        self.assertEqual(self.call(self.keys["b"], "GET", "/v1/admin/rooms")[0], 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
