"""What a test asks of a kit's journal: wait for a record, hold it against a golden file, show the last frames."""

from __future__ import annotations

import asyncio
import difflib
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from padkit_sim.devices.recording.player import MISMATCH
from padkit_sim.errors import SimRefused
from padkit_sim.hil.pattern import bytes_pattern
from padkit_sim.journal import Record

LOOK_S = 0.01
LAST = 50  # frames of a device that a failure shows
SHOWN = 96  # characters of one of them
MARKS = {"in": ">", "out": "<", "note": "#"}
Matches = Callable[[Sequence[Record]], bool]


class NotHeard(AssertionError):
    """A record that was waited for did not come, or a journal is not the golden one."""


class KitJournal:
    """The journal of a running kit, read from its file. `expect` remembers, for each device, where it last found something."""

    def __init__(self, file: Path, *, update_golden: bool = False) -> None:
        self._file = file
        self._update = update_golden
        self._read_bytes = 0
        self._records: list[Record] = []
        self._found: dict[str, int] = defaultdict(int)

    def since(self, n: int = 0, device: str = "") -> list[Record]:
        """Records numbered above `n`, of one device when `device` is given."""
        self._catch_up()
        return [it for it in self._records if it.n > n and device in ("", it.device)]

    def expect(
        self, device: str, pattern: str = "", *, note: str = "", direction: str = "", timeout_s: float = 5.0
    ) -> Record:
        """The first record of `device` that fits, after the one that the last `expect` found; waits for it.

        `pattern` is bytes with wildcards, found anywhere in what was said in one go, also over several records; `note` is
        a regular expression. `direction` narrows to ``in`` (to the device) or ``out``. Raises `NotHeard`, with the last frames.
        """
        fits = _fits(pattern, note, direction)
        until_mono_s = time.monotonic() + timeout_s
        while True:
            late = time.monotonic() > until_mono_s
            for turn in turns(self.since(self._found[device], device)):
                if fits(turn):
                    return self._at(device, turn, fits)
            self._fail_at_mismatch(device)
            if late:
                wanted = f"note {note!r}" if note else f"bytes {pattern!r}"
                raise NotHeard(
                    f"{device}: no {wanted} within {timeout_s:g} s, after record {self._found[device]}; it said last\n"
                    + self.last(device)
                )
            time.sleep(LOOK_S)

    async def expect_async(
        self,
        device: str,
        pattern: str = "",
        *,
        note: str = "",
        direction: str = "",
        timeout_s: float = 5.0,
    ) -> Record:
        """As `expect`, beside other work of the running loop."""
        return await asyncio.to_thread(
            self.expect, device, pattern, note=note, direction=direction, timeout_s=timeout_s
        )

    def golden(self, path: Path, *devices: str) -> None:
        """Hold the journal, without times and numbers, to be the one in `path`; `--kit-golden-update` writes it instead.

        Each device stands by itself, and a run of bytes in one direction is one line, so that neither the pace of
        devices beside each other nor the portions of a line matter. Raises `NotHeard` with the difference.
        """
        got = list(self._golden_lines(devices))
        if self._update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(got), encoding="utf-8")
            return
        if not path.exists():
            raise NotHeard(f"golden journal {path}: is not there; write it with --kit-golden-update")
        golden = path.read_text(encoding="utf-8").splitlines(keepends=True)
        if golden != got:
            difference = "".join(difflib.unified_diff(golden, got, str(path), "this run", n=2))
            raise NotHeard(f"the journal is not the golden one (--kit-golden-update writes it anew)\n{difference}")

    def devices(self) -> list[str]:
        """Who has a record."""
        return list(dict.fromkeys(it.device for it in self.since()))

    def last(self, device: str, count: int = LAST) -> str:
        """The last records of `device`, a line each."""
        return "\n".join(_line(it) for it in self.since(device=device)[-count:])

    def _golden_lines(self, devices: Sequence[str]) -> Iterator[str]:
        for device in devices or sorted(self.devices()):
            yield f"[{device}]\n"
            for turn in turns(self.since(device=device)):
                words = " ".join(it.hex for it in turn)
                yield f"{MARKS[turn[0].dir]} {words or turn[0].note}\n"

    def _at(self, device: str, turn: Sequence[Record], fits: Matches) -> Record:
        """Remember the record with which `turn` begins to fit, and give it."""
        whole = next(end for end in range(1, len(turn) + 1) if fits(turn[:end]))
        found = turn[whole - 1]
        self._found[device] = found.n
        return found

    def _fail_at_mismatch(self, device: str) -> None:
        """A recording that was not followed says nothing more: there is nothing to wait for."""
        wrong = next((it.note for it in self.since(device=device) if it.note.startswith(MISMATCH)), "")
        if wrong:
            raise NotHeard(f"{device}: {wrong}; it said last\n{self.last(device)}")

    def _catch_up(self) -> None:
        if not self._file.exists():
            return
        with self._file.open("rb") as file:
            file.seek(self._read_bytes)
            lines, end, _ = file.read().rpartition(b"\n")
        self._read_bytes += len(lines) + len(end)
        self._records += [msgspec.json.decode(line, type=Record) for line in lines.splitlines()]


def turns(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Records of one device in groups: what went one way in one go; a note is a group by itself."""
    turn: list[Record] = []
    for record in records:
        if turn and (record.dir != turn[0].dir or record.dir == "note"):
            yield turn
            turn = []
        turn.append(record)
    if turn:
        yield turn


def _fits(pattern: str, note: str, direction: str) -> Matches:
    """Whether a turn is the one wanted. Raises `SimRefused`."""
    if bool(pattern) == bool(note):
        raise SimRefused("expect: give either bytes or note=")
    if direction not in ("", "in", "out"):
        raise SimRefused(f"expect: direction is {direction!r}; give in or out")
    if note:
        words = re.compile(note)
        return lambda turn: any(words.search(it.note) is not None for it in turn)
    data = bytes_pattern(pattern)
    return lambda turn: (
        direction in ("", turn[0].dir) and data.search(b"".join(bytes.fromhex(it.hex) for it in turn)) is not None
    )


def _line(record: Record) -> str:
    text = " ".join(filter(None, (record.hex, f"({record.note})" if record.hex and record.note else record.note)))
    return f"{record.t:10.3f} {MARKS[record.dir]} {text if len(text) <= SHOWN else text[:SHOWN] + '…'}"
