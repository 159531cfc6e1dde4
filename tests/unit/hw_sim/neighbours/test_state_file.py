from __future__ import annotations

import datetime as dt
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from padkit_sim.neighbours.books import Books, DaySet, Event, Fenced
from padkit_sim.neighbours.state_file import MAX_LINE, StateFile, StateFileBroken
from padkit_sim.neighbours.txn import Request

Ask = Callable[..., Request]


def events(path: Path) -> list[Event]:
    told: list[Event] = []
    state_file = StateFile(path)
    state_file.replay(told.append)
    state_file.close()
    return told


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "core.jsonl"


def test_books_come_back_as_they_were(path: Path, core: Any, ask: Ask, card_of: Callable[[int], str]) -> None:
    state_file = StateFile(path)
    for request in (
        ask("CARD.OPEN"),
        ask("CARD.OPEN", "S2"),
        ask("TXN.REVERSE", "R1", orig_channel_serial="S1", remark="x"),
        ask("CARD.BLOCK", "B1", card_no=card_of(2), reason="missing"),
        ask("TXN.INQUIRY", "S9", orig_channel_serial="S9", fence=True),
    ):
        event = core.bank.decide(request).event
        state_file.append(event)
        core.books.apply(event)
    state_file.close()
    again = Books()
    for told in events(path):
        again.apply(told)
    assert again == core.books


def test_neither_pin_block_nor_identity_number_nor_name_is_in_the_file(path: Path, core: Any, ask: Ask) -> None:
    state_file = StateFile(path)
    state_file.append(core.bank.decide(ask("CARD.OPEN")).event)
    state_file.close()
    kept = path.read_bytes()
    assert all(secret.encode() not in kept for secret in ("TEST ONLY", "11010519491231002X", "测试甲", "13800000000"))


def test_only_the_owner_may_read_the_file(path: Path) -> None:
    StateFile(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_torn_last_line_is_cut_off_and_the_next_event_stands_clean(path: Path, cut: int) -> None:
    state_file = StateFile(path)
    state_file.append(DaySet(dt.date(2026, 11, 22)))
    state_file.append(Fenced("E1", "S1", 1))
    state_file.close()
    os.truncate(path, path.stat().st_size - cut)
    state_file = StateFile(path)
    state_file.replay(lambda _event: None)
    state_file.append(Fenced("E1", "S2", 1))
    state_file.close()
    assert events(path) == [DaySet(dt.date(2026, 11, 22)), Fenced("E1", "S2", 1)]


@pytest.mark.parametrize(
    "line", [b"{}", b"\xff", b'{"type":"fenced"}', b'{"type":"tampered","card_no":7,"state":null}']
)
def test_a_whole_line_without_sense_is_refused_with_its_number(path: Path, line: bytes) -> None:
    path.write_bytes(b'{"type":"day","day":null}\n' + line + b"\n")
    state_file = StateFile(path)
    with pytest.raises(StateFileBroken, match=r"core\.jsonl line 2"):
        state_file.replay(lambda _event: None)
    state_file.close()


def test_a_line_without_end_is_not_taken_for_a_torn_one(path: Path) -> None:
    path.write_bytes(b"x" * (MAX_LINE + 1))
    state_file = StateFile(path)
    with pytest.raises(StateFileBroken, match="line 1: longer than"):
        state_file.replay(lambda _event: None)
    state_file.close()
    assert path.stat().st_size == MAX_LINE + 1


def test_a_second_process_is_not_let_in(path: Path) -> None:
    held = StateFile(path)
    with pytest.raises(StateFileBroken, match="choose another --state file"):
        StateFile(path)
    held.close()


def test_a_file_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(StateFileBroken, match="choose another --state file"):
        StateFile(tmp_path / "nowhere" / "core.jsonl")


def test_what_does_not_fit_on_the_disk_is_taken_back(path: Path) -> None:
    state_file = StateFile(path)
    state_file.append(DaySet(None))
    whole = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 5, hard))
    try:
        with pytest.raises(StateFileBroken, match="free space, then send again"):
            state_file.append(Fenced("E1", "S1", 1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == whole
    state_file.append(Fenced("E1", "S1", 1))
    state_file.close()
    assert events(path) == [DaySet(None), Fenced("E1", "S1", 1)]


def test_a_half_line_that_cannot_be_taken_back_stops_all_writing() -> None:
    full = StateFile.__new__(
        StateFile
    )  # a device that is always full and cannot be cut, so it cannot be opened as a file
    full._path, full._torn = Path("/dev/full"), False
    full._file = full._path.open("ab", buffering=0)
    with pytest.raises(StateFileBroken, match="free space"):
        full.append(DaySet(None))
    with pytest.raises(StateFileBroken, match="start the core again"):
        full.append(DaySet(None))
    full.close()
