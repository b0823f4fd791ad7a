#!/usr/bin/env python3
"""Sends malformed requests and holds the answer of each to its table; the server must outlive them all."""

import argparse
import sys

import calls
import framing
import gate
import tokens
import upgrades
from rows import Row
from stage import Stage
from wire import Client

AFTER = b"GET /.doorward/health/live HTTP/1.1\r\nHost: api.example\r\n\r\n"


def all_rows():
    return [*framing.ROWS, *gate.ROWS, *calls.ROWS, *tokens.ROWS, *upgrades.ROWS]


def compare(row, answer):
    """What is wrong with the answer."""
    if answer is None:
        return ["no answer"]
    wrong = [] if answer.status == row.status else [f"status {answer.status}, not {row.status}"]
    is_problem = (answer.field("Content-Type") or "") == "application/problem+json"
    if is_problem and answer.body:
        problem = answer.json()
        if problem["status"] != answer.status:
            wrong.append(f"the problem says {problem['status']}")
        if problem.get("detail") != row.detail:
            wrong.append(f"detail {problem.get('detail')!r}, not {row.detail!r}")
    elif row.detail is not None:
        wrong.append("no problem+json")
    for name, value in row.fields.items():
        if answer.field(name) != value:
            wrong.append(f"{name}: {answer.field(name)!r}, not {value!r}")
    for name, value in row.members.items():
        if answer.json().get(name, "") != value:
            wrong.append(f"member {name} {answer.json().get(name)!r}, not {value!r}")
    return wrong


def run(stage, row: Row):
    request = row.request(stage) if callable(row.request) else row.request
    before = len(stage.backend.seen())
    with Client(stage.server.port) as client:
        answer = client.ask(request)
        try:
            wrong = compare(row, answer)
        except ValueError as fault:
            wrong = [f"the answer is no JSON: {fault}"]
        if answer is not None and row.closed:
            if answer.field("Connection") != "close" or not client.ended():
                wrong.append("the connection was kept")
        elif answer is not None and answer.status != 101:
            after = client.ask(AFTER)
            if after is None or after.status != 200:
                wrong.append(f"the connection was not kept: {after}")
    if len(stage.backend.seen()) != before:
        wrong.append(f"the backend was sent {stage.backend.seen()[-1].head!r}")
    return wrong, answer


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", default="", help="rows whose name has this")
    arguments.add_argument("--show", action="store_true", help="print every answer")
    options = arguments.parse_args()
    rows = [row for row in all_rows() if options.only in row.name]
    names = [row.name for row in rows]
    failed = len(names) - len(set(names))
    with Stage() as stage:
        for row in rows:
            wrong, answer = run(stage, row)
            if wrong or options.show:
                print(f"{'WRONG' if wrong else 'right'} {row.name}: {'; '.join(wrong)}\n      {answer}")
            failed += bool(wrong)
            if not stage.is_alive():
                print(f"the server is gone:\n{stage.server.errors()}")
                return 1
        faults = stage.backend.faults
        for fault, head in faults:
            print(f"the backend was sent {fault}: {head!r}")
        if stage.server.stop() != 0:
            print("the server did not end well")
            failed += 1
    print(f"{len(rows)} requests, {failed} wrong answers")
    return 1 if failed or faults else 0


if __name__ == "__main__":
    sys.exit(main())
