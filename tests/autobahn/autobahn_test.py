#!/usr/bin/env python3
"""Holds the edge's WebSocket to the cases of the Autobahn test suite.

A case passes with OK, and with NON-STRICT or INFORMATIONAL as the suite itself counts them; its closing
handshake must be OK, or informational.
"""

import argparse
import subprocess
import sys
from collections import Counter

from autobahn_peer import Peer
from autobahn_suite import load_cases

PASSED = ("OK", "NON-STRICT", "INFORMATIONAL")


def run_case(address, case_class):
    peer = Peer(address)
    case = case_class(peer)
    peer.run(case)
    return case


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--echo", required=True, help="the server")
    parser.add_argument("--except", dest="excluded", default="12,13", help="groups that are left out")
    parser.add_argument("--only", default="", help="cases whose number begins so")
    args = parser.parse_args()
    server = subprocess.Popen([args.echo], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    counts = Counter()
    failures = 0
    try:
        address = ("127.0.0.1", int(server.stdout.readline()))
        for number, case_class in load_cases(args.excluded.split(",")):
            if not number.startswith(args.only):
                continue
            case = run_case(address, case_class)
            counts[case.behavior] += 1
            if case.behavior != "OK" or case.behaviorClose != "OK":
                print(f"{number}: {case.behavior} ({case.result}), close {case.behaviorClose} ({case.resultClose})")
            failures += case.behavior not in PASSED or case.behaviorClose not in PASSED
    finally:
        server.stdin.close()
        code = server.wait()
    print(f"{sum(counts.values())} cases: {dict(counts)}, {failures} failed")
    sys.exit(failures != 0 or code != 0 or not counts)


if __name__ == "__main__":
    main()
