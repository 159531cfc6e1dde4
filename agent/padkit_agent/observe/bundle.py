"""A support bundle: pages of plain facts and the end of the log, with whatever could be a person's taken out.

What reaches it is chosen without personal values, and log fields are masked by name. This is the second net: long runs of
digits (card, identity and phone numbers) and everything that is not ASCII (names, addresses) are replaced by their length.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence

import msgspec

UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
DIGITS = r"\d(?:[ -]?\d){10,}[Xx]?"  # a phone number has eleven
FOREIGN = r"[^\x00-\x7f…]+"
SUSPECT = re.compile(rf"(?P<uuid>{UUID})|(?P<digits>{DIGITS})|(?P<text>{FOREIGN})")
BEGINNING = (1980, 1, 1, 0, 0, 0)  # the same facts make the same bytes


def make_bundle(pages: Mapping[str, object], log: Sequence[str]) -> bytes:
    """Return a ZIP of one JSON file a page, in the order given, and ``agent.log``; plain values only."""
    import zipfile  # late: no start needs it

    def entry(name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, BEGINNING)
        info.compress_type = zipfile.ZIP_DEFLATED
        return info

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        for name, page in pages.items():
            text = msgspec.json.format(msgspec.json.encode(scrubbed(msgspec.to_builtins(page))), indent=2)
            bundle.writestr(entry(f"{name}.json"), text + b"\n")
        lines = "".join(f"{scrub(line)}\n" for line in log)
        bundle.writestr(entry("agent.log"), lines.encode())
    return packed.getvalue()


def scrubbed(value: object) -> object:
    """Return plain data with every text in it scrubbed, and every number that is as long as a person's."""
    match value:
        case Mapping():
            return {scrub(str(key)): scrubbed(inner) for key, inner in value.items()}
        case list() | tuple():
            return [scrubbed(inner) for inner in value]
        case str():
            return scrub(value)
        case int() if not isinstance(value, bool) and scrub(str(value)) != str(value):
            return scrub(str(value))
    return value


def scrub(text: str) -> str:
    """Return `text` with what could be personal replaced by its length."""
    return SUSPECT.sub(_mark, text)


def _mark(found: re.Match[str]) -> str:
    if found["uuid"]:
        return found["uuid"]
    return f"<{len(found[0])} {'digits' if found['digits'] else 'characters'}>"
