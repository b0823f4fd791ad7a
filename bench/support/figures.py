"""Figures and their aims: each is printed, and a benchmark that missed one ends with 1.

Times, and work per CPU-second a little less, say as much of the machine as of the program. So they are judged only where others left
the processors alone: what they used meanwhile is printed beside the figure. Memory is judged always.
"""

import os
import sys
import time
from pathlib import Path

MOST_OF_OTHERS = 0.1


class Figures:
    def __init__(self):
        self.missed = []

    def at_most(self, what, value, aim, unit, machine=None):
        self._judge(what, f"{value:,.2f} {unit} (aim: at most {aim:,} {unit})", value <= aim, machine)

    def at_least(self, what, value, aim, unit, machine=None):
        self._judge(what, f"{value:,.0f} {unit} (aim: at least {aim:,})", value >= aim, machine)

    def _judge(self, what, figure, is_met, machine):
        noise = "" if machine is None else f"; {machine}"
        print(f"{what}: {figure}{noise}", flush=True)
        if is_met:
            return
        if machine is not None and machine.is_busy():
            print(f"{what}: missed, but on a busy machine, which says nothing", flush=True)
        else:
            self.missed.append(f"missed: {what}: {figure}")

    def end(self):
        print("\n".join(self.missed), end="\n" if self.missed else "")
        sys.exit(1 if self.missed else 0)


class Machine:
    """What others used of the processors meanwhile: all but this process, its children that ended, and the servers named."""

    def __init__(self, *servers):
        self.servers = servers
        self.others = 0.0

    def __enter__(self):
        self.began, self.busy, self.own = time.monotonic(), busy_seconds(), self._own_seconds()
        return self

    def __exit__(self, *_):
        available = (time.monotonic() - self.began) * os.cpu_count()
        used = busy_seconds() - self.busy - (self._own_seconds() - self.own)
        self.others = max(0.0, used / available) if available else 0.0

    def _own_seconds(self):
        from doorward import cpu_seconds

        return sum(os.times()[:4]) + sum(cpu_seconds(pid) for pid in self.servers)

    def is_busy(self):
        return self.others > MOST_OF_OTHERS

    def __str__(self):
        return f"others used {self.others:.0%} of the processors"


def busy_seconds():
    """Of all processors since the start of the machine: neither idle nor waiting for a disk."""
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
