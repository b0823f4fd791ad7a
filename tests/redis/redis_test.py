#!/usr/bin/env python3
"""CL.THROTTLE as clients of Redis call it: redis-cli, redis-py, and sockets with malformed bytes."""

import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import redis

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from doorward import Server  # noqa: E402
from rows import OWN, SAME, array  # noqa: E402

PASSWORD = "a-password-of-the-tests"
PATIENCE = 30


def redis_port(server):
    return int(re.search(r"redis: 127\.0\.0\.1:([0-9]+)", server.ready)[1])


def cli(port, *words, code=0):
    done = subprocess.run(
        ["redis-cli", "-p", str(port), *map(str, words)], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout.strip()


def connect(address):
    """To a port of loopback, or to a Unix socket."""
    if isinstance(address, int):
        return socket.create_connection(("127.0.0.1", address), timeout=PATIENCE)
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(PATIENCE)
    try:
        peer.connect(address)
    except OSError:
        peer.close()
        raise
    return peer


def exchange(address, sent):
    """Everything that is answered to the bytes and a QUIT behind them, without QUIT's own answer."""
    with connect(address) as peer:
        peer.sendall(sent + array("QUIT"))
        got = b""
        try:
            while piece := peer.recv(65536):
                got += piece
        except ConnectionResetError:
            pass  # Redis does not read what follows an error
    return got


class OneServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("redis_listen: 127.0.0.1:0\n").start()
        cls.port = redis_port(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server._folder.cleanup()

    def client(self, protocol=None):
        return redis.Redis(port=self.port, socket_timeout=PATIENCE, protocol=protocol)

    def test_redis_cli_gets_what_redis_cell_documents(self):
        self.assertEqual(cli(self.port, "CL.THROTTLE", "user123", 15, 30, 60).split(), ["0", "16", "15", "-1", "2"])
        self.assertEqual(cli(self.port, "PING"), "PONG")
        self.assertIn("redis_version:7", cli(self.port, "INFO"))
        self.assertIn("unknown command 'GET'", cli(self.port, "GET", "x"))

    def test_redis_cli_works_interactively_and_by_pipe(self):
        script = "cl.throttle piped 1 1 60\ncl.throttle piped 1 1 60\ncl.throttle piped 1 1 60\n"
        done = subprocess.run(
            ["redis-cli", "-p", str(self.port)], input=script, capture_output=True, text=True, timeout=PATIENCE
        )
        lines = done.stdout.split()
        self.assertEqual([lines[0], lines[5], lines[10]], ["0", "0", "1"])
        self.assertIn(int(lines[13]), range(30, 61))  # until one is back

    def test_redis_py_is_answered_as_by_redis_cell_in_both_versions(self):
        for protocol in (None, 2, 3):
            client, key = self.client(protocol), f"five{protocol}"
            self.assertTrue(client.ping())
            seen = [client.execute_command("CL.THROTTLE", key, 4, 1, 60) for _ in range(6)]
            self.assertEqual([row[:3] for row in seen], [[0, 5, left] for left in (4, 3, 2, 1, 0)] + [[1, 5, 0]])
            self.assertEqual([row[3] for row in seen[:5]], [-1] * 5)
            self.assertIn(seen[5][3], range(30, 61))
            self.assertEqual(client.execute_command("CL.THROTTLE", key, 4, 1, 60, 0)[0], 0)
            self.assertEqual(client.execute_command("CL.THROTTLE", "large", 4, 1, 60, 6), [1, 5, 5, -1, 0])
            with self.assertRaisesRegex(redis.ResponseError, "Zero rates are not supported"):
                client.execute_command("CL.THROTTLE", key, 4, 0, 60)
            self.assertIn("loading", client.info())

    def test_a_refused_client_passes_after_retry_after(self):
        client = self.client()
        one_in_five_seconds = ("CL.THROTTLE", "again", 0, 1, 5)
        self.assertEqual(client.execute_command(*one_in_five_seconds)[0], 0)
        limited = client.execute_command(*one_in_five_seconds)
        self.assertEqual(limited[:3], [1, 1, 0])
        self.assertIn(limited[3], range(1, 6))
        until = time.monotonic() + PATIENCE
        while client.execute_command(*one_in_five_seconds)[0] != 0:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    def test_a_pipeline_of_a_thousand_is_answered_in_order(self):
        pipeline = self.client().pipeline(transaction=False)
        for i in range(1000):
            pipeline.execute_command("CL.THROTTLE", "pipeline", 499, 1, 3600)
            pipeline.execute_command("ECHO", i)
        answers = pipeline.execute()
        self.assertEqual([row[0] for row in answers[::2]], [0] * 500 + [1] * 500)
        self.assertEqual([row[2] for row in answers[:1000:2]], list(range(499, -1, -1)))
        self.assertEqual(answers[1::2], [str(i).encode() for i in range(1000)])

    def test_of_racing_clients_exactly_as_many_pass_as_may(self):
        for limit, clients, calls in ((100, 8, 50), (1, 16, 4)):
            start = threading.Barrier(clients)
            passed = []

            def race():
                client = self.client()
                client.ping()
                start.wait()
                mine = [client.execute_command("CL.THROTTLE", f"race{limit}", limit - 1, 1, 3600)[0] for _ in range(calls)]
                passed.append(mine.count(0))

            racers = [threading.Thread(target=race) for _ in range(clients)]
            for racer in racers:
                racer.start()
            for racer in racers:
                racer.join()
            self.assertEqual(len(passed), clients)
            self.assertEqual(sum(passed), limit)

    def test_malformed_input_has_its_exact_answer(self):
        self.assertGreaterEqual(len(SAME) + len(OWN), 60)
        for sent, answer in SAME + OWN:
            with self.subTest(sent=sent[:80]):
                got = exchange(self.port, sent)
                if not ends(sent, answer):
                    answer += b"+OK\r\n"
                self.assertEqual(got, answer)

    @unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
    def test_redis_itself_answers_the_same(self):
        with RealRedis() as address:
            for sent, answer in SAME:
                with self.subTest(sent=sent[:80]):
                    got = exchange(address, sent)
                    if not ends(sent, answer):
                        answer += b"+OK\r\n"
                    self.assertEqual(got, answer)

    def test_counts_are_in_the_metrics(self):
        self.client().execute_command("CL.THROTTLE", "measured", 0, 1, 60)
        _, _, text = self.server.call("GET", "/metrics")
        self.assertRegex(text, r'doorward_redis_throttled_total\{result="passed"\} [1-9]')
        self.assertRegex(text, r"doorward_redis_commands_total [1-9]")


def ends(sent, answer):
    """Whether the row ends its connection by itself."""
    return b"Protocol error" in answer or answer == b"" or sent == array("QUIT")


class RealRedis:
    """A redis-server with nothing kept, on a Unix socket in a folder of its own."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="doorward-redis-")
        address = f"{self.folder.name}/redis.sock"
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", address, "--save", "", "--dir", self.folder.name],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                connect(address).close()
                return address
            except OSError:
                time.sleep(0.05)
        raise AssertionError("redis-server did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


class Guarded(unittest.TestCase):
    def test_a_password_is_asked_for_where_one_is_set(self):
        config = f"redis_listen: {{ address: 127.0.0.1:0, password: {PASSWORD} }}\n"
        with Server(config) as server:
            port = redis_port(server)
            self.assertIn("NOAUTH", cli(port, "CL.THROTTLE", "k", 1, 1, 1))
            with self.assertRaises(redis.AuthenticationError):
                redis.Redis(port=port, password="wrong").ping()
            self.assertTrue(redis.Redis(port=port, password=PASSWORD).ping())
            self.assertEqual(
                redis.Redis(port=port, username="default", password=PASSWORD).execute_command(
                    "CL.THROTTLE", "k", 1, 1, 60
                )[:3],
                [0, 2, 1],
            )
            self.assertEqual(cli(port, "--no-auth-warning", "-a", PASSWORD, "PING"), "PONG")

    def test_a_process_that_ends_lets_no_client_wait(self):
        with Server("redis_listen: 127.0.0.1:0\n") as server:
            idle = socket.create_connection(("127.0.0.1", redis_port(server)), timeout=PATIENCE)
            idle.sendall(array("PING"))
            self.assertEqual(idle.recv(100), b"+PONG\r\n")
            self.assertEqual(server.stop(), 0)
            self.assertEqual(idle.recv(100), b"")
            idle.close()


if __name__ == "__main__":
    unittest.main()
