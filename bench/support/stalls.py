"""How long calls that are repeated every millisecond take at worst, beside a control that knows no server.

The control is a pair of processes that pass a byte to and fro just as often: what holds it up is the machine, and holds up a call as
well. So a call counts as held up only by what it took beyond the control's worst.
"""

import gc
import multiprocessing
import socket
import time

PAUSE = 0.001


def exchange(port, request):
    """A call on one kept connection, as a function that returns when the whole answer is there."""
    peer = socket.create_connection(("127.0.0.1", port))
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    reader = peer.makefile("rb")

    def call():
        peer.sendall(request)
        status, length = reader.readline(), 0
        assert status.startswith(b"HTTP/1.1 2"), status
        while (line := reader.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        reader.read(length)

    return call


def to_and_fro(ours):
    def call():
        ours.send(b".")
        ours.recv(1)

    return call


def echo(theirs):
    while theirs.recv(1):
        theirs.send(b".")


def repeat(make, arguments, seconds, ready, go, worst):
    call = make(*arguments)
    for _ in range(20):
        call()
    gc.disable()
    ready.release()
    go.wait()
    until, longest = time.monotonic() + seconds, 0.0
    while (began := time.monotonic()) < until:
        call()
        longest = max(longest, time.monotonic() - began)
        time.sleep(PAUSE)
    worst.value = longest * 1000


def longest_stalls(port, requests, seconds):
    """Milliseconds that the slowest call took, by the names of `requests`, and of the `control`."""
    ours, theirs = socket.socketpair()
    mirror = multiprocessing.Process(target=echo, args=(theirs,), daemon=True)
    mirror.start()
    theirs.close()
    made = {name: (exchange, (port, request)) for name, request in requests.items()}
    made["control"] = (to_and_fro, (ours,))
    ready, go = multiprocessing.Semaphore(0), multiprocessing.Event()
    worst = {name: multiprocessing.Value("d", 0.0) for name in made}
    callers = [
        multiprocessing.Process(target=repeat, args=(make, arguments, seconds, ready, go, worst[name]))
        for name, (make, arguments) in made.items()
    ]
    for caller in callers:
        caller.start()
    for _ in callers:
        assert ready.acquire(timeout=60), "a caller did not start"
    go.set()
    for caller in callers:
        caller.join()
    mirror.terminate()
    mirror.join()
    ours.close()
    return {name: value.value for name, value in worst.items()}
