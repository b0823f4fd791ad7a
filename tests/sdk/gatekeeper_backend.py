#!/usr/bin/env python3
"""The shop of gatekeeper_story_test.mjs: its page, and a checkout that verifies and finishes by the Python library.

Reads DOORWARD_URL and BUSINESS_ID, and prints its port.
"""

import html
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "sdk" / "python"))
from doorward import gatekeeper  # noqa: E402

URL, BUSINESS = os.environ["DOORWARD_URL"], os.environ["BUSINESS_ID"]
PAGE = f"""<!doctype html><title>Queue</title><output id=place></output>
<script type=module>
  import {{ configure, enqueue, waitUntilReady, redirect }} from "/gatekeeper.js";
  configure({{ url: "{URL}", businessId: "{BUSINESS}" }});
  const show = (position) => {{ document.getElementById("place").textContent = "place " + position; }};
  try {{
    show((await enqueue(new URLSearchParams(location.search).get("user"))).position);
    await waitUntilReady({{ onPosition: show }});
    redirect("/checkout");
  }} catch (error) {{ document.title = "Error: " + error.type; }}
</script>"""


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = urlsplit(self.path)
        if asked.path in ("/doorward.js", "/gatekeeper.js"):
            return self.say(200, (ROOT / "sdk" / "js" / asked.path[1:]).read_text(), "text/javascript")
        if asked.path == "/checkout":
            return self.checkout(parse_qs(asked.query).get("jwt", [""])[0])
        return self.say(200, PAGE) if asked.path == "/" else self.say(404, "")

    def do_POST(self):
        jwt = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).get("jwt", [""])[0]
        if not gatekeeper.verify(jwt):
            return self.say(403, "<title>Refused</title>")
        return self.say(200, f"<title>{'Sold' if gatekeeper.finish(jwt) else 'Late'}</title>")

    def checkout(self, jwt):
        if not gatekeeper.verify(jwt):
            return self.say(403, "<title>Refused</title>")
        field = f'<input type=hidden name=jwt value="{html.escape(jwt)}">'
        return self.say(200, f"<title>Checkout</title><form method=post action=/checkout>{field}<button>Buy</button></form>")

    def say(self, status, text, kind="text/html; charset=utf-8"):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


gatekeeper.configure(URL, BUSINESS)
server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
