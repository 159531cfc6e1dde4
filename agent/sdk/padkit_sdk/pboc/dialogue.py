"""The whole reading of one bank card as a dialogue of APDUs: application, processing options, records. No I/O here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from padkit_sdk.errors import BadFrame, DeviceFault
from padkit_sdk.pboc.afl import records_to_read
from padkit_sdk.pboc.apdu import Response, Sw, get_processing_options, read_record, select
from padkit_sdk.pboc.card_data import EXPIRY, PAN, SEQUENCE, TRACK2, CardData, card_data
from padkit_sdk.pboc.pdol import Terminal, build_pdol_data
from padkit_sdk.pboc.select import Dialogue, Directory, ask, candidates
from padkit_sdk.pboc.tlv import Tlv, find, parse_tlv, value_of, walk

AIP_BYTES = 2
SAID_ONCE = frozenset({PAN, TRACK2, EXPIRY, SEQUENCE})  # a card that says two things here cannot be trusted


def reading(terminal: Terminal, directory: Directory = Directory.PSE, bins: Collection[str] = ()) -> Dialogue[CardData]:
    """Yield C-APDUs, take R-APDUs (without 61/6C), return the card.

    Raises:
        BadFrame: the chip's data makes no sense.
        DeviceFault: ``chip.no_application``, ``chip.app_blocked``, ``chip.card_blocked``, ``chip.refused``,
            ``chip.record`` with the status word in `raw`, or what `card_data` raises.
    """
    refusals: list[Response] = []
    for aid in (yield from candidates(directory)):
        fci = yield from ask(select(aid))
        if not fci.ok:
            refusals.append(fci)
            continue
        application = parse_tlv(fci.data)
        pdol_data = build_pdol_data(value_of(application, 0x9F38), terminal)
        options = yield from ask(get_processing_options(pdol_data))
        if options.status is Sw.CONDITIONS:  # EMV book 4, 6.3.1: this application is out, the next is tried
            refusals.append(options)
            continue
        if not options.ok:
            raise _refused("chip.refused", "refuses to open its application", options)
        objects = yield from _objects(options)
        return card_data(aid, _label(application), objects, bins)
    raise _no_application(refusals)


@dataclass(frozen=True, slots=True)
class _Options:
    """What GET PROCESSING OPTIONS said: the record list, and data objects that came along."""

    afl: bytes
    nodes: tuple[Tlv, ...]


def _objects(answer: Response) -> Dialogue[dict[int, bytes]]:
    """Every primitive object of the options and the records, first come first kept."""
    options = _options(answer.data)
    objects: dict[int, bytes] = {}
    _keep(objects, options.nodes)
    for sfi, record in records_to_read(options.afl):
        response = yield from ask(read_record(sfi, record))
        if not response.ok:
            raise _refused("chip.record", f"gives no record {record} of file {sfi}", response)
        _keep(objects, parse_tlv(response.data))
    return objects


def _options(data: bytes) -> _Options:
    nodes = parse_tlv(data)
    if len(nodes) != 1 or nodes[0].tag not in {0x80, 0x77}:
        raise BadFrame("processing options are in neither format 80 nor 77")
    (node,) = nodes
    if node.tag == 0x80:
        if len(node.value) < AIP_BYTES:
            raise BadFrame("processing options in format 80 are cut off", data)
        aip, afl = node.value[:AIP_BYTES], node.value[AIP_BYTES:]
        return _Options(afl, (Tlv(0x82, aip), Tlv(0x94, afl)))
    if find(node.children, 0x82) is None:
        raise BadFrame("processing options in format 77 hold no interchange profile (82)")
    return _Options(value_of(node.children, 0x94), node.children)


def _keep(objects: dict[int, bytes], nodes: tuple[Tlv, ...]) -> None:
    for node in walk(nodes):
        if node.constructed:
            continue
        kept = objects.setdefault(node.tag, node.value)
        if kept != node.value and node.tag in SAID_ONCE:
            raise BadFrame(f"chip: tag {node.tag:X} came twice with different values")


def _label(application: tuple[Tlv, ...]) -> str:
    return value_of(application, 0x50).decode("ascii", "replace").strip()


def _refused(fault: str, what: str, answer: Response) -> DeviceFault:
    raw = f"{answer.sw:04X}"
    return DeviceFault(fault, f"chip {what} (status {raw}, {answer.status.name.lower()}); take another card", raw=raw)


def _no_application(refusals: Sequence[Response]) -> DeviceFault:
    """The most telling reason of all that the tried applications gave."""
    for status, fault, what in (
        (Sw.CONDITIONS, "chip.refused", "refuses to open its application"),
        (Sw.APPLICATION_BLOCKED, "chip.app_blocked", "has its application blocked"),
    ):
        for answer in refusals:
            if answer.status is status:
                return _refused(fault, what, answer)
    if all(answer.status is Sw.UNSUPPORTED for answer in refusals):
        return _refused("chip.card_blocked", "is blocked", refusals[-1])
    return _refused("chip.no_application", "has no UnionPay application", refusals[-1])
