#!/usr/bin/env python3
"""What passes through the proxy: framing with one reading only, nothing pretended, nothing split, strict answers."""

import unittest

from attack import Attack, eventually
from rows import call, get
from stage import ADMIN_TOKEN
from wire import Client

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n"

# Requests that are right, or nearly; whatever reaches the backend must be one message each.
TRICKS = [
    ("a request for a body", get("/t", f"Content-Length: {len(SMUGGLED)}", method="POST", body=SMUGGLED)),
    ("a request in a chunk", get("/t", "Transfer-Encoding: chunked", method="POST", body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED))),
    ("a body of GET", get("/t", f"Content-Length: {len(SMUGGLED)}", body=SMUGGLED)),
    ("a chunked body of GET", get("/t", "Transfer-Encoding: chunked", body=b"1\r\na\r\n0\r\n\r\n")),
    ("a chunked body of DELETE", get("/t", "Transfer-Encoding: chunked", method="DELETE", body=b"0\r\n\r\n")),
    ("length named hop-by-hop", get("/t", "Content-Length: 3", "Connection: Content-Length", method="POST", body=b"abc")),
    ("coding named hop-by-hop", get("/t", "Transfer-Encoding: chunked", "Connection: Transfer-Encoding", method="POST", body=b"3\r\nabc\r\n0\r\n\r\n")),
    ("host named hop-by-hop", get("/t", "Connection: Host, X-Forwarded-For, Forwarded")),
    ("length with zeros", get("/t", "Content-Length: 0003", method="POST", body=b"abc")),
    ("coding in capitals", get("/t", "Transfer-Encoding: CHUNKED", method="POST", body=b"3\r\nabc\r\n0\r\n\r\n")),
    ("coding between blanks", get("/t", "Transfer-Encoding: \t chunked \t", method="POST", body=b"3\r\nabc\r\n0\r\n\r\n")),
    ("coding after a comma", get("/t", "Transfer-Encoding: , chunked", method="POST", body=b"0\r\n\r\n")),
    ("coding by underscore", get("/t", "Transfer_Encoding: chunked", "Content-Length: 3", method="POST", body=b"abc")),
    ("length by underscore", get("/t", "Content_Length: 99", "Content-Length: 3", method="POST", body=b"abc")),
    ("extensions", get("/t", "Transfer-Encoding: chunked", method="POST", body=b"3;a=\"b\";c\r\nabc\r\n0;x\r\n\r\n")),
    ("zeros before a size", get("/t", "Transfer-Encoding: chunked", method="POST", body=b"0000003\r\nabc\r\n000\r\n\r\n")),
    ("framing in trailers", get("/t", "Transfer-Encoding: chunked", "TE: trailers", method="POST",
                                body=b"3\r\nabc\r\n0\r\nContent-Length: 9\r\nTransfer-Encoding: x\r\nX-User-Id: 1\r\nX_User_Id: 1\r\nX-Doorward-Room: x\r\nHost: y\r\nX-Sum: 1\r\n\r\n")),
    ("another host in the address", get("http://shop.example/t", host="Host: other.example")),
    ("the method's own name", get("/t", method="GET/t")),
    ("an upgrade to h2c", get("/t", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")),
    ("100-continue without a body", get("/t", "Expect: 100-continue")),
    ("keep-alive of its own", get("/t", "Keep-Alive: timeout=1", "Proxy-Connection: close", "Connection: keep-alive")),
    ("a value of tabs", get("/t", "X-A: \t\t\t")), ("an empty value", get("/t", "X-A:")), ("latin letters", get("/t", "X-A: \xe9\xff")),
]  # fmt: skip

# What the backend is sent for a target: RFC 3986's characters as they came, all others escaped once, nothing unescaped.
TARGETS = [
    ("/t/{a|b}?q=\"<x>^`\\[1]", "/t/%7Ba%7Cb%7D?q=%22%3Cx%3E%5E%60%5C%5B1%5D"), ("/t?a={\"b\":1}&c[]=2", "/t?a=%7B%22b%22:1%7D&c%5B%5D=2"),
    ("/t/%2562uy?a=%2562", "/t/%2562uy?a=%2562"), ("/t/%62?%62", "/t/%62?%62"), ("/t/!$&'()*+,;=:@-._~?/?", "/t/!$&'()*+,;=:@-._~?/?"),
    ("http://shop.example/t/{a}", "/t/%7Ba%7D"),
]  # fmt: skip


class Smuggling(Attack):
    def test_a_target_reaches_the_backend_in_its_one_form(self):
        for target, sent in TARGETS:
            with self.subTest(target), Client(self.port) as client:
                self.assertEqual(client.ask(get(target)).status, 200)
                self.assertEqual(self.stage.backend.seen()[-1].line, f"GET {sent} HTTP/1.1")

    def test_what_reaches_the_backend_has_one_reading(self):
        for name, request in TRICKS:
            with self.subTest(name), Client(self.port, timeout=30) as client:
                before = len(self.stage.backend.seen())
                client.send(request + get("/after"))
                answers = [client.answer()]
                while answers[-1] is not None and answers[-1].field("Connection") != "close" and len(answers) < 2:
                    answers.append(client.answer())
                self.assertTrue(eventually(lambda: len(self.stage.backend.seen()) - before >= sum(a is not None and a.status == 200 for a in answers)))
                lines = [seen.line for seen in self.stage.backend.seen()[before:]]
                self.assertNotIn("GET /smuggled HTTP/1.1", lines)
                self.assertEqual(len(lines), sum(a is not None and a.status == 200 for a in answers), (lines, answers))
                self.assertEqual(self.stage.backend.faults, [])
                for seen in self.stage.backend.seen()[before:]:
                    names = [field.lower().replace("_", "-") for field, _ in seen.fields]
                    self.assertFalse({"x-user-id", "keep-alive", "proxy-connection", "http2-settings", "upgrade"} & set(names), seen.head)
                    for once in ("host", "x-forwarded-for", "x-request-id", "content-length", "transfer-encoding"):
                        self.assertLessEqual(names.count(once), 1, seen.head)

    def test_what_visitors_pretend_never_reaches_the_backend(self):
        pretended = {
            "X-Doorward-Room": "x", "X-Doorward-Ticket": "1", "x-doorward-anything": "1", "X_Doorward_Ticket": "1", "X-Doorward_Room": "x", "X-User-Id": "admin", "X_User_Id": "admin",
            "X-User-Type": "admin", "X-Original-URL": "/x", "X-Rewrite-URL": "/x", "X-HTTP-Method-Override": "PUT", "X-HTTP-Method": "PUT", "X_Method-Override": "PUT", "X-Forwarded-For": "10.0.0.1", "X_Forwarded_For": "10.0.0.1", "X-Real-IP": "10.0.0.1",
            "Forwarded": "for=10.0.0.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "1", "X-Forwarded-Prefix": "/x", "X-Request-Id": "mine",
        }  # fmt: skip
        with Client(self.port) as client:
            answer = client.ask(get("/in/x", *[f"{name}: {value}" for name, value in pretended.items()]))
        self.assertEqual((answer.status, answer.body), (200, b"backend"))
        seen = self.stage.backend.seen()[-1]
        self.assertEqual(seen.all("X-Doorward-Room"), ["inside"])
        self.assertEqual(seen.all("X-Forwarded-For"), ["127.0.0.1"])
        self.assertEqual(seen.all("X-Forwarded-Host"), ["shop.example"])
        self.assertEqual(seen.all("X-Forwarded-Proto"), ["http"])
        names = [name.lower() for name, _ in seen.fields]
        self.assertEqual([name for name in names if "_" in name], [])
        for gone in ("x-user-id", "x-user-type", "x-original-url", "x-rewrite-url", "x-http-method-override", "x-http-method", "x-method-override", "x-real-ip", "x-forwarded-port", "x-forwarded-prefix", "x-doorward-anything"):
            self.assertNotIn(gone, names)
        self.assertNotIn(b"10.0.0.1", seen.head)
        self.assertNotIn(b"mine", seen.head)

    def test_the_admin_token_never_reaches_the_backend(self):
        before = len(self.stage.backend.seen())
        with Client(self.port) as client:
            answer = client.ask(get("/v1/admin/rooms", f"Authorization: Bearer {ADMIN_TOKEN}"))
        self.assertEqual(answer.status, 421)
        self.assertIn("/.doorward/v1/admin", answer.json()["detail"])
        self.assertEqual(len(self.stage.backend.seen()), before)

    def test_a_preflight_is_the_backends_and_takes_no_place(self):
        with Client(self.port) as client:
            answer = client.ask(get("/buy/x", "Origin: https://app.example", "Access-Control-Request-Method: POST", method="OPTIONS"))
        self.assertEqual((answer.status, answer.body), (200, b"backend"))
        self.assertIsNone(answer.field("Set-Cookie"))

    def test_a_cookie_bomb_costs_nothing(self):
        bomb = "Cookie: " + "; ".join(f"doorward_pass_inside{i}=a.b.c" for i in range(900))
        with Client(self.port) as client:
            self.assertIn(client.ask(get("/in/x", bomb)).status, (200, 431))
        with Client(self.port) as client:
            self.assertEqual(client.ask(get("/in/x", bomb * 3)).status, 431)
        same = "Cookie: " + "; ".join("doorward_device=a.b.c" for _ in range(900))
        with Client(self.port) as client:
            self.assertEqual(client.ask(get("/buy/x", same)).status, 429)

    def test_no_answer_is_split(self):
        for target in ("/buy/%0d%0aSet-Cookie:%20a=b", "/buy/x?a=%0d%0aX:%20y", "/in/%0aX:y"):
            with Client(self.port) as client:
                answer = client.ask(get(target, "Accept: text/html"))
            self.assertIsNone(answer.field("X"))
            self.assertFalse(any("a=b" in value for _, value in answer.fields))


# What a broken or hostile backend may answer, and what the visitor must get.
ANSWERS = [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 502),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 502),
    (b"HTTP/1.1 200 OK\r\nX-A: b\nX-B: c\r\nContent-Length: 0\r\n\r\n", 502),
    (b"HTTP/1.1 200 OK\r\nX-A: b\0\r\nContent-Length: 0\r\n\r\n", 502),
    (b"HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 0\r\n\r\n", 502),
    (b"HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 0\r\n\r\n", 502),
    (b"HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n", 502),
    (b"HTTP/1.1 1000 High\r\nContent-Length: 0\r\n\r\n", 502),
    (b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", 502),
    (b"SSH-2.0-OpenSSH\r\n\r\n", 502),
    (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", 502),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", 502),
    (b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"b" * 100_000 + b"\r\n\r\n", 502),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", 200),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Doorward-Room: x\r\nKeep-Alive: 1\r\nConnection: X-Mine\r\nX-Mine: 1\r\n\r\n", 200),
    (b"HTTP/1.1 204 No\r\nContent-Length: 4\r\n\r\nevil", 204),
    (b"HTTP/1.1 304 No\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n", 304),
]  # fmt: skip


class HostileBackend(Attack):
    def test_its_answers_are_read_strictly(self):
        for bytes_, status in ANSWERS:
            with self.subTest(bytes_[:80]), Client(self.port, timeout=30) as client:
                self.stage.backend.answer = bytes_
                answer = client.ask(get("/open/x"))
                self.assertEqual(answer.status, status, answer)
                if status == 502:
                    self.assertEqual(answer.json()["status"], 502)
                if status == 200:
                    self.assertNotIn(b"evil", answer.body)
                    self.assertIsNone(answer.field("X-Mine"))
                self.stage.backend.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine"
                with Client(self.port) as other:
                    self.assertEqual(other.ask(get("/open/y")).body, b"mine")


class BehindAProxy(Attack):
    EXTRA = "trusted_proxies: 127.0.0.1\n"

    def backend_sees(self, *fields):
        with Client(self.port) as client:
            self.assertEqual(client.ask(get("/open/x", *fields)).status, 200)
        return self.stage.backend.seen()[-1]

    def test_rubbish_in_forwarding_fields_is_not_passed_on_as_truth(self):
        for line in ("X-Forwarded-For: ", "X-Forwarded-For: ,,,", "X-Forwarded-For: unknown", "X-Forwarded-For: 1.2.3.4.5", "X-Forwarded-For: <script>", "X-Forwarded-For: " + "1.1.1.1," * 3000,
                     "X-Forwarded-Host: a b", "X-Forwarded-Host: evil/..", "X-Forwarded-Proto: gopher", "Forwarded: for=1.1.1.1;host=\"a\\\"b\""):  # fmt: skip
            with self.subTest(line[:40]):
                seen = self.backend_sees(line)
                self.assertIn(seen.all("X-Forwarded-Proto"), (["http"], []))
                self.assertEqual(len(seen.all("X-Forwarded-For")), 1, seen.head)
                self.assertRegex(seen.all("X-Forwarded-For")[0], r"(^|, )(127\.0\.0\.1|1\.1\.1\.1)$")
                self.assertEqual(seen.all("X-Forwarded-Host"), ["shop.example"])

    def test_a_forwarded_that_cannot_be_read_is_refused(self):
        for line in ('Forwarded: for="', "Forwarded: ;;;,=,"):
            with self.subTest(line), Client(self.port) as client:
                before = len(self.stage.backend.seen())
                self.assertEqual(client.ask(get("/open/x", line)).status, 400)
                self.assertEqual(len(self.stage.backend.seen()), before)

    def test_an_underscore_does_not_make_a_second_truth(self):
        seen = self.backend_sees("X-Forwarded-For: 192.0.2.1", "X_Forwarded_For: 10.0.0.1", "X-Forwarded_Host: evil.example")
        self.assertNotIn(b"10.0.0.1", seen.head)
        self.assertNotIn(b"evil", seen.head)

    def test_a_host_that_a_proxy_passes_on_does_not_choose_the_route(self):
        with Client(self.port) as client:
            answer = client.ask(get("/buy/x", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Host: other.example"))
        self.assertEqual(answer.status, 429)

    def test_admin_calls_are_not_taken_here(self):
        answer = self.stage.control.ask(call("GET", "/v1/admin/rooms", f"Authorization: Bearer {ADMIN_TOKEN}"))
        self.assertEqual((answer.status, answer.json()["type"]), (403, "urn:doorward:problem:admin-elsewhere"))


BOTH = ["X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.2"]


class BehindAProxyThatSetsOne(Attack):
    """The other came from the visitor and was passed on by a proxy that does not know it."""

    def client(self, extra):
        with self.stage_with(extra) as stage:
            with Client(stage.server.port) as client:
                self.assertEqual(client.ask(get("/open/x", *BOTH)).status, 200)
            return stage.backend.seen()[-1].all("X-Forwarded-For")[0].split(",")[0]

    def test_the_one_that_is_configured_is_believed(self):
        self.assertEqual(self.client(""), "192.0.2.1")
        self.assertEqual(self.client("forwarding_header: x-forwarded\n"), "192.0.2.1")
        self.assertEqual(self.client("forwarding_header: forwarded\n"), "192.0.2.2")

    def stage_with(self, extra):
        return type(self.stage)("trusted_proxies: 127.0.0.1\n" + extra)


if __name__ == "__main__":
    unittest.main(verbosity=2)
