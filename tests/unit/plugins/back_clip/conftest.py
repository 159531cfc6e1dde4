"""A module that plays a script over an in-memory link, on a clock of its own. Shares no code with driver or simulator."""

from __future__ import annotations

import tomllib
from collections import deque
from functools import reduce
from operator import xor
from pathlib import Path

import pytest

from padkit_sdk import DeviceEvent, DriverContext, LinkLost

VECTORS = Path(__file__).parents[3] / "vectors" / "identity_card_reader"


def _frame(body: bytes) -> bytes:
    rest = (len(body) + 1).to_bytes(2, "big") + body
    return b"\xaa\xaa\xaa\x96\x69" + rest + bytes([reduce(xor, rest)])


def _reply(sw3: int, data: bytes = b"") -> bytes:
    return _frame(bytes([0, 0, sw3]) + data)


class ScriptedModule:
    """Answers command "20 01" with the next of its scripted answers; the last one repeats.

    An answer is a list of (seconds since the piece before, bytes). A command without a script gets silence.
    """

    def __init__(self):
        self.now_s = 100.0
        self.sent = []
        self.sent_at_s = []
        self.discarded = b""
        self.events: list[DeviceEvent] = []
        self.closed = False
        self._script: dict[bytes, deque] = {}
        self._coming: deque[tuple[float, bytes]] = deque()

    def says(self, command: str, *answers) -> ScriptedModule:
        """Script `answers`: frames as bytes, lists of (delay, bytes), or an error to raise at the write."""
        whole = [answer if not isinstance(answer, bytes) else [(0.02, answer)] for answer in answers]
        self._script[bytes.fromhex(command)] = deque(whole)
        return self

    def asked(self) -> list[str]:
        """The commands received so far."""
        return [frame[7:9].hex(" ").upper() for frame in self.sent]

    def send_unasked(self, data: bytes, *, after_s: float = 0.0) -> None:
        self._coming.append((self.now_s + after_s, data))

    def context(self, **settings) -> DriverContext:
        return DriverContext("clip", lambda: self.now_s, self.events.append, settings)

    async def write(self, data: bytes) -> None:
        if self.closed:
            raise LinkLost("closed")
        self.sent.append(data)
        self.sent_at_s.append(self.now_s)
        answers = self._script.get(data[7:9], deque())
        if not answers:
            return
        answer = answers.popleft() if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        at_s = self.now_s
        for delay_s, piece in answer:
            at_s += delay_s
            self._coming.append((at_s, piece))

    async def read(self, *, timeout_s: float) -> bytes:
        assert timeout_s > 0
        if self._coming and self._coming[0][0] <= self.now_s + timeout_s:
            at_s, piece = self._coming.popleft()
            self.now_s = max(self.now_s, at_s)
            return piece
        self.now_s += timeout_s
        return b""

    def discard_input(self) -> None:
        while self._coming and self._coming[0][0] <= self.now_s:
            self.discarded += self._coming.popleft()[1]

    def set_baud(self, baud: int) -> None:
        raise AssertionError("the driver picks no line rate")

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def module() -> ScriptedModule:
    return ScriptedModule()


@pytest.fixture
def reply():
    """Build a reply frame from the third status byte and data."""
    return _reply


@pytest.fixture
def frame():
    """Build a frame from status and data, whatever they are."""
    return _frame


@pytest.fixture
def person() -> dict[str, str]:
    """The invented person of the manual notes, `text` as bytes in `block`."""
    return tomllib.loads((VECTORS / "person.toml").read_text())["person"]


@pytest.fixture
def block(person) -> bytes:
    return bytes.fromhex(person["text"])


@pytest.fixture
def build_block():
    """Build 256 bytes of spaces with fields ``(offset, text)`` laid over them."""

    def build(*fields: tuple[int, str]) -> bytes:
        made = bytearray(" ".encode("utf-16-le") * 128)
        for offset, text in fields:
            data = text.encode("utf-16-le")
            made[offset : offset + len(data)] = data
        assert len(made) == 256
        return bytes(made)

    return build


@pytest.fixture
def card_data(block):
    """Build the data of a read reply: lengths, text, photo and, when given, a fingerprint."""

    def build(fingerprint: bytes | None = None, text: bytes = block, photo: bytes = b"WLf\x00" + bytes(1020)) -> bytes:
        lengths = [len(text), len(photo)] + ([] if fingerprint is None else [len(fingerprint)])
        return b"".join(n.to_bytes(2, "big") for n in lengths) + text + photo + (fingerprint or b"")

    return build


@pytest.fixture
def ready(module, reply, card_data) -> ScriptedModule:
    """A module with the invented person's card on it: one fingerprint, no appended address."""
    number = bytes.fromhex("05 00 01 00 C8 2C 33 01 87 D6 12 00 79 38 4E 05")
    return (
        module.says("11 FF", reply(0x90))
        .says("12 FF", reply(0x90, number))
        .says("20 01", reply(0x9F, bytes(4)))
        .says("20 02", reply(0x90, bytes(8)))
        .says("30 01", reply(0x90, card_data()))
        .says("30 10", reply(0x90, card_data(b"C" + bytes(511))))
        .says("30 03", reply(0x91))
    )
