#!/usr/bin/env python3
"""Attacks on a running server: slow and many clients, streams let down, floods, a stopped process."""

import concurrent.futures
import signal
import socket
import struct
import time
import unittest

from attack import HEALTH, Attack, eventually, metric
from rows import API, call, get
from wire import Client

HURRIED = "deadlines: { head: 1s, body: 1s, keep_alive: 2s }\n"


class Slow(Attack):
    EXTRA = HURRIED

    def trickle(self, start, piece, every, most=60):
        """Sends a piece now and then until the server ends it: its answer."""
        began = time.monotonic()
        with Client(self.port, timeout=most) as client:
            client.send(start)
            client.socket.settimeout(every)
            while time.monotonic() - began < most:
                client.send(piece)
                try:
                    if client.socket.recv(1, socket.MSG_PEEK) is not None:
                        break
                except TimeoutError:
                    pass
                except ConnectionResetError:
                    return None
            client.socket.settimeout(most)
            return client.answer()

    def test_a_head_that_trickles_is_cut(self):
        answer = self.trickle(b"GET /open HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n", 0.1)
        self.assertEqual(answer.status, 408)
        self.assertEqual(answer.json()["detail"], "The request did not arrive in time.")

    def test_a_body_that_stands_still_is_cut(self):
        answer = self.trickle(call("POST", "/v1/rooms/inside/tickets", "Content-Length: 9"), b"", 60)
        self.assertEqual(answer.status, 408)

    def test_a_body_that_trickles_is_cut(self):
        answer = self.trickle(get("/open", "Content-Length: 90000", method="POST"), b"x", 0.2)
        self.assertIn(answer and answer.status, (None, 408))

    def test_a_silent_connection_is_closed(self):
        with Client(self.port, timeout=8) as client:
            client.ask(HEALTH)
            self.assertTrue(client.ended())


class Many(Attack):
    @classmethod
    def setUpClass(cls):
        import stage as module

        config = module.CONFIG
        module.CONFIG = config.replace("limits: {{ body_bytes: 1MiB }}", "limits: {{ connections_per_address: 20 }}")
        try:
            super().setUpClass()
        finally:
            module.CONFIG = config

    def test_one_address_has_its_share_of_connections_only(self):
        def answer_to(client):
            try:
                client.send(HEALTH)
                return client.answer()
            except (ConnectionResetError, BrokenPipeError):
                return None

        held = [Client(self.port) for _ in range(18)]
        for client in held:
            self.assertEqual(client.ask(HEALTH).status, 200)
        while len(held) <= 20:  # until all are taken: the stage may hold some itself
            client = Client(self.port)
            self.addCleanup(client.__exit__)
            answer = answer_to(client)
            if answer is None or answer.status != 200:
                break
            held.append(client)
        self.assertLessEqual(len(held), 20)
        for _ in range(30):
            with Client(self.port) as client:
                answer = answer_to(client)
                if answer is not None:
                    self.assertEqual(answer.status, 503)
                    self.assertTrue(answer.field("Retry-After"))
        with Client(self.port, source=("127.0.0.2", 0)) as neighbour:
            self.assertEqual(neighbour.ask(HEALTH).status, 200)
        for client in held:
            client.__exit__()
        self.assertTrue(eventually(lambda: self.is_served()))

    def is_served(self):
        try:
            with Client(self.port) as client:
                answer = client.ask(HEALTH)
                return answer is not None and answer.status == 200
        except ConnectionResetError:
            return False


class Streams(Attack):
    def streams(self):
        return metric(self.stage, "doorward_parked_streams")

    def join(self, room="sale"):
        with Client(self.port) as client:
            return client.ask(call("POST", f"/v1/rooms/{room}/tickets")).json()["token"]

    def open(self, token, room="sale"):
        client = Client(self.port)
        self.addCleanup(client.__exit__)
        client.send(call("GET", f"/v1/rooms/{room}/tickets/self/events", f"Authorization: Bearer {token}"))
        client.stream.readline()
        return client

    def test_streams_that_are_reset_or_half_closed_are_let_go(self):
        token = self.join()
        clients = [self.open(token) for _ in range(60)]
        self.assertTrue(eventually(lambda: self.streams() == 60))
        for i, client in enumerate(clients):
            if i % 3 == 0:
                client.socket.shutdown(socket.SHUT_WR)
            elif i % 3 == 1:
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for i, client in enumerate(clients):
            if i % 3:
                client.__exit__()
        self.assertTrue(eventually(lambda: self.streams() == 0), self.streams())

    def test_a_stream_that_speaks_is_cut(self):
        client = self.open(self.join())
        client.send(b"x" * 100_000)
        self.assertTrue(eventually(lambda: self.streams() == 0))

    def test_a_place_without_a_stream_is_not_taken_for_present(self):
        """A handshake that fails, or a HEAD, opens no stream: who did no more is not let in where one must be there."""
        policy = {"capacity": 3, "present_only": True}
        self.stage.server.set_room("quiet", {**policy, "mode": "paused"})
        shake = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13"]
        for method, what, fields in (("GET", "socket", shake), ("HEAD", "events", [])):
            token = self.join("quiet")
            with Client(self.port) as client:
                client.ask(call(method, f"/v1/rooms/quiet/tickets/self/{what}", f"Authorization: Bearer {token}", *fields))
        watched = self.open(self.join("quiet"), room="quiet")
        self.stage.server.set_room("quiet", policy)
        self.assertTrue(eventually(lambda: self.room("quiet")["inside"] > 0))
        self.assertEqual((self.room("quiet")["inside"], self.room("quiet")["waiting"]), (1, 2))
        watched.__exit__()
        self.assertTrue(eventually(lambda: self.streams() == 0))

    def room(self, name):
        return self.stage.server.call("GET", f"/v1/rooms/{name}")[2]

    def test_a_pipeline_of_thousands_is_answered_in_order(self):
        with Client(self.port, timeout=60) as client:
            asked = b"".join(get(f"/v1/rooms/none{i}", host=API) for i in range(5000))
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                sent = pool.submit(client.send, asked)
                for i in range(5000):
                    self.assertEqual(client.answer().json()["detail"], f'There is no room "none{i}".')
                sent.result()

    def test_a_pipeline_whose_answers_nobody_reads_is_bounded(self):
        with Client(self.port, timeout=2) as client:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            # It stops reading, or ends the connection; it never holds what nobody takes.
            with self.assertRaises((TimeoutError, ConnectionError)):
                for _ in range(200_000):
                    client.socket.sendall(HEALTH * 50)


class Floods(Attack):
    def test_two_hundred_slow_heads_do_not_keep_others_out(self):
        clients = [Client(self.port) for _ in range(200)]
        for client in clients:
            client.send(b"GET / HTTP/1.1\r\nX:")
        # Its timeout is shorter than `deadlines.head`, after which they would be gone.
        with Client(self.port, timeout=8) as other:
            self.assertEqual(other.ask(HEALTH).status, 200)
        for client in clients:
            client.__exit__()

    def test_a_full_room_turns_away_whoever_is_too_many(self):
        def join(_):
            with Client(self.port) as client:
                return client.ask(call("POST", "/v1/rooms/full/tickets"))

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(join, range(200)))
        self.assertEqual(sorted({a.status for a in answers}), [201, 503])
        self.assertEqual(sum(a.status == 201 for a in answers), 1)
        for answer in answers:
            if answer.status == 503:
                self.assertEqual(answer.json()["detail"], 'As many as room "full" lets wait are waiting.')
                self.assertEqual(answer.json()["type"], "urn:doorward:problem:room-full")
                self.assertEqual(answer.field("Retry-After"), "2")
        with Client(self.port) as client:
            answer = client.ask(get("/full/x"))
        self.assertEqual((answer.status, answer.field("Retry-After")), (503, "5"))

    def test_a_visitor_with_fifty_tabs_holds_one_place(self):
        with Client(self.port) as client:
            first = client.ask(get("/buy/x"))
        cookies = "Cookie: " + "; ".join(v.split(";")[0] for n, v in first.fields if n.lower() == "set-cookie")

        def tab(_):
            with Client(self.port) as client:
                return client.ask(get("/buy/x", cookies)).json()["ticket"]

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            self.assertEqual(set(pool.map(tab, range(50))), {first.json()["ticket"]})


class Stopped(Attack):
    def test_a_process_that_stood_still_costs_nobody_a_place(self):
        """For longer than any of them may last; of which the service counts five seconds."""
        times = {"claim": {"ttl": "15s"}, "session": {"ttl": "15s"}, "liveness": {"silence": "15s", "grace": "1s"}}
        self.stage.server.set_room("slept", {"capacity": 2, **times})
        places = []
        for _ in range(20):
            with Client(self.port) as client:
                places.append(client.ask(call("POST", "/v1/rooms/slept/tickets")).json())
        self.assertEqual([p["state"] for p in places], ["admitted"] * 2 + ["waiting"] * 18)
        self.stage.server.process.send_signal(signal.SIGSTOP)
        time.sleep(16)
        self.stage.server.process.send_signal(signal.SIGCONT)
        for i, place in enumerate(places):
            with Client(self.port) as client:
                answer = client.ask(call("GET", "/v1/rooms/slept/tickets/self", f"Authorization: Bearer {place['token']}"))
            self.assertEqual(answer.status, 200, (i, answer))
            self.assertEqual((answer.json()["ticket"], answer.json()["state"], answer.json()["position"]), (place["ticket"], place["state"], place["position"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
