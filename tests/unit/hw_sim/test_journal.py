"""The byte journal."""

from __future__ import annotations

import io

import msgspec

from padkit_sim.journal import KEPT, Journal


class Clock:
    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


def test_records_are_numbered_timed_and_told_since():
    clock = Clock()
    journal = Journal(clock)
    journal.heard("box", b"\xf2\x00")
    clock.now_s += 0.25
    journal.said("box", b"\x06", "late")
    journal.note("box", "power cut")
    told = [(r.n, r.t, r.device, r.dir, r.hex, r.note) for r in journal.since(0)]
    assert told == [
        (1, 0.0, "box", "in", "F2 00", ""),
        (2, 0.25, "box", "out", "06", "late"),
        (3, 0.25, "box", "note", "", "power cut"),
    ]
    assert [r.n for r in journal.since(2)] == [3]


def test_a_file_gets_one_json_line_per_record_at_once():
    file = io.BytesIO()
    Journal(Clock(), file).heard("box", b"\x04")
    assert msgspec.json.decode(file.getvalue()) == {
        "n": 1,
        "t": 0.0,
        "device": "box",
        "dir": "in",
        "hex": "04",
        "note": "",
    }


def test_who_watches_is_woken_by_each_record_until_he_stops():
    journal, woken = Journal(Clock()), []
    stop = journal.watch(lambda: woken.append(1))
    journal.note("box", "one")
    journal.heard("box", b"\x04")
    stop()
    journal.note("box", "three")
    assert len(woken) == 2


def test_what_has_left_memory_is_not_told_and_the_rest_is():
    journal = Journal(Clock())
    for _ in range(KEPT + 10):
        journal.note("box", "again")
    assert [r.n for r in journal.since(0)][:2] == [11, 12]
    assert len(journal.since(5)) == KEPT
    assert [r.n for r in journal.since(KEPT + 8)] == [KEPT + 9, KEPT + 10]
    assert journal.since(KEPT + 10) == []
