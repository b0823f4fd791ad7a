#!/usr/bin/env python3
"""Train ticket reservation: every call of its page and of its fuller sibling, against its example.

Each test quotes the line of the page that it checks. A test has a server of its own where it needs the stock to be
what it says.
"""

import concurrent.futures
import contextlib
import http.client
import json
import random
import sys
import time
import unittest
import uuid
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from doorward import ADMIN_TOKEN, Connection, Server  # noqa: E402
from judge import Judge  # noqa: E402

EXAMPLE = (ROOT / "examples" / "train-reservation.yaml").read_text()
PATIENCE = 30

SOLD_OUT = (400, {"detail": "티켓 매진"})
LOCKED = (429, {"detail": "예약 중입니다. 잠시 후 다시 시도해주세요."})


class TrainReservation(unittest.TestCase):
    def serve(self, tickets=1, **more):
        """A server with so many tickets, until the test ends."""
        self.server = Server(EXAMPLE, environment={"TICKETS": str(tickets), **more})
        self.judge = None
        return self.server

    def call(self, method, path, body=None, **more):
        """One call, held to the OpenAPI document."""
        status, headers, answer = self.server.call(method, path, body, **more)
        if self.judge is None:
            self.judge = Judge(self.server)
        self.assertEqual(self.judge.complaints(method, path, status, headers, answer), [])
        return status, headers, answer

    def reserve(self, body=None, **more):
        status, headers, answer = self.call("POST", "/reserve", body, **more)
        self.headers = headers
        return status, answer

    def of(self, user):
        status, answer = self.reserve({"user_id": user})
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["user_id"], user)
        return answer

    def status(self, user):
        status, _, answer = self.call("GET", f"/status/{user}")
        self.assertEqual((status, answer["user_id"]), (200, user))
        return answer

    def lock(self, lease="30s"):
        status, _, answer = self.server.admin("POST", "/v1/locks/reserve", {"lease": lease})
        self.assertEqual(status, 200, answer)
        return answer

    def unlock(self, lock):
        return self.server.admin("DELETE", f"/v1/locks/reserve?holder={lock['holder']}&fence={lock['fence']}")[0]


class Reserve(TrainReservation):
    def test_one_is_left_and_one_gets_it(self):
        """200 | {"message":"예약 성공!","user_id":"<uuid>"}; 400 sold out | {"detail":"티켓 매진"}"""
        with self.serve():
            status, answer = self.reserve()
            self.assertEqual((status, list(answer), answer["message"]), (200, ["message", "user_id"], "예약 성공!"))
            self.assertEqual(uuid.UUID(answer["user_id"]).version, 4)
            for _ in range(3):
                self.assertEqual(self.reserve(), SOLD_OUT)

    def test_lock_busy(self):
        """429 lock busy | {"detail":"예약 중입니다. 잠시 후 다시 시도해주세요."} with `Retry-After`"""
        with self.serve():
            lock = self.lock()
            self.assertEqual(self.reserve(), LOCKED)
            self.assertIn(int(self.headers["Retry-After"]), range(1, 31))
            self.assertEqual(self.unlock(lock), 204)
            self.assertEqual(self.reserve()[0], 200)

    def test_the_lock_ends_by_itself(self):
        """The lock is a lease that ends by itself (5 s)"""
        with self.serve():
            lock = self.lock("1s")
            until = time.monotonic() + PATIENCE
            while (answer := self.reserve()) == LOCKED and time.monotonic() < until:
                time.sleep(0.1)
            self.assertEqual(answer[0], 200)
            self.assertEqual(self.unlock(lock), 410)

    def test_only_its_holder_releases_it(self):
        """only its holder may release it. Fault: an expired holder releasing another's lock"""
        with self.serve():
            first = self.lock("1s")
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until:
                status, _, second = self.server.admin("POST", "/v1/locks/reserve", {"lease": "30s"})
                if status == 200:
                    break
                time.sleep(0.1)
            self.assertGreater(second["fence"], first["fence"])
            self.assertEqual(self.unlock(first), 410)
            self.assertEqual(self.reserve(), LOCKED, "the second holder still has it")
            self.assertEqual(self.unlock(second), 204)

    def test_no_reset_at_start(self):
        """Fault: stock reset at every start"""
        with self.serve() as server:
            self.assertEqual(self.reserve()[0], 200)
            for end in (server.kill, server.stop):
                end()
                server.start()
                self.assertEqual(self.reserve(), SOLD_OUT)

    def test_a_retry_with_its_key_is_the_same(self):
        """An optional Idempotency-Key on every POST"""
        with self.serve(2):
            key = {"Idempotency-Key": "4d8b1f0e-0000-4000-8000-000000000002"}
            first = self.reserve(headers=key)
            self.assertEqual(first[0], 200)
            self.assertEqual(self.reserve(headers=key), first)
            self.assertEqual(self.reserve(headers={"Idempotency-Key": "1"})[0], 200)
            self.assertEqual(self.reserve(headers={"Idempotency-Key": "1"}), SOLD_OUT)

    def test_bad_bodies(self):
        with self.serve():
            cases = [
                (b"{", 422, "json_invalid", []),
                (b'{"user_id": "a"} x', 422, "json_invalid", []),
                (b"[]", 422, "model_attributes_type", []),
                (b'"a"', 422, "model_attributes_type", []),
                (b"null", 422, "model_attributes_type", []),
                (b"{}", 422, "missing", ["user_id"]),
                (b'{"user": "a"}', 422, "missing", ["user_id"]),
                (b'{"user_id": 5}', 422, "string_type", ["user_id"]),
                (b'{"user_id": null}', 422, "string_type", ["user_id"]),
                (b'{"user_id": ""}', 422, "string_too_short", ["user_id"]),
                (json.dumps({"user_id": "a" * 256}).encode(), 422, "string_too_long", ["user_id"]),
            ]
            for body, wanted, kind, where in cases:
                status, answer = self.raw(body)
                self.assertEqual(status, wanted, body[:40])
                self.assertEqual(answer["detail"][0]["type"], kind, body[:40])
                self.assertEqual(answer["detail"][0]["loc"], ["body", *where], body[:40])
            self.assertEqual(self.raw(b'{"user_id": "' + b"a" * 70_000 + b'"}'), (413, {"detail": "Request body too large"}))
            self.assertEqual(self.reserve()[0], 200, "none of them took the ticket")

    def raw(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("POST", "/reserve", body=body, headers={"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def test_wrong_methods(self):
        with self.serve():
            for method, path, allow in (
                ("GET", "/reserve", "POST"),
                ("POST", "/status/a", "GET, HEAD"),
                ("GET", "/process_queue", "POST"),
                ("DELETE", "/admin/reset", "POST"),
            ):
                status, headers, answer = self.server.call(method, path)
                self.assertEqual((status, answer, headers["Allow"]), (405, {"detail": "Method Not Allowed"}, allow), path)


    def test_a_last_slash_too_many(self):
        """307 to the path that there is, as FastAPI; a client that follows it sends the body again"""
        with self.serve():
            status, headers, _ = self.server.call("POST", "/reserve/", {"user_id": "a"})
            self.assertEqual((status, headers["Location"]), (307, "/reserve"))
            self.assertEqual(self.status("a")["status"], "not_found")
            self.assertEqual(self.server.call("GET", "/reserves/")[0], 404)


class Sibling(TrainReservation):
    def test_answers(self):
        """a body {"user_id"}; answers {"status":"reserved"|"queued"(+position)|"already_reserved"|"already_in_queue","user_id"}"""
        with self.serve():
            self.assertEqual(self.of("a"), {"status": "reserved", "user_id": "a"})
            self.assertEqual(self.of("a"), {"status": "already_reserved", "user_id": "a"})
            self.assertEqual(self.of("b"), {"status": "queued", "user_id": "b", "position": 1})
            self.assertEqual(self.of("예약자"), {"status": "queued", "user_id": "예약자", "position": 2})
            self.assertEqual(self.of("b"), {"status": "already_in_queue", "user_id": "b", "position": 1})

    def test_status(self):
        """GET /status/{id} → reserved, in_queue with position, not_found"""
        with self.serve():
            self.of("a"), self.of("b"), self.of("c d")
            self.assertEqual(self.status("a"), {"status": "reserved", "user_id": "a"})
            self.assertEqual(self.status("b"), {"status": "in_queue", "user_id": "b", "position": 1})
            status, _, answer = self.server.call("GET", "/status/c%20d")
            self.assertEqual((status, answer), (200, {"status": "in_queue", "user_id": "c d", "position": 2}))
            self.assertEqual(self.status("nobody"), {"status": "not_found", "user_id": "nobody"})
            self.assertEqual(self.server.call("GET", "/status/" + "a" * 256)[0], 422)
            self.assertEqual(self.server.call("GET", "/status/%zz")[0], 400)
            self.assertEqual(self.server.call("GET", "/status/%ff")[0], 400)
            self.assertEqual(self.server.call("GET", "/status/")[0], 404)

    def test_status_of_the_nameless(self):
        with self.serve():
            user = self.reserve()[1]["user_id"]
            self.assertEqual(self.status(user)["status"], "reserved")

    def test_process_queue(self):
        """POST /process_queue … with an admin token"""
        with self.serve(2) as server:
            for user in "abcde":
                self.of(user)
            self.assertEqual(self.call("POST", "/process_queue", token=ADMIN_TOKEN)[::2], (200, {"processed": 0, "remaining": 3}))
            self.raise_to(4)
            self.assertEqual(self.reserve(), SOLD_OUT, "nobody overtakes the queue")
            self.assertEqual(self.of("f"), {"status": "queued", "user_id": "f", "position": 4})
            self.assertEqual(self.call("POST", "/process_queue", token=ADMIN_TOKEN)[::2], (200, {"processed": 2, "remaining": 2}))
            self.assertEqual([self.status(user)["status"] for user in "abcd"], ["reserved"] * 4)
            self.assertEqual(self.status("e"), {"status": "in_queue", "user_id": "e", "position": 1})
            self.assertEqual(self.of("c"), {"status": "already_reserved", "user_id": "c"})

    def raise_to(self, tickets):
        status, _, answer = self.server.admin("PUT", "/v1/admin/inventories/train", {"count": tickets})
        self.assertIn(status, (200, 201), answer)

    def test_reset(self):
        """POST /admin/reset with an admin token"""
        with self.serve(2) as server:
            self.of("a"), self.of("b"), self.of("c")
            status, _, answer = self.call("POST", "/admin/reset", token=ADMIN_TOKEN)
            self.assertEqual((status, answer), (200, {"message": "초기화되었습니다.", "stock": 2}))
            for user in "abc":
                self.assertEqual(self.status(user)["status"], "not_found")
            self.assertEqual(self.of("c")["status"], "reserved")
            self.assertEqual(self.of("a")["status"], "reserved")
            self.assertEqual(self.of("b"), {"status": "queued", "user_id": "b", "position": 1})

    def wait_for_words(self, server, words, times):
        """The log is written beside the work, and so may come after the line that says ready."""
        until = time.monotonic() + 30
        while server.errors().count(words) < times:
            self.assertLess(time.monotonic(), until, server.errors())
            time.sleep(0.02)
        self.assertEqual(server.errors().count(words), times)

    def test_fewer_tickets_than_were_sold(self):
        """A count of the file that was refused is said at every start, and taken once it can be."""
        told = "units of it are taken that would be no more"
        with self.serve(3) as server:
            for user in "abc":
                self.of(user)
            server.environment["TICKETS"] = "1"
            for starts in (1, 2):
                self.assertEqual(server.stop(), 0)
                server.start()
                self.wait_for_words(server, told, starts)
            status, _, answer = self.call("POST", "/admin/reset", token=ADMIN_TOKEN)
            self.assertEqual((status, answer), (200, {"message": "초기화되었습니다.", "stock": 1}))
            self.assertEqual(server.stop(), 0)
            server.start()
            self.assertEqual(self.of("a")["status"], "reserved")
            self.assertEqual(self.of("b")["status"], "queued")
            self.assertEqual(server.stop(), 0)
            self.assertEqual(server.errors().count(told), 2)

    def test_the_admin_token(self):
        with self.serve() as server:
            self.assertEqual(self.reserve()[0], 200)
            for path in ("/process_queue", "/admin/reset"):
                self.assertEqual(self.call("POST", path)[0], 401)
                self.assertEqual(server.call("POST", path, token="another-token-0123456789")[0], 401)
            self.assertEqual(self.reserve(), SOLD_OUT)

    def test_the_lock_sends_to_the_queue(self):
        with self.serve() as server:
            lock = self.lock()
            self.assertEqual(self.of("a"), {"status": "queued", "user_id": "a", "position": 1})
            self.assertEqual(self.call("POST", "/process_queue", token=ADMIN_TOKEN)[::2], (200, {"processed": 0, "remaining": 1}))
            self.unlock(lock)
            self.assertEqual(self.call("POST", "/process_queue", token=ADMIN_TOKEN)[::2], (200, {"processed": 1, "remaining": 0}))
            self.assertEqual(self.status("a")["status"], "reserved")

    def test_many_calls_of_one_user_take_one(self):
        with self.serve(5), concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = [a["status"] for a in pool.map(self.of, ["a"] * 48)]
            self.assertEqual(answers.count("reserved"), 1)
            self.assertEqual(answers.count("already_reserved"), 47)
            self.assertEqual([self.reserve()[0] for _ in range(5)], [200] * 4 + [400])

    def test_a_place_survives_a_crash(self):
        with self.serve() as server:
            self.of("a"), self.of("b"), self.of("c")
            server.kill()
            server.start()
            self.assertEqual(self.status("a")["status"], "reserved")
            self.assertEqual(self.status("c")["position"], 2)


class Story(TrainReservation):
    """One ticket is left, many ask at once, one gets it."""

    WORKERS = 64

    def ask(self, times, bodies=None):
        """That many calls at once, on as many kept connections as there are workers: how often each answer came."""
        counts = {}
        users = []

        def worker(n):
            mine = range(n, times, self.WORKERS)
            with Connection(self.server.port, PATIENCE) as connection:
                answers = [connection.call("POST", "/reserve", bodies and bodies(i)) for i in mine]
            return [(status, json.dumps(a, ensure_ascii=False) if status != 200 else "", a) for status, _, a in answers]

        with concurrent.futures.ThreadPoolExecutor(self.WORKERS) as pool:
            for answers in pool.map(worker, range(self.WORKERS)):
                for status, text, answer in answers:
                    counts[status, text] = counts.get((status, text), 0) + 1
                    if status == 200:
                        users.append(answer["user_id"])
        return counts, users

    def test_five_thousand_for_one(self):
        """5,000 concurrent requests for 1 ticket: exactly 1"""
        with self.serve():
            counts, users = self.ask(5000)
            self.assertEqual(counts, {(200, ""): 1, (400, '{"detail": "티켓 매진"}'): 4999})
            self.assertEqual(self.status(users[0])["status"], "reserved")

    def test_five_thousand_for_a_hundred(self):
        with self.serve(100):
            counts, users = self.ask(5000)
            self.assertEqual(counts, {(200, ""): 100, (400, '{"detail": "티켓 매진"}'): 4900})
            self.assertEqual(len(set(users)), 100)

    def test_a_crash_in_the_middle_sells_nothing_twice(self):
        """Fault: selling twice"""
        tickets = 40
        with self.serve(tickets, LOCK_TTL="1s") as server:
            sold = []

            def one(number):
                for _ in range(100):
                    try:
                        status, _, answer = server.call("POST", "/reserve", timeout=PATIENCE)
                    except (OSError, http.client.HTTPException, TypeError):
                        time.sleep(0.05)
                        continue
                    if status == 200:
                        sold.append(answer["user_id"])
                    if status == 400:
                        return

            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                buyers = [pool.submit(one, n) for n in range(16)]
                for _ in range(3):
                    time.sleep(random.uniform(0.02, 0.1))
                    server.kill()
                    server.start()
                for buyer in buyers:
                    buyer.result()
            # What a crash left held is free again when its lease has ended.
            until = time.monotonic() + PATIENCE
            entry = self.inventory()
            while entry["held"] > 0 and time.monotonic() < until:
                time.sleep(0.2)
                entry = self.inventory()
            while self.reserve()[0] == 200:
                pass
            entry = self.inventory()
            self.assertEqual((entry["confirmed"], entry["held"], entry["available"]), (tickets, 0, 0))
            self.assertEqual(len(set(sold)), len(sold))
            self.assertLessEqual(len(sold), tickets, "each answer is a ticket of its own")

    def inventory(self):
        status, _, answer = self.server.admin("GET", "/v1/inventories/train")
        self.assertEqual(status, 200, answer)
        return answer


class Settings(unittest.TestCase):
    def test_on_in_the_default_configuration(self):
        """All are on in the default configuration; each can be switched off."""
        with Server() as server:
            self.assertEqual(server.call("POST", "/reserve")[0], 200)
            self.assertEqual(server.call("POST", "/reserve")[::2], SOLD_OUT)
        with Server("compat: { train_reservation: false }") as server:
            for method, path in (("POST", "/reserve"), ("GET", "/status/a"), ("POST", "/admin/reset")):
                self.assertEqual(server.call(method, path)[0], 404, path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
