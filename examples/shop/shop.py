#!/usr/bin/env python3
"""A small shop that falls over when many buy at once: the backend of `make run`. Standard library only.

/        the front page, open to all
/buy     one item; behind the waiting room. Shows whom Doorward let in (X-Doorward-Ticket)
/seats   a seat map by Doorward's reservations (seats.html); behind a waiting room of its own
/sold    what was sold, newest first
"""

import argparse
import html
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

KEPT = 200
SEATS = Path(__file__).with_name("seats.html")

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>{title}</title><style>:root{{color-scheme:light dark}}
body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}}
button,a.button{{font:inherit;padding:.6rem 1.2rem;border-radius:.4rem;border:0;background:#0b57d0;color:#fff;text-decoration:none}}
code{{font-size:.85em;overflow-wrap:anywhere}}
table{{border-collapse:collapse}}td{{padding:.2rem .8rem .2rem 0}}</style>
<h1>{title}</h1>{body}</html>"""


class Till:
    """What was sold, and how many are in the shop at this moment."""

    def __init__(self):
        self.lock = threading.Lock()
        self.sold = []
        self.count = 0

    def sell(self, ticket):
        with self.lock:
            self.count += 1
            self.sold = [(self.count, ticket)] + self.sold[: KEPT - 1]
            return self.count


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    till = Till()

    def ticket(self):
        return self.headers.get("X-Doorward-Ticket", "somebody who came past the door")

    def do_GET(self):
        path = self.path.split("?")[0].rstrip("/") or "/"
        if path == "/":
            self.page("The small shop", "<p>One sale, one item, many visitors.</p>"
                      "<p><a class='button' href='/buy'>To the sale</a> &nbsp; <a class='button' href='/seats'>Seats</a>"
                      " &nbsp; <a href='/sold'>What was sold</a></p>")
        elif path == "/seats":
            self.send(SEATS.read_bytes())
        elif path == "/buy":
            self.page("You are in", f"<p>Doorward let in <code>{html.escape(self.ticket())}</code>.</p>"
                      "<form method='post' action='/buy'><button>Buy one</button></form>")
        elif path == "/buy/thanks":
            self.page("Thank you", "<p>It is yours.</p><p><a href='/sold'>What was sold</a></p>")
        elif path == "/sold":
            rows = "".join(f"<tr><td>{n}<td><code>{html.escape(who)}</code>" for n, who in self.till.sold)
            self.page(f"{self.till.count} sold", f"<table>{rows}</table><p><a href='/'>Back</a></p>")
        else:
            self.page("There is nothing here", "<p><a href='/'>To the front page</a></p>", 404)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.split("?")[0].rstrip("/") != "/buy":
            self.page("There is nothing here", "", 404)
            return
        self.till.sell(self.ticket())
        self.send_response(303)
        self.send_header("Location", "/buy/thanks")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def page(self, title, body, status=200):
        self.send(PAGE.format(title=html.escape(title), body=body).encode(), status)

    def send(self, text, status=200):
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--port", type=int, default=9000, help="0: any free one; it is printed")
    chosen = arguments.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", chosen.port), Shop)
    server.daemon_threads = True
    print(f"shop on http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
