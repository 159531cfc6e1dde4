"""A card box that plays a script over an in-memory link, on a clock of its own. Shares no code with driver or simulator."""

from __future__ import annotations

import asyncio
import tomllib
from collections import deque
from pathlib import Path

import pytest

from padkit_card_dispenser.driver import open_driver
from padkit_sdk import DriverContext, LinkLost
from padkit_sdk.deadline import Deadline

VECTORS = Path(__file__).parents[3] / "vectors" / "card_dispenser"
FRAMES = {
    vector["name"]: bytes.fromhex(vector["frame"])
    for file in ("commands", "responses", "derived")
    for vector in tomllib.loads((VECTORS / f"{file}.toml").read_text())["vector"]
}
NAMES = {frame: name for name, frame in FRAMES.items()}
CONTROLS = {"ACK": b"\x06", "NAK": b"\x15", "EOT": b"\x04"}
CONTROL_NAMES = {byte: name for name, byte in CONTROLS.items()}
HANG = "HANG"  # the next read does not return until it is cancelled or `release` is set
NOISE_S = 0.05


def raw(said) -> bytes:
    """Bytes of a vector's name, of a control's name, or bytes as they are."""
    return said if isinstance(said, bytes) else CONTROLS.get(said) or FRAMES[said]


class ScriptedBox:
    """Expects commands in order and says what the script says; ACKs of the host are only noted."""

    def __init__(self):
        self.now_s = 100.0
        self.written: list[bytes] = []
        self.written_at_s: list[float] = []
        self.bauds: list[int] = []
        self.events = []
        self.closed = False
        self.hanging = asyncio.Event()
        self.release = asyncio.Event()
        self.noise = b""  # said whenever nothing else is
        self._script: deque = deque()
        self._coming: deque = deque()

    def expect(self, command: str, *says) -> ScriptedBox:
        """Script one write and what follows it: names, bytes, (delay_s, name or bytes), HANG or an error to raise."""
        self._script.append((raw(command), says))
        return self

    def ack(self, command: str, answer: str) -> ScriptedBox:
        return self.expect(command, "ACK", answer)

    def look(self, status: str, counter: str = "counter 007") -> ScriptedBox:
        return self.ack("counter read", counter).ack("status", status)

    def deaf(self, command: str, times: int = 1) -> ScriptedBox:
        for _ in range(times):
            self.expect(command)
        return self

    def says(self, *says) -> None:
        for said in says:
            if said is HANG or isinstance(said, Exception):
                self._coming.append((0.0, said))
            else:
                delay_s, what = said if isinstance(said, tuple) else (0.0, said)
                self._coming.append((delay_s, raw(what)))

    def told(self) -> list[str]:
        """What the host wrote, by name, without its ACKs."""
        names = [CONTROL_NAMES.get(data) or NAMES[data] for data in self.written]
        return [name for name in names if name != "ACK"]

    def acks(self) -> int:
        return self.written.count(CONTROLS["ACK"])

    def ended(self) -> bool:
        return not self._script

    def heard(self) -> bool:
        """Whether the host has read all that was said."""
        return not self._coming

    def context(self, **settings) -> DriverContext:
        return DriverContext("box", lambda: self.now_s, self.events.append, settings)

    def deadline(self, timeout_s: float = 10.0) -> Deadline:
        return Deadline.after(timeout_s, lambda: self.now_s)

    async def write(self, data: bytes) -> None:
        if self.closed:
            raise LinkLost("closed")
        self.written.append(data)
        self.written_at_s.append(self.now_s)
        if data == CONTROLS["ACK"]:
            return
        assert self._script, f"unexpected {NAMES.get(data, data.hex(' '))}"
        expected, says = self._script.popleft()
        assert data == expected, f"{NAMES.get(data, data.hex(' '))}, expected {NAMES.get(expected, expected.hex(' '))}"
        if says and isinstance(says[0], Exception):
            raise says[0]
        self.says(*says)

    async def read(self, *, timeout_s: float) -> bytes:
        assert timeout_s >= 0
        if self.closed:
            raise LinkLost("closed")
        if not self._coming:
            self.now_s += min(timeout_s, NOISE_S) if self.noise else timeout_s
            return self.noise if timeout_s >= NOISE_S else b""
        delay_s, said = self._coming.popleft()
        if delay_s > timeout_s:
            self._coming.appendleft((delay_s - timeout_s, said))
            self.now_s += timeout_s
            return b""
        self.now_s += delay_s
        if said is HANG:
            self.hanging.set()
            await self.release.wait()
            return await self.read(timeout_s=timeout_s)
        if isinstance(said, Exception):
            raise said
        return said

    def discard_input(self) -> None:
        while self._coming and self._coming[0][0] == 0.0 and isinstance(self._coming[0][1], bytes):
            self._coming.popleft()

    def set_baud(self, baud: int) -> None:
        self.bauds.append(baud)

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def frames() -> dict[str, bytes]:
    return FRAMES


@pytest.fixture
def box():
    """A scripted box; at the end of the test its script must have been played to the end."""
    scripted = ScriptedBox()
    yield scripted
    assert scripted.ended(), "the script was not played to its end"


@pytest.fixture
async def driver(box):
    """A driver that has opened `box` and knows that no chip is under power."""
    box.ack("status", "status 020")
    opened = await open_driver(box, box.context())
    opened.chip.live = False
    box.written.clear()
    return opened
