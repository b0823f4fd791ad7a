#!/usr/bin/env python3
"""Starts Doorward with a compatible system's example, and sends it the visitors of that system's locustfile."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "support"))
from doorward import Server, cpu_seconds  # noqa: E402


def wait_queue(visitors):
    active = max(10, visitors // 5)
    # A session is used at once after its pass, also where the machine stands still for a while; and a window has no edge.
    variables = {"MAX_ACTIVE": str(active), "ROUND": "1s", "ACTIVE_TTL": "6s", "RATE_ALGORITHM": "sliding_window", "RATE_WINDOW": "1h"}
    return variables, {"DOORWARD_TEST_ACTIVE": str(active), "DOORWARD_TEST_ROUND": "1"}


def train_reservation(visitors):
    tickets = max(1, visitors // 50)
    return {"TICKETS": str(tickets)}, {"DOORWARD_TEST_TICKETS": str(tickets)}


SYSTEMS = {"wait_queue": wait_queue, "train_reservation": train_reservation}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("system", choices=SYSTEMS)
    parser.add_argument("--visitors", type=int, default=500)
    options = parser.parse_args()
    variables, told = SYSTEMS[options.system](options.visitors)
    example = (ROOT / "examples" / f"{options.system.replace('_', '-')}.yaml").read_text()
    with Server(example + "limits: { connections_per_address: 10000 }\n", environment=variables) as server:
        command = [
            sys.executable, "-m", "locust", "-f", str(HERE / f"{options.system}_locustfile.py"), "--headless",
            "--only-summary", "--host", f"http://127.0.0.1:{server.port}", "--users", str(options.visitors),
            "--spawn-rate", str(max(50, options.visitors // 8)), "--run-time", "20m", "--stop-timeout", "30",
        ]  # fmt: skip
        environment = {**os.environ, **told, "DOORWARD_TEST_VISITORS": str(options.visitors)}
        code = subprocess.run(command, env=environment, timeout=1500).returncode
        print(f"server: {cpu_seconds(server.process.pid):.2f} CPU seconds")
        assert server.stop() == 0, server.errors()
    if code:
        sys.exit(code)
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
