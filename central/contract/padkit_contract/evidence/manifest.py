"""The manifest of an evidence package: what the kit says there is, each item by its digest, and which package came before.

Canonical form: JSON, keys in the order below, what is at its default left out, no white space, UTF-8. It holds no name, number or
picture of a customer: those are in the items.
"""

from __future__ import annotations

import enum
from typing import Annotated

import msgspec

from padkit_contract.authorise import Ticket
from padkit_contract.crypto import sm3
from padkit_contract.errors import Invalid
from padkit_contract.messages import EvidenceItem

FORMAT = 1
MAX_MANIFEST = 1 << 20
MAX_ITEMS = 64
SHOWN = 0  # the number of a package that is only shown
START = "0" * 64  # what the first package of a kit names as the one before it

Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One file: evidence type, media type, size in bytes and SM3 (hex) of its content, when it was captured, and from where.

    `about` holds ``device``, and of a document ``template`` and ``version``.
    """

    type: str
    media: str
    size: Annotated[int, msgspec.Meta(ge=1)]
    sm3: Digest
    at: str
    about: dict[str, str] = {}


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One business as one kit saw it. `number` and `previous` (SM3 of the manifest before, hex) are its place among the kit's.

    Number 0 is no place: what is shown to authorisers before the case has ended (`SHOWN`), with `START` for what it cannot name.

    `fingerprint` is SM3 of the kit's certificate when it was made (it may be renewed before it is sealed again), `evidence` what
    was told central with the request and after, with compare results, `history` the states with their times, `agreed` SM3 of the
    evidence list that central has filed; `people` took part.
    """

    format: int
    package: str
    entity: str
    kit: str
    fingerprint: Digest
    agent: str
    number: Annotated[int, msgspec.Meta(ge=0)]
    previous: Digest
    made_at: str
    flow: str
    serial: str
    catalogue: str
    policy: int
    agreed: Digest
    items: tuple[Item, ...]
    evidence: tuple[EvidenceItem, ...]
    history: tuple[str, ...]
    holder: str = ""
    people: tuple[str, ...] = ()
    ticket: Ticket | None = None

    def encode(self) -> bytes:
        """Return the canonical bytes, which are signed."""
        return msgspec.json.encode(self)

    @property
    def digest(self) -> str:
        """What the next package names: SM3 of the canonical bytes (hex)."""
        return sm3(self.encode()).hex()

    @staticmethod
    def decode(raw: bytes) -> Manifest:
        """Read canonical bytes back. Raises `Invalid` ``manifest.size``, ``manifest.form``, ``manifest.format``."""
        if len(raw) > MAX_MANIFEST:
            raise Invalid("manifest.size", f"{len(raw)} bytes, at most {MAX_MANIFEST}")
        try:
            manifest = msgspec.json.decode(raw, type=Manifest)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
            raise Invalid("manifest.form", str(exc)) from exc
        if manifest.format != FORMAT:
            raise Invalid("manifest.format", f"{manifest.format}, this side reads {FORMAT}")
        if len(manifest.items) > MAX_ITEMS:
            raise Invalid("manifest.form", f"{len(manifest.items)} items, at most {MAX_ITEMS}")
        if manifest.encode() != raw:
            raise Invalid("manifest.form", "not in canonical form")
        return manifest


class PackageState(enum.Enum):
    """Where an upload stands at central."""

    INCOMPLETE = "incomplete"  # bytes are missing
    STORED = "stored"  # whole, judged, nothing wrong: the kit may let go of its files
    REFUSED = "refused"  # whole, judged, set aside with what is wrong


class Agreed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `EVIDENCE_SEALED`: the kit asks what became of the upload `seal` (SM3 of its sealed manifest, hex)."""

    seal: Digest
    size: Annotated[int, msgspec.Meta(ge=1)]


class PackageReply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Central's signed word (in ``fields.package``): bytes it has on disk, the state, and the codes of what is wrong."""

    seal: str
    state: PackageState
    have: int
    findings: tuple[str, ...] = ()
