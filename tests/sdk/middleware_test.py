#!/usr/bin/env python3
"""What the middleware of sdk/python lets through, by passes that are played. The shops of backends_test.py show the rest."""

import asyncio
import unittest

import httpx
from keys_test import ROOM, URL, Issuer

from doorward import AsgiGate, AsyncClient, Client, WsgiGate
from doorward.middleware import _is_public


class Gate(unittest.TestCase):
    """Each case holds for both: `ask` sends one request through a gate that verifies offline."""

    tenant = None

    def setUp(self):
        self.issuer = Issuer()
        self.issuer.add("first")
        self.transport = httpx.MockTransport(self.issuer.answer)
        self.good = self.issuer.sign("first")
        self.expired = self.issuer.sign("first", exp=1)

    def asgi(self, method, path, headers):
        async def shop(scope, _, send):
            said = scope.get("doorward")
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": said.ticket.encode() if said else b"public"})

        async def run():
            door = AsyncClient(URL, tenant=self.tenant, transport=self.transport, retries=0)
            gate = AsgiGate(shop, door, ROOM, public=["/health"], offline=True)
            async with httpx.AsyncClient(transport=httpx.ASGITransport(gate), base_url="http://shop") as visitor:
                return await visitor.request(method, path, headers=headers)

        return asyncio.run(run())

    def wsgi(self, method, path, headers):
        def shop(environ, start_response):
            start_response("200 OK", [])
            said = environ.get("doorward")
            return [said.ticket.encode() if said else b"public"]

        door = Client(URL, tenant=self.tenant, transport=self.transport, retries=0)
        gate = WsgiGate(shop, door, ROOM, public=["/health"], offline=True)
        with httpx.Client(transport=httpx.WSGITransport(gate), base_url="http://shop") as visitor:
            return visitor.request(method, path, headers=headers)

    def each(self, path, expected, method="GET", **headers):
        for way in (self.asgi, self.wsgi):
            with self.subTest(way=way.__name__, path=path, headers=headers):
                answer = way(method, path, headers)
                self.assertEqual(answer.status_code, expected)
                yield answer

    def is_in(self, path, **headers):
        self.assertEqual({answer.text for answer in self.each(path, 200, **headers)}, {"a" * 32})

    def is_out(self, path, expected=403, **more):
        for answer in self.each(path, expected, **more):
            self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
            self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_a_pass_is_found_where_it_may_stand(self):
        self.is_in(f"/buy?pass={self.good}")
        self.is_in("/buy", Cookie=f"a=b; doorward_pass_sale={self.good}")
        self.is_in("/buy", Cookie=f"__Host-doorward_pass_sale={self.good}")
        self.is_in("/buy", Authorization=f"Bearer {self.good}")
        self.is_in("/buy", Authorization="Bearer of-the-user", Cookie=f"doorward_pass_sale={self.good}")

    def test_a_tenants_pass_is_found_under_the_tenants_name(self):
        self.tenant = "acme"
        mine = self.issuer.sign("first", aud="acme/sale")
        for name in ("doorward_pass_acme~sale", "__Host-doorward_pass_acme~sale"):
            self.is_in("/buy", Cookie=f"a=b; doorward_pass_sale={self.good}; {name}={mine}")
        self.is_out("/buy", Cookie=f"doorward_pass_sale={mine}")
        self.is_out("/buy", Cookie=f"doorward_pass_acme~sale={self.good}")

    def test_everybody_else_stays_out(self):
        self.is_out("/buy")
        self.is_out(f"/buy?pass={self.expired}")
        self.is_out("/buy", Cookie=f"doorward_pass_other={self.good}")
        self.is_out("/buy", method="OPTIONS")
        for answer in self.each("/buy", 403, method="HEAD"):
            self.assertEqual(answer.content, b"")

    def test_public_paths_are_whole_segments(self):
        for path in ("/health", "/health/live"):
            self.assertEqual({answer.text for answer in self.each(path, 200)}, {"public"})
        self.is_out("/healthy")

    def test_the_landing_page_is_public_alone(self):
        for public in (("/",), ("",), ("", "/"), ("//",)):
            self.assertFalse(_is_public("/buy", public), public)
        self.assertTrue(_is_public("/", ["/"]))
        self.assertTrue(_is_public("/static/a.css", ["/", "/static/"]))

    def test_while_no_key_is_known_nobody_gets_in(self):
        self.issuer.is_away = True
        for answer in self.each(f"/buy?pass={self.good}", 503):
            self.assertEqual(answer.headers["Retry-After"], "1")

    def test_a_socket_without_a_pass_is_closed_before_it_opens(self):
        sent = []

        async def run():
            async def receive():
                return {"type": "websocket.connect"}

            async def send(message):
                sent.append(message)

            scope = {"type": "websocket", "path": "/live", "headers": [], "query_string": b""}
            await AsgiGate(None, AsyncClient(URL), ROOM)(scope, receive, send)

        asyncio.run(run())
        self.assertEqual(sent, [{"type": "websocket.close", "code": 1008}])


if __name__ == "__main__":
    unittest.main(verbosity=2)
