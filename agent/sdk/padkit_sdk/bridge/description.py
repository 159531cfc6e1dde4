"""What a vendor's library can do, as data: its functions, the shape of their arguments, what their return codes mean.

A function takes ints and byte pointers and returns an int, as such libraries do. Callbacks and structs are not described.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec


class Constant(msgspec.Struct, frozen=True, tag="constant"):
    """An int that is always the same."""

    value: int


class Number(msgspec.Struct, frozen=True, tag="number"):
    """The next int that the caller gives."""


class Data(msgspec.Struct, frozen=True, tag="data"):
    """A pointer to the next bytes that the caller gives."""


class Length(msgspec.Struct, frozen=True, tag="length"):
    """The length, as an int, of the bytes given last."""


class Out(msgspec.Struct, frozen=True, tag="out"):
    """A pointer to `size` zero bytes that the function writes into."""

    size: int


class OutLength(msgspec.Struct, frozen=True, tag="out_length"):
    """A pointer to an int: the size of the `Out` before it goes in, how many bytes it wrote comes out."""


Argument = Constant | Number | Data | Length | Out | OutLength


class Group(enum.Enum):
    """What such a library is for, as its maker would list it; see the reference of back-clips."""

    CONTACT_IC = "contact_ic"
    CONTACTLESS_IC = "contactless_ic"
    IDENTITY_CARD = "identity_card"
    MAGNETIC = "magnetic"
    FINGERPRINT = "fingerprint"
    PIN = "pin"
    BEEP = "beep"
    LED = "led"
    VERSION = "version"


class Function(msgspec.Struct, frozen=True):
    """One function by its `symbol`; it succeeded when it returns one of `good`, empty: any value of zero or more."""

    symbol: str
    arguments: tuple[Argument, ...] = ()
    good: tuple[int, ...] = (0,)

    def succeeded(self, returned: int) -> bool:
        """Whether the function's return value says so."""
        return returned in self.good if self.good else returned >= 0


@dataclass(frozen=True, slots=True)
class VendorLibrary:
    """One library. `opening` is called, in order, when its process starts, `closing` before it ends.

    `functions` has the ones that `BridgedReader` asks for, by our names: ``power_on`` (gives the ATR), ``transmit`` (takes a
    command, gives a response), ``power_off``, ``version`` (gives text), ``beep``, ``led``; what is missing is refused.
    `faults` says which `DeviceFault` a return value is; another one is ``bridge.refused`` with the value in `raw`.
    """

    model: str
    groups: frozenset[Group]
    functions: Mapping[str, Function]
    opening: tuple[Function, ...] = ()
    closing: tuple[Function, ...] = ()
    faults: Mapping[int, str] = field(default_factory=dict)
    memory_mb: int = 192  # what its process may use
