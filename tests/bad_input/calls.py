"""Calls of /v1 and /v1/admin: bodies, methods, names, keys and origins."""

import json

from rows import API, Row, call, get
from stage import ADMIN_TOKEN, API_KEY, NOBODY

JOIN = "/v1/rooms/inside/tickets"
SELF = "/v1/rooms/inside/tickets/self"
ROOM = "/v1/admin/rooms/made"
ADMIN = f"Authorization: Bearer {ADMIN_TOKEN}"
BACKEND = f"X-API-Key: {API_KEY}"
JSON_TYPE = "Send Content-Type: application/json."
OBJECT = "The body must be a JSON object."
KEY = "Idempotency-Key must have 16 to 255 visible letters without quotes; a UUID is best."
SUBJECT = "subject: a backend names for whom it joins, in 1 to 256 bytes"
NAME = "A room's name has 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins with a letter or digit."
ELSEWHERE = "Admin calls are taken on the admin listener only (admin.listen)."
NO_ADMIN = "Send Authorization: Bearer with the admin token."
WRONG_ADMIN = "That is not the admin token."
ORIGIN = "Joins come from pages of this site."
ACT = "What acts by cookie, and sockets, come from pages of this site."
ENDPOINT = "See /.doorward/v1/openapi.json for what there is."
NO_TOKEN = "Show the ticket's token, or a cookie, or join first."
LARGE = "A body is at most 65536 bytes."


def duration(text):
    return f'"{text}" is not a duration: write a whole number and a unit (ms, s, m, h or d), as in "250ms" or "4m"'


def time(text):
    return f'opens_at: "{text}" is not a time: write it as 2026-01-31T08:00:00Z'


def number(path, found):
    return f"{path}: expected a whole number from 0 to 4294967295, found {found}"


def put(body, name="made", *fields):
    body = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return call("PUT", f"/v1/admin/rooms/{name}", ADMIN, *fields, body=body)


BODIES = [  # of a join by a backend
    ("cut short", '{"subject":"a"', 400, "not JSON: incomplete JSON at byte 14"),
    ("no JSON", "subject=a", 400, "not JSON: syntax error at byte 0"), ("two values", '{"subject":"a"} {}', 400, "not JSON: extra data at byte 16"), ("a comma too many", '{"subject":"a",}', 400, "not JSON: syntax error at byte 15"),
    ("single quotes", "{'subject':'a'}", 400, "not JSON: syntax error at byte 1"), ("a comment", '{"subject":"a"/**/}', 400, "not JSON: syntax error at byte 14"), ("NaN", '{"subject":NaN}', 400, "not JSON: syntax error at byte 11"),
    ("leading zeros", '{"subject":01}', 400, "not JSON: syntax error at byte 12"), ("a control character", '{"subject":"a\nb"}', 400, "not JSON: syntax error at byte 13"), ("half a surrogate", '{"subject":"\\ud800"}', 400, "not JSON: syntax error at byte 18"),
    ("bad UTF-8", b'{"subject":"\xff"}', 400, "not JSON: syntax error at byte 12"), ("overlong UTF-8", b'{"subject":"\xc0\xaf"}', 400, "not JSON: syntax error at byte 12"), ("a byte order mark", b'\xef\xbb\xbf{"subject":"a"}', 400, "not JSON: syntax error at byte 0"),
    ("UTF-16", '{"subject":"a"}'.encode("utf-16-le"), 400, "not JSON: syntax error at byte 1"), ("NUL after it", b'{"subject":"a"}\0', 400, "not JSON: extra data at byte 15"),
    ("a list", "[]", 400, OBJECT), ("a word", '"subject"', 400, OBJECT), ("null", "null", 400, OBJECT), ("a number", "1", 400, OBJECT),
    ("deep", "[" * 5000 + "]" * 5000, 400, "not JSON: too deep at byte 32"), ("deep objects", '{"a":' * 200 + "1" + "}" * 200, 400, "not JSON: too deep at byte 160"),
    ("a member twice", '{"subject":"a","subject":"b"}', 400, "not JSON: a member stands twice in one object"),
    ("a member twice, escaped", '{"subject":"a","\\u0073ubject":"b"}', 400, "not JSON: a member stands twice in one object"),
    ("unknown member", '{"subject":"a","admin":true}', 422, '"admin" is not a known member; known are: subject, lane'),
    ("unknown member, cut within a letter", json.dumps({"a" * 59 + "é": 1}, ensure_ascii=False), 422, f'"{"a" * 59}" is not a known member; known are: subject, lane'),
    ("other letter case", '{"Subject":"a"}', 422, '"Subject" is not a known member; known are: subject, lane'),
    ("subject a number", '{"subject":1}', 422, "subject: expected text"), ("subject a list", '{"subject":["a"]}', 422, "subject: expected text"),
    ("lane an object", '{"subject":"a","lane":{}}', 422, "lane: expected text"), ("lane unknown", '{"subject":"a","lane":"vip"}', 422, 'Room "inside" has no such lane.'),
    ("no subject", "{}", 422, SUBJECT), ("empty subject", '{"subject":""}', 422, SUBJECT), ("null subject", '{"subject":null}', 422, SUBJECT),
    ("long subject", json.dumps({"subject": "a" * 257}), 422, SUBJECT),
]  # fmt: skip

POLICIES = [
    ({"capcity": 1}, 'capcity: not a known member; the nearest is "capacity"'),
    ({"é" * 40: 1}, "é" * 30 + ': not a known member; the nearest is "capacity"'), ({"capacity": -1}, number("capacity", "-1")), ({"capacity": 1.5}, number("capacity", "1.5")),
    ({"capacity": "1"}, number("capacity", '"1"')), ({"capacity": True}, number("capacity", "true")), ({"capacity": 2**32}, number("capacity", "4294967296")),
    ('{"capacity":1e400}', number("capacity", "Infinity")), ({"capacity": 0}, "capacity: is 0; choose from 1 to 50000000"), ({"capacity": 50000001}, "capacity: is 50000001; choose from 1 to 50000000"),
    ({"capacity": []}, number("capacity", "[]")), ({"max_waiting": 0}, "max_waiting: is 0; choose from 1 to 50000000"), ({"max_waiting": 2.0}, number("max_waiting", "2.0")),
    ({"admit": 1}, "admit: expected an object, found 1"), ({"admit": {"count": 0, "every": "1s"}}, "admit.count: is 0; choose from 1 to 1000000"),
    ({"admit": {"count": 1, "every": "1"}}, "admit.every: " + duration("1")), ({"admit": {"count": 1, "every": ""}}, "admit.every: " + duration("")),
    ({"admit": {"count": 1, "every": "-1s"}}, "admit.every: " + duration("-1s")), ({"admit": {"count": 1, "every": "+1s"}}, "admit.every: " + duration("+1s")),
    ({"admit": {"count": 1, "every": "1.5s"}}, "admit.every: " + duration("1.5s")), ({"admit": {"count": 1, "every": "1 s"}}, "admit.every: " + duration("1 s")),
    ({"admit": {"count": 1, "every": "1S"}}, "admit.every: " + duration("1S")), ({"admit": {"count": 1, "every": "1s1ms"}}, "admit.every: " + duration("1s1ms")),
    ({"admit": {"count": 1, "every": "99999999999999999999s"}}, "admit.every: a duration is at most ten years"),
    ({"admit": {"count": 1, "every": "9223372036854775807d"}}, "admit.every: a duration is at most ten years"),
    ({"admit": {"count": 1, "every": 1000}}, 'admit.every: expected a duration such as "250ms", "5s" or "4m", found 1000'),
    ({"admit": {"count": 1, "every": "1ms"}}, "admit.every: is 1ms; choose from 10ms to 24h"), ({"admit": {"count": 1, "per": "1s"}}, 'admit.per: not a known member; the nearest is "every"'),
    ({"session": 5}, "session: expected an object, found 5"), ({"session": {"ttl": "999ms"}}, "session.ttl: is 999ms; choose from 1s to 168h"),
    ({"session": {"renew": "always"}}, 'session.renew: expected one of "use", "never", found "always"'), ({"claim": {"ttl": "8d"}}, "claim.ttl: is 192h; choose from 1s to 168h"),
    ({"order": "lifo"}, 'order: expected one of "fifo", "draw", found "lifo"'), ({"rejoin": 1}, 'rejoin: expected one of "keep", "to_back", found 1'),
    ({"mode": "Open"}, 'mode: expected one of "open", "paused", "closed", "bypass", found "Open"'), ({"lanes": {}}, "lanes: expected a list of lanes, found {}"),
    ({"lanes": [{"name": "A"}]}, "lanes[0].name: must be 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit"),
    ({"lanes": [{"name": "a"}, {"name": "a"}]}, 'lanes[1].name: "a" is taken by another lane; give each its own'),
    ({"lanes": [{"name": "a", "share": 0}]}, "lanes[0].share: is 0; choose from 1 to 1000"), ({"lanes": [1]}, "lanes[0]: expected an object, found 1"),
    ({"lanes": [{"name": str(i)} for i in range(1000)]}, "lanes: at most 16 lanes"), ({"liveness": {"silence": "1s"}}, "liveness.silence: is 1s; choose from 5s to 24h"),
    ({"opens_at": "tomorrow"}, time("tomorrow")), ({"opens_at": "2026-02-30T00:00:00Z"}, time("2026-02-30T00:00:00Z")), ({"opens_at": "2026-01-01T00:00:00"}, time("2026-01-01T00:00:00")),
    ({"opens_at": 0}, 'opens_at: expected a time such as "2026-01-31T08:00:00Z", found 0'), ({"opens_at": "99999-01-01T00:00:00Z"}, time("99999-01-01T00:00:00Z")),
    ({"opens_at": "2026-01-02T00:00:00Z", "closes_at": "2026-01-01T00:00:00Z"}, "closes_at: is not after opens_at; move one of them, or leave it out"),
]  # fmt: skip

NAMES = ["A", "-a", ".a", "_a", "a" * 65, "a%20b", "%61", "a%2fb", "%c3%a9", "a:b", "a@b", "a;b", "*", "a%0d%0aX:1", "..a", "a$"]

METHODS = [
    ("GET", JOIN, "POST"), ("PUT", JOIN, "POST"), ("DELETE", JOIN, "POST"), ("POST", SELF, "GET, HEAD, DELETE"), ("PATCH", SELF, "GET, HEAD, DELETE"),
    ("POST", SELF + "/events", "GET, HEAD"), ("DELETE", SELF + "/socket", "GET, HEAD"), ("GET", SELF + "/leave", "POST"), ("POST", "/v1/rooms/inside", "GET, HEAD"),
    ("GET", "/v1/passes/verify", "POST"), ("GET", f"/v1/sessions/{NOBODY}", "DELETE"), ("POST", "/v1/keys", "GET, HEAD"), ("POST", "/openapi.json", "GET, HEAD"),
    ("DELETE", "/.well-known/jwks.json", "GET, HEAD"), ("POST", "/v1/admin/rooms", "GET, HEAD"), ("POST", ROOM, "GET, HEAD, PUT, PATCH, DELETE"),
    ("GET", ROOM + "/open", "POST"), ("get", "/v1/rooms/inside", "GET, HEAD"), ("TRACE", "/v1/rooms/inside", "GET, HEAD"), ("PROPFIND", "/.doorward/v1/rooms/inside", "GET, HEAD"),
]  # fmt: skip

ENDPOINTS = [
    "/v1/", "/v1/room", "/v1/rooms", "/v1/rooms/", "/v1/rooms//tickets", "/v1/rooms/inside/", "/v1/rooms/inside/tickets/", "/v1/rooms/inside/tickets/other",
    "/v1/rooms/inside/tickets/self/events/x", "/v1//rooms/inside", "/v1/Rooms/inside", "/v1/%72ooms/inside", "/v1/passes", "/v1/sessions",
    "/v1/admin", "/v1/admin/", "/v1/admin/rooms/", "/v1/admin/rooms/made/reset", "/v1/admin/rooms/made/open/x", "/.doorward", "/.doorward/", "/.doorward/v1", "/.doorward/v2/rooms/inside",
    "/.doorward/admin/rooms", "/v1/rooms;x/inside",
]  # fmt: skip

OUTSIDE = ["/V1/rooms/inside", "/v1", "/.doorward/../v1", "/v1;x/rooms/inside", "/.well-known/jwks.json/", "/openapi.json/", "/%2edoorward/v1/rooms/inside", "/.DOORWARD/v1/keys", "//v1/keys"]

KEYS = ["short", "", '""', "a" * 15, "a" * 256, "a" * 300, "with a space in it", 'with"a"quote-inside', "with\\a\\backslash-x", '"unfinished-quote-0123', "\xe9" * 20, "tab\tin-the-middle-of-it"]

FORWARDING = ["X-Forwarded-For: 127.0.0.1", "X-Forwarded-For:", "x-forwarded-host: api.example", "Forwarded: for=127.0.0.1", "X-Real-IP: 127.0.0.1", "X-Forwarded-Proto: https"]

ORIGINS = ["https://evil.example", "null", "http://api.example.evil.example", "http://evil.example?api.example", "http://evil@api.example", "file://", "api.example", "", "http://api.example:8080",
           "javascript://api.example", "http://api.example http://evil.example"]  # fmt: skip



def by_cookie(method, path, *fields):
    """As a browser that holds a place: with its device's cookie."""

    def make(stage):
        return call(method, path, f"Cookie: doorward_device={stage.device()}", *fields)

    return make


def joined(method, path, *fields):
    """After a join by that device, so that there is something to act on."""

    def make(stage):
        stage.control.ask(by_cookie("POST", JOIN)(stage))
        return by_cookie(method, path, *fields)(stage)

    return make


ROWS = (
    [Row(f"body: {name}", call("POST", JOIN, BACKEND, body=body), status, detail) for name, body, status, detail in BODIES]
    + [Row(f"policy: {body if isinstance(body, str) else json.dumps(body)[:70]}", put(body), 422, detail) for body, detail in POLICIES]
    + [Row(f"room's name: {name[:40]}", put({}, name), 422, NAME) for name in NAMES]
    + [Row(f"method: {m} {path}", call(m, path, ADMIN), 405, f"{m} is not allowed here.", fields={"Allow": allow}) for m, path, allow in METHODS]
    + [Row(f"endpoint: {path}", call("GET", path, ADMIN), 404, ENDPOINT) for path in ENDPOINTS]
    + [Row(f"endpoint, outside: {path}", call("GET", path, ADMIN), 404, "Nothing is served at this address.") for path in OUTSIDE]
    + [Row(f"key: {key[:30]!r} of {len(key)}", call("POST", JOIN, f"Idempotency-Key: {key}"), 400, KEY) for key in KEYS]
    + [Row(f"admin by proxy: {line}", call("GET", "/v1/admin/rooms", ADMIN, line), 403, ELSEWHERE) for line in FORWARDING]
    + [Row(f"join from {origin!r}", call("POST", JOIN, f"Origin: {origin}"), 403, ORIGIN) for origin in ORIGINS]
    + [Row(f"leave from {origin!r}", joined("DELETE", SELF, f"Origin: {origin}"), 403, ACT) for origin in ORIGINS]
    + [
        Row("join from elsewhere, without Origin", call("POST", JOIN, "Sec-Fetch-Site: cross-site"), 403, ORIGIN),
        Row("join from a sister site", call("POST", JOIN, "Sec-Fetch-Site: same-site"), 403, ORIGIN),
        Row("join from two origins", call("POST", JOIN, "Origin: http://api.example", "Origin: http://evil.example"), 403, ORIGIN),
        Row("leave by a page from elsewhere", joined("POST", SELF + "/leave", "Origin: https://evil.example"), 403, ACT),
        Row("stream from elsewhere", joined("GET", SELF + "/events", "Origin: https://evil.example"), 403, ACT),
        Row("body: too large", call("POST", JOIN, BACKEND, body=b" " * 65537), 413, LARGE, True),
        Row("body: too large, chunked", get(JOIN, BACKEND, "Content-Type: application/json", "Transfer-Encoding: chunked", host=API, method="POST",
                                            body=b"10001\r\n" + b" " * 65537 + b"\r\n0\r\n\r\n"), 413, LARGE, True),
        Row("body: a bad chunk", get(JOIN, BACKEND, "Transfer-Encoding: chunked", host=API, method="POST", body=b"x\r\n"), 400, "A chunk size is malformed.", True),
        Row("body: chunks beyond their size", get(JOIN, BACKEND, "Transfer-Encoding: chunked", host=API, method="POST", body=b"1\r\nab"), 400,
            "A chunk is longer than it said.", True),
        Row("body: no type", call("POST", JOIN, BACKEND, body="{}", type=None), 415, JSON_TYPE),
        Row("body: a form", call("POST", JOIN, BACKEND, body="subject=a", type="application/x-www-form-urlencoded"), 415, JSON_TYPE),
        Row("body: plain text", call("POST", JOIN, BACKEND, body="{}", type="text/plain"), 415, JSON_TYPE),
        Row("body: nearly the type", call("POST", JOIN, BACKEND, body="{}", type="application/jsonx"), 415, JSON_TYPE),
        Row("body: the type in a list", call("POST", JOIN, BACKEND, body="{}", type="text/plain, application/json"), 415, JSON_TYPE),
        Row("join: a visitor names a subject", call("POST", JOIN, body='{"subject":"a"}'), 403, "Only a backend with an API key names subject and lane."),
        Row("join: no such room", call("POST", "/v1/rooms/none/tickets"), 404, 'There is no room "none".'),
        Row("join: a room's name that is none", call("POST", "/v1/rooms/%2e%2e%00/tickets"), 400, "The target has a bad percent escape.", True),
        Row("join: a quote in the room's name", call("POST", "/v1/rooms/%22/tickets"), 404, 'There is no room "%22".'),
        Row("join: a closed room", call("POST", "/v1/rooms/shut/tickets"), 409, 'Room "shut" takes nobody now.'),
        Row("join: unknown API key", call("POST", JOIN, "X-API-Key: nobody"), 401, "the API key is not known", fields={"WWW-Authenticate": "Bearer"}),
        Row("join: empty API key", call("POST", JOIN, "X-API-Key:"), 401, "the API key is not known"),
        Row("self: nobody", call("GET", SELF), 401, NO_TOKEN, fields={"WWW-Authenticate": "Bearer"}),
        Row("self: no place", call("GET", SELF, BACKEND), 401, NO_TOKEN),
        Row("self: Last-Event-ID of the future", lambda stage: call("GET", SELF + "/events", f"Authorization: Bearer {stage.ticket(aud='inside')}", "Last-Event-ID: 99-0-0"),
            410, "This place is given up; join again for a new one.", members={"reason": "forgotten"}),
        Row("verify: nothing", call("POST", "/v1/passes/verify"), 422, "pass: send the pass that is to be verified"),
        Row("verify: a number", call("POST", "/v1/passes/verify", body='{"pass":1}'), 422, "pass: expected text"),
        Row("verify: a room that is no text", call("POST", "/v1/passes/verify", body='{"pass":"a","room":[]}'), 422, "room: expected text"),
        Row("verify: unknown member", call("POST", "/v1/passes/verify", body='{"token":"a"}'), 422, '"token" is not a known member; known are: pass, room'),
        Row("finish: nobody", call("DELETE", f"/v1/sessions/{NOBODY}"), 401, "Send X-API-Key, or the admin token."),
        Row("finish: another token", call("DELETE", f"/v1/sessions/{NOBODY}", "Authorization: Bearer a"), 401, WRONG_ADMIN),
        Row("finish: unknown key beside the admin token", call("DELETE", f"/v1/sessions/{NOBODY}", ADMIN, "X-API-Key: a"), 401, "The API key is not known."),
        Row("finish: no id", call("DELETE", "/v1/sessions/1", BACKEND), 404, "That is not the id of a ticket."),
        Row("finish: no hexadecimal", call("DELETE", "/v1/sessions/" + "g" * 32, BACKEND), 404, "That is not the id of a ticket."),
        Row("finish: nobody's id", call("DELETE", f"/v1/sessions/{NOBODY}", BACKEND), 404, "The ticket never was, or was over long ago."),
        Row("admin: nobody", call("GET", "/v1/admin/rooms"), 401, NO_ADMIN, fields={"WWW-Authenticate": "Bearer"}),
        Row("admin: another token", call("GET", "/v1/admin/rooms", "Authorization: Bearer " + "x" * len(ADMIN_TOKEN)), 401, WRONG_ADMIN),
        Row("admin: a token cut short", call("GET", "/v1/admin/rooms", ADMIN[:-1]), 401, WRONG_ADMIN),
        Row("admin: a token too long", call("GET", "/v1/admin/rooms", ADMIN + "0"), 401, WRONG_ADMIN),
        Row("admin: basic", call("GET", "/v1/admin/rooms", "Authorization: Basic " + ADMIN_TOKEN), 401, NO_ADMIN),
        Row("admin: a backend's key", call("GET", "/v1/admin/rooms", BACKEND), 401, NO_ADMIN),
        Row("admin: the token in the query", call("GET", f"/v1/admin/rooms?access_token={ADMIN_TOKEN}"), 401, NO_ADMIN),
        Row("admin: the token in a cookie", call("GET", "/v1/admin/rooms", f"Cookie: token={ADMIN_TOKEN}"), 401, NO_ADMIN),
        Row("admin: no such room", call("GET", "/v1/admin/rooms/none", ADMIN), 404, 'There is no room "none".'),
        Row("admin: open no such room", call("POST", "/v1/admin/rooms/none/open", ADMIN), 404, 'There is no room "none".'),
        Row("admin: change no such room", call("PATCH", "/v1/admin/rooms/none", ADMIN, body="{}"), 404, 'There is no room "none".'),
        Row("admin: remove no such room", call("DELETE", "/v1/admin/rooms/none", ADMIN), 404, 'There is no room "none".'),
        Row("admin: draw a room of first come", call("POST", "/v1/admin/rooms/inside/draw", ADMIN), 422, 'Only a room with "order":"draw" is drawn.'),
        Row("admin: changed meanwhile", call("PATCH", "/v1/admin/rooms/inside", ADMIN, 'If-Match: "0"', body="{}"), 412, "Read it again: it is another now."),
        Row("admin: a policy too large", put(b" " * 65537), 413, LARGE, True),
        Row("admin: a policy as a form", call("PUT", ROOM, ADMIN, body="capacity=1", type="application/x-www-form-urlencoded"), 415, JSON_TYPE),
        Row("admin: a policy as a list", put("[]"), 400, OBJECT),
        Row("admin: a policy twice", put('{"capacity":1,"capacity":2}'), 400, "not JSON: a member stands twice in one object"),
        Row("admin: within a policy twice", put('{"admit":{"count":1,"count":2}}'), 400, "not JSON: a member stands twice in one object"),
        Row("metrics by proxy", call("GET", "/metrics", "X-Forwarded-For: 127.0.0.1"), 404, "Nothing is served at this address."),
    ]
)  # fmt: skip
