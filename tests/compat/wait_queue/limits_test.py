#!/usr/bin/env python3
"""Wait queue: every line of its page on limits, as its clients send them. Each test quotes the line that it checks."""

import concurrent.futures
import http.server
import threading
import time
import unittest
import uuid
from contextlib import ExitStack

from stage import EXAMPLE, PATIENCE, SECRET, Server, WaitQueue, claims_of, forge

from judge import Judge


class Backend:
    """Answers with the path; what is below /concurrency/ is held until the client is released."""

    def __enter__(self):
        backend = self
        self.held, self.free, self.changed = {}, set(), threading.Condition()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path.startswith("/concurrency/"):
                    backend.hold(self.headers["X-Client"])
                body = self.path.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def hold(self, client):
        with self.changed:
            self.held[client] = self.held.get(client, 0) + 1
            self.changed.notify_all()
            self.changed.wait_for(lambda: client in self.free, PATIENCE)

    def wait_for(self, client, calls):
        with self.changed:
            assert self.changed.wait_for(lambda: self.held.get(client, 0) == calls, PATIENCE), self.held

    def release(self, client):
        with self.changed:
            self.free.add(client)
            self.changed.notify_all()


class Limited(WaitQueue):
    """Counts without edges and gives nothing back while the tests run; the algorithms' own tests are the stories."""

    variables = {"RATE_ALGORITHM": "sliding_window", "RATE_WINDOW": "1h"}

    def test_allowed(self):
        """`GET /limited/`, `GET /limited/deco/`, `Authorization: Bearer` | 200 `{"msg":"ok"}`"""
        token = self.admit()
        for path in ("/limited/", "/limited/deco/"):
            status, _, answer = self.limited(token, path)
            self.assertEqual((status, answer), (200, {"msg": "ok"}))

    def test_no_header(self):
        """no header 403 `{"detail":"Not authenticated"}`"""
        for path in ("/limited/", "/limited/deco/"):
            status, _, answer = self.limited(path=path)
            self.assertEqual((status, answer), (403, {"detail": "Not authenticated"}))
        for value in ("", "Bearer", "Bearer "):
            status, _, answer = self.limited(Authorization=value)
            self.assertEqual((status, answer), (403, {"detail": "Not authenticated"}), value)

    def test_another_scheme(self):
        status, _, answer = self.limited(Authorization="Basic bWU6bWU=")
        self.assertEqual((status, answer), (403, {"detail": "Invalid authentication credentials"}))

    def test_bad_tokens(self):
        """bad token 401"""
        soon = int(time.time()) + 60
        mine = claims_of(self.admit())["uuid"]
        good = {"uuid": mine, "status": "active", "exp": soon}
        cases = {
            "x": "Invalid token",
            "a.b.c": "Invalid token",
            "x" * 9000: "Invalid token",
            forge(good, "another secret"): "Invalid token",
            forge(good, header={"alg": "none", "typ": "JWT"}): "Invalid token",
            forge({**good, "status": "admin"}): "Invalid token",
            forge({**good, "uuid": "me"}): "Invalid token",
            forge({"status": "active", "exp": soon}): "Invalid token",
            forge({**good, "exp": soon - 120}): "Token has expired",
            forge({"uuid": mine, "status": "active"}): "Token has expired",
            forge({**good, "uuid": str(uuid.uuid4())}): "This session has ended",
        }
        for token, why in cases.items():
            status, headers, answer = self.limited(token)
            self.assertEqual((status, answer), (401, {"detail": why}), token[:60])
            self.assertEqual(headers["WWW-Authenticate"], "Bearer")
        self.assertEqual(self.limited(forge(good))[0], 200)

    def test_a_waiting_token(self):
        """a token still waiting 403"""
        answer = self.token()
        waiting = answer["access_token"]
        refusal = (403, {"detail": "This token is still waiting"})
        self.assertEqual(self.limited(waiting)[::2], refusal)
        lied = forge({"uuid": answer["uuid"], "status": "active", "exp": int(time.time()) + 60})
        self.assertEqual(self.limited(lied)[::2], refusal, "the engine is asked, not the token")
        active = self.admit(answer)
        self.assertEqual(self.limited(waiting)[::2], refusal, "the pass is what is shown")
        self.assertEqual(self.limited(active)[0], 200)

    def test_users_do_not_share(self):
        """5 requests in 10 s per user, shared by the limited endpoints"""
        one, two = self.admit(), self.admit()
        for path in ("/limited/", "/limited/deco/", "/limited/", "/limited/deco/", "/limited/"):
            self.assertEqual(self.limited(one, path)[0], 200)
        self.assert_limited(one, "/limited/")
        self.assert_limited(one, "/limited/deco/")
        self.assertEqual(self.limited(two)[0], 200)

    def test_races_pass_no_more(self):
        token = self.admit()
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: self.limited(token)[0], range(60)))
        self.assertEqual(answers.count(200), 5)
        self.assertEqual(answers.count(429), 55)


class Stories(unittest.TestCase):
    """Three limiter algorithms, and Doorward's own. The story of its page: 3 clients, 5 allowed, the 6th refused, the
    window waited, allowed; by each algorithm, on `/limited/` and through a gateway route, all at the same time.

    A fixed window ends at its edge, a bucket gains a fifth in a fifth of it. So each client waits what Retry-After
    says, and a client whose six calls took longer than that fifth, or over an edge, begins again as another.
    """

    WINDOW = 10
    LIMITED = ["fixed_window", "sliding_window", "sliding_counter", "token_bucket", "gcra"]
    ROUTED = ["fixed_window", "sliding_log", "sliding_counter", "token_bucket", "gcra"]

    def story(self, newcomer, ask):
        """`newcomer` makes a client; `ask` calls as one: (status, headers, whether the answer is as it should be)."""
        until = time.monotonic() + 4 * PATIENCE
        while True:
            client = newcomer()
            begin = time.time()
            answers = [ask(client) for _ in range(6)]
            end = time.time()
            if end - begin < self.WINDOW / 5 and begin // self.WINDOW == end // self.WINDOW:
                break
            self.assertLess(time.monotonic(), until, "six calls never fell into a fifth of the window")
        self.assertEqual([(status, is_right) for status, _, is_right in answers], [(200, True)] * 5 + [(429, True)])
        wait = int(answers[5][1]["Retry-After"])
        self.assertGreaterEqual(wait, 1)
        self.assertLessEqual(wait, 2 * self.WINDOW)
        time.sleep(wait)
        self.assertEqual(ask(client)[::2], (200, True))

    def three_clients(self, pool, newcomer, ask):
        return [pool.submit(self.story, newcomer, ask) for _ in range(3)]

    def limited(self, stack, pool, algorithm):
        """On a server of its own, since `/limited/` counts by one algorithm."""
        server = stack.enter_context(Server(EXAMPLE, environment={
            "JWT_SECRET": SECRET, "ROUND": "1s", "ACTIVE_TTL": "10m",
            "RATE_ALGORITHM": algorithm, "RATE_WINDOW": f"{self.WINDOW}s"}))  # fmt: skip
        right = {200: {"msg": "ok"}, 429: {"detail": "Too many requests"}}

        def newcomer():
            visitor = WaitQueue()
            visitor.server, visitor.judge = server, Judge(server)
            return visitor.admit()

        def ask(token):
            status, headers, answer = server.call("GET", "/limited/", headers={"Authorization": f"Bearer {token}"})
            return status, headers, answer == right[status]

        return self.three_clients(pool, newcomer, ask)

    def routed(self, stack, pool):
        """One gateway with a route and a rule for each algorithm."""
        rule = "  {0}: {{ match: {{ paths: [/{0}/**] }}, key: [\"header:X-Client\"], "
        rule += "quotas: [{{ limit: 5, window: {1}s, algorithm: {0} }}] }}\n"
        backend = stack.enter_context(Backend())
        config = "rules:\n" + "".join(rule.format(name, self.WINDOW) for name in self.ROUTED)
        config += "  concurrency: { match: { paths: [/concurrency/**] }, key: [\"header:X-Client\"], "
        config += "quotas: [{ limit: 5, window: 60s, algorithm: concurrency }] }\n"
        config += f"upstreams: {{ backend: http://127.0.0.1:{backend.port} }}\n"
        config += "routes: [{ path: /**, upstream: backend }]\n"
        server = stack.enter_context(Server(config))

        def asker(name):
            def ask(client):
                status, headers, answer = server.call("GET", f"/{name}/shop", headers={"X-Client": client})
                return status, headers, status == 429 or answer == f"/{name}/shop"

            return ask

        stories = []
        for name in self.ROUTED:
            stories += self.three_clients(pool, lambda: str(uuid.uuid4()), asker(name))
        return stories + [pool.submit(self.held, backend, asker("concurrency"), str(n)) for n in range(3)]

    def held(self, backend, ask, client):
        """Concurrency counts calls under way, not in a window: five are held by the backend, the sixth is refused, and
        what is waited for is the end of one. On `/limited/`, which answers at once, there is nothing to hold."""
        with concurrent.futures.ThreadPoolExecutor(5) as pool:
            calls = [pool.submit(ask, client) for _ in range(5)]
            try:
                backend.wait_for(client, 5)
                self.assertEqual(ask(client)[0], 429)
            finally:
                backend.release(client)
            for call in calls:
                self.assertEqual(call.result(PATIENCE)[::2], (200, True))
        until = time.monotonic() + PATIENCE
        while (status := ask(client)[0]) == 429 and time.monotonic() < until:
            time.sleep(0.05)  # the slot comes back after the answer
        self.assertEqual(status, 200)

    def test_each_algorithm_on_both(self):
        clients = 3 * (len(self.LIMITED) + len(self.ROUTED) + 1)
        with ExitStack() as stack, concurrent.futures.ThreadPoolExecutor(clients) as pool:
            stories = self.routed(stack, pool)
            for algorithm in self.LIMITED:
                stories += self.limited(stack, pool, algorithm)
            for story in stories:
                story.result()


if __name__ == "__main__":
    unittest.main(verbosity=2)
