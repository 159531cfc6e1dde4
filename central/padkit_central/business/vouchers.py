"""The bank's seal on receipts: of what the core has done for this very kit, one receipt a business, sealed once."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from padkit_central.business.ask import SERIAL, Ask
from padkit_central.business.ports import Compute
from padkit_central.observe import Log
from padkit_central.store import Store, SubmissionState
from padkit_contract.envelope import Identity
from padkit_contract.errors import Invalid
from padkit_contract.eseal import put_stamp
from padkit_contract.messages import Outcome, Reply, decode
from padkit_contract.voucher import RECEIPT, VoucherWanted


@dataclass(frozen=True, slots=True)
class SealOffice:
    """One entity's seal (DER) and who stamps with it."""

    seal: bytes
    signer: Identity


class Vouchers:
    """Answers `SEAL`."""

    def __init__(
        self,
        store: Store,
        offices: Mapping[str, SealOffice],
        *,
        now: Callable[[], datetime],
        compute: Compute,
        log: Log,
    ) -> None:
        self._store = store
        self._offices = offices
        self._now = now
        self._compute = compute
        self._log = log

    async def seal(self, ask: Ask) -> Reply:
        """Stamp a receipt; the same one again gets the same stamp.

        Raises `Invalid` ``serial.form``, ``voucher.no_seal``, ``voucher.nothing``, ``voucher.other``.
        """
        wanted = decode(ask.payload, VoucherWanted)
        if SERIAL.fullmatch(wanted.serial) is None:
            raise Invalid("serial.form", f"{wanted.serial[:64]!r}: 1 to 64 letters, digits or _ . : - are wanted")
        office = self._offices.get(ask.entity)
        if office is None:
            raise Invalid("voucher.no_seal", f"{ask.entity} has no seal here; `padkit-central ca seal` makes one")
        known = await self._store.vouchers.of(ask.entity, wanted.serial)
        if known is None:
            attempts = await self._store.attempts(ask.entity, wanted.serial)
            if not any(it.kit == ask.kit and it.state is SubmissionState.OK for it in attempts):
                raise Invalid("voucher.nothing", f"{wanted.serial}: the core has done nothing under it for this kit")
            digest, about, now = bytes.fromhex(wanted.digest), f"{RECEIPT} {wanted.serial}", self._now()
            stamp = await self._compute(lambda: put_stamp(office.seal, digest, about, office.signer, now))
            known = await self._store.vouchers.put(ask.entity, ask.kit, wanted.serial, wanted.digest, stamp)
            self._log.info("voucher.sealed", entity=ask.entity, kit=ask.kit, serial=wanted.serial)
        if known[0] != wanted.digest:
            raise Invalid("voucher.other", f"{wanted.serial}: another receipt of it was sealed; there is only one")
        return Reply(Outcome.OK, fields={"stamp": base64.b64encode(known[1]).decode("ascii")})
