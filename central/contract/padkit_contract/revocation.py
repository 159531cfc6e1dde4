"""Revocation lists read and believed: signed by a CA that we know, and newer than those we have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from padkit_contract import der, oids
from padkit_contract.crypto.suite import Suite
from padkit_contract.errors import CryptoUnfit
from padkit_contract.x509 import Certificate, is_sm2_with_sm3

MAX_LIST = 1 << 20


@dataclass(frozen=True, slots=True)
class RevocationList:
    """One list (DER) of the CA named `issuer` (DER); numbers only grow."""

    issuer: bytes = field(repr=False)
    number: int
    der: bytes = field(repr=False)


def read_list(raw: bytes, authorities: Sequence[Certificate], suite: Suite) -> RevocationList:
    """Return a list that one of `authorities` signed. Raises `CryptoUnfit` ``crl.size``, ``crl.form``, ``crl.signature``."""
    if len(raw) > MAX_LIST:
        raise CryptoUnfit("crl.size", f"{len(raw)} bytes, at most {MAX_LIST}")
    try:
        signed = der.decode(der.SignedObject, raw)
        tbs = der.encode(signed.body)
        body = der.decode(der.TbsRevocationList, tbs)
        issuer = der.encode(body.issuer)
        number = next(der.decode(int, each.value) for each in body.extensions if each.oid == oids.CRL_NUMBER)
    except (ValueError, StopIteration) as exc:
        raise CryptoUnfit("crl.form", f"{exc}; a numbered revocation list is needed") from exc
    signature = signed.signature.as_bytes()
    for authority in authorities:
        ours = authority.subject == issuer and is_sm2_with_sm3(signed.algorithm)
        if ours and suite.load_public(authority.point).verify(signature, tbs):
            return RevocationList(issuer, number, raw)
    raise CryptoUnfit("crl.signature", "a list that none of our CAs signed; ask for a current one")


def newer_lists(
    held: Sequence[bytes], offered: Sequence[bytes], authorities: Sequence[Certificate], suite: Suite
) -> tuple[bytes, ...]:
    """Return the newest list of each CA of both; those held, when nothing offered is newer.

    Raises `CryptoUnfit` ``crl.*`` for an offered list that is not believed.
    """
    have = _newest([read_list(raw, authorities, suite) for raw in held])
    come = _newest([read_list(raw, authorities, suite) for raw in offered])
    newest = {**have, **{key: it for key, it in come.items() if key not in have or it.number > have[key].number}}
    return tuple(it.der for it in newest.values())


def _newest(lists: Sequence[RevocationList]) -> Mapping[bytes, RevocationList]:
    return {it.issuer: it for it in sorted(lists, key=lambda it: it.number)}
