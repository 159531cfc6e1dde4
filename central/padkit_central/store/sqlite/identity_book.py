"""The store's door for who kits are. Writing methods return when their commit is durable; all raise `StoreFailed`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

from padkit_central.store.kit_records import CertificateRow, EnrolCode, KitRow, KitState, Known
from padkit_central.store.records import OpenCase, Point
from padkit_central.store.sqlite import identity, papers
from padkit_central.store.sqlite.order_book import Read, Write


class IdentityBook:
    """The register of kits, their certificates and codes."""

    def __init__(self, write: Write, read: Read, *, ids: Callable[[], str], at: Callable[[], str]) -> None:
        self._write = write
        self._read = read
        self._ids = ids
        self._at = at

    async def known(self, kits: Collection[tuple[str, str]]) -> dict[tuple[str, str], Known]:
        """Return what is known of each of `kits` (entity, kit) now."""
        return await self._read(partial(identity.known, kits=kits))

    async def body(self, entity: str, kit: str, serial: str) -> bytes:
        """Return one certificate's DER, empty when it is unknown."""
        return await self._read(partial(identity.encrypting, entity=entity, kit=kit, serial=serial))

    async def of_request(self, entity: str, kit: str, request: str) -> list[CertificateRow]:
        """Return the certificates made for the same requests."""
        return await self._read(partial(identity.of_request, entity=entity, kit=kit, request=request))

    async def register(self, entity: str, only: str = "") -> list[KitRow]:
        """Return the kits of an entity by name, or only one."""
        return await self._read(partial(identity.register, entity=entity, only=only))

    async def with_certificates(self) -> list[tuple[str, str]]:
        """Return (entity, kit) of every kit that has certificates here."""
        return await self._read(identity.with_certificates)

    async def newest_code(self, entity: str, kit: str) -> EnrolCode | None:
        """Return the kit's last code."""
        return await self._read(partial(identity.newest_code, entity=entity, kit=kit))

    async def put_code(self, code: EnrolCode) -> None:
        """Keep a new code; see `identity.put_code`."""
        await self._write(Point.PAPER, partial(identity.put_code, code=code, ids=self._ids))

    async def miss(self, code: EnrolCode) -> None:
        """Count a wrong try."""
        await self._write(Point.PAPER, partial(identity.miss, code=code))

    async def enrol(self, code: EnrolCode, certificates: Sequence[CertificateRow], max_tries: int) -> bool:
        """Spend the code and keep the certificates; see `identity.enrol`."""
        job = partial(
            identity.enrol, code=code, certificates=certificates, ids=self._ids, at=self._at(), max_tries=max_tries
        )
        return await self._write(Point.ENROLLED, job)

    async def renew(
        self, certificates: Sequence[CertificateRow], former: Sequence[CertificateRow], ends_at: str
    ) -> bool:
        """Keep new certificates, let the former ones end at `ends_at`; see `identity.renew`."""
        job = partial(identity.renew, certificates=certificates, former=former, ids=self._ids, ends_at=ends_at)
        return await self._write(Point.ENROLLED, job)

    async def set_state(self, entity: str, kit: str, state: KitState, reason: str, who: str) -> None:
        """Change a kit's place in the register, `who` being named in the trail; see `identity.set_state`."""
        job = partial(
            identity.set_state,
            entity=entity, kit=kit, state=state, reason=reason, who=who, ids=self._ids, at=self._at(),
        )  # fmt: skip
        await self._write(Point.PAPER, job)

    async def set_holder(self, entity: str, kit: str, holder: bytes, who: str) -> None:
        """Keep who holds a kit (a `Holder` as JSON)."""
        job = partial(identity.set_holder, entity=entity, kit=kit, holder=holder, who=who, ids=self._ids, at=self._at())
        await self._write(Point.PAPER, job)

    async def holder(self, entity: str, kit: str) -> bytes:
        """Return who holds a kit, empty when nobody was named."""
        return await self._read(partial(identity.holder, entity=entity, kit=kit))

    async def open_case(self, case: OpenCase) -> None:
        """Open a case, once."""
        await self._write(Point.PAPER, partial(papers.open_case, case=case, row_id=self._ids()))
