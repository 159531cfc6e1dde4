"""What authorisers are shown comes to central over a bad road, once a round, and a case that cannot be shown goes on."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from padkit_agent.core.flow import Flow
from padkit_agent.flows import showing
from padkit_agent.flows.run import Run
from padkit_agent.flows.showing import PIECE, Shower, seal_of
from padkit_agent.store import KitStore
from padkit_agent.uplink.wire import Rejected
from padkit_contract.authorise import AUTH_SHOW
from padkit_contract.evidence import SHOWN, START, PackageReply, PackageSealer, PackageState, judge
from padkit_contract.messages import EvidenceItem, How, Outcome, Reply
from padkit_contract.party import Party
from padkit_sdk.errors import LinkLost

from ..stepping import Stepping

AT = "2026-11-22T08:00:00.000Z"
PICTURE = b"\xff\xd8\xff" + bytes(3 * PIECE)


class Road:
    """Central, and the road to it: keeps what comes; `says` are its words about it, one a time, then stored."""

    def __init__(self) -> None:
        self.bytes: dict[str, bytes] = {}
        self.pieces = 0
        self.cut_at = -1
        self.says: list[Reply | PackageState | None] = []
        self.asked: list[Any] = []
        self.refuses = False

    async def stands(self, seal: str, *, timeout_s: float) -> int | Rejected:
        return Rejected(400, "piece.range", "no") if self.refuses else len(self.bytes.get(seal, b""))

    async def piece(self, seal: str, at: int, size: int, piece: bytes, *, timeout_s: float) -> int | Rejected:
        self.pieces += 1
        if self.pieces == self.cut_at:
            raise LinkLost("cut")
        assert at == len(self.bytes.get(seal, b""))
        self.bytes[seal] = self.bytes.get(seal, b"") + piece
        return len(self.bytes[seal])

    async def calm(self) -> None:
        """No business is under way."""

    async def ask(self, business: str, body: Any, *, timeout_s: float) -> Reply | None:
        assert business == AUTH_SHOW
        self.asked.append(body)
        said = self.says.pop(0) if self.says else PackageState.STORED
        if not isinstance(said, PackageState):
            return said
        return Reply(Outcome.OK, fields={"package": PackageReply(body.seal, said, body.size, ("item.damaged",))})


class Stand:
    """A kit's files and its shower."""

    def __init__(self, store: KitStore, party: Party, time: Stepping, log: LogCapture) -> None:
        self.store, self.time, self.road, self.log = store, time, Road(), log
        logger: Any = structlog.wrap_logger(None, processors=[log], wrapper_class=structlog.BoundLogger)
        road: Any = self.road
        sealer = PackageSealer(party, lambda: time.now_s, secrets.token_bytes)
        new_id: Callable[[], str] = lambda: "01a20000-0000-7000-8000-000000000001"  # noqa: E731
        self.shower = Shower(
            *(store.files, sealer, road, road, time.clock, new_id), version="1", holder=lambda: "Li", log=logger
        )

    async def run(self, content: bytes = PICTURE) -> Run:
        digest = await self.store.files.keep("F1", "id_ocr_front", "image/jpeg", content, at=AT) if content else ""
        line = EvidenceItem("id_ocr_front", How.CAPTURED, digest)
        return Run(Flow("F1", "ACC-01", "S1", "R1", 3, {}, evidence=(line,), checks=(), people=("wu",)), None)

    async def show(self, run: Run, number: int = 1) -> None:
        """Show it; rests are stepped over."""
        task = asyncio.ensure_future(self.shower.show(run, number))
        async with asyncio.timeout(60):
            while not task.done():
                await self.store.unsent()
                self.time.step(5.0)
        await task

    def events(self) -> list[str]:
        return [it["event"] for it in self.log.entries]


@pytest.fixture
def stand(store: KitStore, parties: tuple[Party, Party], time: Stepping, log: LogCapture) -> Stand:
    return Stand(store, parties[0], time, log)


async def test_a_case_is_shown_as_its_kit_sealed_it_once_a_round(stand: Stand, parties: tuple[Party, Party]) -> None:
    run, service = await stand.run(), parties[1]
    await stand.show(run)
    ((seal, raw),) = stand.road.bytes.items()
    now = datetime.fromtimestamp(stand.time.now_s, UTC)
    judged = judge(raw, own=(service.encrypt,), trust=service.trust, now=now, check_signer=lambda *_: None)
    assert (judged.findings, judged.seal, judged.contents) == ((), seal, {1: PICTURE})
    assert judged.manifest is not None
    assert (judged.manifest.number, judged.manifest.previous, judged.manifest.serial) == (SHOWN, START, "S1")
    assert (judged.manifest.evidence, judged.manifest.people) == (run.flow.evidence, ("wu",))
    (asked,) = stand.road.asked
    assert (asked.serial, asked.round, asked.seal, asked.size) == ("S1", 1, seal_of(raw), len(raw))
    await stand.show(run)
    assert len(stand.road.asked) == 1
    await stand.show(run, 2)  # mended: it is shown anew
    assert [it.round for it in stand.road.asked] == [1, 2]


async def test_a_cut_costs_one_piece_and_silence_a_rest(stand: Stand) -> None:
    stand.road.cut_at = 2
    stand.road.says = [None, Reply(Outcome.NOT_FOUND, "auth.unknown"), PackageState.INCOMPLETE]
    await stand.show(await stand.run())
    (raw,) = stand.road.bytes.values()
    assert stand.road.pieces == -(-len(raw) // PIECE) + 1
    assert stand.events() == ["show.waits"] * 4 + ["show.shown"]


@pytest.mark.parametrize("said", [Reply(Outcome.INVALID, "business.unknown"), PackageState.REFUSED])
async def test_a_central_that_does_not_want_it_is_not_asked_again(stand: Stand, said: Reply | PackageState) -> None:
    stand.road.says = [said]
    run = await stand.run()
    await stand.show(run)
    assert (stand.events(), run.shown) == (["show.failed"], 0)
    assert len(stand.road.asked) == 1


async def test_what_cannot_be_shown_is_said_and_the_case_goes_on(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await stand.run()
    stand.road.refuses = True
    await stand.show(run)
    stand.road.refuses = False
    monkeypatch.setattr(showing, "MAX_SHOWN", (1 << 20) + 10)
    await stand.show(run)
    assert stand.events() == ["show.failed"] * 2
    assert [it["why"].partition(":")[0] for it in stand.log.entries] == ["central takes no piece", "flow F1"]
    assert stand.road.asked == []


async def test_nothing_captured_is_nothing_to_show(stand: Stand) -> None:
    await stand.show(await stand.run(b""))
    assert (stand.road.asked, stand.events()) == ([], [])
