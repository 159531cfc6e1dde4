"""Who is at the other end: the subject of the TLS client certificate, O = entity, CN = kit."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from padkit_central.business import Caller

MAX_NAME = 64


def caller_of(request: web.Request) -> Caller | None:
    """Return the caller; None without a certificate, or when it does not name exactly one entity and one kit."""
    certificate = request.get_extra_info("peercert")
    return named_in(certificate) if certificate else None


def serial_of(request: web.Request) -> str:
    """Return the serial number of the caller's TLS certificate (hex), empty without one."""
    certificate = request.get_extra_info("peercert") or {}
    return str(certificate.get("serialNumber", ""))


def named_in(certificate: Mapping[str, object]) -> Caller | None:
    """Read entity and kit out of a certificate in the form that `ssl` gives."""
    names: dict[str, list[str]] = {}
    subject = certificate.get("subject")
    for relative in subject if isinstance(subject, tuple) else ():
        for kind, value in relative:
            names.setdefault(kind, []).append(value)
    match names.get("organizationName", []), names.get("commonName", []):
        case [entity], [kit] if 0 < len(entity) <= MAX_NAME and 0 < len(kit) <= MAX_NAME:
            return Caller(entity, kit)
    return None
