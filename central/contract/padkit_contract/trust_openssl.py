"""One chain judged by OpenSSL. pyOpenSSL is imported when the first chain comes, not when a kit starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from padkit_contract.errors import EnvelopeRefused
from padkit_contract.x509 import Certificate

if TYPE_CHECKING:
    from cryptography.x509 import CertificateRevocationList
    from OpenSSL.crypto import X509, X509Store

# X509_V_ERR_* of openssl/x509_vfy.h that have a reason of their own
REASONS: Mapping[int, str] = {
    9: "certificate.expired",  # not yet valid
    10: "certificate.expired",
    12: "certificate.crl_expired",
    23: "certificate.revoked",
}


def verified_chain(
    leaf: Certificate,
    roots: Sequence[Certificate],
    authorities: Sequence[Certificate],
    revocation_lists: Sequence[bytes],
    now: datetime,
) -> tuple[Certificate, ...]:
    """Return the chain from `leaf` to its root. Raises `EnvelopeRefused` ``certificate.*`` with OpenSSL's words."""
    from OpenSSL import crypto

    store = _store(roots, revocation_lists, now)
    try:
        context = crypto.X509StoreContext(store, _load(leaf), [_load(authority) for authority in authorities])
        chain = context.get_verified_chain()
    except crypto.X509StoreContextError as exc:
        reason = REASONS.get(exc.errors[0], "certificate.chain")
        raise EnvelopeRefused(reason, f"{leaf.entity}/{leaf.name}: {exc}") from exc
    except crypto.Error as exc:  # what our reader let pass and OpenSSL cannot read
        raise EnvelopeRefused("certificate.chain", f"{leaf.entity}/{leaf.name}: unreadable") from exc
    return tuple(Certificate.load(crypto.dump_certificate(crypto.FILETYPE_ASN1, link)) for link in chain)


def _store(roots: Sequence[Certificate], revocation_lists: Sequence[bytes], now: datetime) -> X509Store:
    from OpenSSL import crypto

    store = crypto.X509Store()
    store.set_time(now.astimezone(UTC))
    flags = crypto.X509StoreFlags.X509_STRICT
    for root in roots:
        store.add_cert(_load(root))
    for revocation_list in revocation_lists:
        try:
            store.add_crl(_read_list(revocation_list))
        except crypto.Error as exc:  # stricter than the reader before it
            raise EnvelopeRefused("certificate.crl", f"{exc}; ask the CA for a current one") from exc
        flags |= crypto.X509StoreFlags.CRL_CHECK | crypto.X509StoreFlags.CRL_CHECK_ALL
    store.set_flags(flags)
    return store


def _load(certificate: Certificate) -> X509:
    from OpenSSL import crypto

    return crypto.load_certificate(crypto.FILETYPE_ASN1, certificate.der)


def next_update(revocation_list: bytes) -> datetime:
    """Return until when a revocation list (DER) holds. Raises `EnvelopeRefused` ``certificate.crl`` if it never ends."""
    moment = _read_list(revocation_list).next_update_utc
    if moment is None:
        raise EnvelopeRefused("certificate.crl", "a revocation list without next update; ask the CA for a current one")
    return moment


def _read_list(revocation_list: bytes) -> CertificateRevocationList:
    from cryptography.x509 import InvalidVersion, load_der_x509_crl

    try:
        return load_der_x509_crl(revocation_list)
    except (ValueError, InvalidVersion) as exc:
        raise EnvelopeRefused("certificate.crl", f"{exc}; ask the CA for a current one") from exc
