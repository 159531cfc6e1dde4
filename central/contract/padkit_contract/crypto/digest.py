"""What SM2 signs: e = SM3(Z ‖ data), Z over the signer's identifier and point (GM/T 0003.2, 5.5)."""

from __future__ import annotations

from padkit_contract.crypto import curve
from padkit_contract.crypto.symmetric import sm3


def signer_digest(point: bytes, data: bytes, identifier: bytes = curve.DEFAULT_ID) -> bytes:
    """Return e for the owner of `point` (04 ‖ X ‖ Y)."""
    size = (len(identifier) * 8).to_bytes(2, "big")
    domain = curve.A.to_bytes(32, "big") + curve.B.to_bytes(32, "big") + curve.G[1:] + point[1:]
    return sm3(sm3(size + identifier + domain) + data)
