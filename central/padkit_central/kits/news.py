"""What central tells kits of itself: its newest encryption certificate, whom to believe, what was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from padkit_central.store import CertificateRow, KeyUse
from padkit_contract import party, pem
from padkit_contract.enrol import Papers
from padkit_contract.x509 import Role, load_certificates

TO_KITS = frozenset(
    {Role.SERVICE, Role.COMMAND, Role.HSM, Role.SEAL}
)  # whom a kit hears or seals for: only their lists concern it


class News:
    """Read once from the service's folder; only newer revocation lists count before the next start."""

    def __init__(self, folder: Path) -> None:
        self._trust = _text(folder / party.TRUST)
        self._tls_trust = _text(folder / party.TLS_TRUST)
        self.encrypt_certificate = _text(folder / party.ENCRYPT_CERTIFICATE)
        lists = folder / party.REVOCATION_LISTS
        self.revocation_lists = ""
        if lists.exists():
            self.renew(pem.read(pem.REVOCATION_LIST, _text(lists)))

    def renew(self, revocation_lists: Sequence[bytes]) -> None:
        """Hand on those of these lists (DER) that concern kits, from now on."""
        self.revocation_lists = self._for_kits(revocation_lists)

    def papers(self, rows: Sequence[CertificateRow], hsm: str, support: str) -> Papers:
        """Return what a kit gets with its three certificates."""
        texts = {row.use: pem.write(pem.CERTIFICATE, row.body) for row in rows}
        return Papers(
            sign=texts[KeyUse.SIGN],
            encrypt=texts[KeyUse.ENCRYPT],
            tls=texts[KeyUse.TLS],
            trust=self._trust,
            tls_trust=self._tls_trust,
            peer=self.encrypt_certificate,
            hsm=hsm,
            support=support,
            revocation_lists=self.revocation_lists,
        )

    def _for_kits(self, lists: Sequence[bytes]) -> str:
        from cryptography.x509 import load_der_x509_crl

        speaking = {each.subject for each in load_certificates(self._trust) if each.is_root or each.role in TO_KITS}
        ours = [each for each in lists if load_der_x509_crl(each).issuer.public_bytes() in speaking]
        return "".join(pem.write(pem.REVOCATION_LIST, each) for each in ours)


def _text(path: Path) -> str:
    return path.read_text(encoding="ascii")
