"""What the peer is asked with: keys and certificates in its words, and messages that somebody changed on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bouncy_castle import BouncyCastle
from ends import pkcs8, private_key
from talk import PAYLOAD, Talk

from padkit_contract.envelope import Identity
from padkit_contract.x509 import Role

Break = Callable[[bytes], bytes]


def milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


def whom_to_believe(talk: Talk, role: Role = Role.KIT) -> dict[str, bytes | str]:
    return {
        "root": talk.pki.root_certificate.der,
        "authority": talk.pki.sub_certificates[role].der,
        "now": milliseconds(talk.pki.now),
    }


def receiver(talk: Talk) -> dict[str, bytes]:
    own = talk.service_receives
    return {"certificate": own.certificate.der, "key": pkcs8(private_key(own))}


def signed_by_the_peer(bouncy: BouncyCastle, talk: Talk, by: Identity, **more: bytes | str) -> bytes:
    key = {"certificate": by.certificate.der, "key": pkcs8(private_key(by))}
    return bouncy.ask("sign", content=PAYLOAD, now=milliseconds(talk.pki.now), **key, **more)["message"]


def flipped(at: float) -> Break:
    def flip(message: bytes) -> bytes:
        place = int(len(message) * at)
        return message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :]

    return flip
