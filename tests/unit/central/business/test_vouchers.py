"""The bank's seal on receipts at a running central: of what was done for this kit, one receipt a business."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from package_case import AT, Case, sent

from padkit_contract.crypto import sm3
from padkit_contract.eseal import check_stamp
from padkit_contract.evidence import Item, PackageSealer, PackageState, head, section
from padkit_contract.messages import CARD_OPEN, Outcome, Reply
from padkit_contract.voucher import SEAL, VoucherWanted

from .test_transact import C3, reserve

RECEIPT, OTHER = b"%PDF a receipt", b"%PDF another one"


async def asked(kit: Any, document: bytes = RECEIPT, serial: str = "S1") -> Reply:
    reply: Reply = await kit.ask(SEAL, VoucherWanted(serial, sm3(document).hex()))
    return reply


@pytest.fixture
async def opened(prepared: Any, opening: Any) -> Any:
    """A central that opened a card for kit-1 under S1."""
    async with prepared.kit() as kit:
        await reserve(kit)
        assert (await kit.ask(CARD_OPEN, opening(), C3)).outcome is Outcome.OK
    return prepared


async def test_a_receipt_is_sealed_and_the_same_again_has_the_same_stamp(opened: Any) -> None:
    async with opened.kit() as kit:
        first, again, other = await asked(kit), await asked(kit), await asked(kit, OTHER)
        now = datetime.now(UTC) + timedelta(hours=1)
        stamp = base64.b64decode(first.fields["stamp"])
        stamped = check_stamp(stamp, sm3(RECEIPT), kit.party.trust, max(now, kit.clock.now() + timedelta(minutes=1)))
    assert (stamped.face.name, stamped.by) == ("Bank TEST ONLY", "bank-1")
    assert again == first
    assert (other.outcome, other.code) == (Outcome.INVALID, "voucher.other")


async def test_what_was_not_done_for_this_kit_is_not_sealed(opened: Any, core: Any) -> None:
    async with opened.kit() as kit, opened.kit("kit-2") as stranger:
        none, foreign = await asked(kit, serial="S9"), await asked(stranger)
        strange = await kit.ask(SEAL, VoucherWanted("S 1", "00" * 32))
    assert [it.code for it in (none, foreign, strange)] == ["voucher.nothing", "voucher.nothing", "serial.form"]


class Sealed(Case):
    """A case with a receipt and a stamp beside its picture."""

    files: tuple[bytes, ...] = ()

    def beside(self, document: bytes, stamp: bytes) -> None:
        self.files = (document, stamp)
        media = ("application/pdf", "application/octet-stream")
        items = tuple(
            Item("voucher_seal", kind, len(it), sm3(it).hex(), AT) for kind, it in zip(media, self.files, strict=True)
        )
        self.manifest = msgspec.structs.replace(self.manifest, items=(*self.manifest.items, *items))

    def raw(self, sealed_for: Any = None) -> bytes:
        sealer = PackageSealer(self.kit.party, self.kit.clock.now().timestamp, os.urandom)
        parts = [sealer.manifest(self.manifest)]
        parts += [sealer.item(self.manifest, place, it) for place, it in enumerate((self.content, *self.files), 1)]
        return head(3) + b"".join(map(section, parts))


async def test_a_package_with_a_stamp_on_another_receipt_is_named(opened: Any) -> None:
    async with opened.kit() as kit:
        stamp = base64.b64decode((await asked(kit)).fields["stamp"])
        good = Sealed(kit)
        good.beside(RECEIPT, stamp)
        assert (await sent(good)).state is PackageState.STORED
        forged = Sealed(kit, number=2, flow="F2", previous=good.manifest.digest)
        forged.beside(OTHER, stamp)
        told = await sent(forged)
        broken = Sealed(kit, number=3, flow="F3", previous=forged.manifest.digest)
        broken.beside(RECEIPT, bytes([*stamp[:-1], stamp[-1] ^ 1]))
        assert [(told.state, told.findings)] == [(PackageState.REFUSED, ("seal.document",))]
        assert (await sent(broken)).findings == ("seal.signature",)
