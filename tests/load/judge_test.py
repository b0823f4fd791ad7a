#!/usr/bin/env python3
"""The judge of the load test finds what it is there for: a good run is changed by as little as can be."""

import unittest

from judge import faults, most_inside, overtakes

CAPACITY = 2


def good_run():
    """Four visitors through a room of two; the third is let in by the record by which the first departs."""
    admitted = {"a": 100, "b": 100, "c": 150, "d": 170}
    departed = {"a": 150, "b": 170, "c": 200, "d": 210}
    visits = [{"ticket": t, "admitted_ms": at, "bought": True} for t, at in admitted.items()]
    return visits, list("abcd"), departed


def judged(visits, joined, departed):
    return faults(visits, joined, departed, CAPACITY, 4)


class Judge(unittest.TestCase):
    def expect(self, run, words):
        found = judged(*run)
        self.assertTrue(any(words in fault for fault in found), found)

    def test_a_good_run_has_no_fault(self):
        self.assertEqual(judged(*good_run()), [])

    def test_one_too_many_for_a_millisecond_is_found(self):
        visits, joined, departed = good_run()
        visits[2]["admitted_ms"] = 149
        self.expect((visits, joined, departed), "3 were inside at once, the capacity is 2")

    def test_one_who_departs_a_millisecond_late_is_found(self):
        visits, joined, departed = good_run()
        departed["a"] = 151
        self.expect((visits, joined, departed), "3 were inside at once")

    def test_a_place_taken_by_a_record_of_the_same_moment_is_none_too_many(self):
        self.assertEqual(most_inside([(1, 2), (2, 3), (2, 2)]), 1)

    def test_overtaking_by_a_millisecond_is_found(self):
        visits, joined, departed = good_run()
        visits[3]["admitted_ms"] = 149
        self.expect((visits, joined, departed), "d stood behind c and was let in before")

    def test_the_order_is_that_of_the_log(self):
        visits, _, departed = good_run()
        self.expect((visits, list("abdc"), departed), "c stood behind d and was let in before")

    def test_one_who_did_not_buy_is_lost(self):
        visits, joined, departed = good_run()
        visits[1]["bought"] = False
        self.expect((visits, joined, departed), "b was lost")

    def test_one_who_was_never_let_in_is_lost(self):
        visits, joined, departed = good_run()
        visits[1]["admitted_ms"] = None
        self.expect((visits, joined, departed), "b was lost")

    def test_one_whose_departure_is_missing_is_lost(self):
        visits, joined, departed = good_run()
        del departed["d"]
        self.expect((visits, joined, departed), "d was lost")

    def test_a_join_that_the_log_lacks_is_found(self):
        visits, joined, departed = good_run()
        self.expect((visits, joined[1:], departed), "the join of a is not in the log")

    def test_a_place_that_is_nobodys_is_found(self):
        visits, joined, departed = good_run()
        self.expect((visits[1:], joined, departed), "a joined, and is nobody's")

    def test_two_who_hold_one_ticket_are_found(self):
        visits, joined, departed = good_run()
        visits[1]["ticket"] = "a"
        self.expect((visits, joined, departed), "2 visitors hold the ticket a")

    def test_a_join_made_twice_is_found(self):
        visits, joined, departed = good_run()
        self.expect((visits, joined + ["a"], departed), "2 joins made the ticket a")

    def test_who_overtakes_is_found(self):
        asked_later = [("a", 0, 1, 50), ("b", 2, 3, 40)]
        self.assertEqual(overtakes(asked_later), [("b", "a")])
        self.assertEqual(overtakes(asked_later, slack=10), [], "within the slack")
        self.assertEqual(overtakes([("a", 0, 1, 50), ("b", 2, 3, 60)]), [], "in order")
        self.assertEqual(overtakes([("a", 0, 5, 50), ("b", 2, 3, 40)]), [], "they asked at the same time")


if __name__ == "__main__":
    unittest.main()
