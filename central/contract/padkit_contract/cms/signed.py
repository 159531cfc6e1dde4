"""CMS SignedData with signed attributes (RFC 5652, GB/T 35275): content, one certificate, one signature, one context.

`decode` accepts only what `encode` would have written: the parts are taken out, the whole is built again and compared.
So no field that nobody looks at can carry anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from padkit_contract import der, oids
from padkit_contract.cms.around import check_around
from padkit_contract.cms.parts import PINNED
from padkit_contract.crypto.suite import PrivateKey, PublicKey
from padkit_contract.crypto.symmetric import sm3
from padkit_contract.der import Algorithm, Null, SetOf, UTCTime
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused
from padkit_contract.x509 import Certificate, issuer_and_serial

VERSION = 1
MAX_AROUND = 8192  # bytes of a SignedData that are not its content: mostly certificate and context
DATA_TYPE = der.identifier(oids.CONTENT_TYPE, oids.DATA)
SM3 = der.algorithm(oids.SM3)
SM3_FORMS = (
    der.encode(SM3),
    der.encode(Algorithm(algorithm=oids.SM3, parameters=Null())),
)  # OpenSSL's family writes NULL


@dataclass(frozen=True, slots=True)
class Signed:
    """The parts of one SignedData that vary; everything else is fixed. The attributes are what is signed."""

    content: bytes = field(repr=False)
    certificate: Certificate
    context: bytes
    signed_at: datetime
    attributes: SetOf[der.TLV] = field(repr=False)
    signature: bytes = field(repr=False)
    digest_algorithm: Algorithm = SM3

    def signed_by(self, key: PublicKey) -> bool:
        """Tell whether the signature is this key's."""
        return key.verify(self.signature, der.encode(self.attributes))


def sign(content: bytes, context: bytes, certificate: Certificate, key: PrivateKey, signed_at: datetime) -> bytes:
    """Return the SignedData (DER) of `content`, bound to `context`."""
    moment = signed_at.replace(microsecond=0)
    attributes = _attributes(content, context, moment)
    signature = key.sign(der.encode(attributes))
    return _encode(Signed(content, certificate, context, moment, attributes, signature))


def decode(raw: bytes) -> Signed:
    """Take the parts out of a SignedData; the signature is not judged here.

    Raises ValueError or `CryptoUnfit` for anything that `sign` would not have written.
    """
    check_around(raw, MAX_AROUND)
    data = der.decode(der.SignedDataInfo, raw).content
    (signer,) = data.signers.as_list()
    (certificate,) = data.certificates.as_list()
    (digest_algorithm,) = data.digest_algorithms.as_list()
    if der.encode(digest_algorithm) not in SM3_FORMS:
        raise ValueError("digest algorithm is not SM3")
    claimed = der.attributes(signer.attributes)
    content = data.content.content
    context = der.decode(bytes, der.only_value(claimed, oids.CONTEXT))
    signed_at = der.decode(UTCTime, der.only_value(claimed, oids.SIGNING_TIME)).as_datetime()
    signed = Signed(
        content=content,
        certificate=Certificate.load(der.encode(certificate)),
        context=context,
        signed_at=signed_at,
        attributes=_attributes(content, context, signed_at),
        signature=signer.signature,
        digest_algorithm=digest_algorithm,
    )
    if _encode(signed) != raw:
        raise ValueError(PINNED)
    return signed


def read(raw: bytes) -> Signed:
    """Do as `decode`. Raises `EnvelopeRefused` ``signed.form``."""
    try:
        return decode(raw)
    except (ValueError, CryptoUnfit) as exc:
        raise EnvelopeRefused("signed.form", str(exc)) from exc


def _attributes(content: bytes, context: bytes, signed_at: datetime) -> SetOf[der.TLV]:
    return SetOf(
        [
            DATA_TYPE,
            der.time(oids.SIGNING_TIME, UTCTime(signed_at)),
            der.octets(oids.MESSAGE_DIGEST, sm3(content)),
            der.octets(oids.CONTEXT, context),
        ]
    )


def _encode(signed: Signed) -> bytes:
    signer = der.SignerInfo(
        version=VERSION,
        signer=issuer_and_serial(signed.certificate),
        digest_algorithm=signed.digest_algorithm,
        attributes=signed.attributes,
        signature_algorithm=der.algorithm(oids.SM2_WITH_SM3),
        signature=signed.signature,
    )
    data = der.SignedData(
        version=VERSION,
        digest_algorithms=SetOf([signed.digest_algorithm]),
        content=der.DataContent(type=oids.DATA, content=signed.content),
        certificates=SetOf([der.raw(signed.certificate.der)]),
        signers=SetOf([signer]),
    )
    return der.encode(der.SignedDataInfo(type=oids.SIGNED_DATA, content=data))
