"""Evidence packages with TEST ONLY keys: made by a kit's sealer from a few items, and judged by the service that they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from ends import Ends, chance

from padkit_contract.crypto import sm3
from padkit_contract.evidence import Item, Judged, Manifest, PackageSealer, head, judge, section
from padkit_contract.evidence.manifest import FORMAT, START
from padkit_contract.messages import EvidenceItem, How
from padkit_contract.party import Party, TlsFiles

PACKAGE = "019ab9a0-0000-7000-8000-00000000000a"
AT = "2026-11-22T08:00:00.000Z"
CONTENTS = (bytes(256), b"\xff\xd8\xff" + b"picture" * 500, b"\x89PNG" + b"face" * 300)
TYPES = ("id_chip", "id_ocr_front", "face_live")


@dataclass(frozen=True)
class PackageTalk:
    """One kit that makes packages and one service that judges them."""

    ends: Ends

    def sealer(self) -> PackageSealer:
        here, ends = Path(), self.ends
        party = Party(
            "bank", "KIT-1", ends.kit, ends.kit_receives, ends.trust, ends.central, None, TlsFiles(here, here, here)
        )
        return PackageSealer(party, ends.pki.now.timestamp, chance)

    def manifest(self, contents: Sequence[bytes] = CONTENTS, **changes: object) -> Manifest:
        items = tuple(
            Item(kind, "image/jpeg", len(it), sm3(it).hex(), AT, {"device": "camera"})
            for kind, it in zip(TYPES, contents, strict=False)
        )
        told = tuple(EvidenceItem(it.type, How.CAPTURED, it.sm3) for it in items)
        manifest = Manifest(
            *(FORMAT, PACKAGE, "bank", "KIT-1", self.sealer().fingerprint, "1.0", 1, START, AT, "F1", "S1"),
            *("ACC-01", 3, "ab" * 32, items, told, (f"{AT} STARTED",)),
        )
        return msgspec.structs.replace(manifest, **changes)

    def sections(self, manifest: Manifest | None = None, contents: Sequence[bytes] = CONTENTS) -> list[bytes]:
        """Return the sealed manifest and each sealed item."""
        manifest, sealer = manifest or self.manifest(contents), self.sealer()
        sealed = [sealer.item(manifest, number, it) for number, it in enumerate(contents, 1)]
        return [sealer.manifest(manifest), *sealed]

    def judge(self, raw: bytes) -> Judged:
        ends = self.ends
        return judge(
            raw, own=(ends.service_receives,), trust=ends.trust, now=ends.pki.now, check_signer=lambda *_: None
        )


def joined(sections: Sequence[bytes], items: int | None = None) -> bytes:
    """Return the file of these sections; `items` stands in its head."""
    count = len(sections) - 1 if items is None else items
    return head(count) + b"".join(map(section, sections))
