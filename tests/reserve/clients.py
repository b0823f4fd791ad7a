"""Many callers at once, each on a connection of its own, for tests in Python. Standard library only."""

import asyncio
import json
import resource

API_KEY = "a-key-of-the-shop-0123456789"


def raise_open_files():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Caller:
    """A keep-alive connection that is made anew, and the call sent again, when the server goes away."""

    def __init__(self, server):
        self.server = server
        self.streams = None

    async def connect(self):
        while True:
            try:
                self.streams = await asyncio.open_connection("127.0.0.1", self.server.port)
                return self
            except (OSError, TypeError):  # it is being started again, or its port is not known yet
                await asyncio.sleep(0.05)

    def close(self):
        if self.streams:
            self.streams[1].close()
        self.streams = None

    async def once(self, method, path, body=None, key=None):
        if not self.streams:
            await self.connect()
        reader, writer = self.streams
        text = json.dumps(body).encode() if body is not None else b""
        head = f"{method} /v1{path} HTTP/1.1\r\nHost: shop.example\r\nX-API-Key: {API_KEY}\r\n"
        if key:
            head += f'Idempotency-Key: "{key}"\r\n'
        if text:
            head += "Content-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(text)}\r\n\r\n".encode() + text)
        line = await reader.readline()
        if not line:
            raise ConnectionResetError
        status = int(line.split()[1])
        length = 0
        while (field := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = field.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
        said = await reader.readexactly(length) if length else b""
        return status, json.loads(said) if said else None

    async def call(self, method, path, body=None, key=None):
        """Sent until it is answered, so that what is sent must bear being sent twice."""
        while True:
            try:
                status, said = await self.once(method, path, body, key)
                if status != 503:
                    return status, said
            except (OSError, EOFError, IndexError, ValueError):
                pass
            self.close()
            await asyncio.sleep(0.05)
