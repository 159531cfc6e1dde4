"""What PC/SC says no with, and which of our errors that is (pcsc-lite 1.9, pcsclite.h). No I/O here."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from padkit_sdk.errors import DeviceFault, LinkLost, OutcomeUnknown, PadkitError, Refused


class Code(enum.IntEnum):
    """Return codes that we tell apart."""

    OK = 0
    INTERNAL = 0x80100001
    CANCELLED = 0x80100002
    INVALID_HANDLE = 0x80100003
    UNKNOWN_READER = 0x80100009
    TIMEOUT = 0x8010000A
    SHARING_VIOLATION = 0x8010000B
    NO_SMARTCARD = 0x8010000C
    PROTOCOL = 0x8010000F
    COMMUNICATION = 0x80100013
    NOT_TRANSACTED = 0x80100016
    READER_UNAVAILABLE = 0x80100017
    NO_SERVICE = 0x8010001D
    SERVICE_STOPPED = 0x8010001E
    NO_READERS = 0x8010002E
    UNSUPPORTED_CARD = 0x80100065
    UNRESPONSIVE_CARD = 0x80100066
    UNPOWERED_CARD = 0x80100067
    RESET_CARD = 0x80100068
    REMOVED_CARD = 0x80100069


SERVICE_GONE = frozenset(
    {Code.INTERNAL, Code.INVALID_HANDLE, Code.COMMUNICATION, Code.NO_SERVICE, Code.SERVICE_STOPPED}
)
READER_GONE = frozenset({Code.UNKNOWN_READER, Code.READER_UNAVAILABLE, Code.NO_READERS})
GONE = SERVICE_GONE | READER_GONE
CARD_FAULTS: Mapping[int, tuple[str, str]] = {
    Code.NO_SMARTCARD: ("chip.absent", "no card is in it; insert one"),
    Code.REMOVED_CARD: ("chip.absent", "the card was pulled; insert it again"),
    Code.UNRESPONSIVE_CARD: ("chip.mute", "the card does not answer its reset; turn it, then take another one"),
    Code.UNPOWERED_CARD: ("chip.off", "the card has no power; power it on first"),
    Code.RESET_CARD: ("chip.off", "another program has reset the card; power it on again"),
    Code.NOT_TRANSACTED: ("chip.transmission", "the exchange failed, or the card fell silent; power it on again once"),
    Code.UNSUPPORTED_CARD: ("chip.unsupported", "the reader cannot handle this card; take another one"),
    Code.PROTOCOL: ("chip.unsupported", "the card speaks neither T=0 nor T=1; take another one"),
}


def unsigned(code: int) -> int:
    """`code` as the manual has it: bindings disagree about its sign."""
    return code & 0xFFFFFFFF


def error_of(code: int, reader: str, doing: str, *, sent: bool = False, powering: bool = False) -> PadkitError:
    """The error that `code` is, met while `doing` something with `reader`.

    `sent`: a command may have reached the card. `powering`: the card was just to get power, so that having none is its fault.
    """
    shown = f"{unsigned(code):08X}"
    where = f"card reader {reader}: {doing}"
    if unsigned(code) in GONE:
        what = "the PC/SC service is gone" if unsigned(code) in SERVICE_GONE else "the reader is gone"
        if sent:
            return OutcomeUnknown(f"{where}: {what} ({shown}) and the answer with it; look before repeating")
        return LinkLost(f"{where}: {what} ({shown}); plug it in, or start pcscd")
    if unsigned(code) == Code.SHARING_VIOLATION:
        return Refused("link.busy", f"{where}: another program has the card ({shown}); end that program")
    if unsigned(code) == Code.TIMEOUT:
        return OutcomeUnknown(f"{where}: no answer in time ({shown}); look before repeating")
    known = Code.UNRESPONSIVE_CARD if powering and unsigned(code) == Code.UNPOWERED_CARD else unsigned(code)
    fault, next_step = CARD_FAULTS.get(known, ("reader.unknown", "a code we do not know; reconnect the reader"))
    return DeviceFault(fault, f"{where}: {next_step} (code {shown})", raw=shown)
