"""Reads the recording of a USB device back: what it shows, what the host asked, what the device said and when. No I/O."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from padkit_sim.devices.usb import FULL_SPEED, HIGH_SPEED, Descriptors, Endpoint, Interface, Kind
from padkit_sim.errors import SimRefused
from padkit_sim.journal import Record
from padkit_sim.recording.usb_writer import DESCRIPTORS, SCRUBBED, STALLED

DEVICE_BYTES = 18
CONFIGURATION, INTERFACE, ENDPOINT, FIRST_SETTING = 2, 4, 5, 0
HIGH_SPEED_PACKET = 512
TRANSFER_TYPE = 3  # of bmAttributes
CONTROL, OF_ENDPOINT = "control", "endpoint "


@dataclass(frozen=True, slots=True)
class Saying:
    """A transfer of the device on an IN endpoint, so many seconds after the request before."""

    endpoint: int
    data: bytes
    after_s: float


@dataclass(frozen=True, slots=True)
class Asking:
    """What the host asked (`words`, as the journal has them), and what came of it. `scrubbed`: only its length is known.

    `reply` answers a control transfer; `n` is its record.
    """

    n: int
    words: str
    data: bytes
    scrubbed: bool
    reply: bytes
    stalled: bool
    sayings: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class UsbTape:
    """One recording. `first` came before anything was asked."""

    kind: str
    descriptors: Descriptors
    first: tuple[Saying, ...]
    askings: tuple[Asking, ...]


def is_of_usb(records: Sequence[Record]) -> bool:
    """Whether these are transfers, and not bytes of a line."""
    return any(it.dir != "note" and it.note.startswith((CONTROL, OF_ENDPOINT)) for it in records)


def usb_tape(records: Sequence[Record]) -> UsbTape:
    """The recording. Raises `SimRefused` when the device never showed what it is made of."""
    shown = [bytes.fromhex(it.hex) for it in records if it.note == DESCRIPTORS]
    whole = next((it for it in reversed(shown) if len(it) > DEVICE_BYTES), b"")
    if not whole:
        raise SimRefused("the device's configuration is not in it; begin the capture before you plug the device in")
    first: list[Saying] = []
    askings: list[Asking] = []
    of_it = [it for it in records if it.dir != "note"]
    starts = [place for place, it in enumerate(of_it) if it.dir == "in"]
    first.extend(_sayings(of_it[: starts[0]] if starts else of_it, of_it[0].t))
    for start, end in pairwise([*starts, len(of_it)]):
        askings.append(_asking(of_it[start], of_it[start + 1 : end]))
    return UsbTape(records[0].device, descriptors_of(whole), tuple(first), tuple(askings))


def _asking(asked: Record, said: Sequence[Record]) -> Asking:
    words = asked.note.partition(";")[0]
    replies = [it for it in said if it.note.startswith(CONTROL)]
    return Asking(
        n=asked.n,
        words=words,
        data=bytes.fromhex(asked.hex),
        scrubbed=asked.note.endswith(SCRUBBED),
        reply=bytes.fromhex(replies[0].hex) if replies else b"",
        stalled=any(it.note.endswith(STALLED) and it.note.partition(";")[0] in (CONTROL, words) for it in said),
        sayings=tuple(_sayings(said, asked.t)),
    )


def _sayings(said: Sequence[Record], begun_s: float) -> Iterator[Saying]:
    for it in said:
        if it.note.startswith(OF_ENDPOINT) and not it.note.endswith(STALLED):
            endpoint = int(it.note.removeprefix(OF_ENDPOINT)[:2], 16)
            yield Saying(endpoint, bytes.fromhex(it.hex), max(0.0, it.t - begun_s))


def descriptors_of(data: bytes) -> Descriptors:
    """What a device showed: 18 bytes of itself, then its first configuration; other settings of interfaces are left out."""
    (usb, device_class, release) = (*struct.unpack_from("<HB", data, 2), *struct.unpack_from("<H", data, 12))
    interfaces: list[Interface] = []
    power_ma, taken = 100, False
    for kind, body in _walk(data[DEVICE_BYTES:]):
        if kind == CONFIGURATION and len(body) >= 9:
            power_ma = body[8] * 2
        elif kind == INTERFACE and len(body) >= 9:
            taken = body[3] == FIRST_SETTING
            if taken:
                interfaces.append(Interface(body[2], body[5], body[6], body[7], ()))
        elif taken:
            interfaces[-1] = _more(interfaces[-1], kind, body)
    fast = any(end.max_packet >= HIGH_SPEED_PACKET for it in interfaces for end in it.endpoints)
    return Descriptors(tuple(interfaces), device_class, release, usb, HIGH_SPEED if fast else FULL_SPEED, power_ma)


def _more(interface: Interface, kind: int, body: bytes) -> Interface:
    """The interface with one more descriptor of its own, or of an endpoint; what belongs to an endpoint is left out."""
    if kind == ENDPOINT and len(body) >= 7 and body[3] & TRANSFER_TYPE in tuple(Kind):
        (packet,) = struct.unpack_from("<H", body, 4)
        end = Endpoint(body[2], Kind(body[3] & TRANSFER_TYPE), packet, body[6])
        return replace(interface, endpoints=(*interface.endpoints, end))
    if kind == ENDPOINT or interface.endpoints:
        return interface
    return replace(interface, extra=interface.extra + body)


def _walk(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= 2 and data[0] >= 2:
        yield data[1], data[: data[0]]
        data = data[data[0] :]
