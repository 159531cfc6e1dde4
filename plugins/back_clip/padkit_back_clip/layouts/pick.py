"""Which layout a text block has: told by its content, the character at byte 248."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from padkit_back_clip.layouts.foreigner_2017 import read_foreigner_2017
from padkit_back_clip.layouts.foreigner_2023 import read_foreigner_2023
from padkit_back_clip.layouts.hmt_permit import read_hmt_permit
from padkit_back_clip.layouts.resident import read_resident
from padkit_back_clip.layouts.text import Person, TextBlock
from padkit_sdk import DeviceFault

FLAG_AT, FLAG_BYTES = 248, 2
LAYOUTS: Mapping[bytes, Callable[[TextBlock], Person]] = {
    " ".encode("utf-16-le"): read_resident,
    "J".encode("utf-16-le"): read_hmt_permit,
    "I".encode("utf-16-le"): read_foreigner_2017,
    "Y".encode("utf-16-le"): read_foreigner_2023,
}


def read_person(text: bytes) -> Person:
    """The holder in the 256 bytes of `text`.

    Raises `DeviceFault` ``idcard.layout`` for a flag we do not know, ``idcard.record`` or ``idcard.number_check``.
    """
    flag = text[FLAG_AT : FLAG_AT + FLAG_BYTES]
    layout = LAYOUTS.get(flag)
    if layout is None:
        raw = flag.hex(" ").upper()
        raise DeviceFault(
            "idcard.layout", f"identity card: type flag {raw} is no layout we know; update the plugin", raw=raw
        )
    return layout(TextBlock(text))
