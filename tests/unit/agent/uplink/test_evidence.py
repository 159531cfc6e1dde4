"""Uploading packages: from where central is, behind business, and files are freed by a sealed word only."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import structlog
from structlog.testing import LogCapture

from padkit_agent.core.flow import Flow
from padkit_agent.core.queue import Why
from padkit_agent.core.request import package
from padkit_agent.flows.packing import Packer
from padkit_agent.store import JournalRow, KitStore, OutboxRow
from padkit_agent.uplink import Courier, Uploader
from padkit_agent.uplink.evidence import PIECE
from padkit_agent.uplink.wire import Rejected
from padkit_contract.evidence import PackageReply, PackageSealer, PackageState, judge, read
from padkit_contract.messages import EVIDENCE, EVIDENCE_SEALED, EvidenceItem, How, Outcome, Reply, encode
from padkit_contract.party import Party
from padkit_sdk.errors import LinkLost

from ..stepping import Stepping

AT = "2026-11-22T08:00:00.000Z"
PICTURE = b"\xff\xd8\xff" + bytes(3 * PIECE)


class Far:
    """Central and the road to it: keeps what comes, says what it is told to say."""

    def __init__(self, time: Stepping) -> None:
        self.time = time
        self.bytes: dict[str, bytearray] = {}
        self.pieces: list[tuple[str, int]] = []
        self.cuts: list[int] = []  # how many pieces pass before each cut
        self.states: list[PackageState] = []
        self.findings: tuple[str, ...] = ()
        self.poison: set[str] = set()
        self.asked = 0

    async def stands(self, seal: str, *, timeout_s: float) -> int | Rejected:
        if seal in self.poison:
            return Rejected(400, "piece.range", "no")
        return len(self.bytes.get(seal, b""))

    async def piece(self, seal: str, at: int, size: int, piece: bytes, *, timeout_s: float) -> int | Rejected:
        if self.cuts and self.cuts[0] == 0:
            self.cuts.pop(0)
            raise LinkLost("cut")
        if self.cuts:
            self.cuts[0] -= 1
        kept = self.bytes.setdefault(seal, bytearray())
        assert len(kept) == at
        kept += piece
        self.pieces.append((seal, at))
        return len(kept)

    async def ask(self, business: str, body: Any, *, timeout_s: float) -> Reply | None:
        assert business == EVIDENCE_SEALED
        self.asked += 1
        state = self.states.pop(0) if self.states else PackageState.STORED
        told = PackageReply(body.seal, state, len(self.bytes.get(body.seal, b"")), self.findings)
        return Reply(Outcome.OK, fields={"package": msgspec.to_builtins(told)})

    async def calm(self) -> None:
        """No business is under way."""


class Stand:
    """A kit's store, packer and uploader."""

    def __init__(self, store: KitStore, party: Party, time: Stepping, log: LogCapture) -> None:
        self.store, self.party, self.time, self.log, self.far = store, party, time, log, Far(time)
        self.ids = iter(f"01a20000-0000-7000-8000-{number:012}" for number in range(1, 99))
        logger: Any = structlog.wrap_logger(None, processors=[log], wrapper_class=structlog.BoundLogger)
        sealer = PackageSealer(party, lambda: time.now_s, secrets.token_bytes)
        self.packer = Packer(
            store, sealer, time.clock, lambda: next(self.ids), version="1", holder=lambda: "Li", log=logger
        )
        far: Any = self.far
        self.uploader = Uploader(
            *(store, far, far, self.packer.pack),
            clock=time.clock, chance=random.Random(1), timeout_s=5.0, log=logger,
        )  # fmt: skip

    async def case(self, flow_id: str, content: bytes = PICTURE) -> None:
        """A flow that saw one picture, and whose evidence list central has answered."""
        digest = await self.store.files.keep(flow_id, "id_ocr_front", "image/jpeg", content, at=AT)
        line = EvidenceItem("id_ocr_front", How.CAPTURED, digest)
        flow = Flow(flow_id, "ACC-01", f"S-{flow_id}", "R1", 3, {}, evidence=(line,), history=(f"{AT} STARTED",))
        row = JournalRow(flow_id, "ACC-01", AT, "STARTED", "upload", b"{}", msgspec.json.encode(flow), ended=False)
        told = OutboxRow(f"e-{flow_id}", EVIDENCE, flow_id, 2, needs_c3=False, at=AT, body=encode(package(flow)))
        await self.store.step(row, messages=[told])
        await self.store.mark(told.envelope, "done")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.uploader.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until(self, flow_id: str, state: str) -> None:
        """Wait until the package of a flow is in `state`; rests are stepped over."""
        async with asyncio.timeout(60):
            while not any(it.flow_id == flow_id for it in await self.store.packages.listed(state)):
                self.time.step(60.0)

    def logged(self, event: str) -> list[Any]:
        return [it for it in self.log.entries if it["event"] == event]


@pytest.fixture
def stand(store: KitStore, parties: tuple[Party, Party], time: Stepping, log: LogCapture) -> Stand:
    return Stand(store, parties[0], time, log)


def opened(stand: Stand, service: Party, raw: bytes) -> Any:
    now = datetime.fromtimestamp(stand.time.now_s, UTC)
    return judge(raw, own=(service.encrypt,), trust=service.trust, now=now, check_signer=lambda *_: None)


async def test_a_package_arrives_whole_and_only_then_its_files_are_freed(
    stand: Stand, parties: tuple[Party, Party]
) -> None:
    await stand.case("F1")
    async with stand.running():
        await stand.until("F1", "stored")
    ((seal, raw),) = stand.far.bytes.items()
    judged = opened(stand, parties[1], bytes(raw))
    assert (judged.findings, judged.seal, judged.contents) == ((), seal, {1: PICTURE})
    assert (judged.manifest.number, judged.manifest.holder, judged.manifest.flow) == (1, "Li", "F1")
    (file,) = await stand.store.files.of("F1")
    with pytest.raises(Exception, match="was freed"):
        await stand.store.files.read("F1", file.sm3)
    (package_,) = await stand.store.packages.listed("stored")
    with pytest.raises(Exception, match="nothing at byte 0"):
        await stand.store.packages.read(package_, 0, 1)


async def test_a_cut_costs_the_piece_that_was_on_its_way(stand: Stand) -> None:
    await stand.case("F1")
    stand.far.cuts = [2, 1]
    async with stand.running():
        await stand.until("F1", "stored")
    places = [at for _, at in stand.far.pieces]
    assert places == [PIECE * number for number in range(len(places))]
    assert len(stand.logged("evidence.cut")) == 2


async def test_a_kit_that_starts_again_goes_on_with_the_very_same_file(
    stand: Stand, parties: tuple[Party, Party]
) -> None:
    await stand.case("F1")
    stand.far.cuts = [2]
    async with stand.running():
        async with asyncio.timeout(60):
            while not stand.logged("evidence.cut"):
                await stand.store.unsent()
    again = Stand(stand.store, parties[0], stand.time, stand.log)
    again.far.bytes = stand.far.bytes
    async with again.running():
        await again.until("F1", "stored")
    ((_, raw),) = stand.far.bytes.items()
    assert opened(stand, parties[1], bytes(raw)).findings == ()
    assert again.far.pieces[0][1] == 2 * PIECE


async def test_a_package_that_central_does_not_take_holds_up_no_other(stand: Stand) -> None:
    await stand.case("F1")
    await stand.case("F2")
    await stand.packer.pack()
    first, second = await stand.store.packages.listed("ready")
    assert (first.number, second.number) == (1, 2)
    stand.far.poison = {first.seal}
    async with stand.running():
        await stand.until("F2", "stored")
    assert [it.flow_id for it in await stand.store.packages.listed("ready")] == ["F1"]


async def test_a_new_package_does_not_wait_for_the_rest_of_one_that_failed(stand: Stand) -> None:
    await stand.case("F1")
    await stand.packer.pack()
    (first,) = await stand.store.packages.listed("ready")
    stand.far.poison = {first.seal}
    async with stand.running(), asyncio.timeout(60):
        while not stand.logged("evidence.cut"):
            await stand.store.unsent()
        await stand.case("F2")
        stand.uploader.wake()  # and the clock stands still
        while not await stand.store.packages.listed("stored"):
            await stand.store.unsent()
    assert [it.flow_id for it in await stand.store.packages.listed("ready")] == ["F1"]


async def test_what_central_sets_aside_keeps_its_files_and_is_not_sent_again(stand: Stand) -> None:
    await stand.case("F1")
    stand.far.states, stand.far.findings = [PackageState.REFUSED], ("item.damaged",)
    async with stand.running():
        await stand.until("F1", "refused")
    (file,) = await stand.store.files.of("F1")
    assert await stand.store.files.read("F1", file.sm3) == PICTURE
    assert stand.logged("evidence.refused")[0]["findings"] == "item.damaged"
    trouble = stand.uploader.troubles.by_name["F1"]
    assert (trouble.why, trouble.code) == (Why.REFUSED, "item.damaged")


@pytest.mark.parametrize("found", ["envelope.recipient", "certificate.expired", "signed.time"])
async def test_what_another_sealing_heals_is_sealed_again_under_the_same_manifest(
    stand: Stand, parties: tuple[Party, Party], found: str
) -> None:
    await stand.case("F1")
    stand.far.states, stand.far.findings = [PackageState.REFUSED], (found,)
    async with stand.running():
        await stand.until("F1", "stored")
    first, second = (opened(stand, parties[1], bytes(raw)) for raw in stand.far.bytes.values())
    assert first.seal != second.seal
    assert first.manifest == second.manifest


async def test_packages_name_the_one_before_them(stand: Stand, parties: tuple[Party, Party]) -> None:
    await stand.case("F1")
    await stand.case("F2", b"another picture")
    async with stand.running():
        await stand.until("F2", "stored")
    one, two = (opened(stand, parties[1], bytes(raw)).manifest for raw in stand.far.bytes.values())
    assert (one.previous, two.previous) == ("0" * 64, one.digest)
    assert (one.number, two.number) == (1, 2)


async def test_a_damaged_case_is_set_aside_and_the_others_go(stand: Stand, store: KitStore) -> None:
    nobody = OutboxRow("e-0", EVIDENCE, "", 2, needs_c3=False, at=AT, body=b"scribbled")
    await store.queue(nobody)
    await store.mark("e-0", "refused")
    await stand.case("F1")
    await stand.case("F2")
    await store._run(lambda c: c.execute("DELETE FROM file_piece WHERE file = 1"))
    async with stand.running():
        await stand.until("F2", "stored")
    assert {it.flow_id for it in await store.packages.listed("broken")} == {"", "F1"}
    assert len(stand.logged("evidence.broken")) == 2


@pytest.mark.parametrize(
    "lie", [lambda far, seal: far.bytes.update({seal: bytearray(1 << 24)}), lambda far, seal: far.states.append(None)]
)
async def test_a_word_that_makes_no_sense_frees_nothing(stand: Stand, lie: Callable[[Far, str], None]) -> None:
    await stand.case("F1")
    await stand.packer.pack()
    (ready,) = await stand.store.packages.listed("ready")
    lie(stand.far, ready.seal)
    assert not await stand.uploader._round()
    (file,) = await stand.store.files.of("F1")
    assert await stand.store.files.read("F1", file.sm3) == PICTURE


async def test_pieces_wait_while_a_record_is_on_its_way(
    store: KitStore, make_courier: Callable[[object], Courier]
) -> None:
    class SlowWire:
        """Holds an answer back."""

        def __init__(self) -> None:
            self.begun, self.go = asyncio.Event(), asyncio.Event()

        async def post(self, posted: object, *, timeout_s: float) -> Rejected:
            self.begun.set()
            await self.go.wait()
            return Rejected(400, "envelope.refused", "")

    wire = SlowWire()
    courier = make_courier(wire)
    await courier.calm()
    await store.queue(OutboxRow("e-1", "ACC-01", "F1", 0, needs_c3=False, at=AT, body=b"{}"))
    task = asyncio.create_task(courier.run())
    await wire.begun.wait()
    waiting = asyncio.create_task(courier.calm())
    await store.unsent()  # time enough for a task that does not wait
    assert not waiting.done()
    wire.go.set()
    await waiting
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_cut_while_it_is_sealed_seals_the_same_manifest_again(stand: Stand, store: KitStore) -> None:
    await stand.case("F1")
    await stand.packer.pack()
    raw, manifest = await whole(store), await store.packages.manifest("F1")
    await store.packages.end("F1", "making")  # as after a power cut before the last piece
    await stand.packer.pack()
    again = await whole(store)
    assert raw != again
    assert len(read(again).items) == 1
    assert await store.packages.manifest("F1") == manifest


async def whole(store: KitStore) -> bytes:
    (package_,) = await store.packages.listed("ready")
    raw = b""
    while len(raw) < package_.size:
        raw += await store.packages.read(package_, len(raw), 1 << 20)
    return raw
