"""The store's door for evidence packages. All methods raise `StoreFailed`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from padkit_central.store.evidence_records import Expected, Upload, Verdict
from padkit_central.store.records import OpenCase, Point
from padkit_central.store.sqlite import evidence, papers
from padkit_central.store.sqlite.evidence import C
from padkit_central.store.sqlite.order_book import Read, Write

LATE = "evidence.late"


class EvidenceBook:
    """Uploads of kits. Writing methods return when their commit is durable."""

    def __init__(self, write: Write, read: Read, *, ids: Callable[[], str], at: Callable[[], str]) -> None:
        self._write = write
        self._read = read
        self._ids = ids
        self._at = at

    async def take(self, entity: str, kit: str, seal: str, at: int, size: int, body: bytes) -> int | None:
        """Append a piece; see `evidence.take`."""
        job = partial(
            evidence.take,
            entity=entity, kit=kit, seal=seal, at=at, size=size, body=body, ids=(self._ids(), self._ids()), now=self._at(),
        )  # fmt: skip
        return await self._write(Point.PIECE, job)

    async def upload(self, entity: str, kit: str, seal: str) -> Upload | None:
        """Return one upload."""
        return await self._read(partial(evidence.upload, entity=entity, kit=kit, seal=seal))

    async def uploads(self, entity: str | None = None) -> list[Upload]:
        """Return all uploads, the oldest first."""
        return await self._read(partial(evidence.uploads, entity=entity))

    async def content(self, upload: Upload) -> bytes:
        """Return what came of an upload."""
        return await self._read(partial(evidence.content, entity=upload.entity, kit=upload.kit, seal=upload.seal))

    async def judged(self, upload: Upload, verdict: Verdict) -> Upload:
        """Write a verdict down; see `evidence.judged`."""
        job = partial(
            evidence.judged,
            entity=upload.entity, kit=upload.kit, seal=upload.seal, verdict=verdict, now=self._at(),
        )  # fmt: skip
        return await self._write(Point.PIECE, job)

    async def place_findings(self, entity: str, kit: str, verdict: Verdict) -> list[str]:
        """Tell what does not fit in the place of a package; see `evidence.place_findings`."""
        return await self._read(partial(evidence.place_findings, entity=entity, kit=kit, verdict=verdict))

    async def drop(self, upload: Upload) -> None:
        """Forget an upload that its kit will seal anew."""
        job = partial(evidence.drop, entity=upload.entity, kit=upload.kit, seal=upload.seal)
        await self._write(Point.PIECE, job)

    async def shown(self, upload: Upload, authorisation: str) -> None:
        """Keep an upload for those who decide on a request; see `evidence.shown`."""
        named = (upload.entity, upload.kit, upload.seal, authorisation, self._at())
        await self._write(Point.PIECE, lambda connection: evidence.shown(connection, *named))

    async def shown_of(self, entity: str, kit: str, authorisation: str) -> Upload | None:
        """Return what is shown of a request; None: nothing is here."""
        return await self._read(lambda connection: evidence.shown_of(connection, entity, kit, authorisation))

    async def shown_here(self, entity: str) -> frozenset[str]:
        """Return the requests of which something is shown."""
        return await self._read(lambda connection: evidence.shown_here(connection, entity))

    async def forget_shown(self, before: str) -> int:
        """Drop what was shown before a moment; return how much."""
        return await self._write(Point.PIECE, lambda connection: evidence.forget_shown(connection, before))

    async def expect(self, entity: str, kit: str, flow: str, due_at: str) -> None:
        """Note that files are to come; see `evidence.expect`."""
        job = partial(evidence.expect, entity=entity, kit=kit, flow=flow, due_at=due_at, row_id=self._ids())
        await self._write(Point.PAPER, job)

    async def expected(self, entity: str | None = None) -> list[Expected]:
        """Return what is expected, the oldest first."""
        return await self._read(partial(evidence.expected, entity=entity))

    async def name_late(self) -> list[Expected]:
        """Open a case for each package whose deadline is over, once; return them."""
        if not await self._read(_any_expected):
            return []
        now = self._at()

        def write(connection: C) -> list[Expected]:
            found = evidence.late(connection, now)
            for it in found:
                told = f"the case's files were due at {it.due_at}; see to the kit's network, they still come"
                case = OpenCase(it.entity, it.kit, f"{it.flow}:files", LATE, now, it.flow, "", told)
                papers.open_case(connection, case, self._ids())
            return found

        return await self._write(Point.PAPER, write)


def _any_expected(connection: C) -> bool:
    return connection.execute("select 1 from evidence_expected where late=0 limit 1").fetchone() is not None
