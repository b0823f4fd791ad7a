#!/usr/bin/env python3
"""What one CPU-second answers of a limited endpoint, beside nginx with `limit_req`: nearly all passed, then nearly all refused.

Doorward is the whole program as it is shipped, one loop: client address, request id, routes, the rule (a token bucket for
each address), metrics and live statistics. It answers `GET /api/data` by itself, in two forms: with the fields of a limit that
it sends unless told otherwise, and without them (`headers: none`), as nginx has none. nginx is one worker and has `limit_req`
for each address, in three forms:

* `return 200` in the location of `limit_req`, as one would write it. nginx answers `return` before it comes to `limit_req`: it
  limits nothing, and so does not take part where requests are to be refused.
* limit_req, then 200: refused by `deny all` after `limit_req`, and answered by `return 200` in the place of that error, which
  asks the limit of every request and reads no file.
* the same, with the fields that Doorward's answer has and nginx can tell: a request id, `Cache-Control` and `RateLimit-Policy`;
  refused, `Retry-After` too, and a body of the same text in the place of nginx's page.

Each form of Doorward is held against the form of nginx that sends nearly what it sends: telling a client of its limit is work
beside the counting, and nginx's limit tells nothing. Doorward without the fields sends still a request id
and `Cache-Control`, which nginx's second form does not.

Neither writes a log of requests. Requests are small GETs on kept connections, one at a time on each; wrk sends them. The figure is
requests per CPU-second (user and system time) of the answering process, the median of the runs, which alternate so that all see
the same machine. With `--check` the script fails where Doorward's is the lower one of a pair.
"""

import argparse
import http.client
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))
from nginx import Nginx, wrk  # noqa: E402

from doorward import Server  # noqa: E402

PATH = "/api/data"
CONFIG = """
threads: 1
rules:
  api:
    match: {{ paths: [/api/**] }}
    quotas: [{{ limit: {rate}, window: 1s, algorithm: token_bucket }}]
    {headers}
"""
BODY = '{{"data":"This is protected data","timestamp":"2026-01-31T08:00:00.000Z"}}'
NGINX = f"""
  limit_req_zone $binary_remote_addr zone=api:10m rate={{rate}}r/s; limit_req_status 429;
  server {{{{ listen 127.0.0.1:{{port}}; default_type application/json; {{fields}}
    location /early {{{{ limit_req zone=api burst={{rate}} nodelay; return 200 '{BODY}'; }}}}
    location / {{{{ limit_req zone=api burst={{rate}} nodelay; deny all; error_page 403 =200 @answer; {{refusal}} }}}}
    location @answer {{{{ return 200 '{BODY}'; }}}}
    {{more}}
  }}}}
"""
FIELDS = """
  add_header X-Request-Id $request_id always; add_header Cache-Control no-store always;
  add_header RateLimit-Policy '"api";q={rate};w=1' always;
"""
REFUSAL = (
    '{{"title":"Request cannot be satisfied as assigned quota has been exceeded","status":429,"detail":"The limit api allows '
    '{rate} in 1s. Try again in 1 s.","type":"https://iana.org/assignments/http-problem-types#quota-exceeded",'
    '"violated-policies":["api"]}}'
)
REFUSED = f"""
  location @refused {{{{ default_type application/problem+json; {FIELDS} add_header Retry-After 1 always; return 429 '{REFUSAL}'; }}}}
"""
PLENTY, LITTLE = 1_000_000, 100
OWN, BARE = "doorward", "doorward, headers: none"
EARLY, ASKED, LIKE = "nginx, return 200", "nginx, limit_req, then 200", "nginx, the same with like fields"
PAIRS = ((OWN, LIKE), (BARE, ASKED))


def head(port, path, refuses):
    """What is answered, in few words: the first answer, or the first refusal."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(10 * LITTLE):
        connection.request("GET", path)
        answer = connection.getresponse()
        if not refuses or answer.status == 429:
            break
        answer.read()
    return f"{answer.status} " + ", ".join(name for name, _ in answer.getheaders()) + f"; {len(answer.read())} bytes"


def measure(rate, options):
    """The figures of each by name."""
    refuses = rate == LITTLE
    with tempfile.TemporaryDirectory(prefix="doorward-bench-") as folder:
        plain = Nginx(folder, "plain", NGINX, rate=rate, fields="", more="", refusal="")
        values = {"fields": FIELDS.format(rate=rate), "refusal": "error_page 429 @refused;", "more": REFUSED.format(rate=rate)}
        like = Nginx(folder, "like", NGINX, rate=rate, **values)
        try:
            with (
                Server(CONFIG.format(rate=rate, headers="")) as server,
                Server(CONFIG.format(rate=rate, headers="headers: none")) as bare,
            ):
                peers = {
                    OWN: (server.port, server.process.pid, PATH),
                    BARE: (bare.port, bare.process.pid, PATH),
                    ASKED: (plain.port, plain.worker(), "/"),
                    LIKE: (like.port, like.worker(), "/"),
                }
                if not refuses:
                    peers[EARLY] = (plain.port, plain.worker(), "/early")
                for name, (port, _, path) in peers.items():
                    print(f"  {name}: {head(port, path, refuses)}")
                figures = {name: [] for name in peers}
                for run in range(-1, options.runs):
                    for name, peer in peers.items():
                        figure, refused = wrk(*peer, options.clients, options.seconds if run >= 0 else 1)
                        assert refused > 0.9 if refuses else refused == 0, f"{name}: {refused:.0%} refused"
                        if run >= 0:
                            figures[name].append(figure)
        finally:
            plain.stop()
            like.stop()
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--check", action="store_true", help="fail where nginx answers more")
    options = parser.parse_args()
    lost = False
    for rate, what in ((PLENTY, "passed"), (LITTLE, "refused")):
        print(f"nearly all {what}, {options.clients} clients:")
        figures = measure(rate, options)
        middle = {name: statistics.median(runs) for name, runs in figures.items()}
        for name, runs in figures.items():
            beside = "" if name in (OWN, BARE) else f", doorward {middle[OWN] / middle[name]:.2f} times that"
            print(f"  {name:34}{middle[name]:10,.0f} requests per CPU-second ({min(runs):,.0f} to {max(runs):,.0f}){beside}")
        for own, peer in PAIRS:
            print(f"  {own}: {middle[own] / middle[peer]:.2f} times {peer}")
            lost = lost or middle[own] < middle[peer]
    return 1 if options.check and lost else 0


if __name__ == "__main__":
    sys.exit(main())
