"""What a test asks of a journal, read from the file that a kit writes."""

from __future__ import annotations

import asyncio

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.hil import KitJournal, NotHeard
from padkit_sim.journal import Journal

NOW = 0.0
SOON = 0.0


class Talk:
    """A kit's journal, and a test's view of its file."""

    def __init__(self, path):
        self.path = path
        self.file = path.open("ab")
        self.kit = Journal(lambda: NOW, self.file)
        self.test = KitJournal(path)


@pytest.fixture
def talk(tmp_path):
    talk = Talk(tmp_path / "journal.jsonl")
    yield talk
    talk.file.close()


def test_a_record_is_found_by_its_bytes_and_given(talk):
    talk.kit.heard("box", b"\x01\x02")
    talk.kit.said("box", b"\x06\x03")
    assert talk.test.expect("box", "06 ??").n == 2


def test_each_expectation_begins_behind_the_last_of_its_device(talk):
    for _ in range(2):
        talk.kit.heard("box", b"\x01")
        talk.kit.said("box", b"\x02")
    assert [talk.test.expect("box", "01").n for _ in range(2)] == [1, 3]
    with pytest.raises(NotHeard):
        talk.test.expect("box", "01", timeout_s=SOON)


def test_what_came_in_portions_is_one_thing(talk):
    talk.kit.said("box", b"\x01")
    talk.kit.said("box", b"\x02\x03")
    assert talk.test.expect("box", "01 02").n == 2


def test_the_direction_can_be_named(talk):
    talk.kit.heard("box", b"\x01")
    talk.kit.said("box", b"\x01")
    assert talk.test.expect("box", "01", direction="out").n == 2


def test_a_note_is_found_by_a_regular_expression(talk):
    talk.kit.note("box", "fault box.jam #1 fired")
    assert talk.test.expect("box", note=r"fault \S+ #1").note == "fault box.jam #1 fired"


def test_what_does_not_come_is_told_with_what_was_said_last(talk):
    talk.kit.heard("reader", b"\x09")
    talk.kit.said("box", b"\x01\x02")
    with pytest.raises(NotHeard) as told:
        talk.test.expect("box", "99", timeout_s=SOON)
    assert "box: no bytes '99' within 0 s" in str(told.value)
    assert "< 01 02" in str(told.value)
    assert "09" not in str(told.value)


async def test_an_async_test_may_wait_while_its_loop_goes_on(talk):
    waiting = asyncio.create_task(talk.test.expect_async("box", "01"))
    talk.kit.said("box", b"\x01")
    assert (await waiting).n == 1


@pytest.mark.parametrize("words", [{}, {"pattern": "01", "note": "x"}, {"pattern": "01", "direction": "up"}])
def test_an_expectation_that_says_nothing_is_refused(talk, words):
    with pytest.raises(SimRefused, match="give"):
        talk.test.expect("box", **words)


def test_a_line_half_written_is_read_when_it_is_whole(talk):
    talk.file.write(b'{"n":1,"t":0.0,"device":"box","dir":"out",')
    talk.file.flush()
    assert talk.test.since() == []
    talk.file.write(b'"hex":"01"}\n')
    talk.file.flush()
    assert [it.hex for it in talk.test.since()] == ["01"]


def test_a_golden_journal_forgets_times_portions_and_who_was_first(talk, tmp_path):
    golden = tmp_path / "golden" / "it.txt"
    for device, data in (("reader", b"\x07"), ("box", b"\x01\x02")):
        talk.kit.said(device, data)
    KitJournal(talk.path, update_golden=True).golden(golden)
    assert golden.read_text() == "[box]\n< 01 02\n[reader]\n< 07\n"
    again = Talk(tmp_path / "again.jsonl")
    for device, data in (("box", b"\x01"), ("reader", b"\x07"), ("box", b"\x02")):
        again.kit.said(device, data)
    again.test.golden(golden)
    again.kit.note("box", "power cut")
    with pytest.raises(NotHeard, match=r"\+# power cut"):
        again.test.golden(golden)
    again.file.close()


def test_a_golden_journal_of_one_device_leaves_the_others_out(talk, tmp_path):
    talk.kit.said("box", b"\x01")
    talk.kit.said("reader", b"\x02")
    golden = tmp_path / "box.txt"
    golden.write_text("[box]\n< 01\n")
    talk.test.golden(golden, "box")


def test_a_golden_journal_that_is_missing_says_how_to_write_it(talk, tmp_path):
    with pytest.raises(NotHeard, match="--kit-golden-update"):
        talk.test.golden(tmp_path / "none.txt")
