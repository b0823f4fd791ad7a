#!/usr/bin/env python3
"""Train ticket reservation: every call of its page and of its fuller sibling, against its example.

Each test quotes the line of the page that it checks. A test has a server of its own where it needs the stock to be
what it says.
"""

import asyncio
import collections
import concurrent.futures
import contextlib
import http.client
import json
import random
import resource
import sys
import threading
import time
import unittest
import uuid
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from doorward import ADMIN_TOKEN, Server  # noqa: E402
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

    MANY = 5_000
    AT_ONCE = 250  # connections that are made at once: no more than the system holds back for a busy server

    def serve(self, tickets=1, **more):
        super().serve(tickets, **more)
        path = Path(self.server.command[self.server.command.index("--config") + 1])
        path.write_text(EXAMPLE + f"limits: {{ connections_per_address: {2 * self.MANY} }}\n")
        return self.server

    def ask(self, times, user_of=None):
        """That many calls at the same moment, each on a connection of its own: how often each answer came, and the 200s."""

        async def call(n, streams):
            reader, writer = streams
            body = json.dumps({"user_id": user_of(n)}).encode() if user_of else b""
            head = f"POST /reserve HTTP/1.1\r\nHost: train\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            with contextlib.suppress(ConnectionError):
                head, _, text = (await reader.read()).partition(b"\r\n\r\n")
                writer.close()
                if head:
                    return int(head.split()[1]), json.loads(text)
            # A connection that said nothing for long was closed before this came.
            return await call(n, await asyncio.open_connection("127.0.0.1", self.server.port))

        async def crowd():
            connect = lambda: asyncio.open_connection("127.0.0.1", self.server.port)  # noqa: E731
            present = []
            for part in range(0, times, self.AT_ONCE):
                present += await asyncio.gather(*(connect() for _ in range(part, min(times, part + self.AT_ONCE))))
            return await asyncio.gather(*(call(n, streams) for n, streams in enumerate(present)))

        answers = asyncio.run(asyncio.wait_for(crowd(), 6 * PATIENCE))
        self.assertEqual(len(answers), times)
        counts = collections.Counter((s, "" if s == 200 else json.dumps(a, ensure_ascii=False)) for s, a in answers)
        return counts, [answer for status, answer in answers if status == 200]

    def test_five_thousand_for_one(self):
        """5,000 concurrent requests for 1 ticket: exactly 1"""
        with self.serve():
            counts, good = self.ask(self.MANY)
            self.assertEqual(counts, {(200, ""): 1, (400, '{"detail": "티켓 매진"}'): self.MANY - 1})
            self.assertEqual(self.status(good[0]["user_id"])["status"], "reserved")

    def test_five_thousand_for_a_hundred(self):
        """… and 5,000 for 100: exactly 100"""
        with self.serve(100):
            counts, good = self.ask(self.MANY)
            self.assertEqual(counts, {(200, ""): 100, (400, '{"detail": "티켓 매진"}'): self.MANY - 100})
            self.assertEqual(len({answer["user_id"] for answer in good}), 100)

    def test_five_thousand_of_whom_many_are_the_same(self):
        """Each of 1,000 users asks five times at once: 100 have a ticket, 900 a place each, and nobody two"""
        users = self.MANY // 5
        with self.serve(100):
            counts, good = self.ask(self.MANY, lambda n: f"user-{n % users}")
            self.assertEqual(counts, {(200, ""): self.MANY})
            said = collections.Counter(answer["status"] for answer in good)
            self.assertEqual(said, {"reserved": 100, "already_reserved": 400, "queued": 900, "already_in_queue": 3_600})
            places = {(answer["user_id"], answer["position"]) for answer in good if "position" in answer}
            self.assertEqual(sorted(place for _, place in places), list(range(1, 901)), "one place each, and none twice")
            reserved = {answer["user_id"] for answer in good if answer["status"] == "reserved"}
            self.assertEqual(len(reserved), 100)
            self.assertEqual(reserved, {answer["user_id"] for answer in good if answer["status"] == "already_reserved"})
            self.assertEqual(self.inventory()["confirmed"], 100)

    def test_holders_of_the_lock_who_die(self):
        """holders that die, leases that end while they work: meanwhile nobody gets a ticket, and afterwards each is sold once"""
        tickets, buyers = 20, 40
        with self.serve(tickets), concurrent.futures.ThreadPoolExecutor(buyers) as pool:
            over = threading.Event()
            sold, held = [], []  # from when to when

            def buy(_):
                seen = []
                while not over.is_set():
                    began = time.monotonic()
                    status, headers, answer = self.server.call("POST", "/reserve", timeout=PATIENCE)
                    seen.append((status, answer))
                    if status == 200:
                        sold.append((began, time.monotonic()))
                    if status != 429:
                        break
                    assert int(headers["Retry-After"]) >= 1, headers
                    time.sleep(0.2)
                return seen

            try:
                lock = self.lock("3s")
                asking = [pool.submit(buy, n) for n in range(buyers)]
                for _ in range(3):
                    began = time.monotonic()
                    time.sleep(0.5)  # at work; and then it dies
                    ended = time.monotonic()
                    renewed = self.server.admin("PUT", "/v1/locks/reserve", {"holder": lock["holder"], "lease": "1s"})[0]
                    if renewed == 200:  # else the machine stood still, and the lease had ended
                        held.append((began, ended))
                    lock = self.next_lock()
                self.assertEqual(self.unlock(lock), 204)
                answers = [call.result(4 * PATIENCE) for call in asking]
            finally:
                over.set()
            # A call that was under way as the lock was taken may still sell.
            while_locked = [call for call in sold if any(call[0] >= lock[0] and call[1] <= lock[1] for lock in held)]
            self.assertEqual(while_locked, [], held)
            self.assertTrue(any((429, LOCKED[1]) in seen for seen in answers))
            last = collections.Counter(seen[-1][0] for seen in answers)
            self.assertEqual(last, {200: tickets, 400: buyers - tickets})
            self.assertEqual({json.dumps(a) for seen in answers for s, a in seen if s == 400}, {json.dumps(SOLD_OUT[1])})
            entry = self.inventory()
            self.assertEqual((entry["confirmed"], entry["held"], entry["available"]), (tickets, 0, 0))

    def next_lock(self):
        """The lock once more, when the lease of the one who died has ended."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            status, _, answer = self.server.admin("POST", "/v1/locks/reserve", {"lease": "3s"})
            if status == 200:
                return answer
            time.sleep(0.05)
        raise AssertionError(answer)

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
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    unittest.main(verbosity=2)
