#!/usr/bin/env python3
"""What docs/rooms.md says of a presale, staff and monitoring, tried on a started server."""

import hashlib
import json
import sys
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "bad_input")]
from doorward import Server  # noqa: E402
from signing import RsaKey, soon, token  # noqa: E402

KEY = "a-key-of-the-shop-0123456789"
JOIN = "/.doorward/v1/rooms/sale/tickets"
PATIENCE = 30


class Shop(BaseHTTPRequestHandler):
    """`/fan-club` takes a place for a member, and hands it over as the page says; all else says what it was told."""

    protocol_version = "HTTP/1.1"
    door = None

    def do_GET(self):
        if self.path == "/fan-club":
            answer = self.door.call("POST", JOIN, {"subject": "member-4711", "lane": "gold"}, headers={"X-Api-Key": KEY})[2]
            self.send_response(303)
            self.send_header("Set-Cookie", f"doorward_ticket_sale={answer['token']}; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax")
            self.send_header("Location", "/buy/1")
            body = b""
        else:
            self.send_response(200)
            body = f"shop {self.path} {self.headers.get('X-Doorward-Ticket', '-')}".encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def config(port, jwks):
    return f"""
identity:
  api_keys: [{{ name: shop, sha256: {hashlib.sha256(KEY.encode()).hexdigest()} }}]
  issuers: [{{ issuer: https://id.example, jwks_file: {jwks}, lane_claim: tier }}]
upstreams: {{ shop: "http://127.0.0.1:{port}" }}
rooms:
  sale:
    capacity: 1
    lanes: [{{ name: normal, share: 1 }}, {{ name: gold, share: 1000 }}]
routes:
  - {{ path: /buy/health, upstream: shop }}
  - {{ host: staff.shop.example, path: /buy/**, upstream: shop }}
  - {{ host: other.shop.example, upstream: shop }}
  - {{ path: /buy/**, room: sale, upstream: shop }}
  - {{ path: /**, upstream: shop }}
"""


class LanesTest(unittest.TestCase):
    def setUp(self):
        self.shop = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
        self.shop.daemon_threads = True
        threading.Thread(target=self.shop.serve_forever, daemon=True).start()
        self.key = RsaKey()
        self.door = Server(config="{}")
        jwks = self.door.folder / "jwks.json"
        jwks.write_text(json.dumps({"keys": [self.key.jwk("k")]}))
        (self.door.folder / "doorward.yaml").write_text(config(self.shop.server_port, jwks))
        Shop.door = self.door.start()
        self.inside = self.get("/buy/1")[2].split()[-1]

    def tearDown(self):
        self.door.__exit__(None, None, None)
        self.shop.shutdown()
        self.shop.server_close()

    def get(self, path, method="GET", **headers):
        return self.door.call(method, path, headers=headers)

    def jwt(self, subject, **claims):
        said = {"iss": "https://id.example", "sub": subject, "exp": soon(), **claims}
        return {"Authorization": "Bearer " + token(self.key, {"alg": "RS256", "kid": "k"}, said)}

    def finish(self, ticket):
        status, _, answer = self.door.call("DELETE", f"/.doorward/v1/sessions/{ticket}", headers={"X-Api-Key": KEY})
        self.assertEqual(status, 204, answer)

    def test_a_backend_takes_a_place_in_a_lane_and_hands_it_over_as_a_cookie(self):
        self.assertEqual(self.get("/buy/1")[0], 429)  # of the lane `normal`, and first
        status, headers, _ = self.get("/fan-club")
        self.assertEqual((status, headers["Location"]), (303, "/buy/1"))
        cookie = headers["Set-Cookie"].split(";")[0]
        status, _, waiting = self.get("/buy/1", Cookie=cookie)
        self.assertEqual((status, waiting["state"], waiting["position"]), (429, "waiting", 1))
        self.assertEqual(self.get("/buy/1", Cookie="__Host-" + cookie)[2]["ticket"], waiting["ticket"])
        again = self.get("/fan-club")[1]["Set-Cookie"].split(";")[0]
        self.assertEqual(self.get("/buy/1", Cookie=again)[2]["ticket"], waiting["ticket"])

        self.finish(self.inside)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            status, _, answer = self.get("/buy/1", Cookie=cookie)
            if status == 200:
                break
        self.assertEqual((status, answer), (200, f"shop /buy/1 {waiting['ticket']}"))

    def test_a_visitor_cannot_name_a_lane(self):
        self.assertEqual(self.door.call("POST", JOIN, {"lane": "gold"})[0], 403)

    def test_a_claim_names_the_lane(self):
        self.assertEqual(self.get("/buy/1")[0], 429)
        status, headers, ticket = self.door.call("POST", JOIN, headers=self.jwt("fan", tier="gold"))
        self.assertEqual((status, ticket["position"], headers["Set-Cookie"]), (201, 1, None))
        status, _, same = self.get("/buy/1", **self.jwt("fan", tier="gold"))
        self.assertEqual((status, same["ticket"]), (429, ticket["ticket"]))
        self.assertEqual(self.get("/buy/1", **self.jwt("guest"))[2]["position"], 2)
        # Her claim is for other rooms than this.
        self.assertEqual(self.get("/buy/1", **self.jwt("stranger", tier="platinum"))[2]["position"], 3)
        self.assertIn("a user's token names a lane that its room does not have", self.door.errors())

    def test_staff_and_a_monitor_pass_by_a_more_specific_route_without_a_room(self):
        self.assertEqual(self.get("/buy/health")[2], "shop /buy/health -")
        self.assertEqual(self.get("/buy/1", Host="staff.shop.example")[2], "shop /buy/1 -")
        self.assertEqual(self.get("/buy/1", Host="other.shop.example")[0], 429)  # the path counts before the host
        self.assertEqual(self.get("/buy/1", **{"X-Api-Key": KEY})[0], 429)

    def test_a_monitor_takes_a_place_by_get_and_none_by_head(self):
        self.assertEqual(self.get("/buy/1", "HEAD")[0], 429)
        self.assertEqual(self.get("/.doorward/v1/rooms/sale")[2]["waiting"], 0)
        self.assertEqual(self.get("/buy/1")[0], 429)
        self.assertEqual(self.get("/.doorward/v1/rooms/sale")[2]["waiting"], 1)


if __name__ == "__main__":
    unittest.main()
