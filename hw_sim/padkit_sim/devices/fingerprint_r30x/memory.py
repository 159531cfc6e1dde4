"""What the module keeps: two feature buffers and a library of templates, and what it does with them.

Its features are the name of the finger, dressed as 512 bytes: it matches fingers, not ridges. That is what a host sees of
a real one too, for the vendor's format is closed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from padkit_sim.devices.fingerprint_r30x.models import ModuleSettings
from padkit_sim.faults import Dial

FEATURES = 512
SCORE = 150


class Memory:
    """Buffers forget with the power, the library does not. Each command takes its parameters, gives code and data."""

    def __init__(self, settings: ModuleSettings, dial: Dial) -> None:
        self._settings = settings
        self._dial = dial
        self._library: dict[int, bytes] = {}
        self.forget()

    def forget(self) -> None:
        """Lose what only the power keeps."""
        self.after = b""  # data that follows the acknowledgement
        self._buffers: dict[int, bytes] = {}
        self._filling = 0  # the buffer that data packets go into
        self._filled = b""

    def owners(self) -> Mapping[str, str]:
        """Whose finger each page holds."""
        return {str(page): _owner(template) for page, template in sorted(self._library.items())}

    def put(self, buffer: int, owner: str) -> None:
        """Features of a finger."""
        self._buffers[buffer] = _dressed(owner)

    def fill(self, content: bytes, *, last: bool) -> None:
        """A data packet; without a buffer to go into it is ignored."""
        if not self._filling:
            return
        self._filled = (self._filled + content)[: 4 * FEATURES]
        if last:
            self._buffers[self._filling], self._filled, self._filling = self._filled, b"", 0

    def count(self, content: bytes) -> tuple[int, bytes]:
        return 0x00, len(self._library).to_bytes(2, "big")

    def match(self, content: bytes) -> tuple[int, bytes]:
        alike = self._buffers.get(1) is not None and self._buffers.get(1) == self._buffers.get(2)
        return (0x00, SCORE.to_bytes(2, "big")) if alike else (0x08, b"\0\0")

    def search(self, content: bytes) -> tuple[int, bytes]:
        wanted = self._buffers.get(content[0] if content else 1)
        first, count = int.from_bytes(content[1:3], "big"), int.from_bytes(content[3:5], "big")
        pages = [
            page for page, kept in sorted(self._library.items()) if kept == wanted and first <= page < first + count
        ]
        return (0x00, pages[0].to_bytes(2, "big") + SCORE.to_bytes(2, "big")) if pages else (0x09, bytes(4))

    def join(self, content: bytes) -> tuple[int, bytes]:
        one, other = self._buffers.get(1), self._buffers.get(2)
        return (0x00, b"") if one is not None and one == other else (0x0A, b"")

    def store(self, content: bytes) -> tuple[int, bytes]:
        page = int.from_bytes(content[1:3], "big")
        kept = self._buffers.get(content[0] if content else 1)
        if self._dial.strike("r30x.store_failed"):
            return 0x18, b""
        if page >= self._settings.capacity or kept is None or self._dial.strike("r30x.library_full"):
            return 0x0B, b""
        self._library[page] = kept
        return 0x00, b""

    def load(self, content: bytes) -> tuple[int, bytes]:
        kept = self._library.get(int.from_bytes(content[1:3], "big"))
        if kept is None:
            return 0x0C, b""
        self._buffers[content[0]] = kept
        return 0x00, b""

    def upload(self, content: bytes) -> tuple[int, bytes]:
        self.after = self._buffers.get(content[0] if content else 1, b"")
        return (0x00, b"") if self.after else (0x0D, b"")

    def download(self, content: bytes) -> tuple[int, bytes]:
        self._filling, self._filled = content[0] if content else 1, b""
        return 0x00, b""

    def delete(self, content: bytes) -> tuple[int, bytes]:
        first, count = int.from_bytes(content[:2], "big"), int.from_bytes(content[2:4], "big")
        if first + count > self._settings.capacity:
            return 0x10, b""
        for page in range(first, first + count):
            self._library.pop(page, None)
        return 0x00, b""

    def empty(self, content: bytes) -> tuple[int, bytes]:
        self._library.clear()
        return 0x00, b""


def _dressed(owner: str) -> bytes:
    """512 bytes that stand for a finger."""
    name = owner.encode()[:64].ljust(64, b"\0")
    return name + hashlib.shake_128(name).digest(FEATURES - len(name))


def _owner(template: bytes) -> str:
    return template[:64].rstrip(b"\0").decode("utf-8", "replace")
