#!/usr/bin/env python3
"""Rate limiter with real-time sync: every call of its page, as its clients send them, against its example.

Each test quotes the line of the page that it checks. Windows are short, and a test waits for what it wants to see.
"""

import concurrent.futures
import http.client
import http.server
import json
import re
import sys
import threading
import time
import unittest
from datetime import datetime
from pathlib import Path

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from doorward import ADMIN_TOKEN, Connection, Server  # noqa: E402
from judge import Judge  # noqa: E402

EXAMPLE = (ROOT / "examples" / "rate-limiter.yaml").read_text()
ALGORITHMS = ["sliding_window", "fixed_window", "token_bucket"]
MEMBERS = [
    "id", "endpoint", "requests_per_window", "window_seconds", "algorithm", "burst_limit", "refill_rate", "is_active",
    "created_at", "updated_at",
]  # fmt: skip


class Backend(http.server.BaseHTTPRequestHandler):
    """A service behind a route."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


def eventually(holds, seconds=30):
    """Asks until it holds; what it said last."""
    until = time.monotonic() + seconds
    while not (said := holds()) and time.monotonic() < until:
        time.sleep(0.05)
    return said


class RateLimiter(unittest.TestCase):
    """One server for all tests; each takes endpoints and clients of its own."""

    @classmethod
    def setUpClass(cls):
        cls.backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
        threading.Thread(target=cls.backend.serve_forever, daemon=True).start()
        routed = f"""
upstreams: {{ back: "http://127.0.0.1:{cls.backend.server_port}" }}
routes: [{{ path: /limited/**, upstream: back }}]
"""
        cls.server = Server(EXAMPLE + routed).start()
        cls.judge = Judge(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server._folder.cleanup()
        cls.backend.shutdown()
        cls.backend.server_close()

    def call(self, method, path, body=None, client=None, **more):
        headers = {"X-Client-ID": client} if client else {}
        status, fields, answer = self.server.call(method, path, body, headers=headers, **more)
        self.assertEqual(self.judge.complaints(method, path, status, fields, answer), [])
        return status, fields, answer

    def configure(self, endpoint, requests, seconds, algorithm="sliding_window", **more):
        said = {"endpoint": endpoint, "requests_per_window": requests, "window_seconds": seconds}
        status, _, answer = self.call("POST", "/admin/configs", {**said, "algorithm": algorithm, **more})
        self.assertIn(status, (200, 201), answer)
        self.assertEqual(answer["message"], "Configuration created successfully")
        return answer["id"]

    def config(self, endpoint):
        status, _, configs = self.call("GET", "/admin/configs")
        self.assertEqual(status, 200)
        return next((config for config in configs if config["endpoint"] == endpoint), None)

    def assert_time(self, text):
        self.assertLess(abs(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() - time.time()), 60)


class Endpoints(RateLimiter):
    def test_root(self):
        """GET / | {"message","version","timestamp"}"""
        status, _, answer = self.call("GET", "/", client="root")
        self.assertEqual((status, list(answer)), (200, ["message", "version", "timestamp"]))
        self.assert_time(answer["timestamp"])

    def test_health(self):
        """GET /health | {"status":"healthy","timestamp","database":"connected"}"""
        status, _, answer = self.call("GET", "/health", client="health")
        self.assertEqual((status, answer["status"], answer["database"]), (200, "healthy", "connected"))
        self.assert_time(answer["timestamp"])

    def test_data(self):
        """GET /api/data | {"data":…,"timestamp"}"""
        status, _, answer = self.call("GET", "/api/data", client="data")
        self.assertEqual((status, list(answer)), (200, ["data", "timestamp"]))

    def test_submit(self):
        """POST /api/submit | {"message","received_data","timestamp"}"""
        for sent in ({"name": "test", "value": 123}, [1, "두"], "text", None, 1.5):
            status, _, answer = self.call("POST", "/api/submit", sent, client="submit")
            if sent is None:  # no body at all
                self.assertEqual(status, 422)
                continue
            self.assertEqual((status, list(answer)), (200, ["message", "received_data", "timestamp"]))
            self.assertEqual(answer["received_data"], sent)

    def test_wrong_methods(self):
        for method, path, allow in (
            ("POST", "/api/data", "GET, HEAD"),
            ("GET", "/api/submit", "POST"),
            ("DELETE", "/admin/configs", "GET, HEAD, POST"),
            ("GET", "/admin/configs/api/data", "PUT, DELETE"),
        ):
            status, headers, answer = self.call(method, path, client="methods")
            self.assertEqual((status, answer, headers["Allow"]), (405, {"detail": "Method Not Allowed"}, allow), path)


class Configurations(RateLimiter):
    def test_list(self):
        """GET /admin/configs | list of {id,endpoint,…,created_at,updated_at}"""
        made = self.configure("/conf/listed", 50, 1800, "token_bucket", burst_limit=10, refill_rate=0.028)
        config = self.config("/conf/listed")
        self.assertEqual(list(config), MEMBERS)
        self.assert_time(config.pop("created_at"))
        self.assert_time(config.pop("updated_at"))
        wanted = dict(zip(MEMBERS, [made, "/conf/listed", 50, 1800, "token_bucket", 10, 0.028, True]))
        self.assertEqual(config, wanted)

    def test_defaults_of_a_bucket(self):
        """burst_limit defaults to requests_per_window, refill_rate to requests ÷ window"""
        self.configure("/conf/bucket", 30, 60, "token_bucket")
        config = self.config("/conf/bucket")
        self.assertEqual((config["burst_limit"], config["refill_rate"]), (30, 0.5))

    def test_what_was_given_is_shown(self):
        for i, (algorithm, burst, refill) in enumerate(
            [("sliding_window", None, None), ("fixed_window", 20, 0.5), ("token_bucket", 20, 0.0277777), ("token_bucket", 7, 1234.5)]
        ):
            path = f"/conf/shown/{i}"
            self.configure(path, 100, 3600, algorithm, burst_limit=burst, refill_rate=refill)
            config = self.config(path)
            shown = [config[name] for name in ("requests_per_window", "window_seconds", "burst_limit", "refill_rate")]
            self.assertEqual(shown, [100, 3600, burst, refill])

    def test_duplicate(self):
        """duplicate 409, also when ten come at once (concurrent first requests fail)"""
        said = {"endpoint": "/conf/twice", "requests_per_window": 5, "window_seconds": 60}
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(lambda _: self.call("POST", "/admin/configs", said), range(10)))
        self.assertEqual(sorted(status for status, _, _ in answers), [200] + [409] * 9)
        refused = next(answer for status, _, answer in answers if status == 409)
        self.assertEqual(refused, {"detail": "Configuration for this endpoint already exists"})

    def test_update(self):
        """PUT /admin/configs/{endpoint} (partial; with or without the leading slash)"""
        self.configure("/conf/put/here", 5, 60)
        for n, path in enumerate(("conf/put/here", "/conf/put/here", "%2Fconf%2Fput%2Fhere", "conf%2Fput/here")):
            status, _, answer = self.call("PUT", f"/admin/configs/{path}", {"requests_per_window": 200 + n})
            self.assertEqual((status, answer), (200, {"message": "Configuration updated successfully"}), path)
            config = self.config("/conf/put/here")
            self.assertEqual((config["requests_per_window"], config["window_seconds"]), (200 + n, 60))
        self.call("PUT", "/admin/configs/conf/put/here", {"window_seconds": 7200, "algorithm": "fixed_window"})
        config = self.config("/conf/put/here")
        self.assertEqual([config[m] for m in MEMBERS[2:5]], [203, 7200, "fixed_window"])
        config["requests_per_window"] = 9  # what was read may be sent back
        self.assertEqual(self.call("PUT", "/admin/configs/conf/put/here", config)[0], 200)

    def test_the_root_is_an_endpoint(self):
        self.configure("/", 7, 60)
        self.assertEqual(self.call("PUT", "/admin/configs//", {"requests_per_window": 8})[0], 200)
        self.assertEqual(self.call("GET", "/", client="slash")[1]["X-RateLimit-Limit"], "8")
        self.assertEqual(self.call("DELETE", "/admin/configs/%2F")[0], 200)

    def test_unknown(self):
        """404 {"detail":"Configuration not found"}"""
        for method in ("PUT", "DELETE"):
            status, _, answer = self.call(method, "/admin/configs/no/such", {"requests_per_window": 5})
            self.assertEqual((status, answer), (404, {"detail": "Configuration not found"}))

    def test_delete(self):
        """DELETE"""
        self.configure("/conf/gone", 1, 60)
        for wanted in (200, 404):
            self.assertEqual(self.call("DELETE", "/admin/configs/conf/gone")[0], wanted)
        self.assertIsNone(self.config("/conf/gone"))

    def test_switched_off(self):
        """is_active: false switches a rule off"""
        self.configure("/conf/off", 1, 60)
        self.assertEqual([self.call("GET", "/conf/off", client="off")[0] for _ in range(2)], [404, 429])
        self.call("PUT", "/admin/configs/conf/off", {"is_active": False})
        status, headers, _ = self.call("GET", "/conf/off", client="off")
        self.assertEqual((status, headers["X-RateLimit-Limit"]), (404, "100"))
        self.call("PUT", "/admin/configs/conf/off", {"is_active": True})
        self.assertEqual(self.call("GET", "/conf/off", client="off")[0], 429)

    def test_invalid(self):
        """invalid 422 naming the field"""
        good = {"endpoint": "/conf/bad", "requests_per_window": 5, "window_seconds": 60, "algorithm": "token_bucket"}
        bad = [
            ("endpoint", None), ("endpoint", 5), ("endpoint", ""), ("endpoint", "/a?b"), ("endpoint", "/%zz"),
            ("endpoint", "/" + "x" * 2000), ("requests_per_window", 0), ("requests_per_window", -1),
            ("requests_per_window", 1.5), ("requests_per_window", "many"), ("requests_per_window", None),
            ("requests_per_window", 10**10), ("window_seconds", 0), ("window_seconds", -60), ("window_seconds", True),
            ("window_seconds", 2592001), ("window_seconds", []), ("algorithm", "leaky"), ("algorithm", 5),
            ("algorithm", ""), ("burst_limit", 0), ("burst_limit", -1), ("burst_limit", "x"), ("burst_limit", 1.5),
            ("refill_rate", 0), ("refill_rate", -0.5), ("refill_rate", "fast"), ("refill_rate", 1e300),
            ("refill_rate", 1e-300), ("is_active", "yes"), ("is_active", 1),
        ]  # fmt: skip
        for member, value in bad:
            status, _, answer = self.call("POST", "/admin/configs", {**good, member: value})
            self.assertEqual(status, 422, (member, value, answer))
            self.assertEqual([fault["loc"] for fault in answer["detail"]], [["body", member]], (member, value))
            self.assertTrue(all(fault["msg"] and fault["type"] for fault in answer["detail"]))
        for member in ("endpoint", "requests_per_window", "window_seconds"):
            said = {name: value for name, value in good.items() if name != member}
            status, _, answer = self.call("POST", "/admin/configs", said)
            self.assertEqual((status, answer["detail"][0]["loc"]), (422, ["body", member]))
            self.assertEqual(answer["detail"][0]["type"], "missing")
        status, _, answer = self.call("POST", "/admin/configs", {})
        self.assertEqual((status, len(answer["detail"])), (422, 3))
        for body in ([], 5, "text"):
            self.assertEqual(self.call("POST", "/admin/configs", body)[0], 422)
        self.assertIsNone(self.config("/conf/bad"))
        self.configure("/conf/bad-put", 5, 60)
        status, _, answer = self.call("PUT", "/admin/configs/conf/bad-put", {"window_seconds": 0})
        self.assertEqual((status, answer["detail"][0]["loc"]), (422, ["body", "window_seconds"]))

    def test_numbers_as_text(self):
        """pydantic's lax mode: "10" is 10"""
        self.configure("/conf/text", "10", "60", "token_bucket", burst_limit="1_0", refill_rate="0.5")
        config = self.config("/conf/text")
        self.assertEqual([config[name] for name in ("requests_per_window", "window_seconds", "burst_limit", "refill_rate")], [10, 60, 10, 0.5])

    def test_numbers_are_written_as_the_original_writes_them(self):
        """100.0 and 0.028, not 1E2 and 2.8E-2"""
        self.configure("/conf/decimal", 50, 1800, "token_bucket", refill_rate=0.028)
        self.configure("/conf/whole", 200, 2, "token_bucket")
        texts = {}
        for path in ("/admin/configs", "/admin/stats"):
            peer = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
            self.addCleanup(peer.close)
            peer.request("GET", path, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
            texts[path] = peer.getresponse().read().decode()
        self.assertIn('"refill_rate":0.028', texts["/admin/configs"])
        self.assertIn('"refill_rate":100.0', texts["/admin/configs"])
        self.assertRegex(texts["/admin/stats"], r'"success_rate":\d+\.\d+[,}]')

    def test_a_last_slash_too_many(self):
        """307 to the path that there is, as FastAPI"""
        for method, path, wanted in (("GET", "/api/data/", "/api/data"), ("GET", "/admin/configs/", "/admin/configs")):
            status, headers, _ = self.server.call(method, path)
            self.assertEqual((status, headers["Location"]), (307, wanted), path)

    def test_the_native_form(self):
        """A configuration is a rule, and a rule of its shape is a configuration."""
        self.configure("/conf/native", 5, 60)
        rules = self.server.admin("GET", "/v1/admin/rules")[2]["rules"]
        rule = next(rule for rule in rules if rule["match"]["paths"] == ["/conf/native"])
        self.assertEqual(rule["key"], ["header:X-Client-ID", "endpoint"])
        rule["quotas"][0]["limit"] = 6
        status, _, answer = self.server.admin("PUT", f"/v1/admin/rules/{rule['name']}", rule)
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.config("/conf/native")["requests_per_window"], 6)

    def test_behind_the_admin_token(self):
        """/admin/* is behind the admin token, but for a trial on loopback"""
        with Server("") as server:
            for method, path in (("GET", "/admin/configs"), ("POST", "/admin/configs"), ("DELETE", "/admin/configs/x")):
                status, _, answer = server.call(method, path)
                self.assertEqual(status, 401, path)
                self.assertTrue(answer["detail"])
            self.assertEqual(server.call("GET", "/admin/configs", token=ADMIN_TOKEN)[::2], (200, []))
            # Nothing that would hurt a stranger.
            self.assertNotIn("X-RateLimit-Limit", server.call("GET", "/nothing")[1])
        with Server("compat: { rate_limiter: false }") as server:
            self.assertEqual(server.call("GET", "/api/data")[0], 404)


class Limits(RateLimiter):
    def test_headers(self):
        """Answers carry X-RateLimit-Limit, -Remaining (after this request), -Reset (epoch seconds)"""
        self.configure("/api/data", 3, 60)
        for method, remaining in (("GET", "2"), ("HEAD", "1"), ("GET", "0")):
            status, headers, _ = self.call(method, "/api/data", client="headers")
            self.assertEqual((status, headers["X-RateLimit-Limit"]), (200, "3"))
            self.assertEqual(headers["X-RateLimit-Remaining"], remaining)
            reset = int(headers["X-RateLimit-Reset"]) - time.time()
            self.assertTrue(0 < reset < 62, reset)

    def test_refusal(self):
        """429 {"error":"Rate limit exceeded","retry_after":s,"reset_time":ISO}, Retry-After at least 1"""
        self.configure("/lim/refused", 1, 60)
        self.call("GET", "/lim/refused", client="refused")
        status, headers, answer = self.call("GET", "/lim/refused", client="refused")
        self.assertEqual((status, list(answer)), (429, ["error", "retry_after", "reset_time"]))
        self.assertEqual(answer["error"], "Rate limit exceeded")
        self.assertEqual(str(answer["retry_after"]), headers["Retry-After"])
        self.assertTrue(1 <= answer["retry_after"] <= 60)
        self.assertEqual(headers["X-RateLimit-Remaining"], "0")
        at = datetime.fromisoformat(answer["reset_time"].replace("Z", "+00:00")).timestamp()
        self.assertTrue(0 < at - time.time() < 62)

    def test_endpoint_without_a_rule(self):
        """An endpoint without a rule gets 100 per 3600 s sliding"""
        with Connection(self.server.port) as one:
            seen = [one.call("GET", "/no/rule/at-all", headers={"X-Client-ID": "many"})[0] for _ in range(101)]
        self.assertEqual(seen, [404] * 100 + [429])
        self.assertEqual(self.call("GET", "/another/one", client="many")[1]["X-RateLimit-Remaining"], "99")

    def test_what_is_not_limited(self):
        """Everything is limited except /admin/* and /ws/*"""
        for path in ("/admin/configs", "/admin/none", "/ws/", "/ws/someone"):
            self.assertNotIn("X-RateLimit-Limit", self.call("GET", path, client="free")[1], path)
        for path in ("/", "/health", "/api/data", "/none", "/limited/x"):
            self.assertIn("X-RateLimit-Limit", self.call("GET", path, client="free")[1], path)

    def test_key(self):
        """The client is X-Client-ID, else its address; the key is client and endpoint"""
        self.configure("/lim/key/a", 1, 60)
        self.configure("/lim/key/b", 1, 60)
        rows = [("/lim/key/a", "x", 404), ("/lim/key/a", "y", 404), ("/lim/key/b", "x", 404), ("/lim/key/a", None, 404),
                ("/lim/key/a", "x", 429), ("/lim/key/a", None, 429), ("/lim/key/a?q=1", "x", 429),
                ("/lim//key/%61", "x", 429), ("/lim/key/a", "127.0.0.1", 404)]  # fmt: skip
        for path, client, wanted in rows:
            self.assertEqual(self.call("GET", path, client=client)[0], wanted, (path, client))

    def test_ten_at_once(self):
        """races admit too many: 10 at once on a limit of 5, and 40 on a new bucket"""
        for algorithm in ALGORITHMS:
            for sent, most in ((10, 5), (40, 5)):
                path = f"/lim/race/{algorithm}/{sent}"
                self.configure(path, most, 3600, algorithm)
                with concurrent.futures.ThreadPoolExecutor(sent) as pool:
                    seen = list(pool.map(lambda _: self.call("GET", path, client="racer")[0], range(sent)))
                self.assertEqual(seen.count(404), most, (algorithm, seen))
                self.assertEqual(seen.count(429), sent - most)

    def test_window_of_a_second(self):
        """windows under a minute crash"""
        for algorithm in ALGORITHMS:
            path = f"/lim/second/{algorithm}"
            self.configure(path, 2, 1, algorithm)
            with Connection(self.server.port) as one:
                answers = [one.call("GET", path, headers={"X-Client-ID": "quick"}) for _ in range(40)]
                refused = [headers for status, headers, _ in answers if status == 429]
                self.assertTrue(refused, algorithm)
                self.assertEqual(refused[-1]["Retry-After"], "1")
                passes = lambda: one.call("GET", path, headers={"X-Client-ID": "quick"})[0] == 404  # noqa: B023, E731
                self.assertTrue(eventually(passes), algorithm)

    def test_bucket(self):
        """token_bucket (burst_limit, refill_rate per second)"""
        self.configure("/lim/bucket", 100, 3600, "token_bucket", burst_limit=3, refill_rate=0.028)
        began = time.monotonic()
        seen = [self.call("GET", "/lim/bucket", client="b") for _ in range(4)]
        passed = int(time.monotonic() - began) + 1
        self.assertEqual([status for status, _, _ in seen], [404, 404, 404, 429])
        self.assertIn(int(seen[3][1]["Retry-After"]), range(36 - passed, 37))

    def test_story(self):
        """3 clients, each: 5 allowed, the 6th refused, wait, allowed; own paths and a route's"""
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            rows = [(algorithm, base) for algorithm in ALGORITHMS for base in ("/lim/story", "/limited")]
            for failed in pool.map(lambda row: self.story(*row), rows):
                self.assertIsNone(failed)

    def story(self, algorithm, base):
        window = 6
        path = f"{base}/{algorithm}"
        more = {"burst_limit": 5, "refill_rate": 0.25} if algorithm == "token_bucket" else {}
        self.configure(path, 5, window, algorithm, **more)
        passed = 200 if base == "/limited" else 404
        seen = {}
        for name in "abc":
            for attempt in range(100):
                # On a slow machine a window may end meanwhile and let more pass: then as another client.
                client = f"{name}{attempt}"
                began, began_at = time.monotonic(), time.time()
                answers = [self.call("GET", path, client=client) for _ in range(6)]
                if time.monotonic() - began < window / 2 and began_at // window == time.time() // window:
                    break
            if [status for status, _, _ in answers] != [passed] * 5 + [429]:
                return f"{algorithm} {client}: {[status for status, _, _ in answers]}"
            seen[client] = began, answers
        for client, (began, answers) in seen.items():
            if not eventually(lambda: self.call("GET", path, client=client)[0] == passed):  # noqa: B023
                return f"{algorithm} {client}: never let in again"
            # Retry-After is in whole seconds, rounded up.
            if time.monotonic() - began < int(answers[5][1]["Retry-After"]) - 1:
                return f"{algorithm} {client}: let in before its Retry-After"
        return None

    def test_clean_up(self):
        """Old records are cleaned up"""
        with Server(EXAMPLE + "counters: { clean_every: 500ms }\n") as server:

            def metric(name):
                text = server.call("GET", "/metrics", token=ADMIN_TOKEN)[2]
                return float(re.search(rf"^{name} ([0-9.e+]+)$", text, re.M)[1])

            for algorithm in ALGORITHMS:
                said = {"endpoint": f"/old/{algorithm}", "requests_per_window": 5, "window_seconds": 1}
                server.call("POST", "/admin/configs", {**said, "algorithm": algorithm})
                for client in range(20):
                    server.call("GET", f"/old/{algorithm}", headers={"X-Client-ID": f"old{client}"})
            self.assertTrue(eventually(lambda: metric("doorward_counters_expired_total") >= 60))
            self.assertTrue(eventually(lambda: metric("doorward_counter_keys") == 0))

    def test_restart(self):
        """configurations, and counts of a minute or longer, survive a restart"""
        server = Server(EXAMPLE)
        with server:
            said = {"endpoint": "/kept", "requests_per_window": 1, "window_seconds": 600}
            server.call("POST", "/admin/configs", said)
            self.assertEqual([server.call("GET", "/kept")[0] for _ in range(2)], [404, 429])
            self.assertEqual(server.stop(), 0)
            server.start()
            self.assertEqual(server.call("GET", "/admin/configs")[2][0]["endpoint"], "/kept")
            self.assertEqual(server.call("GET", "/kept")[0], 429)


class Live(RateLimiter):
    def socket(self, client):
        return connect(f"ws://127.0.0.1:{self.server.port}/ws/{client}", proxy=None)

    def stream(self, client):
        """The messages of /events/{client}, as a browser's `onmessage` gets them."""
        http_client = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        self.addCleanup(http_client.close)
        http_client.request("GET", f"/events/{client}", headers={"X-Client-ID": "watcher"})
        answer = http_client.getresponse()
        self.assertEqual((answer.status, answer.getheader("Content-Type").split(";")[0]), (200, "text/event-stream"))
        for line in answer:
            self.assertFalse(line.startswith(b"event:"), line)
            if line.startswith(b"data:"):
                yield json.loads(line[5:])

    @staticmethod
    def until(messages, kind):
        return next(message for message in messages if message["type"] == kind)

    def refuse_once(self, path, client):
        self.configure(path, 1, 3600)
        self.assertEqual([self.call("GET", path, client=client)[0] for _ in range(2)], [404, 429])

    def test_global_stats(self):
        """GET /admin/stats | {total_requests_24h,blocked_requests_24h,success_rate,active_configs,timestamp}"""
        before = self.call("GET", "/admin/stats")[2]
        members = ["total_requests_24h", "blocked_requests_24h", "success_rate", "active_configs", "timestamp"]
        self.assertEqual(list(before), members)
        self.refuse_once("/live/global", "live-global")

        def grown():
            now = self.call("GET", "/admin/stats")[2]
            return now if now[members[0]] >= before[members[0]] + 2 and now[members[1]] > before[members[1]] else None

        after = eventually(grown)
        self.assertIsNotNone(after)
        self.assertEqual(after["active_configs"] - before["active_configs"], 1)
        self.assertTrue(0 <= after["success_rate"] < 100)

    def test_stats_of_a_client(self):
        """GET /admin/stats/{client_id} | {client_id,status{…},recent_events[…]}"""
        self.refuse_once("/live/one", "live-one")
        _, _, answer = self.call("GET", "/admin/stats/live-one")
        self.assertEqual(list(answer), ["client_id", "status", "recent_events"])
        status = answer["status"]
        self.assertEqual(
            list(status), ["last_request", "total_requests", "blocked_until", "current_tokens", "is_active"]
        )
        self.assertEqual((status["total_requests"], status["current_tokens"], status["is_active"]), (2, 0, True))
        self.assert_time(status["last_request"])
        self.assertTrue(status["blocked_until"])
        events = answer["recent_events"]
        self.assertEqual([list(event) for event in events], [["endpoint", "event_type", "timestamp", "details"]] * 2)
        self.assertEqual([event["event_type"] for event in events], ["rate_limit_exceeded", "request_processed"])
        self.assertEqual({event["endpoint"] for event in events}, {"/live/one"})
        _, _, unknown = self.call("GET", "/admin/stats/nobody-at-all")
        self.assertEqual((unknown["status"]["total_requests"], unknown["recent_events"]), (0, []))

    def test_socket_of_a_client(self):
        """WS /ws/{client_id}: client_stats every 5 s; rate_limit_exceeded, request_processed as they happen"""
        began = time.monotonic()
        with self.socket("live-ws") as ws:
            first = json.loads(ws.recv(30))
            self.assertEqual((first["type"], first["client_id"]), ("client_stats", "live-ws"))
            self.call("GET", "/live/ws", client="somebody-else")
            self.refuse_once("/live/ws", "live-ws")
            messages = [json.loads(ws.recv(30)) for _ in range(3)]
            kinds = [message["type"] for message in messages if message["type"] != "client_stats"]
            self.assertEqual(kinds[:2], ["request_processed", "rate_limit_exceeded"])
            self.assertEqual({message["client_id"] for message in messages}, {"live-ws"})
            while messages[-1]["type"] != "client_stats":
                messages.append(json.loads(ws.recv(30)))
            self.assertGreater(time.monotonic() - began, 3)
            self.assertEqual(messages[-1]["status"]["total_requests"], 2)

    def test_socket_of_all(self):
        """WS /ws/global: global_stats every 10 s ("/ws/global unreachable")"""
        with self.socket("global") as ws:
            self.assertEqual(json.loads(ws.recv(30))["type"], "global_stats")
            self.refuse_once("/live/all", "live-all")
            seen = []
            while "rate_limit_exceeded" not in [e["type"] for e in seen if e.get("client_id") == "live-all"]:
                seen.append(json.loads(ws.recv(30)))
            ws.send("ping")  # whatever is said is passed over
            while seen[-1]["type"] != "global_stats":
                seen.append(json.loads(ws.recv(30)))

    def test_event_stream(self):
        """GET /events/{client_id} | the same as an event stream, its kind in `type` ("fails on dates")"""
        messages = self.stream("live-sse")
        self.assertEqual(next(messages)["type"], "client_stats")
        self.refuse_once("/live/sse", "live-sse")
        refused = self.until(messages, "rate_limit_exceeded")
        self.assertEqual((refused["client_id"], refused["endpoint"]), ("live-sse", "/live/sse"))
        self.assert_time(refused["timestamp"])

    def test_no_socket(self):
        status, _, answer = self.call("GET", "/ws/someone")
        self.assertEqual((status, answer), (426, {"detail": "Open this address as a WebSocket"}))

    def test_behind_the_admin_token(self):
        """the example's /ws/* and /events/* need no credentials; elsewhere they do"""
        with Server("") as server:
            for path in ("/admin/stats", "/admin/stats/a", "/events/a", "/ws/a"):
                self.assertEqual(server.call("GET", path)[0], 401, path)
            with self.assertRaises(InvalidStatus):
                connect(f"ws://127.0.0.1:{server.port}/ws/global", proxy=None)


class Page(RateLimiter):
    """What the page says beside its table; its variables and origins are in common_test.py."""

    def test_dashboard(self):
        """GET /dashboard | live numbers and charts, edit rules, … (what it shows is in tests/dashboard), with no login here"""
        status, headers, text = self.call("GET", "/dashboard")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertIn("</html>", text)
        self.assertTrue(self.call("GET", "/v1/admin/session")[2]["signed_in"])

    def test_head(self):
        """curl -I http://localhost:8000/api/data: HEAD is counted and carries the headers"""
        self.configure("/head", 1, 60)
        seen = [self.call("HEAD", "/head", client="head") for _ in range(2)]
        self.assertEqual([status for status, _, _ in seen], [404, 429])
        self.assertEqual([text for _, _, text in seen], ["", ""])
        for _, headers, _ in seen:
            for name in ("Limit", "Remaining", "Reset"):
                self.assertIn(f"X-RateLimit-{name}", headers)

    def test_quick_start(self):
        """Create rate limit configurations via the admin API: the page's own bodies"""
        for said in (
            {"endpoint": "/api/page", "requests_per_window": 100, "window_seconds": 3600, "algorithm": "sliding_window"},
            {"endpoint": "/api/custom", "requests_per_window": 50, "window_seconds": 1800, "algorithm": "token_bucket",
             "burst_limit": 10, "refill_rate": 0.028},
        ):  # fmt: skip
            self.assertIn(self.call("POST", "/admin/configs", said)[0], (200, 201))
        changed = {"requests_per_window": 200, "window_seconds": 7200}
        self.assertEqual(self.call("PUT", "/admin/configs/api/page", changed)[0], 200)
        config = self.config("/api/page")
        self.assertEqual([config[name] for name in changed], list(changed.values()))

    def test_logging(self):
        """what its own tests name "logging": each request and each refusal is an event of its client"""
        self.configure("/logged", 2, 3600)
        for _ in range(3):
            self.call("GET", "/logged", client="logged")
        events = self.call("GET", "/admin/stats/logged")[2]["recent_events"]
        kinds = [event["event_type"] for event in events]
        self.assertEqual(kinds, ["rate_limit_exceeded", "request_processed", "request_processed"])
        self.assertEqual([event["details"]["status"] for event in events], [429, 404, 404])


if __name__ == "__main__":
    unittest.main()
