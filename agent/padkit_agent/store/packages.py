"""Evidence packages on their way: made once, sealed for central, kept until central has them.

States: ``making`` (its manifest is fixed, its file is not whole yet), ``ready`` (to be uploaded), ``stored`` (central has it),
``refused`` (central set it aside), ``broken`` (it cannot be made), ``before`` (a case of an agent that made none).
The manifest is under the kit data key; the file is sealed for central, and its pieces lie here as they will travel.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from padkit_agent.store.vault import Vault
from padkit_agent.store.writer import Writer
from padkit_contract.crypto import sm3
from padkit_contract.evidence import START
from padkit_contract.messages import EVIDENCE
from padkit_sdk.errors import Refused

PIECE = 256 << 10

T = TypeVar("T")
MakeManifest = Callable[[int, str], bytes]


@dataclass(frozen=True, slots=True)
class Package:
    """One package. `seal` (SM3 of the sealed manifest, hex) and `size` are those of its file, once it is ready."""

    flow_id: str
    number: int
    state: str
    seal: str
    size: int


class Packages:
    """The packages of one kit, in the order in which they were begun."""

    def __init__(self, writer: Writer, vault: Vault) -> None:
        self._writer = writer
        self._vault = vault

    async def due(self) -> tuple[str, ...]:
        """Return the flows whose evidence list central has answered and whose package was not begun."""
        rows = await self._run(
            lambda c: c.execute(
                "SELECT flow FROM outbox WHERE business = ? AND state <> 'waiting' AND flow NOT IN (SELECT flow FROM package)"
                " GROUP BY flow ORDER BY min(seq)",
                (EVIDENCE,),
            ).fetchall()
        )
        return tuple(flow for (flow,) in rows)

    async def told(self, flow_id: str) -> bytes:
        """Return the evidence list of a flow as central got it first. Raises `Refused` ``vault.damaged``."""
        envelope, sealed = await self._run(
            lambda c: c.execute(
                "SELECT envelope, sealed FROM outbox WHERE business = ? AND flow = ? ORDER BY seq LIMIT 1",
                (EVIDENCE, flow_id),
            ).fetchone()
        )
        return self._vault.open(sealed, f"outbox:{envelope}")

    async def begin(self, flow_id: str, make: MakeManifest) -> None:
        """Fix the manifest that `make` gives for its number and the digest of the one before; it never changes again."""

        def write(connection: sqlite3.Connection) -> None:
            number, previous = self._last(connection)
            sealed = self._vault.seal(make(number + 1, previous), _place(flow_id))
            connection.execute(
                "INSERT INTO package (flow, number, state, seal, size, sealed) VALUES (?,?,'making','',0,?)",
                (flow_id, number + 1, sealed),
            )

        await self._run(write)

    async def set_aside(self, flow_id: str) -> None:
        """Note that a flow's package cannot even be begun, so that it holds up no other."""
        await self._run(
            lambda c: c.execute(
                "INSERT INTO package (flow, number, state, seal, size, sealed) VALUES (?,0,'broken','',0,x'')",
                (flow_id,),
            )
        )

    async def manifest(self, flow_id: str) -> bytes:
        """Return the manifest that was fixed. Raises `Refused` ``vault.damaged``."""
        (sealed,) = await self._run(
            lambda c: c.execute("SELECT sealed FROM package WHERE flow = ?", (flow_id,)).fetchone()
        )
        return self._vault.open(sealed, _place(flow_id))

    async def listed(self, *states: str) -> tuple[Package, ...]:
        """Return the packages in one of `states`, the oldest first."""
        marks = ",".join("?" * len(states))
        rows = await self._run(
            lambda c: c.execute(
                f"SELECT flow, number, state, seal, size FROM package WHERE state IN ({marks}) ORDER BY number, flow",  # noqa: S608
                states,
            ).fetchall()
        )
        return tuple(Package(*row) for row in rows)

    async def write(self, flow_id: str, start: int, data: bytes) -> None:
        """Append to the file of a package that is being made; `start` is a multiple of `PIECE`, only the last piece is short."""
        await self._run(
            lambda c: c.execute(
                "INSERT OR REPLACE INTO package_piece (flow, no, body) VALUES (?,?,?)", (flow_id, start // PIECE, data)
            )
        )

    async def ready(self, flow_id: str, seal: str, size: int) -> None:
        """The file is whole."""
        await self._run(
            lambda c: c.execute(
                "UPDATE package SET state = 'ready', seal = ?, size = ? WHERE flow = ?", (seal, size, flow_id)
            )
        )

    async def read(self, package: Package, offset: int, limit: int) -> bytes:
        """Return up to `limit` bytes of the file from `offset`, fewer at a piece's end. Raises `Refused` ``package.damaged``."""
        row = await self._run(
            lambda c: c.execute(
                "SELECT body FROM package_piece WHERE flow = ? AND no = ?", (package.flow_id, offset // PIECE)
            ).fetchone()
        )
        begin = offset % PIECE
        data = bytes(row[0][begin : begin + limit]) if row else b""
        if not data:
            raise Refused(
                "package.damaged", f"package of flow {package.flow_id}: nothing at byte {offset}; open a case"
            )
        return data

    async def end(self, flow_id: str, state: str) -> None:
        """Set the state; the file of one that is ``stored`` goes, piece by piece, and what is made anew begins with none."""
        await self._run(lambda c: c.execute("UPDATE package SET state = ? WHERE flow = ?", (state, flow_id)))
        if state != "refused":
            await self.clear(flow_id)

    async def clear(self, flow_id: str) -> None:
        """Remove the pieces of a file."""
        while await self._run(
            lambda c: (
                c.execute(
                    "DELETE FROM package_piece WHERE rowid = (SELECT rowid FROM package_piece WHERE flow = ? LIMIT 1)",
                    (flow_id,),
                ).rowcount
            )
        ):
            pass

    def _last(self, connection: sqlite3.Connection) -> tuple[int, str]:
        row = connection.execute(
            "SELECT flow, number, sealed FROM package WHERE number > 0 ORDER BY number DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return 0, START
        flow_id, number, sealed = row
        return int(number), sm3(self._vault.open(sealed, _place(flow_id))).hex()

    async def _run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        return await self._writer.run(job)


def count_waiting(connection: sqlite3.Connection) -> int:
    """Count the packages that are due, being made or on their way: what would be lost with the kit."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM package WHERE state IN ('making', 'ready'))"
        " + (SELECT count(DISTINCT flow) FROM outbox WHERE business = ? AND state <> 'waiting'"
        " AND flow NOT IN (SELECT flow FROM package))",
        (EVIDENCE,),
    ).fetchone()
    return int(row[0])


def _place(flow_id: str) -> str:
    return f"package:{flow_id}"
