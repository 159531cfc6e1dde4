"""Reading bank cards (PBOC 3.0, EMV) over the port `ChipCard`: `read_card`, or `reading` for a dialogue without I/O."""

from padkit_sdk.pboc.card_data import CardData, RawField
from padkit_sdk.pboc.dialogue import reading
from padkit_sdk.pboc.pan import has_bin, is_pan, luhn_ok
from padkit_sdk.pboc.pdol import Terminal
from padkit_sdk.pboc.read import read_card
from padkit_sdk.pboc.select import Dialogue, Directory

__all__ = [
    "CardData",
    "Dialogue",
    "Directory",
    "RawField",
    "Terminal",
    "has_bin",
    "is_pan",
    "luhn_ok",
    "read_card",
    "reading",
]
