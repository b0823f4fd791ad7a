"""What the attacks share: a server of their own for each class, which must serve and be unfaulted after every test."""

import time
import unittest

from rows import API, get
from stage import Stage
from wire import Client

HEALTH = get("/.doorward/health/live", host=API)


def metric(stage, name):
    # On a connection of its own: one that is kept ends where a test lasts for longer than `deadlines.keep_alive`.
    with Client(stage.server.port) as client:
        text = client.ask(get("/metrics", host=API)).body.decode()
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))


def eventually(condition, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


class Attack(unittest.TestCase):
    EXTRA = ""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(cls.EXTRA)
        cls.stage.__enter__()
        cls.port = cls.stage.server.port

    @classmethod
    def tearDownClass(cls):
        cls.stage.__exit__()

    def tearDown(self):
        self.assertEqual(self.stage.backend.faults, [])
        with Client(self.port) as client:
            self.assertEqual(client.ask(HEALTH).status, 200)
