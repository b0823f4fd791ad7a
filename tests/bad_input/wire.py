"""A client that sends any bytes and reads an answer strictly."""

import json
import socket


class Answer:
    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields
        self.body = body

    def field(self, name):
        for key, value in self.fields:
            if key.lower() == name.lower():
                return value
        return None

    def json(self):
        return json.loads(self.body.decode("utf-8"))

    def __repr__(self):
        return f"{self.status} {self.body[:200]!r}"


class Client:
    def __init__(self, port, timeout=30, source=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout, source_address=source)
        self.stream = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.socket.close()

    def send(self, bytes_):
        try:
            self.socket.sendall(bytes_)
        except (BrokenPipeError, ConnectionResetError):
            pass  # answered and closed before all was sent: the answer is what counts

    def answer(self, method="GET"):
        """The next answer; None where the connection ended instead."""
        line = self.stream.readline()
        if not line:
            return None
        version, status, _ = line.decode("latin-1").split(" ", 2)
        assert version == "HTTP/1.1", line
        fields = []
        while (line := self.stream.readline()) != b"\r\n":
            assert line.endswith(b"\r\n"), line
            name, value = line.decode("latin-1").rstrip("\r\n").split(":", 1)
            fields.append((name, value.strip()))
        answer = Answer(int(status), fields, b"")
        if answer.field("Content-Length") and method != "HEAD":
            answer.body = self.stream.read(int(answer.field("Content-Length")))
        elif answer.field("Transfer-Encoding") and method != "HEAD":
            while size := int(self.stream.readline(), 16):
                answer.body += self.stream.read(size)
                self.stream.readline()
            self.stream.readline()
        return answer

    def ask(self, bytes_):
        self.send(bytes_)
        return self.answer(bytes_.split(b" ", 1)[0].decode("latin-1"))

    def ended(self):
        """Whether the server closes within the timeout."""
        try:
            return self.stream.read(1) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False
