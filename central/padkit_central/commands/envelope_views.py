"""What `padkit-central envelope` tells of a message: values for JSON, and the same as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from padkit_contract.context import Context
from padkit_contract.envelope import Opened
from padkit_contract.errors import CryptoUnfit
from padkit_contract.foreign import Algorithm, Layer, Node, Report, Verdict, name_of, printable
from padkit_contract.x509 import Certificate

MARKS = {Verdict.HOLDS: "ok  ", Verdict.FAILS: "FAIL", Verdict.OPEN: "open"}


@dataclass(frozen=True, slots=True)
class SignerView:
    """Who says to have signed, and how."""

    name: str
    digest: str
    algorithm: str
    signed_attributes: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer, from the outside in."""

    structure: str
    family: str
    version: int | None
    content_type: str
    content_bytes: int | None
    cipher: str | None
    authenticated_attributes: tuple[str, ...] | None
    recipients: tuple[str, ...]
    digests: tuple[str, ...]
    signers: tuple[SignerView, ...]
    certificates: tuple[str, ...]
    revocation_lists: int


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check and how it came out."""

    what: str
    verdict: str
    rule: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """A message of another maker; `profile` is the one of ours that it has the form of, `context` what it claims."""

    encoding: str
    size: int
    profile: str | None
    context: Context | None
    layers: tuple[LayerView, ...]
    checks: tuple[CheckView, ...]
    signed: bool


@dataclass(frozen=True, slots=True)
class OpenedView:
    """An envelope of ours whose every check holds."""

    profile: str
    entity: str
    signer: str
    role: str
    serial: str
    key: str
    context: Context
    payload_bytes: int


def view_report(report: Report, profile: str | None = None, context: Context | None = None) -> ReportView:
    """Return what a report says, in words."""
    checks = tuple(CheckView(check.what, check.verdict.value, printable(check.rule)) for check in report.checks)
    layers = tuple(_layer(layer) for layer in report.layers)
    return ReportView(report.encoding, report.size, profile, context, layers, checks, report.signed)


def view_opened(opened: Opened) -> OpenedView:
    """Return what is known of an opened envelope, but for what it says."""
    signer = opened.signer
    return OpenedView(
        profile=opened.profile.value,
        entity=signer.entity,
        signer=signer.name,
        role=signer.role.value,
        serial=f"{signer.serial:x}",
        key=signer.certificate.key_id,
        context=opened.context,
        payload_bytes=len(opened.payload),
    )


def opened_lines(view: OpenedView) -> Iterator[str]:
    """Yield an opened envelope for a person."""
    yield f"verified: an envelope of profile {view.profile}, {view.payload_bytes} bytes inside"
    yield printable(f"  signed by  {view.entity}/{view.signer} ({view.role}), certificate serial {view.serial}")
    yield from _context_lines(view.context)


def report_lines(view: ReportView) -> Iterator[str]:
    """Yield a report for a person."""
    yield f"{view.encoding}, {view.size} bytes, layers read: {len(view.layers)}"
    if view.profile is not None:
        yield f"has the form of our profile {view.profile}; nothing of it is believed before it is verified"
    if view.context is not None:
        yield from _context_lines(view.context)
    for layer in view.layers:
        yield from _layer_lines(layer)
    marks = {verdict.value: mark for verdict, mark in MARKS.items()}
    for check in view.checks:
        yield f"{marks[check.verdict]}  {check.what}: {check.rule}"


def _context_lines(context: Context) -> Iterator[str]:
    yield printable(f"  context    {context.encode().decode()}")


def _layer_lines(layer: LayerView) -> Iterator[str]:
    version = "" if layer.version is None else f", version {layer.version}"
    yield f"{layer.structure} ({layer.family}{version})"
    size = "kept apart" if layer.content_bytes is None else f"{layer.content_bytes} bytes"
    cipher = "in clear" if layer.cipher is None else layer.cipher
    yield f"  content    {layer.content_type}, {size}, {cipher}"
    if layer.authenticated_attributes is not None:
        yield f"  with it    {', '.join(layer.authenticated_attributes)}"
    for recipient in layer.recipients:
        yield f"  for        {recipient}"
    for digest in layer.digests:
        yield f"  digest     {digest}"
    for signer in layer.signers:
        attributes = "none" if signer.signed_attributes is None else ", ".join(signer.signed_attributes)
        yield f"  signer     {signer.name}; {signer.digest}, {signer.algorithm}; signed attributes: {attributes}"
    for certificate in layer.certificates:
        yield f"  beside     {certificate}"
    if layer.revocation_lists:
        yield f"  beside     {layer.revocation_lists} revocation lists"


def _layer(layer: Layer) -> LayerView:
    encrypted = layer.encrypted
    content = layer.content if encrypted is None else encrypted.ciphertext
    authenticated = None if encrypted is None or encrypted.attributes is None else encrypted.attributes
    return LayerView(
        structure=layer.structure.value,
        family=layer.family.value,
        version=layer.version,
        content_type=name_of(layer.content_type),
        content_bytes=None if content is None else len(content),
        cipher=None if encrypted is None else name_of(encrypted.algorithm.oid),
        authenticated_attributes=None if authenticated is None else _types(authenticated),
        recipients=tuple(f"{each.party.text}; {_named(each.algorithm)}" for each in layer.recipients),
        digests=tuple(_named(digest) for digest in layer.digests),
        signers=tuple(
            SignerView(
                each.party.text,
                _named(each.digest),
                _named(each.algorithm),
                None if each.attributes is None else _types(each.attributes),
            )
            for each in layer.signers
        ),
        certificates=tuple(_certificate(raw) for raw in layer.certificates),
        revocation_lists=len(layer.revocation_lists),
    )


def _types(attributes: tuple[Node, ...]) -> tuple[str, ...]:
    return tuple(name_of(attribute.children[0].identifier()) for attribute in attributes)


def _named(algorithm: Algorithm | None) -> str:
    """Return an algorithm with what peers differ in: SM3 comes with NULL parameters or without any."""
    if algorithm is None:
        return "no key for us"
    return f"{name_of(algorithm.oid)}, parameters {'absent' if algorithm.parameters is None else 'present'}"


def _certificate(raw: bytes) -> str:
    try:
        certificate = Certificate.load(raw)
    except CryptoUnfit:
        return f"a certificate of {len(raw)} bytes that is not understood"
    return printable(
        f"certificate of {certificate.entity}/{certificate.name}, serial {certificate.serial:x}, "
        f"until {certificate.not_after:%F}"
    )
