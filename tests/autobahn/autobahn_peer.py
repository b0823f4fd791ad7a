"""A WebSocket client that can misbehave, as the Autobahn cases want it, over a plain socket."""

import base64
import heapq
import os
import select
import socket
import struct
import time

from autobahn_suite import States


def mask(payload, key):
    if not payload:
        return b""
    whole = (key * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(whole, "big")).to_bytes(len(payload), "big")


class Factory:
    isServer = False


class Peer(States):
    """Runs one case. The names are those that the cases call."""

    DROP_AFTER = 2  # seconds for the server to close the connection after the closing handshake

    def __init__(self, address):
        self.factory = Factory()
        self.state = self.STATE_CONNECTING
        self.connectionWasOpen = self.closedByMe = self.wasClean = self.droppedByMe = False
        self.remoteCloseCode = self.localCloseReason = None
        self.autoFragmentSize = 0
        self.createWirelog = True
        self.txFrameStats = {}
        self.timers = []
        self.received = bytearray()
        self.unsent = bytearray()
        self.message = None
        self.socket = socket.create_connection(address, timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # What cases call.
    def enableWirelog(self, _):
        pass

    def continueLater(self, delay, what, tag=None):
        heapq.heappush(self.timers, (time.monotonic() + delay, len(self.timers), what))

    def killAfter(self, delay):
        self.continueLater(delay, self.drop)

    def closeAfter(self, delay):
        self.continueLater(delay, self.sendClose)

    def sendFrame(self, opcode, payload="", fin=True, rsv=0, mask=None, payload_len=None, chopsize=None, sync=False):
        data = payload.encode("latin-1")
        if payload_len is not None and data:
            data = (data * (payload_len // len(data) + 1))[:payload_len]
        elif payload_len is not None:
            data = b"\0" * payload_len
        self.txFrameStats[opcode] = self.txFrameStats.get(opcode, 0) + 1
        frame = self.header(opcode, len(data), fin, rsv) + self.masked(data)
        self.write(frame, chopsize)

    def sendMessage(self, payload, isBinary=False, fragmentSize=None):
        size = fragmentSize or self.autoFragmentSize or max(len(payload), 1)
        opcode = 2 if isBinary else 1
        parts = [payload[at : at + size] for at in range(0, len(payload), size)] or [""]
        for i, part in enumerate(parts):
            self.sendFrame(0 if i else opcode, part, i + 1 == len(parts))

    def beginMessage(self, opcode=1):
        self.opcode = opcode

    def beginMessageFrame(self, length):
        self.write(self.header(self.opcode, length, False, 0))

    def sendMessageFrameData(self, payload):
        self.write(self.masked(payload.encode("latin-1")))

    def endMessage(self):
        self.sendFrame(0, "", True)

    def sendClose(self, code=None, reason=None):
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code, reason)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        if self.state != self.STATE_OPEN:
            return
        payload = "" if code is None else struct.pack("!H", code).decode("latin-1")
        self.sendFrame(8, payload + (reasonUtf8 or ""))
        self.state = self.STATE_CLOSING
        self.closedByMe = not isReply
        self.killAfter(self.DROP_AFTER)

    # The machinery.
    def header(self, opcode, length, fin, rsv):
        first = (0x80 if fin else 0) | rsv << 4 | opcode
        self.key = os.urandom(4)
        self.key_at = 0
        if length < 126:
            size = struct.pack("!B", 0x80 | length)
        elif length < 65536:
            size = struct.pack("!BH", 0xFE, length)
        else:
            size = struct.pack("!BQ", 0xFF, length)
        return bytes([first]) + size + self.key

    def masked(self, data):
        key = self.key[self.key_at % 4 :] + self.key[: self.key_at % 4]
        self.key_at += len(data)
        return mask(data, key)

    def write(self, data, chopsize=None):
        if self.state == self.STATE_CLOSED:
            return
        if chopsize and not self.unsent:
            for at in range(0, len(data), chopsize):
                self.unsent += data[at : at + chopsize]
                self.flush()
                time.sleep(0.0002)  # so that the pieces stay pieces on their way
        else:
            self.unsent += data
            self.flush()

    def flush(self):
        try:
            while self.unsent:
                del self.unsent[: self.socket.send(self.unsent[:1048576])]
        except BlockingIOError:
            pass
        except OSError:
            self.unsent.clear()

    def drop(self):
        if self.state != self.STATE_CLOSED:
            self.droppedByMe = True
            self.lost()

    def lost(self):
        self.state = self.STATE_CLOSED
        self.socket.close()

    def handshake(self, path):
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: autobahn\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.socket.recv(1)
        assert head.startswith(b"HTTP/1.1 101 "), head
        self.socket.setblocking(False)
        self.state = self.STATE_OPEN
        self.connectionWasOpen = True

    def run(self, case):
        self.case = case
        self.handshake("/")
        case.onOpen()
        while self.state != self.STATE_CLOSED:
            wait = max(0, self.timers[0][0] - time.monotonic()) if self.timers else 60
            readable, writable, _ = select.select([self.socket], [self.socket] if self.unsent else [], [], wait)
            if writable:
                self.flush()
            if readable:
                self.read()
            while self.timers and self.timers[0][0] <= time.monotonic() and self.state != self.STATE_CLOSED:
                heapq.heappop(self.timers)[2]()
            if not self.timers and not readable and not writable:
                self.drop()
        case.onConnectionLost(self.droppedByMe)

    def read(self):
        try:
            data = self.socket.recv(1048576)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.lost()
            return
        self.received += data
        while self.state != self.STATE_CLOSED and self.take_frame():
            pass

    def take_frame(self):
        data = self.received
        if len(data) < 2:
            return False
        first, size, at = data[0], data[1], 2
        assert not size & 0x80 and not first & 0x70, "a server neither masks nor sets reserved bits"
        if size == 126 and len(data) >= 4:
            size, at = struct.unpack("!H", data[2:4])[0], 4
        elif size == 127 and len(data) >= 10:
            size, at = struct.unpack("!Q", data[2:10])[0], 10
        elif size >= 126:
            return False
        if len(data) < at + size:
            return False
        payload = data[at : at + size].decode("latin-1")
        del data[: at + size]
        self.on_frame(first & 15, bool(first & 0x80), payload)
        return True

    def on_frame(self, opcode, fin, payload):
        if opcode == 9:
            self.case.onPing(payload)
            if self.state == self.STATE_OPEN:
                self.sendFrame(10, payload)
        elif opcode == 10:
            self.case.onPong(payload)
        elif opcode == 8:
            self.remoteCloseCode = struct.unpack("!H", payload[:2].encode("latin-1"))[0] if payload else None
            self.wasClean = True
            if self.state == self.STATE_OPEN:
                self.sendCloseFrame(1000, isReply=True)
            self.case.onClose(True, self.remoteCloseCode, payload[2:])
        elif self.state == self.STATE_OPEN:
            self.message = (opcode == 2, payload) if opcode else (self.message[0], self.message[1] + payload)
            if fin:
                self.case.onMessage(self.message[1], self.message[0])
