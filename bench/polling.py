#!/usr/bin/env python3
"""Polling against streams, as the ticketing gateway published it: requests that reach the server while 5,000 wait.

Each waiter lines up; then for some minutes all poll their status every 5 s, and then all hold a stream instead. Requests
and CPU seconds are counted at the server. Published: 180,000 requests in 3 minutes against 5,000.
"""

import argparse
import asyncio
import re
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))
import ticketing  # noqa: E402
from doorward import Server, cpu_seconds  # noqa: E402

PER_ADDRESS = 2_500
AT_ONCE = 200
MORE = "limits: { connections_per_address: 20000 }\n"


class Waiter:
    def __init__(self, number, port):
        self.token = ticketing.token(f"waiter-{number}")
        self.address, self.port = f"127.0.0.{2 + number // PER_ADDRESS}", port
        self.reader = self.writer = None

    async def connect(self):
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self.port, local_addr=(self.address, 0), limit=16_384
        )

    def close(self):
        self.writer.close()

    async def ask(self, method, path):
        """Sends a request and reads the head of its answer."""
        self.writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.token}\r\n\r\n".encode()
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        return head

    async def call(self, method, path):
        head = await self.ask(method, path)
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        return await self.reader.readexactly(length)

    async def poll(self, until, every, due):
        """By the clock, so that a busy client polls late and not less; answers how late it was at most."""
        latest = 0
        while due < until:
            await asyncio.sleep(max(0, due - time.monotonic()))
            latest = max(latest, time.monotonic() - due)
            body = await self.call("GET", "/api/v1/queue/status")
            assert b"userQueuePosition" in body, body
            due += every
        return latest

    async def listen(self, until):
        """Counts the events of its stream."""
        await self.ask("GET", "/api/v1/queue/stream")
        seen = 0
        while (left := until - time.monotonic()) > 0:
            try:
                event = await asyncio.wait_for(self.reader.readuntil(b"\n\n"), left)
            except asyncio.TimeoutError:
                break
            assert b"STATUS_UPDATE" in event or b"HEARTBEAT" in event, event
            seen += 1
        return seen


def requests_of(server):
    """Requests on the way of visitors, from the server's own count."""
    text = server.call("GET", "/actuator/prometheus")[2]
    return sum(float(value) for value in re.findall(r"^doorward_requests_total (\S+)$", text, re.MULTILINE))


async def measured(server, what, work):
    requests, cpu = requests_of(server), cpu_seconds(server.process.pid)
    came_of_it = await asyncio.gather(*work)
    used = cpu_seconds(server.process.pid) - cpu
    count = int(requests_of(server) - requests) - 1  # the question itself
    print(f"{what}: {count} requests, {used:.2f} CPU seconds at the server", flush=True)
    return count, came_of_it


async def in_turn(gate, task):
    async with gate:
        return await task


async def run(server, options):
    waiters = [Waiter(n, server.port) for n in range(options.waiters + 1)]
    gate = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(in_turn(gate, waiter.connect()) for waiter in waiters))
    await waiters[0].call("POST", "/api/v1/queue/lineup")  # has the only slot
    waiters[0].close()
    waiters = waiters[1:]
    await asyncio.gather(*(in_turn(gate, waiter.call("POST", "/api/v1/queue/lineup")) for waiter in waiters))
    began = time.monotonic()
    until = began + options.seconds
    spread = options.every / len(waiters)
    polls, late = await measured(
        server, f"{len(waiters)} waiters poll every {options.every:g} s for {options.seconds:g} s",
        [waiter.poll(until, options.every, began + n * spread) for n, waiter in enumerate(waiters)],
    )  # fmt: skip
    print(f"the client was {max(late):.1f} s late at most", flush=True)
    until = time.monotonic() + options.seconds
    opened, events = await measured(
        server, f"{len(waiters)} waiters hold a stream for {options.seconds:g} s", [w.listen(until) for w in waiters]
    )
    for waiter in waiters:
        waiter.close()
    print(f"streams: {100 * (1 - opened / polls):.1f}% fewer requests, {sum(events)} events (published: 97.2%)")
    expected = len(waiters) * options.seconds / options.every
    assert opened == len(waiters), f"one request a stream, not {opened}"
    assert expected <= polls <= expected + len(waiters), f"{polls} polls, {expected:g} were due"
    assert all(count >= options.seconds // 10 for count in events), f"a stream heard {min(events)} events"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiters", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--every", type=float, default=5)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as folder:
        environment = {**ticketing.environment(1), "ALLOWED_IN_DURATION_SECONDS": "3600"}
        with Server(ticketing.config(folder, MORE), environment=environment) as server:
            asyncio.run(run(server, options))
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
