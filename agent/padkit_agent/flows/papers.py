"""The documents of a flow at work: set from its fields, set again for whoever reads, set with the hand in it, and kept.

What is kept is the signed PDF, with how the hand was bound to what was read, and before it the series of points itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from padkit_agent.core import events as ev
from padkit_agent.core.clock import Clock
from padkit_agent.core.flow import Flow
from padkit_agent.core.paper import RECEIPT, Paper, values
from padkit_agent.documents import (
    Fonts,
    Rendered,
    Shelf,
    open_fonts,
    open_shelf,
    page_pictures,
    render,
    render_signed,
    spoken,
)
from padkit_agent.store import Files, KeptFile
from padkit_sdk.errors import Refused
from padkit_sdk.ports import Signature

ROOM = "signature"
PDF, SERIES = "application/pdf", "application/octet-stream"

NOTHING = ("", ""), ()

T = TypeVar("T")


class Papers:
    """Sets documents in a thread of its own, one at a time; fonts are opened with the first one."""

    def __init__(self, files: Files, clock: Clock) -> None:
        self._files = files
        self._clock = clock
        self.kit = ""  # its name, as receipts say it
        self._one = asyncio.Lock()
        self._opened: tuple[Shelf, Fonts] | None = None
        self._drawn: tuple[tuple[str, str], tuple[bytes, ...]] = NOTHING  # the pages that were shown last

    async def set(self, flow: Flow) -> ev.AnyEvent:
        """Set the flow's document in its newest version; nobody sees it."""
        paper = _of(flow)
        try:
            made = await self._work(lambda shelf, fonts: self._render(paper, flow, shelf, fonts))
        except Refused as exc:
            return ev.DocumentNotSet(f"{exc.reason}: {exc}")
        return ev.DocumentSet(made.document, made.version, made.template_sm3, made.pdf_sm3)

    async def read(self, flow: Flow) -> Rendered:
        """Return the document as the journal names it. Raises `Refused` ``document.*``; ``document.none`` before it was set."""
        paper = _set_paper(flow)
        made = await self._work(lambda shelf, fonts: self._render(paper, flow, shelf, fonts))
        if made.pdf_sm3 != paper.digest:
            told = f"document {paper.document}: it cannot be set as it was; have it read and signed anew"
            raise Refused("document.changed", told)
        return made

    async def pages(self, flow: Flow) -> tuple[bytes, ...]:
        """Return the pages of the same document as PNG. Raises as `read`."""
        paper = _set_paper(flow)
        if self._drawn[0] == (flow.id, paper.digest):
            return self._drawn[1]
        await self.read(flow)
        pages = await self._work(
            lambda shelf, fonts: page_pictures(
                shelf.find(paper.document, paper.version),
                self._values(paper, flow),
                fonts,
                language=paper.language,
                elder=paper.elder,
            )
        )
        self._drawn = (flow.id, paper.digest), pages
        return pages

    async def spoken(self, flow: Flow) -> tuple[str, ...]:
        """Return the document's wording as paragraphs for reading aloud. Raises as `read`."""
        paper = _set_paper(flow)
        await self.read(flow)
        return await self._work(
            lambda shelf, fonts: spoken(
                shelf.find(paper.document, paper.version),
                self._values(paper, flow),
                fonts,
                language=paper.language,
                elder=paper.elder,
            )
        )

    async def title(self, flow: Flow) -> dict[str, str]:
        """Return the document's name by language. Raises as `read`."""
        paper = _set_paper(flow)
        return await self._work(lambda shelf, _: shelf.find(paper.document, paper.version).template.title)

    async def signed(self, flow: Flow) -> ev.DocumentSigned | None:
        """Return what was signed and kept under the digest of the flow's document, though its row may not be in the journal."""
        paper = _set_paper(flow)
        kept = (it for it in await self._files.of(flow.id) if (it.type, it.media) == (paper.item, PDF))
        found = next((it for it in kept if (it.about["read"], it.about["round"]) == _under(paper, flow)), None)
        return _event(paper, found) if found is not None else None

    async def keep(self, flow: Flow, signature: Signature) -> ev.AnyEvent:
        """Set the document with the hand in it and keep both. Raises `Refused` ``file.*``, `StoreUnavailable`."""
        paper = _set_paper(flow)
        try:
            made = await self._work(
                lambda shelf, fonts: render_signed(
                    shelf.find(paper.document, paper.version),
                    self._values(paper, flow),
                    fonts,
                    {ROOM: signature.png},
                    paper.digest,
                    language=paper.language,
                    elder=paper.elder,
                )
            )
        except Refused as exc:
            return ev.DocumentNotSet(f"{exc.reason}: {exc}")
        read, round_ = _under(paper, flow)
        about = {
            "template": paper.document,
            "version": str(paper.version),
            "language": paper.language,
            "template_sm3": paper.template,
            "read": read,
            "scheme": signature.binding_scheme,
            "binding": signature.binding.hex(),
            "round": round_,
        }
        self._drawn, at = NOTHING, self._clock.iso()
        await self._files.keep(flow.id, paper.item, SERIES, signature.series.data, at=at, about=about)
        await self._files.keep(flow.id, paper.item, PDF, made.pdf, at=at, about=about)
        return _event(paper, KeptFile(paper.item, PDF, len(made.pdf), made.pdf_sm3, at, about))

    async def keep_receipt(self, flow: Flow, made: Rendered, stamp: bytes) -> None:
        """Keep a receipt and the bank's stamp on it. Raises `Refused` ``file.*``, `StoreUnavailable`."""
        paper, at = _set_paper(flow), self._clock.iso()
        about = {
            "template": paper.document,
            "version": str(paper.version),
            "language": paper.language,
            "template_sm3": paper.template,
        }
        await self._files.keep(flow.id, paper.item, PDF, made.pdf, at=at, about=about)
        await self._files.keep(flow.id, paper.item, SERIES, stamp, at=at, about={**about, "sealed": paper.digest})

    async def _work(self, job: Callable[[Shelf, Fonts], T]) -> T:
        async with self._one:
            return await asyncio.to_thread(self._do, job)

    def _values(self, paper: Paper, flow: Flow) -> dict[str, object]:
        own = {"kit": self.kit} if paper.document == RECEIPT else {}
        return {**values(paper, flow.business, flow.serial, flow.inputs, flow.identity), **own}

    def _render(self, paper: Paper, flow: Flow, shelf: Shelf, fonts: Fonts) -> Rendered:
        sheet = shelf.find(paper.document, paper.version or None)
        return render(sheet, self._values(paper, flow), fonts, language=paper.language, elder=paper.elder)

    def _do(self, job: Callable[[Shelf, Fonts], T]) -> T:
        self._opened = self._opened or (open_shelf(), open_fonts())
        return job(*self._opened)


def _of(flow: Flow) -> Paper:
    if flow.paper is None:
        raise Refused("document.none", f"flow {flow.id} shows no document now; follow what it asks")
    return flow.paper


def _set_paper(flow: Flow) -> Paper:
    """The flow's document once its digest is in the journal."""
    paper = _of(flow)
    return paper if paper.digest else _of(replace(flow, paper=None))


def _under(paper: Paper, flow: Flow) -> tuple[str, str]:
    """What a signature is kept under: the digest that was read, and the round of authorisation, for each is signed anew."""
    return paper.digest, str(flow.round)


def _event(paper: Paper, kept: KeptFile) -> ev.DocumentSigned:
    about = kept.about
    named = about["template"], int(about["version"]), about["language"], about["read"]
    return ev.DocumentSigned(*named, kept.sm3, about["scheme"], about["binding"])
