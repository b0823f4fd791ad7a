"""WebSocket handshakes with a fault each."""

from rows import API, Row, get

PATH = "/v1/rooms/inside/tickets/self/socket"
KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
RIGHT = ["Connection: Upgrade", "Upgrade: websocket", KEY, "Sec-WebSocket-Version: 13"]
ADDRESS = "Open this address as a WebSocket."
SHAKE = "This is no WebSocket handshake."
ORIGIN = "What acts by cookie, and sockets, come from pages of this site."


def place(stage):
    """The token of a place that is held while the test runs."""
    from calls import call

    if not hasattr(stage, "place"):
        stage.place = stage.control.ask(call("POST", "/v1/rooms/sale/tickets")).json()["token"]
    return f"Authorization: Bearer {stage.place}"


def shake(*fields, without="", method="GET", path="/v1/rooms/sale/tickets/self/socket", **more):
    lines = [line for line in RIGHT if not (without and line.startswith(without))]
    return lambda stage: get(path, place(stage), *lines, *fields, host=API, method=method, **more)


ROWS = [
    Row("socket: no Upgrade", shake(without="Upgrade"), 426, ADDRESS, fields={"Upgrade": "websocket"}),
    Row("socket: no key", shake(without="Sec-WebSocket-Key"), 426, ADDRESS),
    Row("socket: another protocol", shake("Upgrade: h2c", without="Upgrade"), 426, ADDRESS),
    Row("socket: no Connection", shake(without="Connection"), 426, SHAKE),
    Row("socket: Connection without Upgrade", shake("Connection: keep-alive", without="Connection"), 426, SHAKE),
    Row("socket: no version", shake(without="Sec-WebSocket-Version"), 426, SHAKE),
    Row("socket: version 8", shake("Sec-WebSocket-Version: 8", without="Sec-WebSocket-Version"), 426, SHAKE),
    Row("socket: version a word", shake("Sec-WebSocket-Version: x", without="Sec-WebSocket-Version"), 426, SHAKE),
    Row("socket: key too short", shake("Sec-WebSocket-Key: YQ==", without="Sec-WebSocket-Key"), 400, SHAKE),
    Row("socket: key too long", shake("Sec-WebSocket-Key: " + "A" * 30 + "==", without="Sec-WebSocket-Key"), 400, SHAKE),
    Row("socket: key no base64", shake("Sec-WebSocket-Key: " + "!" * 22 + "==", without="Sec-WebSocket-Key"), 400, SHAKE),
    Row("socket: two keys", shake(KEY), 400, SHAKE),
    Row("socket: two versions", shake("Sec-WebSocket-Version: 8"), 400, SHAKE),
    Row("socket: HTTP/1.0", shake(version="HTTP/1.0"), 400, SHAKE, True),
    Row("socket: POST", shake(method="POST"), 405, "POST is not allowed here.", fields={"Allow": "GET, HEAD"}),
    Row("socket: HEAD", shake(method="HEAD"), 405, fields={"Allow": "GET"}),
    Row("socket: with a body", shake("Content-Length: 3", body=b"abc"), 400, SHAKE),
    Row("socket: from elsewhere", shake("Origin: https://evil.example"), 403, ORIGIN),
    Row("socket: from null", shake("Origin: null"), 403, ORIGIN),
    Row("socket: from two origins", shake("Origin: http://api.example", "Origin: http://api.example"), 403, ORIGIN),
    Row("socket: from another port", shake("Origin: http://api.example:81"), 403, ORIGIN),
    Row("socket: no place", get(PATH, *RIGHT, host=API), 401, "Show the ticket's token, or a cookie, or join first."),
    Row("socket: another room", lambda stage: get(PATH, place(stage), *RIGHT, host=API), 401, 'The token is for room "sale".'),
    Row("socket: no such room", lambda stage: get("/v1/rooms/none/tickets/self/socket", place(stage), *RIGHT, host=API), 401, 'The token is for room "sale".'),
]  # fmt: skip
