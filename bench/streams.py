#!/usr/bin/env python3
"""Memory of parked event streams: growth of the server's RSS per stream, its ticket included.

Read once the server has given back what the requests needed that brought the streams. Ends with 1 above the aim.
Opens the streams from several processes and loopback addresses, since one process may hold 20,000 files.
"""

import argparse
import asyncio
import multiprocessing
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))
from doorward import Server  # noqa: E402
from figures import Figures  # noqa: E402

PER_CLIENT = 5000
AT_ONCE = 100


def rss_kb(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


async def head_and_body(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(l.split(b":")[1]) for l in head.split(b"\r\n") if l.lower().startswith(b"content-length"))
    return head, await reader.readexactly(length)


async def open_stream(address, port, gate, streams):
    import json

    async with gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0), limit=4096)
        writer.write(b"POST /v1/rooms/sale/tickets HTTP/1.1\r\nHost: bench\r\nContent-Length: 0\r\n\r\n")
        head, body = await head_and_body(reader)
        assert head.startswith(b"HTTP/1.1 201"), head
        token = json.loads(body)["token"]
        writer.write(
            f"GET /v1/rooms/sale/tickets/self/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        first = await reader.readuntil(b"\n\n")
        assert b"event:" in first, first
        streams.append((reader, writer))


async def hold(address, port, count, opened, release):
    streams, gate = [], asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(open_stream(address, port, gate, streams) for _ in range(count)))
    opened.release()
    while not release.is_set():
        await asyncio.sleep(0.2)
        for reader, _ in streams:
            reader._buffer.clear()  # positions that arrive are not looked at
    for _, writer in streams:
        writer.close()


def client(address, port, count, opened, release):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(hold(address, port, count, opened, release))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=15000)
    options = parser.parse_args()
    config = "limits:\n  connections_per_address: 20000\n"
    with Server(config) as server:
        server.set_room("sale", {"capacity": 1, "session": {"ttl": "1h", "renew": "never"}})
        for _ in range(20):
            server.call("POST", "/v1/rooms/sale/tickets")
        before = rss_kb(server.process.pid)
        opened, release = multiprocessing.Semaphore(0), multiprocessing.Event()
        clients = []
        for first in range(0, options.streams, PER_CLIENT):
            count = min(PER_CLIENT, options.streams - first)
            address = f"127.0.0.{2 + len(clients)}"
            clients.append(multiprocessing.Process(target=client, args=(address, server.port, count, opened, release)))
            clients[-1].start()
        for _ in clients:
            assert opened.acquire(timeout=300), "the streams could not be opened"
        time.sleep(6)  # every stream has had a position since
        after = rss_kb(server.process.pid)
        release.set()
        for process in clients:
            process.join()
    print(f"{options.streams} parked event streams: RSS {before} KB -> {after} KB")
    figures = Figures()
    figures.at_most("a parked stream with its ticket", (after - before) / options.streams, 0.75, "KB")
    figures.end()


if __name__ == "__main__":
    main()
