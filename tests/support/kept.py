"""The kept messages of other makers and the TEST ONLY keys they were made with."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from padkit_contract import der, pem
from padkit_contract.crypto import SoftwareKey, Suite
from padkit_contract.envelope import Identity
from padkit_contract.foreign import Chains
from padkit_contract.x509 import Certificate, load_certificate

FOLDER = Path(__file__).parents[1] / "vectors" / "crypto" / "envelopes"
PKI = FOLDER / "pki"
MESSAGES = tomllib.loads((FOLDER / "envelopes.toml").read_text(encoding="utf-8"))["message"]
PLAIN = (FOLDER / "plain.json").read_bytes()


def certificate(name: str) -> Certificate:
    return load_certificate((PKI / f"{name}.crt.pem").read_text(encoding="ascii"))


def private_key(name: str, suite: Suite) -> SoftwareKey:
    """Return a key that is kept in clear, as it may for a test only."""
    (raw,) = pem.read("PRIVATE KEY", (PKI / f"{name}.TEST-ONLY.key.pem").read_text(encoding="ascii"))
    inner = der.decode(der.EcPrivateKey, der.decode(der.PrivateKeyInfo, raw).key)
    assert inner.point is not None
    return suite.load_private(inner.scalar, inner.point.as_bytes())


@dataclass(frozen=True)
class Kept:
    """Who received the kept messages, and whom the receiver believes."""

    receiver: Identity
    chains: Chains


def load_kept(suite: Suite) -> Kept:
    lists = tuple((PKI / f"{name}.crl.der").read_bytes() for name in ("ca", "sub"))
    chains = Chains((certificate("ca"),), (certificate("sub"),), lists)
    return Kept(Identity(certificate("svc_enc"), private_key("svc_enc", suite)), chains)
