"""Which applications to try on a card, in order: those of its payment directory, then UnionPay's by name. No I/O here."""

from __future__ import annotations

import enum
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from padkit_sdk.pboc.apdu import Response, parse_response, read_record, select
from padkit_sdk.pboc.tlv import Tlv, find, parse_tlv, value_of, walk

T = TypeVar("T")
Dialogue: TypeAlias = Generator[bytes, bytes, T]  # yields C-APDUs, is sent R-APDUs, returns its result

UNIONPAY = bytes.fromhex("A000000333")
DEBIT, CREDIT, QUASI_CREDIT, E_CASH = (UNIONPAY + bytes([1, 1, kind]) for kind in (1, 2, 3, 6))
APPLICATIONS = (DEBIT, CREDIT, QUASI_CREDIT, E_CASH)  # reference section 2: the order without a directory
MAX_DIRECTORY_RECORDS = 10
DIRECTORY_FILES = range(1, 11)
NO_PRIORITY = 16  # behind every priority a card can give (1..15)


class Directory(enum.Enum):
    """The payment directory to ask for: that of the contacts, or that of the contactless side."""

    PSE = b"1PAY.SYS.DDF01"
    PPSE = b"2PAY.SYS.DDF01"


@dataclass(frozen=True, slots=True)
class _Entry:
    aid: bytes
    priority: int


def ask(command: bytes) -> Dialogue[Response]:
    """One command and its parsed answer. Raises `BadFrame`."""
    return parse_response((yield command))


def candidates(directory: Directory) -> Dialogue[tuple[bytes, ...]]:
    """The UnionPay applications to try: the directory's by priority, then the usual ones it did not name."""
    listed = yield from _listed(directory)
    ours = [entry for entry in listed if entry.aid.startswith(UNIONPAY)]
    named = [entry.aid for entry in sorted(ours, key=lambda entry: (entry.priority, _usual_place(entry.aid)))]
    return tuple(dict.fromkeys((*named, *APPLICATIONS)))


def _usual_place(aid: bytes) -> int:
    return APPLICATIONS.index(aid) if aid in APPLICATIONS else len(APPLICATIONS)


def _listed(directory: Directory) -> Dialogue[list[_Entry]]:
    answer = yield from ask(select(directory.value))
    if not answer.ok:
        return []
    fci = parse_tlv(answer.data)
    if directory is Directory.PPSE:
        return list(_entries(fci))
    file = value_of(fci, 0x88)
    if len(file) != 1 or file[0] not in DIRECTORY_FILES:
        return []
    listed: list[_Entry] = []
    for record in range(1, MAX_DIRECTORY_RECORDS + 1):
        answer = yield from ask(read_record(file[0], record))
        if not answer.ok:  # 6A 83 at the end; whatever else it says, it lists no more
            break
        listed.extend(_entries(parse_tlv(answer.data)))
    return listed


def _entries(nodes: tuple[Tlv, ...]) -> Iterator[_Entry]:
    for template in (node for node in walk(nodes) if node.tag == 0x61):
        name = find(template.children, 0x4F)
        if name is not None and 5 <= len(name.value) <= 16:
            priority = value_of(template.children, 0x87)[:1]
            yield _Entry(name.value, (priority[0] & 0x0F if priority else 0) or NO_PRIORITY)
