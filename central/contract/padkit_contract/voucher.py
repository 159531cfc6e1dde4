"""The bank's seal on a receipt: what a kit asks to be stamped, and the stamp that comes back.

| business | body | the reply's fields |
|---|---|---|
| `SEAL` | `VoucherWanted` | stamp: base64 of the electronic seal signature (`padkit_contract.eseal`) |
"""

from __future__ import annotations

from typing import Annotated

import msgspec

SEAL = "voucher.seal"
RECEIPT = "D-RECEIPT"

Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class VoucherWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `SEAL`: the receipt of business `serial`, by the SM3 (hex) of its PDF. A serial has one receipt, sealed once."""

    serial: str
    digest: Digest
