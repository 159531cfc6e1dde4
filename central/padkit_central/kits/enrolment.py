"""A kit's first certificates, for a code that was spoken. Outside every refusal looks the same; the reason is in the log.

The rows are written, and the code is spent with them, before the answer leaves. An answer that was lost is given again to
the same request for some minutes; another request under a spent code means that two know it, and opens a case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container
from datetime import datetime, timedelta

from padkit_central.business.ports import Compute
from padkit_central.kits.issuing import Issuer, issue
from padkit_central.kits.keys import moment
from padkit_central.kits.news import News
from padkit_central.observe import Log
from padkit_central.store import CertificateRow, EnrolCode, IdentityBook, KitState, OpenCase
from padkit_contract import enrol
from padkit_contract.enrol import EnrolRefused, EnrolRequest, Maced

MAX_TRIES = 5
CODE_REUSED = "enrol.code_reused"  # rule and case


class Enrolment:
    """The enrolment door's mind. One request at a time: wrong tries are counted before the next is judged."""

    def __init__(
        self,
        book: IdentityBook,
        issuer: Issuer,
        news: News,
        *,
        entities: Container[str],
        repeat_s: float,
        now: Callable[[], datetime],
        compute: Compute,
        log: Log,
    ) -> None:
        self._book = book
        self._issuer = issuer
        self._news = news
        self._entities = entities
        self._repeat = timedelta(seconds=repeat_s)
        self._now = now
        self._compute = compute
        self._log = log
        self._turn = asyncio.Lock()

    async def answer(self, raw: bytes) -> bytes:
        """Return the certificates, sealed with the code's key.

        Raises:
            EnrolRefused: nothing was issued; the reason is logged already.
            StoreFailed: nothing was decided; the same request may come again.
        """
        about = {"entity": "", "kit": ""}
        try:
            maced = enrol.read_maced(raw, enrol.MAX_REQUEST)
            request = enrol.read_request(maced)
            about = {"entity": request.entity[:64], "kit": request.kit[:64]}
            async with self._turn:
                code, rows = await self._rows(request, maced)
        except EnrolRefused as exc:
            self._log.warning("enrol.refused", **about, why=str(exc))
            raise
        self._log.info("enrol.answered", **about, code=code.code_id)
        return enrol.seal_answer(self._news.papers(rows, *self._issuer.beside()), maced, code.mac_key)

    async def _rows(self, request: EnrolRequest, maced: Maced) -> tuple[EnrolCode, list[CertificateRow]]:
        code = await self._code(request, maced)
        now = self._now()
        digest = request.requests.digest()
        if code.used_at:
            return code, await self._again(code, digest, now)
        if moment(now) >= code.expires_at:
            raise EnrolRefused("code.expired", f"{code.kit}: at {code.expires_at}; make a new one")
        await self._check_state(code)
        rows = await self._compute(lambda: issue(self._issuer, code.entity, code.kit, request.requests, now))
        if not await self._book.enrol(code, rows, MAX_TRIES):
            raise EnrolRefused("code.spent", f"{code.kit}: the code was spent, or the kit suspended, just now")
        return code, rows

    async def _code(self, request: EnrolRequest, maced: Maced) -> EnrolCode:
        """Return the code that the sender has proved to know."""
        if request.entity not in self._entities:
            raise EnrolRefused("entity.unknown", request.entity[:64])
        code = await self._book.newest_code(request.entity, request.kit)
        if code is None:
            raise EnrolRefused("code.unknown", f"{request.kit[:64]}: no code was made")
        if code.tries >= MAX_TRIES:
            raise EnrolRefused("code.tries", f"{code.kit}: {code.tries} wrong ones; make a new code")
        if not enrol.is_by(maced, code.mac_key):
            await self._book.miss(code)
            raise EnrolRefused("enrol.mac", f"{code.kit}: another code, try {code.tries + 1} of {MAX_TRIES}")
        return code

    async def _again(self, code: EnrolCode, digest: str, now: datetime) -> list[CertificateRow]:
        """Return the certificates of a request that was answered before."""
        if code.request != digest:
            at, detail = moment(now), f"code {code.code_id} was used at {code.used_at}, now again with other keys"
            case = OpenCase(code.entity, code.kit, f"{CODE_REUSED}:{code.code_id}", CODE_REUSED, at, detail=detail)
            await self._book.open_case(case)
            self._log.error(CODE_REUSED, entity=code.entity, kit=code.kit, code=code.code_id)
            raise EnrolRefused("code.spent", f"{code.kit}: at {code.used_at}, for other keys; two know this code")
        if now > datetime.fromisoformat(code.used_at) + self._repeat:
            raise EnrolRefused("code.late", f"{code.kit}: answered at {code.used_at}; make a new code")
        return await self._book.of_request(code.entity, code.kit, digest)

    async def _check_state(self, code: EnrolCode) -> None:
        kits = await self._book.register(code.entity, code.kit)
        if any(kit.state is KitState.SUSPENDED for kit in kits):
            raise EnrolRefused("identity.suspended", f"{code.kit}: clear it first, `padkit-central kit clear`")
