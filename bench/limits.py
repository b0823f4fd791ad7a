#!/usr/bin/env python3
"""Decisions of rate limits per second on one core, in process, with bytes per key; beside throttlecrab's library.

Both do the same work: 10 calls a second and 10 at once for each key, every key seen each 50 ms, one thread, keys read in the
order in which they lie in memory but first seen in another. Time is processor time, the figure the median of the runs.

* `decide`: one call after the other, the key's 128-bit hash at hand.
* `decide each`: batches of 64, as a check of many keys or a pipeline of commands makes them.
* `hash and decide`: one call after the other from the key's text, with the keyed hash (SipHash) that Doorward uses.
* throttlecrab takes the key's text and hashes it (ahash), has no lock, and is told how many keys will come. Of its stores the
  quicker one counts; the third, ProbabilisticStore, is slower by an order with a million keys and left out.

throttlecrab is built by cargo (1.85 or newer) from bench/peers/throttlecrab; without cargo it is left out. With `--check` the
script fails where a figure misses its aim: 10 million decisions/s with a million keys by token bucket and GCRA in batches; from the
key's text 1.2 times throttlecrab with a thousand and with a million keys; 64 bytes a key besides the key itself. One call after the
other waits longer for the memory that the key lies in: a processor looks ahead by one or two calls, a batch by eight.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/src/ports_benchmark"
PEER = ROOT / "bench/peers/throttlecrab"
TARGET = ROOT / "build/bench/throttlecrab"
KEY_BYTES = 16
NAMES = {"BM_Decide": "decide", "BM_DecideEach": "decide each", "BM_HashAndDecide": "hash and decide",
         "BM_HoldAndRelease": "hold and release", "BM_DecideBothOfTwo": "both of two",
         "BM_NewKeysWhenFull": "new keys, store full"}  # fmt: skip


def doorward(runs):
    out = subprocess.run(
        [PROGRAM, "--benchmark_filter=BM_(Decide|Hash|Hold|NewKeys)", f"--benchmark_repetitions={runs}",
         "--benchmark_min_time=0.2", "--benchmark_format=json"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    rows = {}
    for run in json.loads(out)["benchmarks"]:
        if run["run_type"] != "iteration":
            continue
        name, *rest = run["run_name"].split("/")
        algorithm, keys = ("", *rest)[-2:] if rest else ("", "0")
        rows.setdefault((NAMES[name], algorithm, int(keys)), []).append(run)
    return {
        key: (statistics.median(r["items_per_second"] for r in runs_of), runs_of[0].get("bytes_per_key"))
        for key, runs_of in rows.items()
    }


def throttlecrab():
    if not shutil.which("cargo"):
        return {}
    built = subprocess.run(
        ["cargo", "build", "--release", "--locked", "--quiet", "--target-dir", TARGET], cwd=PEER, check=False
    )
    if built.returncode != 0:
        return {}
    out = subprocess.run([TARGET / "release/throttlecrab-peer"], check=True, capture_output=True, text=True).stdout
    runs = {}
    for line in map(json.loads, out.splitlines()):
        runs.setdefault((line["keys"], line["store"]), []).append(line)
    best = {}
    for (keys, _), lines in runs.items():
        figure = (statistics.median(line["per_second"] for line in lines), lines[0]["resident_per_key"])
        best[keys] = max(best.get(keys, figure), figure)
    return best


def missed(rows, peer):
    many = 1_000_000
    for algorithm in ("token_bucket", "gcra"):
        rate, size = rows["decide each", algorithm, many]
        if rate < 10e6:
            yield f"{algorithm}: {rate / 1e6:.1f} million/s, aim 10"
        if size - KEY_BYTES > 64:
            yield f"{algorithm}: {size - KEY_BYTES:.0f} bytes a key, aim 64"
        for keys, (theirs, _) in peer.items():
            times = rows["hash and decide", algorithm, keys][0] / theirs
            if times < 1.2:
                yield f"{algorithm}: {times:.2f} times throttlecrab with {keys:,} keys, aim 1.2"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--check", action="store_true", help="fail where a figure misses its aim")
    options = parser.parse_args()

    rows, peer = doorward(options.runs), throttlecrab()
    print(f"{'':22}{'':17}{'keys':>10}{'million/s':>11}{'B/key*':>8}{'x throttlecrab':>16}")
    for (name, algorithm, keys), (rate, size) in rows.items():
        shown = f"{size - KEY_BYTES:8.0f}" if size and keys > 1_000 else f"{'-':>8}"
        times = f"{rate / peer[keys][0]:16.2f}" if keys in peer else ""
        print(f"{name:22}{algorithm:17}{keys:10,}{rate / 1e6:11.2f}{shown}{times}")
    for keys, (rate, size) in peer.items():
        print(f"{'throttlecrab':22}{'gcra':17}{keys:10,}{rate / 1e6:11.2f}{size:8.0f}")
    print("* besides the 16 bytes of the key's hash; throttlecrab: resident memory, its own copy of the key's text included")
    if not peer:
        print("throttlecrab: left out, it needs cargo 1.85 or newer")
    faults = list(missed(rows, peer)) if options.check else []
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
