"""Files of a flow: pictures, chip records, documents, kept whole and sealed until central has acknowledged them.

A file is written in pieces, each a job of the writer and sealed before it comes there, so that a journal row waits for one piece
at most, never for a picture. It counts from its last piece on: what a power cut left half is removed at the next start.
Nothing is ever changed; `free` takes the content away and leaves the line that says there was one.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from padkit_agent.store.vault import Vault
from padkit_agent.store.writer import Writer
from padkit_contract.crypto import sm3
from padkit_sdk.errors import Refused

PIECE = 256 << 10
MAX_FILE = 6 << 20
MAX_FILES = 64  # of one flow
MAX_FLOW = 64 << 20  # bytes of one flow
MAX_ABOUT = 16  # entries
MAX_TEXT = 128
TYPE = re.compile(r"[a-z][a-z0-9_]{0,63}")
MEDIA = re.compile(r"[a-z]{1,32}/[a-z0-9.+-]{1,64}")

T = TypeVar("T")


class KeptFile(msgspec.Struct, frozen=True):
    """One file: `type` is the catalogue's evidence type, `sm3` its digest (hex), `at` when it was captured (ISO 8601).

    `about` says where it comes from: ``device``, a document's ``template`` and ``version``. All of it is sealed on disk.
    """

    type: str
    media: str
    size: int
    sm3: str
    at: str
    about: dict[str, str] = {}


class Files:
    """The files of all flows of one kit."""

    def __init__(self, writer: Writer, vault: Vault) -> None:
        self._writer = writer
        self._vault = vault

    async def keep(
        self, flow_id: str, item_type: str, media_type: str, data: bytes, *, at: str, about: Mapping[str, str] = {}
    ) -> str:
        """Write a file of `flow_id` and return its SM3 digest (hex); it is on disk then. The same file twice is one.

        Raises: `Refused` ``file.empty``, ``file.size``, ``file.type``, ``file.many``, ``file.space``; `StoreUnavailable`.
        """
        digest = (await asyncio.to_thread(sm3, data)).hex()
        file = KeptFile(item_type, media_type, len(data), digest, at, dict(about))
        _check(flow_id, file)
        number = await self._run(lambda connection: _begin(connection, self._vault, flow_id, file))
        if number is None:
            return digest
        pieces = range(0, len(data), PIECE)
        for no, start in enumerate(pieces):
            sealed = await asyncio.to_thread(self._vault.seal, data[start : start + PIECE], _place(number, no))
            await self._run(_adding(number, no, sealed, last=no + 1 == len(pieces)))
        return digest

    async def of(self, flow_id: str) -> tuple[KeptFile, ...]:
        """Return the files of a flow, the oldest first; also those whose content was freed."""
        rows = await self._run(lambda connection: _rows(connection, self._vault, flow_id))
        return tuple(file for _, file, _ in rows)

    async def read(self, flow_id: str, digest: str) -> bytes:
        """Return a file's content. Raises `Refused` ``file.unknown``, ``file.freed``, ``vault.damaged``, ``file.damaged``."""
        rows = await self._run(lambda connection: _rows(connection, self._vault, flow_id))
        number, freed = next(((number, freed) for number, it, freed in rows if it.sm3 == digest), (0, ""))
        if not number:
            raise Refused("file.unknown", f"flow {flow_id}: no file {digest}; list what it has")
        if freed:
            raise Refused("file.freed", f"flow {flow_id}: file {digest} was freed at {freed}; central has it")
        sealed = await self._run(
            lambda c: c.execute("SELECT no, sealed FROM file_piece WHERE file = ? ORDER BY no", (number,)).fetchall()
        )
        data = await asyncio.to_thread(self._joined, number, sealed)
        if sm3(data).hex() != digest:
            raise Refused("file.damaged", f"flow {flow_id}: file {digest} is not what was kept; pieces were lost")
        return data

    async def free(self, flow_id: str, at: str) -> None:
        """Remove the content of a flow's files, which central has; call again after a power cut, it goes on."""
        while await self._run(lambda connection: _free_piece(connection, flow_id)):
            pass
        await self._run(
            lambda c: c.execute("UPDATE file SET freed_at = ? WHERE flow = ? AND freed_at = ''", (at, flow_id))
        )

    def _joined(self, number: int, sealed: list[tuple[int, bytes]]) -> bytes:
        return b"".join(self._vault.open(each, _place(number, no)) for no, each in sealed)

    async def _run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        return await self._writer.run(job)


def clear_halves(connection: sqlite3.Connection) -> None:
    """Remove what was being written when the agent ended; nothing refers to it."""
    connection.execute("DELETE FROM file WHERE pieces = 0")
    connection.execute("DELETE FROM file_piece WHERE file NOT IN (SELECT id FROM file)")


def _check(flow_id: str, file: KeptFile) -> None:
    where = f"flow {flow_id}"
    if TYPE.fullmatch(file.type) is None or MEDIA.fullmatch(file.media) is None:
        told = f"{file.type[:MAX_TEXT]!r} as {file.media[:MAX_TEXT]!r}"
        raise Refused("file.type", f"{where}: {told}; name a type as id_chip, a media type as image/jpeg")
    if not file.size:
        raise Refused("file.empty", f"{where}: {file.type} is empty; capture it again")
    if file.size > MAX_FILE:
        raise Refused("file.size", f"{where}: {file.type} has {file.size} bytes, at most {MAX_FILE}; make it smaller")
    texts = (*file.about, *file.about.values())
    if len(file.about) > MAX_ABOUT or any(len(text) > MAX_TEXT for text in texts):
        told = f"at most {MAX_ABOUT} of {MAX_TEXT} characters"
        raise Refused("file.about", f"{where}: {file.type} has {len(file.about)} entries about it, {told}; tell less")


def _begin(connection: sqlite3.Connection, vault: Vault, flow_id: str, file: KeptFile) -> int | None:
    """Make the line of a file whose pieces follow; None when it is there already."""
    rows = _rows(connection, vault, flow_id)
    if any((it.type, it.sm3) == (file.type, file.sm3) for _, it, _ in rows):
        return None
    if len(rows) >= MAX_FILES:
        raise Refused("file.many", f"flow {flow_id}: it has {len(rows)} files, at most {MAX_FILES}; end it")
    kept = sum(it.size for _, it, _ in rows)
    if kept + file.size > MAX_FLOW:
        raise Refused("file.space", f"flow {flow_id}: {kept + file.size} bytes in files, at most {MAX_FLOW}; end it")
    number = int(connection.execute("SELECT coalesce(max(id), 0) + 1 FROM file").fetchone()[0])
    sealed = vault.seal(msgspec.json.encode(file), f"file:{number}:{flow_id}")
    connection.execute(
        "INSERT INTO file (id, flow, pieces, freed_at, sealed) VALUES (?,?,0,'',?)", (number, flow_id, sealed)
    )
    return number


def _adding(number: int, no: int, sealed: bytes, *, last: bool) -> Callable[[sqlite3.Connection], None]:
    def add(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO file_piece (file, no, sealed) VALUES (?,?,?)", (number, no, sealed))
        if last:
            connection.execute("UPDATE file SET pieces = ? WHERE id = ?", (no + 1, number))

    return add


def _rows(connection: sqlite3.Connection, vault: Vault, flow_id: str) -> list[tuple[int, KeptFile, str]]:
    rows = connection.execute(
        "SELECT id, sealed, freed_at FROM file WHERE flow = ? AND pieces > 0 ORDER BY id", (flow_id,)
    ).fetchall()
    return [
        (number, msgspec.json.decode(vault.open(sealed, f"file:{number}:{flow_id}"), type=KeptFile), freed)
        for number, sealed, freed in rows
    ]


def _free_piece(connection: sqlite3.Connection, flow_id: str) -> bool:
    """Remove one piece; False when none is left."""
    removed = connection.execute(
        "DELETE FROM file_piece WHERE rowid = (SELECT file_piece.rowid FROM file_piece JOIN file ON file.id = file"
        " WHERE flow = ? LIMIT 1)",
        (flow_id,),
    )
    return removed.rowcount == 1


def _place(number: int, no: int) -> str:
    return f"file_piece:{number}:{no}"
