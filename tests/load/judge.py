"""Judges a run of visitors by what the server wrote down, not by what clients saw in time."""

from collections import Counter
from itertools import pairwise


def most_inside(stays):
    """The most that were inside at once. A stay is (admitted, departed): at its end it has ended, so that
    somebody else may be admitted by the very record that ended it."""
    changes = sorted([(admitted, 1) for admitted, _ in stays] + [(departed, -1) for _, departed in stays])
    inside = most = 0
    for _, change in changes:
        inside += change
        most = max(most, inside)
    return most


def overtakes(arrivals, slack=0):
    """Pairs (who, before whom): who asked after the other was acknowledged, and was let in earlier by more than `slack`.

    arrivals: (name, asked, acknowledged, let in) of each, the last in the unit of `slack`
    """
    pairs, latest, seen = [], None, 0
    acknowledged = sorted(arrivals, key=lambda arrival: arrival[2])
    for name, asked, _, entered in sorted(arrivals, key=lambda arrival: arrival[1]):
        while seen < len(acknowledged) and acknowledged[seen][2] < asked:
            if latest is None or acknowledged[seen][3] > latest[3]:
                latest = acknowledged[seen]
            seen += 1
        if latest is not None and entered < latest[3] - slack:
            pairs.append((name, latest[0]))
    return pairs


def faults(visits, joined, departed, capacity, expected):
    """What is wrong with a run.

    visits:   {"ticket", "admitted_ms", "bought"} of each visitor
    joined:   tickets in the order in which the log has their joins
    departed: {ticket: log time of its departure}
    """
    found = []
    tickets = [visit["ticket"] for visit in visits]
    if len(visits) != expected:
        found.append(f"{len(visits)} visitors came, {expected} were sent")
    for what, names in (("visitors hold", tickets), ("joins made", joined)):
        found += [f"{n} {what} the ticket {name}" for name, n in Counter(names).items() if n > 1]
    found += [f"the join of {ticket} is not in the log" for ticket in sorted(set(tickets) - set(joined), key=str)]
    found += [f"{ticket} joined, and is nobody's" for ticket in sorted(set(joined) - set(tickets))]
    for visit in visits:
        if visit["admitted_ms"] is None or not visit["bought"] or visit["ticket"] not in departed:
            found.append(f"{visit['ticket']} was lost: let in, bought and left is not all of it")
    admitted = {visit["ticket"]: visit["admitted_ms"] for visit in visits if visit["admitted_ms"] is not None}
    line = [ticket for ticket in joined if ticket in admitted]
    for before, after in pairwise(line):
        if admitted[after] < admitted[before]:
            found.append(f"{after} stood behind {before} and was let in before")
    most = most_inside([(admitted[ticket], departed[ticket]) for ticket in line if ticket in departed])
    if most > capacity:
        found.append(f"{most} were inside at once, the capacity is {capacity}")
    return found
