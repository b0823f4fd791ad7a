#!/usr/bin/env python3
"""`doorward serve` with its log in a real Redis: restarts, and Redis away for a while."""

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from doorward import Server  # noqa: E402

POLICY = {"capacity": 1, "session": {"ttl": "240s"}}
PATIENCE = 30


class Redis:
    """A redis-server on a Unix socket in a folder of its own: nobody else can take its address while it is away."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="doorward-redis-")
        self.socket = f"{self.folder.name}/redis.sock"
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.folder.name,
             "--save", "", "--appendonly", "yes", "--appendfsync", "always"],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(self.answers, "Redis does not answer")

    @contextlib.contextmanager
    def connection(self):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(PATIENCE)
            peer.connect(self.socket)
            yield peer

    def answers(self):
        try:
            with self.connection() as peer:
                peer.sendall(b"PING\r\n")
                return peer.recv(16) == b"+PONG\r\n"
        except OSError:
            return False

    def ask(self, *words):
        """One command; the lines of its answer, which must be short."""
        with self.connection() as peer:
            peer.sendall(f"*{len(words)}\r\n".encode() + b"".join(f"${len(w)}\r\n{w}\r\n".encode() for w in words))
            return peer.recv(4096).decode().split("\r\n")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(PATIENCE)
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()

    def config(self):
        return f"log: {{ kind: redis, redis: 'redis+unix://{self.socket}' }}\n"


def wait_for(what, why):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError(why)


def try_join(server):
    return server.call("POST", "/v1/rooms/sale/tickets")


def join(server):
    status, _, ticket = try_join(server)
    assert status == 201, (status, ticket)
    return ticket


def place_of(server, ticket):
    status, _, now = server.call("GET", "/v1/rooms/sale/tickets/self", token=ticket["token"])
    assert status == 200, (status, now)
    return now["state"], now["position"]


def comes_to(server, ticket, place):
    """Waits for the place at a node that may be behind, which answers 503 then."""

    def stands_there():
        status, _, now = server.call("GET", "/v1/rooms/sale/tickets/self", token=ticket["token"])
        return status == 200 and (now["state"], now["position"]) == place

    wait_for(stands_there, f"not at {place}: {server.errors()}")


class RedisLog(unittest.TestCase):
    def test_places_outlive_a_restart_and_an_empty_data_folder_but_for_the_keys(self):
        with Redis() as redis, Server(redis.config()) as server:
            server.set_room("sale", POLICY)
            tickets = [join(server) for _ in range(3)]
            places = [("admitted", None), ("waiting", 1), ("waiting", 2)]
            self.assertEqual([place_of(server, ticket) for ticket in tickets], places)
            self.assertEqual(server.stop(), 0)
            server.start()
            self.assertEqual([place_of(server, ticket) for ticket in tickets], places)
            server.kill()
            for file in server.data.iterdir():
                if file.name != "secrets.json":
                    file.unlink()
            server.start()
            self.assertEqual([place_of(server, ticket) for ticket in tickets], places)
            self.assertEqual(join(server)["position"], 3)

    def test_without_redis_joins_are_put_off_and_reads_go_on_until_it_is_back(self):
        with Redis() as redis, Server(redis.config()) as server:
            server.set_room("sale", POLICY)
            tickets = [join(server) for _ in range(2)]
            redis.stop()

            status, fields, problem = try_join(server)
            self.assertEqual((status, problem["status"]), (503, 503))
            self.assertGreaterEqual(int(fields["Retry-After"]), 1)
            self.assertEqual([place_of(server, ticket) for ticket in tickets], [("admitted", None), ("waiting", 1)])
            self.assertEqual(server.call("GET", "/v1/rooms/sale")[2]["waiting"], 1)
            self.assertEqual(server.call("GET", "/health/ready")[2]["writable"], False)

            redis.start()
            answer = wait_for(lambda: (a := try_join(server))[0] == 201 and a, "joins are not taken again")
            # Every attempt was a visitor of its own, and Redis was away all the while: none of those
            # that were refused took a place, not even later.
            self.assertEqual(answer[2]["position"], 2)
            room = server.admin("GET", "/v1/admin/rooms/sale")[2]
            self.assertEqual((room["waiting"], room["joined_total"]), (2, 3))
            self.assertEqual(server.call("GET", "/health/ready")[2]["writable"], True)
            status, _, _ = server.call("DELETE", "/v1/rooms/sale/tickets/self", token=tickets[0]["token"])
            self.assertEqual(status, 204)
            wait_for(lambda: place_of(server, tickets[1]) == ("admitted", None), "the next does not get in")

    def refused(self, server):
        """What a start says that is refused."""
        with self.assertRaises(AssertionError):
            server.start()
        return server.errors()

    def test_a_node_with_other_secrets_is_refused_with_the_remedy(self):
        with Redis() as redis, Server(redis.config()) as one:
            two = Server(redis.config())
            self.addCleanup(two.__exit__)
            one.set_room("sale", POLICY)
            ticket = join(one)
            self.assertIn("Copy secrets.json", self.refused(two))
            self.assertFalse((two.data / "secrets.json").exists(), "none are drawn for a log that has others")
            shutil.copy(one.data / "secrets.json", two.data)
            two.start()
            self.assertEqual(place_of(two, ticket), ("admitted", None))
            self.assertIn("rate counts are not", two.errors())
            self.assertEqual(two.stop(), 0)
            (two.data / "secrets.json").unlink()
            two.command.append("--new-secrets")
            two.start()
            self.assertEqual(two.call("GET", "/v1/rooms/sale/tickets/self", token=ticket["token"])[0], 401)
            self.assertEqual(one.stop(), 0)
            self.assertIn("other secrets", self.refused(one))

    def test_a_node_that_stood_still_for_longer_than_the_log_is_kept_goes_on_from_a_snapshot(self):
        with Redis() as redis, Server(redis.config()) as one:
            two = Server(redis.config())
            self.addCleanup(two.__exit__)
            one.set_room("sale", POLICY)
            first = join(one)
            two.data.mkdir(mode=0o700)
            shutil.copy(one.data / "secrets.json", two.data)
            two.start()
            comes_to(two, first, ("admitted", None))
            two.process.send_signal(signal.SIGSTOP)
            for _ in range(20):
                join(one)
            self.assertEqual(one.stop(), 0)  # which writes a snapshot
            one.start()
            last = join(one)
            self.assertEqual(last["position"], 21)
            # As a trim does that keeps nothing for longer than the snapshot needs.
            newest = redis.ask("HKEYS", "doorward:{main}:snapshots")[2]
            redis.ask("XTRIM", "doorward:{main}:log:0", "MINID", "=", newest)
            two.process.send_signal(signal.SIGCONT)

            comes_to(two, last, ("waiting", 21))
            self.assertIn("it goes on from a snapshot", two.errors())
            self.assertIn("doorward_log_skips_total 1\n", two.call("GET", "/metrics")[2])
            self.assertEqual(two.call("GET", "/health/ready")[0], 200)
            self.assertEqual(join(two)["position"], 22)
            # What it has is the state of all: its own snapshot, the last one, is as good as another's.
            self.assertEqual((one.stop(), two.stop()), (0, 0))
            one.start()
            self.assertEqual(place_of(one, last), ("waiting", 21))
            self.assertEqual(join(one)["position"], 23)

    def test_a_log_whose_start_is_gone_is_no_empty_log(self):
        with Redis() as redis, Server(redis.config().replace("kind: redis, ", "")) as server:
            server.set_room("sale", POLICY)
            for _ in range(3):
                join(server)
            server.kill()
            redis.ask("XTRIM", "doorward:{main}:log:0", "MAXLEN", "=", "1")
            self.assertIn("begins with entry", self.refused(server))

    def test_a_start_without_redis_is_refused_and_names_it(self):
        redis = Redis()
        self.addCleanup(redis.folder.cleanup)
        server = Server(redis.config())
        self.addCleanup(server.__exit__)
        with self.assertRaises(AssertionError):
            server.start()
        self.assertIn(redis.socket, server.errors())


if __name__ == "__main__":
    unittest.main(verbosity=2)
