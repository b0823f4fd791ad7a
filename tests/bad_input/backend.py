"""A backend double that keeps every byte it was sent, message by message, and answers all alike."""

import re
import socket
import threading


class Request:
    """One request as the backend's own strict parser read it."""

    def __init__(self, head, body):
        self.head = head
        self.body = body
        lines = head.decode("latin-1").split("\r\n")
        self.line = lines[0]
        self.fields = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if line]

    def all(self, name):
        return [value for field, value in self.fields if field.lower() == name.lower()]


class Backend:
    """Listens on a free port of loopback. What it cannot read without doubt lands in `faults`."""

    def __init__(self, answer=None):
        self.answer = answer or b"HTTP/1.1 200 OK\r\nX-Backend: yes\r\nContent-Length: 7\r\n\r\nbackend"
        self.requests = []
        self.faults = []
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._socket.close()

    def seen(self):
        with self._lock:
            return list(self.requests)

    def _accept(self):
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with peer, peer.makefile("rb") as stream:
            try:
                while self._one(peer, stream):
                    pass
            except (OSError, ValueError):
                pass

    def _one(self, peer, stream):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = stream.readline(65536)
            if not line:
                return False
            head += line
        request = Request(head, b"")
        fault = self._read_body(request, stream)
        with self._lock:
            self.requests.append(request)
            if fault:
                self.faults.append((fault, head))
        if fault:
            return False
        peer.sendall(self.answer if not request.line.startswith("HEAD") else self.answer[: self.answer.index(b"\r\n\r\n") + 4])
        return True

    def _read_body(self, request, stream):
        """Framing that two parsers could read differently is a fault, whatever the body."""
        lengths, codings = request.all("Content-Length"), request.all("Transfer-Encoding")
        if re.search(rb"(?<!\r)\n|\r(?!\n)", request.head) or b"\0" in request.head:
            return "a bare CR, LF or NUL"
        if any(not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) for name, _ in request.fields):
            return "a field's name is no token"
        if len(lengths) + len(codings) > 1:
            return "framed twice"
        if len(request.all("Host")) != 1:
            return "not one Host"
        if lengths:
            if not lengths[0].isdigit():
                return "a length that is no number"
            request.body = stream.read(int(lengths[0]))
        elif codings:
            if codings[0] != "chunked":
                return "a coding that is not chunked"
            while size := int(stream.readline(), 16):
                request.body += stream.read(size)
                if stream.read(2) != b"\r\n":
                    return "a chunk that does not end"
            while stream.readline() != b"\r\n":
                pass
        return None
