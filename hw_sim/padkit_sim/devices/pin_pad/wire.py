"""The keypad's side of the line (section 2): commands cut from bytes, answers built. No I/O."""

from __future__ import annotations

from functools import reduce
from operator import xor

STX, ETX = b"\x02", b"\x03"
LONGEST = 300  # characters of a text
STAR_KEY, ENTER, CLEAR, CANCEL = b"*", b"\x0d", b"\x08", b"\x1b"


def checked(text: str) -> str:
    """Length, text, 03 and the check digits over them."""
    inside = f"{len(text):0>3}{text}\x03"
    return inside + format(reduce(xor, inside.encode("latin-1")), "02X")


def say(text: str, *, spoiled: bool = False) -> bytes:
    """One answer. `spoiled` makes its check digits wrong."""
    whole = checked(text)
    if spoiled:
        whole = whole[:-2] + format(int(whole[-2:], 16) ^ 0x55, "02X")
    return STX + whole.encode("latin-1")


class Ear:
    """Hears commands through any noise; `spoiled` counts those whose check digits were wrong."""

    def __init__(self) -> None:
        self._heard = b""
        self.spoiled = 0

    def hear(self, data: bytes) -> list[str]:
        """The texts of all commands that are complete now."""
        self._heard += data
        texts: list[str] = []
        while (start := self._heard.find(STX)) >= 0:
            self._heard = self._heard[start:]
            head = self._heard[1:4]
            if len(head) < 3 and (not head or head.isdigit()):
                return texts
            if not head.isdigit() or int(head) > LONGEST:
                self._heard = self._heard[1:]
                continue
            whole, text = int(head) + 7, self._heard[4 : int(head) + 4]
            if len(self._heard) < whole:
                return texts
            if self._heard[1:whole].decode("latin-1") == checked(text.decode("latin-1")):
                texts.append(text.decode("latin-1"))
                self._heard = self._heard[whole:]
            else:
                self.spoiled += 1
                self._heard = self._heard[1:]
        self._heard = b""
        return texts
