"""A case of a kit with one picture, its evidence package, and the way of both to a running central."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from padkit_contract import messages
from padkit_contract.crypto import sm3
from padkit_contract.evidence import START, Agreed, Item, Manifest, PackageReply, PackageSealer, head, section
from padkit_contract.messages import EVIDENCE, EVIDENCE_SEALED, EvidenceItem, EvidencePackage, How, Outcome

PIECE = 1000
AT = "2026-11-22T08:00:00.000Z"
PICTURE = b"\xff\xd8\xff" + b"picture" * 400


@dataclass
class Case:
    """One flow's package of one kit."""

    kit: Any
    number: int = 1
    previous: str = START
    flow: str = "F1"
    content: bytes = PICTURE
    told: EvidencePackage = field(init=False)
    manifest: Manifest = field(init=False)

    def __post_init__(self) -> None:
        digest = sm3(self.content).hex()
        self.told = EvidencePackage(
            self.flow, f"S-{self.flow}", "ACC-01", (EvidenceItem("id_ocr_front", How.CAPTURED, digest),), (), files=True
        )
        party, agreed = self.kit.party, sm3(messages.encode(self.told)).hex()
        item = Item("id_ocr_front", "image/jpeg", len(self.content), digest, AT)
        self.manifest = Manifest(
            *(1, self.kit.ids(), party.entity, party.name, "00" * 32, "1.0", self.number, self.previous, AT),
            *(self.flow, self.told.serial, "ACC-01", 1, agreed, (item,), self.told.items, ()),
        )

    def raw(self, sealed_for: Any = None) -> bytes:
        party = self.kit.party if sealed_for is None else replace(self.kit.party, peer=sealed_for)
        sealer = PackageSealer(party, self.kit.clock.now().timestamp, os.urandom)
        parts = [sealer.manifest(self.manifest), sealer.item(self.manifest, 1, self.content)]
        return head(1) + b"".join(map(section, parts))

    async def tell(self) -> None:
        assert (await self.kit.ask(EVIDENCE, self.told)).outcome is Outcome.OK


def seal_of(raw: bytes) -> str:
    size = int.from_bytes(raw[12:16], "big")
    return sm3(raw[16 : 16 + size]).hex()


async def put(kit: Any, seal: str, at: int, size: int, piece: bytes, **headers: str) -> tuple[int, Any]:
    place = {"Content-Range": f"bytes {at}-{at + len(piece) - 1}/{size}"} | headers
    async with kit.session.put(f"{kit.url}/v1/evidence/{seal}", data=io.BytesIO(piece), headers=place) as response:
        return response.status, msgspec.json.decode(await response.read())


async def have(kit: Any, seal: str) -> int:
    async with kit.session.get(f"{kit.url}/v1/evidence/{seal}") as response:
        assert response.status == 200
        return int(msgspec.json.decode(await response.read())["have"])


async def upload(kit: Any, raw: bytes) -> str:
    seal = seal_of(raw)
    for at in range(0, len(raw), PIECE):
        status, answer = await put(kit, seal, at, len(raw), raw[at : at + PIECE])
        assert (status, answer) == (200, {"have": min(at + PIECE, len(raw))})
    return seal


async def word(kit: Any, seal: str, size: int) -> PackageReply:
    reply = await kit.ask(EVIDENCE_SEALED, Agreed(seal, size))
    assert reply.outcome is Outcome.OK
    return msgspec.convert(reply.fields["package"], PackageReply)


async def sent(case: Case, raw: bytes | None = None) -> PackageReply:
    await case.tell()
    raw = raw or case.raw()
    return await word(case.kit, await upload(case.kit, raw), len(raw))
