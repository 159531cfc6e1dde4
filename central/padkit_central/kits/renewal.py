"""New certificates for a kit that asks with its old key. The old ones are good for some more days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from padkit_central.business import Ask
from padkit_central.business.ports import Compute
from padkit_central.kits.issuing import Issuer, issue
from padkit_central.kits.keys import KitKeys, moment
from padkit_central.kits.news import News
from padkit_central.observe import Log
from padkit_central.store import CertificateRow, IdentityBook, KeyUse
from padkit_contract.enrol import EnrolRefused, Requests
from padkit_contract.messages import Outcome, Reply, decode
from padkit_contract.x509 import Certificate

BY_HAND = "issued by hand"


class Renewals:
    """Answers `RENEW`. The same requests again get the same certificates."""

    def __init__(
        self,
        book: IdentityBook,
        issuer: Issuer | None,
        news: News,
        keys: KitKeys,
        *,
        overlap: timedelta,
        now: Callable[[], datetime],
        compute: Compute,
        log: Log,
    ) -> None:
        self._book = book
        self._issuer = issuer
        self._news = news
        self._keys = keys
        self._overlap = overlap
        self._now = now
        self._compute = compute
        self._log = log

    async def renew(self, ask: Ask) -> Reply:
        """Give the kit certificates for its new keys. Raises `Invalid` for a body that makes no sense."""
        requests = decode(ask.payload, Requests)
        if self._issuer is None:
            return Reply(Outcome.REFUSED, "renew.off", "this central has no CA; enrol the kit again")
        issuer, now = self._issuer, self._now()
        rows = await self._book.of_request(ask.entity, ask.kit, requests.digest())
        if not rows:
            try:
                rows = await self._compute(lambda: issue(issuer, ask.entity, ask.kit, requests, now))
            except EnrolRefused as exc:
                return Reply(Outcome.REFUSED, exc.reason, str(exc))
            former = self._former(ask, requests, now)
            if not await self._book.renew(rows, former, moment(now + self._overlap)):
                rows = await self._book.of_request(ask.entity, ask.kit, requests.digest())
            self._log.info("kit.renewed", entity=ask.entity, kit=ask.kit, serial=rows[0].serial)
        papers = self._news.papers(rows, *issuer.beside())
        return Reply(Outcome.OK, fields={"papers": msgspec.to_builtins(papers)})

    def _former(self, ask: Ask, requests: Requests, now: datetime) -> list[CertificateRow]:
        """Return what the kit uses now, for a kit whose folder was issued by hand and that has no rows yet."""
        encrypt = self._keys.recipient(ask.entity, ask.kit, now).certificate
        rows = [_row(encrypt, KeyUse.ENCRYPT)]
        if ask.signer is not None:
            rows.append(_row(ask.signer, KeyUse.SIGN))
        if requests.tls_serial:
            serial = requests.tls_serial.lower().lstrip("0")[:64]
            rows.append(CertificateRow(ask.entity, ask.kit, serial, KeyUse.TLS, b"", "", "", reason=BY_HAND))
        return rows


def _row(certificate: Certificate, use: KeyUse) -> CertificateRow:
    return CertificateRow(
        certificate.entity, certificate.name, f"{certificate.serial:x}", use, certificate.der,
        moment(certificate.not_before), moment(certificate.not_after), reason=BY_HAND,
    )  # fmt: skip
