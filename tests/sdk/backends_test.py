#!/usr/bin/env python3
"""The examples of backends, as a visitor meets them: FastAPI, Express, Spring where there is a JDK with Maven; and WSGI.

Each is the same small shop: the checkout is for those with a pass, and a purchase lets the next one in.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from stage import CONFIG, KEY, ROOT, support

from doorward import Client, WsgiGate

BACKENDS = ROOT / "examples" / "backends"
START_SECONDS = 60
BUILD_SECONDS = 500


class Program:
    """A shop in a process of its own, which says its port."""

    def __init__(self, command, pattern, folder=BACKENDS, **environment):
        self.process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.timer = threading.Timer(START_SECONDS, self.process.kill)
        self.timer.start()
        self.reader = None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if match := re.search(pattern, line):
                self.port = int(match[1])
                break
        else:
            self.stop()
            raise AssertionError("".join(said))
        self.timer.cancel()
        # What it says from here on is read, so that it never waits for a reader.
        self.reader = threading.Thread(target=self.process.stdout.read, daemon=True)
        self.reader.start()

    def stop(self):
        self.timer.cancel()
        self.process.terminate()
        self.process.wait(30)
        if self.reader:
            self.reader.join()
        self.process.stdout.close()


class Story:
    """What each shop must do."""

    server: support.Server

    @classmethod
    def setUpClass(cls):
        cls.server = support.Server(CONFIG + "rooms: {sale: {capacity: 1, session: {ttl: 10m}}}\n").start()
        cls.addClassCleanup(cls.server._folder.cleanup)
        cls.addClassCleanup(cls.server.kill)
        cls.url = f"http://127.0.0.1:{cls.server.port}"
        cls.start()

    def call(self, method, path, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read()

    def test_only_those_with_a_pass_come_to_the_checkout_and_a_purchase_lets_the_next_in(self):
        join = lambda: self.server.call("POST", "/v1/rooms/sale/tickets")[2]  # noqa: E731
        ann, bob = join(), join()
        self.assertEqual(self.call("GET", "/health"), (200, {"status": "up"}))
        for refused in ("/checkout", "/checkout?pass=forged", f"/checkout?pass={bob['token']}", "/checkout?pass="):
            self.assertEqual(self.call("GET", refused)[0], 403, refused)
        told = (200, {"ticket": ann["ticket"]})
        self.assertEqual(self.call("GET", f"/checkout?pass={ann['pass']}"), told)
        self.assertEqual(self.call("GET", "/checkout", Cookie=f"a=b; doorward_pass_sale={ann['pass']}"), told)
        self.assertEqual(self.call("POST", f"/checkout?pass={ann['pass']}"), (200, {"sold": True}))
        self.assertEqual(self.call("GET", f"/checkout?pass={ann['pass']}")[0], 403, "the session is over")
        bob = self.server.call("GET", "/v1/rooms/sale/tickets/self", token=bob["token"])[2]
        self.assertEqual(bob["state"], "admitted")
        self.assertEqual(self.call("GET", f"/checkout?pass={bob['pass']}"), (200, {"ticket": bob["ticket"]}))
        self.server.kill()
        self.assertEqual(self.call("GET", f"/checkout?pass={bob['pass']}")[0], 503, "nobody knows: nobody gets in")
        self.assertEqual(self.call("GET", "/health")[0], 200)


class FastApi(Story, unittest.TestCase):
    @classmethod
    def start(cls):
        shop = Program(
            [sys.executable, "-m", "uvicorn", "--port", "0", "fastapi_shop:app"],
            r"running on http://127\.0\.0\.1:(\d+)",
            DOORWARD_URL=cls.url, DOORWARD_KEY=KEY, PYTHONPATH=str(ROOT / "sdk" / "python"),
        )  # fmt: skip
        cls.addClassCleanup(shop.stop)
        cls.port = shop.port


@unittest.skipUnless(shutil.which("node"), "there is no Node here")
class Express(Story, unittest.TestCase):
    @classmethod
    def start(cls):
        # Beside the packages: Node looks for them from the file's own folder on.
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        shutil.copy(BACKENDS / "express_shop.mjs", folder.name)
        (Path(folder.name) / "node_modules").symlink_to(ROOT / "tests" / "sdk" / "node_modules")
        shop = Program(
            ["node", "express_shop.mjs"], r"listening on (\d+)", folder.name,
            DOORWARD_URL=cls.url, DOORWARD_KEY=KEY, PORT="0",
        )  # fmt: skip
        cls.addClassCleanup(shop.stop)
        cls.port = shop.port


@unittest.skipUnless(shutil.which("mvn") and shutil.which("javac"), "there is no JDK with Maven here")
class Spring(Story, unittest.TestCase):
    @classmethod
    def start(cls):
        target = ROOT / "build" / "spring"
        shutil.copytree(BACKENDS / "spring", target, dirs_exist_ok=True)
        built = subprocess.run(
            ["mvn", "-q", "-B", "package"], cwd=target, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
        )
        if built.returncode:
            raise AssertionError(built.stdout + built.stderr)
        shop = Program(
            ["java", "-XX:TieredStopAtLevel=1", "-jar", "target/shop.jar"], r"Tomcat started on port (\d+)", target,
            DOORWARD_URL=cls.url, DOORWARD_KEY=KEY, SERVER_PORT="0", SERVER_ADDRESS="127.0.0.1",
        )  # fmt: skip
        cls.addClassCleanup(shop.stop)
        cls.port = shop.port


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


class Wsgi(Story, unittest.TestCase):
    @classmethod
    def start(cls):
        door = Client(cls.url, KEY)
        cls.addClassCleanup(door.close)

        def shop(environ, start_response):
            if environ["PATH_INFO"] == "/health":
                said = {"status": "up"}
            elif environ["REQUEST_METHOD"] == "POST":
                door.finish(environ["doorward"].ticket)
                said = {"sold": True}
            else:
                said = {"ticket": environ["doorward"].ticket}
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(said).encode()]

        server = make_server("127.0.0.1", 0, WsgiGate(shop, door, "sale", public=["/health"]), handler_class=Quiet)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(thread.join)
        cls.addClassCleanup(server.shutdown)
        cls.port = server.server_port


if __name__ == "__main__":
    unittest.main(verbosity=2)
