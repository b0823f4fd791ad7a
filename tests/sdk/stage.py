"""The server of these tests, and both clients behind one face, so that each test is one of both."""

import asyncio
import hashlib
import importlib.util
import inspect
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "sdk" / "python"))
from doorward import AsyncClient, Client  # noqa: E402

# tests/support/doorward.py has the library's name.
_spec = importlib.util.spec_from_file_location("support", ROOT / "tests" / "support" / "doorward.py")
support = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(support)

KEY = "backend-key-0123456789"
CONFIG = f"""
identity: {{api_keys: [{{name: shop, sha256: {hashlib.sha256(KEY.encode()).hexdigest()}}}]}}
rules:
  mail: {{ match: {{paths: [/mail]}}, key: [user], quotas: [{{limit: 2, window: 1h}}] }}
"""


class Waited:
    """An asynchronous object whose calls are waited for."""

    def __init__(self, loop, target):
        self._loop, self._target = loop, target

    def _wait(self, answer):
        if inspect.isawaitable(answer):
            return asyncio.run_coroutine_threadsafe(answer, self._loop).result(60)
        return Waited(self._loop, answer) if hasattr(answer, "__aenter__") else answer

    def __getattr__(self, name):
        value = getattr(self._target, name)
        return (lambda *args, **more: self._wait(value(*args, **more))) if callable(value) else value

    def __enter__(self):
        self._wait(self._target.__aenter__())
        return self

    def __exit__(self, *error):
        self._wait(self._target.__aexit__(*error))


class Sync:
    """How the tests of `Client` make one."""

    def client(self, url, key=KEY, **options):
        client = Client(url, key, **options)
        self.addCleanup(client.close)
        return client


class Async:
    """How the tests of `AsyncClient` make one, on a loop in another thread."""

    def client(self, url, key=KEY, **options):
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()

        async def make():
            return AsyncClient(url, key, **options)

        client = Waited(loop, asyncio.run_coroutine_threadsafe(make(), loop).result(60))

        def close():
            client.aclose()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

        self.addCleanup(close)
        return client
