"""Evidence packages at a running central: pieces in their order, the whole judged once, its place, its deadline."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from package_case import Case, have, put, seal_of, sent, upload, word

from padkit_central.config import Core
from padkit_central.store import Store
from padkit_central.store.evidence_records import MAX_OPEN, Upload
from padkit_contract.evidence import PackageReply, PackageState
from padkit_contract.messages import EVIDENCE, EvidenceItem, EvidencePackage, How


async def looked(central: Any, what: str) -> Any:
    """Look into the store beside the service."""
    store = Store(central.config.database, ids=central.ids, at=lambda: central.clock.now().isoformat())
    try:
        return await getattr(store.evidence, what)()
    finally:
        await store.stop()


async def test_a_package_that_came_in_pieces_is_stored_and_expected_no_more(prepared: Any, audit: Any) -> None:
    async with prepared.kit() as kit:
        case = Case(kit)
        await case.tell()
        assert [(it.flow, it.late) for it in await looked(prepared, "expected")] == [("F1", False)]
        raw = case.raw()
        seal = seal_of(raw)
        assert await word(kit, seal, len(raw)) == PackageReply(seal, PackageState.INCOMPLETE, 0)
        await upload(kit, raw)
        stored = PackageReply(seal, PackageState.STORED, len(raw))
        assert await word(kit, seal, len(raw)) == stored
        assert await word(kit, seal, len(raw)) == stored
    (known,) = await looked(prepared, "uploads")
    assert (known.number, known.digest, known.flow) == (1, case.manifest.digest, "F1")
    assert await looked(prepared, "expected") == []
    assert (await audit(prepared)).cases == ()


async def test_a_piece_at_another_place_is_told_where_to_go_on(prepared: Any) -> None:
    async with prepared.kit() as kit:
        raw = Case(kit).raw()
        seal, size = seal_of(raw), len(raw)
        assert await put(kit, seal, 500, size, raw[500:900]) == (409, {"have": 0})
        assert await put(kit, seal, 0, size, raw[:500]) == (200, {"have": 500})
        assert await put(kit, seal, 0, size, raw[:500]) == (409, {"have": 500})
        assert await put(kit, seal, 600, size, raw[600:]) == (409, {"have": 500})
        assert await put(kit, seal, 500, size + 1, raw[500:600]) == (409, {"have": 500})
        assert await have(kit, seal) == 500
    async with prepared.kit("kit-2") as other:
        assert await have(other, seal) == 0
        assert (await put(other, seal, 500, size, raw[500:]))[0] == 409


async def test_what_is_no_piece_is_refused(prepared: Any) -> None:
    async with prepared.kit() as kit:
        seal = "ab" * 32
        for at, size, piece in ((0, 0, b"x"), (0, 1 << 40, b"x"), (9, 10, b"xx"), (0, 1 << 21, b"x" * ((1 << 20) + 1))):
            status, answer = await put(kit, seal, at, size, piece)
            assert (status, answer["error"]["code"]) == (400, "piece.range")
        status, answer = await put(kit, seal, 0, 9, b"x", **{"Content-Range": "bytes 0-5/9"})
        assert (status, answer["error"]["code"]) == (400, "piece.range")
        status, answer = await put(kit, "..", 0, 9, b"x")
        assert status in (400, 404)
        status, answer = await put(kit, "AB" * 32, 0, 9, b"x")
        assert (status, answer["error"]["code"]) == (400, "piece.seal")
    assert await looked(prepared, "uploads") == []


async def test_one_changed_byte_is_set_aside_by_name_and_is_a_case(prepared: Any, audit: Any) -> None:
    async with prepared.kit() as kit:
        case = Case(kit)
        raw = bytearray(case.raw())
        raw[-40] ^= 1
        told = await sent(case, bytes(raw))
        assert (told.state, told.findings) == (PackageState.REFUSED, ("item.damaged",))
        following = Case(kit, number=2, previous=case.manifest.digest, flow="F2")
        assert (await sent(following)).state is PackageState.STORED  # it holds up no other
    assert [(it.reason, it.flow) for it in (await audit(prepared)).cases] == [("evidence.refused", "F1")]
    assert [it.flow for it in await looked(prepared, "expected")] == ["F1"]


async def test_packages_are_a_chain_in_whatever_order_they_come(prepared: Any) -> None:
    async with prepared.kit() as kit:
        one = Case(kit)
        two = Case(kit, number=2, previous=one.manifest.digest, flow="F2")
        three = Case(kit, number=3, previous="cd" * 32, flow="F3")
        assert (await sent(two)).state is PackageState.STORED
        assert (await sent(one)).state is PackageState.STORED
        assert (await sent(three)).findings == ("chain.previous",)
        assert (await sent(Case(kit, number=1, flow="F4"))).findings == ("chain.fork", "chain.previous")
        assert (await sent(Case(kit, number=1, previous="cd" * 32, flow="F5"))).findings[0] == "chain.fork"
    async with prepared.kit("kit-2") as other:
        assert (await sent(Case(other))).state is PackageState.STORED  # another kit, another chain


async def test_a_list_that_was_not_filed_or_has_no_file_is_named(prepared: Any) -> None:
    async with prepared.kit() as kit:
        raw = Case(kit).raw()
        told = await word(kit, await upload(kit, raw), len(raw))
        assert told.findings == ("evidence.unfiled",)
        case = Case(kit, number=2, previous=Case(kit).manifest.previous, flow="F2")
        case.manifest = msgspec.structs.replace(
            case.manifest, evidence=(EvidenceItem("id_ocr_back", How.CAPTURED, "ee" * 32),)
        )
        assert "evidence.no_file" in (await sent(case)).findings


async def test_a_package_of_another_kit_is_not_taken_for_ours(prepared: Any) -> None:
    async with prepared.kit() as kit, prepared.kit("kit-2") as other:
        case = Case(kit)
        await case.tell()
        raw = case.raw()
        told = await word(other, await upload(other, raw), len(raw))
        assert (told.state, told.findings) == (PackageState.REFUSED, ("manifest.context",))
        assert (await sent(case, raw)).state is PackageState.STORED


async def test_a_package_for_a_key_that_is_not_ours_is_forgotten_so_that_it_is_sealed_again(prepared: Any) -> None:
    async with prepared.kit() as kit, prepared.kit("kit-2") as other:
        case = Case(kit)
        recipient = type(kit.party.peer)(other.party.encrypt.certificate, kit.party.peer.key)
        told = await sent(case, case.raw(recipient))
        assert (told.state, told.findings) == (PackageState.REFUSED, ("envelope.recipient",))
        assert await looked(prepared, "uploads") == []
        assert (await sent(case)).state is PackageState.STORED


async def test_of_uploads_that_are_not_whole_the_stalest_goes(prepared: Any) -> None:
    async with prepared.kit() as kit:
        for number in range(MAX_OPEN + 1):
            prepared.clock.go(1)
            assert (await put(kit, f"{number:064x}", 0, 9, b"x"))[0] == 200
        assert await have(kit, f"{0:064x}") == 0
        assert await have(kit, f"{1:064x}") == 1
    uploads: list[Upload] = await looked(prepared, "uploads")
    assert len(uploads) == MAX_OPEN


async def test_files_that_do_not_come_are_a_case_once_and_may_still_come(
    start: Any, prepare: Any, audit: Any, config: Any
) -> None:
    async with start(core=Core(config.core.url, timeout_s=5.0, sweep_s=0.05)) as central:
        await prepare(central)
        async with central.kit() as kit:
            case = Case(kit)
            await case.tell()
            central.clock.go(24 * 3600 + 1)
            async with asyncio.timeout(30):
                while not (await audit(central)).cases:
                    pass
            (late,) = await looked(central, "expected")
            assert late.late
            assert (await sent(case)).state is PackageState.STORED
        assert await looked(central, "expected") == []
        assert [(it.reason, it.flow) for it in (await audit(central)).cases] == [("evidence.late", "F1")]


async def test_a_list_without_files_is_expected_of_nobody(prepared: Any) -> None:
    async with prepared.kit() as kit:
        await kit.ask(EVIDENCE, EvidencePackage("F1", "S1", "ACC-01", (), ()))
    assert await looked(prepared, "expected") == []
