"""Electronic seals (GB/T 38540-2020): the seal that its maker certifies, the stamp that its signer puts on a document, the check.

A seal names who may stamp with it, until when, and how it looks; its maker (the seal CA) has signed that. A stamp binds the whole
seal to the SM3 of a document and to a moment. `check_stamp` goes through the standard's steps and names the first that fails.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import datetime

from padkit_contract import der, oids
from padkit_contract.der import BitString, GeneralizedTime, IA5String
from padkit_contract.envelope import Identity
from padkit_contract.errors import CryptoUnfit, EnvelopeRefused, Invalid
from padkit_contract.issue import Issuer
from padkit_contract.trust import Trust
from padkit_contract.x509 import Certificate, Role, Usage

FILE = "seal.der"  # of a seal's folder, beside its signer's certificate and key
MAGIC, VERSION, VENDOR = "ES", 4, "padkit"
UNIT = 1  # type of a seal: an institution's; 2 would be a person's
WHOLE = 1  # the list of signers holds certificates, not their digests
PNG = b"\x89PNG\r\n\x1a\n"
MAX_PICTURE, MAX_STAMP = 256 << 10, 320 << 10
SIDE_MM = 42  # of an institution's round seal


@dataclass(frozen=True, slots=True)
class SealFace:
    """What a seal says of itself."""

    number: str
    name: str
    valid_from: datetime
    valid_until: datetime
    picture: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stamped:
    """A stamp that holds: by which seal, whose certificate signed, when."""

    face: SealFace
    by: str
    at: datetime


def check_picture(picture: bytes) -> tuple[int, int]:
    """Return a PNG's width and height in pixels. Raises `Invalid` ``seal.picture``."""
    if not picture.startswith(PNG) or len(picture) < 24 or len(picture) > MAX_PICTURE:
        raise Invalid("seal.picture", f"{len(picture)} bytes; a PNG of at most {MAX_PICTURE} is wanted")
    width, height = struct.unpack(">II", picture[16:24])
    return int(width), int(height)


def make_seal(
    face: SealFace, signer: Certificate, maker: Issuer, maker_certificate: Certificate, now: datetime
) -> bytes:
    """Return a seal (DER) that `signer` may stamp with, signed by its maker. Raises `Invalid` ``seal.picture``."""
    check_picture(face.picture)
    info = der.SealInfo(
        header=der.SealHeader(magic=IA5String(MAGIC), version=VERSION, vendor=IA5String(VENDOR)),
        number=IA5String(face.number),
        property=der.SealProperty(
            kind=UNIT,
            name=face.name,
            list_kind=WHOLE,
            certificates=[signer.der],
            made_at=_time(now),
            valid_from=_time(face.valid_from),
            valid_until=_time(face.valid_until),
        ),
        picture=der.SealPicture(kind=IA5String("png"), content=face.picture, width=SIDE_MM, height=SIDE_MM),
    )
    signature = maker.key.sign(der.encode(info))
    seal = der.Seal(
        info=info, maker=maker_certificate.der, algorithm=oids.SM2_WITH_SM3, signature=BitString(signature, 0)
    )
    return der.encode(seal)


def put_stamp(seal: bytes, digest: bytes, about: str, signer: Identity, now: datetime) -> bytes:
    """Return the stamp (DER) on the document whose SM3 is `digest`; `about` names it. Raises `Invalid` ``seal.form``."""
    content = der.StampContent(
        version=VERSION, seal=_seal(seal), at=_time(now), digest=BitString(digest, 0), about=IA5String(about)
    )
    return _encoded(content, signer.certificate, signer.key.sign(der.encode(content)))


def face_of(seal: bytes) -> SealFace:
    """Return what a seal says; nothing of it is proved. Raises `Invalid` ``seal.form``."""
    return _face(_seal(seal))


def check_stamp(raw: bytes, digest: bytes, trust: Trust, now: datetime) -> Stamped:
    """Check a stamp on the document whose SM3 is `digest`, step by step.

    Raises `Invalid`: ``seal.form`` (no such structure), ``seal.maker`` (not certified by the seal CA), ``seal.signer`` (a
    certificate that the seal does not name, or that is not believed), ``seal.signature`` (a byte was changed), ``seal.document``
    (another document), ``seal.time`` (stamped when the seal did not hold, or after `now`).
    """
    try:
        if len(raw) > MAX_STAMP:
            raise ValueError(f"{len(raw)} bytes, at most {MAX_STAMP}")
        stamp = der.decode(der.Stamp, raw)
        certificate = Certificate.load(stamp.certificate)
        content, seal = stamp.content, stamp.content.seal
        at = content.at.as_datetime()
        known = (seal.info.header.magic.as_str(), seal.info.header.version, content.version)
        if known != (MAGIC, VERSION, VERSION) or seal.info.property.list_kind != WHOLE:
            raise ValueError(f"a structure of version {known}, expected {(MAGIC, VERSION, VERSION)}")
        if {stamp.algorithm, seal.algorithm} != {oids.SM2_WITH_SM3} or _encoded(
            content, certificate, stamp.signature.as_bytes()
        ) != raw:
            raise ValueError("a field differs from what is fixed")
        face = _face(seal)
        check_picture(face.picture)
    except (ValueError, CryptoUnfit) as exc:
        raise Invalid("seal.form", f"no electronic seal signature: {exc}") from exc
    _check_maker(seal, trust)
    if certificate.der not in seal.info.property.certificates:
        raise Invalid("seal.signer", f"{certificate.name} may not stamp with seal {face.number}")
    try:
        trusted = trust.check(certificate, Usage.SIGNATURE, now)
    except EnvelopeRefused as exc:
        raise Invalid("seal.signer", str(exc)) from exc
    if trusted.role is not Role.SEAL:
        raise Invalid("seal.signer", f"{certificate.name} has no certificate for a seal")
    if not trusted.key.verify(stamp.signature.as_bytes(), der.encode(content)):
        raise Invalid("seal.signature", f"not signed by {certificate.name}, or changed since")
    if content.digest.as_bytes() != digest:
        raise Invalid("seal.document", "the stamp is on another document, or this one was changed")
    if not face.valid_from <= at <= min(face.valid_until, now):
        raise Invalid(
            "seal.time", f"stamped at {at:%FT%TZ}; the seal holds {face.valid_from:%F} to {face.valid_until:%F}"
        )
    return Stamped(face, certificate.name, at)


def _encoded(content: der.StampContent, certificate: Certificate, signature: bytes) -> bytes:
    stamp = der.Stamp(
        content=content, certificate=certificate.der, algorithm=oids.SM2_WITH_SM3, signature=BitString(signature, 0)
    )
    return der.encode(stamp)


def _check_maker(seal: der.Seal, trust: Trust) -> None:
    maker = next((it for it in trust.authorities if it.der == seal.maker and it.role is Role.SEAL), None)
    if maker is None:
        raise Invalid("seal.maker", "the seal was made by nobody whom this side knows as a maker of seals")
    if not trust.suite.load_public(maker.point).verify(seal.signature.as_bytes(), der.encode(seal.info)):
        raise Invalid("seal.maker", f"the seal is not as {maker.name} made it")


def _seal(raw: bytes) -> der.Seal:
    try:
        return der.decode(der.Seal, raw)
    except ValueError as exc:
        raise Invalid("seal.form", f"no electronic seal: {exc}") from exc


def _face(seal: der.Seal) -> SealFace:
    told, picture = seal.info.property, seal.info.picture
    return SealFace(
        seal.info.number.as_str(),
        told.name,
        told.valid_from.as_datetime(),
        told.valid_until.as_datetime(),
        picture.content,
    )


def _time(moment: datetime) -> GeneralizedTime:
    return GeneralizedTime(moment.replace(microsecond=0))
