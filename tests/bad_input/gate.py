"""Paths that try to walk past the gate of /buy/**, and fields that pretend to have passed it.

Each must get the gate's own answer, or none at all; never the backend's.
"""

from rows import Row, get

NONE = "Nothing is served at this address."
ESCAPE = "The target has a bad percent escape."
SEPARATOR = "The path has a dot segment beside an encoded separator."
ROOT = "The path leaves the root."

WAITING = [  # the gate's ticket
    "/buy", "/buy/", "/buy/x", "/BUY/x", "/Buy/X", "/bUy", "/%62uy/x", "/%42%55%59", "/b%75y/", "//buy", "//buy/x", "///buy//x",
    "/./buy", "/x/../buy", "/x/%2e%2e/buy", "/x/.%2E/BUY/", "/x/y/../../buy/z", "/buy/x/..", "/buy/.", "/buy?x", "/buy?/../x",
    "/buy/x;v=1", "/buy/a%2fb", "/buy/%20", "/x/..//buy", "/buy//", "/buy/%25", "/buy/%2562uy", "/buy/a%252fb", "/buy/{a|b}", "/buy/[1]?{\"<`\\^>", "/buy/..x", "/buy/x?a=/..;/", "http://shop.example/buy",
    "HTTP://shop.example/BUY/x", "https://shop.example:443/x/../buy", "/%2e/buy", "/buy/x/%2e%2e",
]  # fmt: skip

NOWHERE = [  # two readings, two routes: no route
    "/buy;x=1", "/buy;jsessionid=1/x", "/;/buy", "/;x=1/buy", "/buy%2fx", "/buy%2F", "/%2fbuy", "/x/..%20/buy", "/x/.../buy", "/%5cbuy", "/buy%5cx", "/;a/;b/buy/x",
    "/BUY;/x", "/%62uy;a=b/x", "/%2562uy", "/%2562uy/x", "/%25%36%32uy", "/x/%252e%252e/buy", "/x/..%252fbuy", "/%252fbuy", "/buy%252fx", "/%2562uy;x",
    "/buy./x", "/buy.", "/buy%2e", "/buy%20", "/buy%20/x", "/buy../x", "/BUY.;x/y", "/buy...",
]  # fmt: skip

REFUSED = [
    ("/x/..;/buy", SEPARATOR), ("/x/..%2fbuy", SEPARATOR), ("/x/%2e%2e%2fbuy", SEPARATOR), ("/x/..%5cbuy", SEPARATOR),
    ("/x%2f..%2fbuy", SEPARATOR), ("/%2e%2E%2f/../buy", SEPARATOR), ("/.;/buy", SEPARATOR), ("/..;/buy", SEPARATOR),
    ("/x/../../buy", ROOT), ("/../buy", ROOT), ("/%2e%2e/buy", ROOT),
    ("/buy%00", ESCAPE), ("/%00/buy", ESCAPE), ("/%u0062uy", ESCAPE), ("/buy%", ESCAPE), ("/%6/buy", ESCAPE),
    ("/x\\..\\buy", "The path has a backslash."), ("/\\buy", "The path has a backslash."),
    ("/buy#x", "The target has a character that must be escaped."), ("/x#/../buy", "The target has a character that must be escaped."),
]  # fmt: skip

PRETENDED = [  # fields that a backend, a proxy or another gateway might believe
    "X-Doorward-Room: sale", "X-Doorward-Ticket: 1", "X-User-Id: 1", "X-Original-URL: /open", "X-Rewrite-URL: /open",
    "X-HTTP-Method-Override: OPTIONS", "X-Forwarded-Prefix: /open", "X-Forwarded-Host: api.example", "X-Forwarded-For: 127.0.0.1",
    "Forwarded: for=127.0.0.1;host=api.example", "Cookie: doorward_pass_sale=1", "Cookie: doorward_pass_sale=; doorward_pass_sale=x",
    "Cookie: __Host-doorward_pass_sale=a.b.c", "Authorization: Bearer a.b.c", "Authorization: Bearer", "Authorization: Basic YTpi",
    "Connection: X-Doorward-Room", "Connection: Host, Cookie", "Upgrade: h2c", "X-API-Key: nobody", "Authorization: Bearer " + "a" * 9000,
]  # fmt: skip

METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "PROPFIND", "get", "X"]

TICKET = {"state": "waiting", "room": "sale"}

ROWS = (
    [Row(f"gate: {path}", get(path), 429, members=TICKET) for path in WAITING]
    + [Row(f"gate, two readings: {path}", get(path), 404, NONE) for path in NOWHERE]
    + [Row(f"gate, refused: {path}", get(path), 400, detail, True) for path, detail in REFUSED]
    + [Row(f"gate, pretending: {line[:60]}", get("/buy/x", line), 429, members=TICKET) for line in PRETENDED]
    + [Row(f"gate, method: {method}", get("/buy/x", method=method), 429) for method in METHODS]
    + [
        Row("gate: another host in the address", get("http://api.example/buy"), 404, NONE),
        Row("gate: the host's own dot", get("/BUY/x", host="Host: SHOP.example.:80"), 429, members=TICKET),
        Row("gate: HTTP/1.0", get("/buy", version="HTTP/1.0"), 429, closed=True, members=TICKET),
        Row("gate: a closed room", get("/shut/x"), 409, 'Room "shut" takes nobody now.', fields={"Retry-After": "60"}),
        Row("gate: a body is not passed on", get("/buy/x", "Content-Length: 3", method="POST", body=b"abc"), 429,
            members={"detail": "The request was not passed on. Send it again once you are admitted."}),
    ]
)  # fmt: skip
