"""What the store keeps of kits: their place in the register, their certificates, their enrolment codes. No SQL here."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from padkit_contract.x509 import Usage


class KitState(enum.Enum):
    """A kit's place in the register. All but IN_USE keep it out."""

    IN_USE = "in_use"
    SUSPENDED = "suspended"  # an alarm; two people clear it
    REVOKED = "revoked"  # its certificates are taken back; a new code lets it enrol again
    WIPED = "wiped"  # it erased its keys; a new code lets it enrol again


class KeyUse(enum.Enum):
    """What a kit's certificate is for."""

    SIGN = "sign"
    ENCRYPT = "encrypt"
    TLS = "tls"

    @property
    def usage(self) -> Usage:
        """Return the usage that an SM2 certificate of this kind must allow."""
        return Usage.KEY_ENCIPHERMENT if self is KeyUse.ENCRYPT else Usage.SIGNATURE


@dataclass(frozen=True, slots=True)
class KitRow:
    """One kit of the register. `enrolled_at` is empty for a kit whose folder was issued by hand."""

    entity: str
    kit: str
    state: KitState
    reason: str
    changed_at: str
    enrolled_at: str
    seen_at: str


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One certificate of a kit. `serial` is hexadecimal, `body` its DER (empty when only the serial is known).

    `revoked_at` may lie ahead: a renewed certificate is good until then. `request` tells which requests it was made for.
    """

    entity: str
    kit: str
    serial: str
    use: KeyUse
    body: bytes = field(repr=False)
    issued_at: str
    not_after: str
    revoked_at: str = ""
    reason: str = ""
    request: str = ""

    def good(self, at: str) -> bool:
        """Tell whether it is not taken back at the moment `at`, both as the store writes moments."""
        return not self.revoked_at or at < self.revoked_at


@dataclass(frozen=True, slots=True)
class EnrolCode:
    """A one-time code, kept as the key made of it. `request` is what it was used for; `tries` counts wrong ones."""

    entity: str
    kit: str
    code_id: str
    mac_key: bytes = field(repr=False)
    made_by: str
    made_at: str
    expires_at: str
    used_at: str = ""
    tries: int = 0
    request: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one kit at a moment: its state, and its certificates without their bodies, the newest first."""

    state: KitState = KitState.IN_USE
    certificates: tuple[CertificateRow, ...] = ()
