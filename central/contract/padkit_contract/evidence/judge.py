"""Judging an evidence package: every signature, digest and count, and a name for each that does not hold.

The order among a kit's packages (`previous`) needs those before it: whoever has them judges that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from padkit_contract.context import Context
from padkit_contract.crypto import sm3
from padkit_contract.envelope import Identity, Signer, open_envelope
from padkit_contract.errors import EnvelopeRefused, Invalid
from padkit_contract.eseal import check_stamp
from padkit_contract.evidence.manifest import Item, Manifest
from padkit_contract.evidence.package import read
from padkit_contract.evidence.sealing import ITEM, MANIFEST, open_item
from padkit_contract.messages import AUTHORISER, How
from padkit_contract.trust import Trust
from padkit_contract.x509 import Certificate

VOUCHER, PDF = "voucher_seal", "application/pdf"  # the receipt, and beside it the bank's stamp on it
# What another sealing of the same manifest heals: our key changed, the kit's certificate was renewed, its clock was ahead.
SEAL_AGAIN = frozenset({"envelope.recipient", "certificate.expired", "certificate.withdrawn", "signed.time"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: a stable `code`, the part it is about, and what was found there."""

    code: str
    part: str
    told: str

    def __str__(self) -> str:
        return f"{self.code}: {self.part}: {self.told}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file turned out to be. `manifest` and `signer` are None when nothing of it is to be believed."""

    findings: tuple[Finding, ...]
    manifest: Manifest | None = None
    signer: Signer | None = None
    seal: str = ""
    contents: Mapping[int, bytes] = field(default_factory=dict, repr=False)  # of the items that hold, by number from 1


def judge(
    raw: bytes,
    *,
    own: Sequence[Identity],
    trust: Trust,
    now: datetime,
    check_signer: Callable[[Certificate, datetime], None],
) -> Judged:
    """Open a package with `own`, newest first, as of `now` (when it arrived). Raises nothing but `KeySilent`."""
    try:
        parts = read(raw)
    except Invalid as exc:
        return Judged((Finding(exc.reason, "package", str(exc)),))
    seal = sm3(parts.manifest).hex()
    try:
        opened = open_envelope(parts.manifest, own=own, trust=trust, now=now)
        check_signer(opened.signer.certificate, now)
    except EnvelopeRefused as exc:
        code = exc.reason if exc.reason in SEAL_AGAIN else "manifest.signature"
        return Judged((Finding(code, "manifest", str(exc)),), seal=seal)
    try:
        manifest = Manifest.decode(opened.payload)
    except Invalid as exc:
        return Judged((Finding(exc.reason, "manifest", str(exc)),), signer=opened.signer, seal=seal)
    findings = list(_bound(manifest, opened.context))
    contents: dict[int, bytes] = {}
    findings += _items(manifest, parts.items, own, contents)
    findings += _evidence(manifest)
    findings += _vouchers(manifest, contents, trust, now)
    return Judged(tuple(findings), manifest, opened.signer, seal, contents)


def _bound(manifest: Manifest, context: Context) -> Iterator[Finding]:
    said = (manifest.entity, manifest.kit, manifest.package)
    sealed = (context.entity, context.kit, context.envelope)
    if context.business != MANIFEST or said != sealed:
        yield Finding("manifest.context", "manifest", f"says {said}, was sealed as {context.business} of {sealed}")


def _items(
    manifest: Manifest, sections: Sequence[bytes], own: Sequence[Identity], contents: dict[int, bytes]
) -> Iterator[Finding]:
    missing = dict(enumerate(manifest.items, 1))
    broken: list[tuple[int, Finding]] = []
    for place, section in enumerate(sections, 1):
        try:
            context, content = open_item(section, own)
        except EnvelopeRefused as exc:
            broken.append((place, Finding("item.damaged", f"item {place}", str(exc))))
            continue
        number = context.sequence
        bound = (context.business, context.entity, context.kit, context.envelope)
        if bound != (ITEM, manifest.entity, manifest.kit, manifest.package) or number not in missing:
            told = f"number {number} of package {context.envelope}, which is not wanted here"
            yield Finding("item.extra", f"section {place}", told)
            continue
        found = tuple(_compare(number, missing.pop(number), content))
        yield from found
        if not found:
            contents[number] = content
    for place, finding in broken:  # what does not open is the one of its place, unless that one is there
        item = missing.pop(place, None)
        part = _named(place, item) if item else f"section {place}"
        yield Finding(finding.code if item else "item.extra", part, finding.told)
    for number, item in missing.items():
        yield Finding("item.missing", _named(number, item), "named in the manifest, not in the file")


def _compare(number: int, item: Item, content: bytes) -> Iterator[Finding]:
    if len(content) != item.size:
        yield Finding("item.size", _named(number, item), f"{len(content)} bytes, the manifest says {item.size}")
    digest = sm3(content).hex()
    if digest != item.sm3:
        yield Finding("item.hash", _named(number, item), f"SM3 {digest}, the manifest says {item.sm3}")


def _evidence(manifest: Manifest) -> Iterator[Finding]:
    """Hold what was told central against the items: each digest that was captured has its file."""
    there = {it.sm3 for it in manifest.items}
    for line in manifest.evidence:
        captured = line.how is How.CAPTURED and line.digest and line.type != AUTHORISER
        if captured and line.digest not in there:
            yield Finding("evidence.no_file", line.type, f"told with SM3 {line.digest}, but no item has it")


def _vouchers(manifest: Manifest, contents: Mapping[int, bytes], trust: Trust, now: datetime) -> Iterator[Finding]:
    """Hold the bank's stamp against the receipt that lies beside it."""
    held = {
        number: item for number, item in enumerate(manifest.items, 1) if item.type == VOUCHER and number in contents
    }
    receipts = [bytes.fromhex(item.sm3) for item in held.values() if item.media == PDF]
    for number, item in held.items():
        if item.media == PDF:
            continue
        try:
            check_stamp(contents[number], receipts[-1] if receipts else b"", trust, now)
        except Invalid as exc:
            yield Finding(exc.reason, _named(number, item), str(exc))


def _named(number: int, item: Item) -> str:
    return f"item {number} ({item.type})"
