"""What authorisers are shown before they decide: of the very request, by who has taken it, each look noted, and for a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from package_case import AT, PICTURE, Case, seal_of, upload, word

from padkit_central.commands.admin import AdminRefused
from padkit_central.kits import AuthorisePaper, ShownContent
from padkit_contract.authorise import AUTH_SHOW, AuthRequest, AuthShown
from padkit_contract.crypto import sm3
from padkit_contract.evidence import SHOWN, PackageReply, PackageState
from padkit_contract.messages import EvidenceItem, How, Outcome, Reply

from .test_authorising import Desk, Opening, desk, to_authorise

__all__ = ["desk"]
DIGEST = sm3(PICTURE).hex()


def requested(opening: Opening) -> AuthRequest:
    """A request whose evidence names one picture."""
    request = to_authorise(opening())
    others = tuple(it for it in request.evidence if it.type != "id_ocr_front" and it.how is not How.CAPTURED)
    return msgspec.structs.replace(request, evidence=(EvidenceItem("id_ocr_front", How.CAPTURED, DIGEST), *others))


def case_of(desk: Desk, request: AuthRequest, **changed: Any) -> Case:
    """What its kit shows of it."""
    case = Case(desk.kit)
    known = {"number": SHOWN, "serial": request.serial, "evidence": (*request.evidence, *request.checks)}
    case.manifest = msgspec.structs.replace(case.manifest, **(known | changed))
    return case


async def show(desk: Desk, raw: bytes, *, round_: int = 1, whole: bool = True) -> PackageReply | Reply:
    seal = await upload(desk.kit, raw) if whole else seal_of(raw)
    reply: Reply = await desk.kit.ask(AUTH_SHOW, AuthShown("S1", round_, seal, len(raw)))
    return msgspec.convert(reply.fields["package"], PackageReply) if reply.outcome is Outcome.OK else reply


async def look(desk: Desk, by: str = "ann", file: str = DIGEST, act: str = "look") -> ShownContent:
    name = (await desk.listed(every=True))[0].id
    paper = AuthorisePaper("demo", name, act, "", desk.office.now_s(), file=file)  # type: ignore[arg-type]
    body = {"paper": desk.office.people(by).sign(paper)}
    found: ShownContent = await desk.office.client.post(f"/v1/authorisations/{name}/file", body, ShownContent)
    return found


async def refused(desk: Desk, *words: Any, **more: Any) -> str:
    with pytest.raises(AdminRefused) as caught:
        await look(desk, *words, **more)
    return caught.value.code


async def test_who_has_taken_a_case_sees_its_pictures_and_each_look_is_noted(desk: Desk, opening: Opening) -> None:
    request = requested(opening)
    await desk.ask(request)
    assert not (await desk.listed())[0].shown
    assert (await desk.act("view")).files == []
    raw = case_of(desk, request).raw()
    assert await show(desk, raw, whole=False) == PackageReply(seal_of(raw), PackageState.INCOMPLETE, 0)
    assert await show(desk, raw) == PackageReply(seal_of(raw), PackageState.STORED, len(raw))
    assert (await desk.listed())[0].shown
    (file,) = (await desk.act("view")).files
    assert (file.type, file.media, file.size, file.sm3, file.at) == (
        "id_ocr_front",
        "image/jpeg",
        len(PICTURE),
        DIGEST,
        AT,
    )
    assert await refused(desk) == "auth.not_taken"
    await desk.act("take")
    assert await look(desk) == ShownContent("image/jpeg", PICTURE)
    assert await refused(desk, "bob") == "auth.not_taken"
    assert await refused(desk, file="ee" * 32) == "auth.no_file"
    assert await refused(desk, act="view") == "paper.form"
    rows = await desk.beside().orders.trail("demo", 0, 100)
    looks = [msgspec.json.decode(it.body) for it in rows if it.what == "auth.looked_at"]
    assert [it["file"] for it in looks] == [DIGEST, "ee" * 32]


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"number": 1}, "manifest.context"),
        ({"serial": "S2"}, "manifest.context"),
        ({"evidence": ()}, "manifest.evidence"),
    ],
)
async def test_what_shows_another_case_is_not_shown(
    desk: Desk, opening: Opening, changed: dict[str, Any], finding: str
) -> None:
    request = requested(opening)
    await desk.ask(request)
    told = await show(desk, case_of(desk, request, **changed).raw())
    assert isinstance(told, PackageReply)
    assert (told.state, told.findings) == (PackageState.REFUSED, (finding,))
    assert (await desk.act("view")).files == []


async def test_a_changed_byte_or_a_picture_that_is_missing_is_named(desk: Desk, opening: Opening) -> None:
    request = requested(opening)
    await desk.ask(request)
    raw = bytearray(case_of(desk, request).raw())
    raw[-40] ^= 1
    told = await show(desk, bytes(raw))
    assert isinstance(told, PackageReply)
    assert told.findings == ("item.damaged",)


async def test_what_is_only_shown_is_no_package_of_a_case(desk: Desk, opening: Opening) -> None:
    """Else a kit could let go of its files for it."""
    request = requested(opening)
    await desk.ask(request)
    case = case_of(desk, request)
    await case.tell()
    raw = case.raw()
    told = await word(desk.kit, await upload(desk.kit, raw), len(raw))
    assert (told.state, told.findings) == (PackageState.REFUSED, ("manifest.number",))


async def test_before_its_request_nothing_is_shown(desk: Desk, opening: Opening) -> None:
    request = requested(opening)
    raw = case_of(desk, request).raw()
    early = await show(desk, raw)
    assert isinstance(early, Reply)
    assert (early.outcome, early.code) == (Outcome.NOT_FOUND, "auth.unknown")
    await desk.ask(request)
    other = await show(desk, raw, round_=2, whole=False)
    assert isinstance(other, Reply)
    assert other.code == "auth.unknown"
    reply = await desk.kit.ask(AUTH_SHOW, AuthShown("S1", 1, seal_of(raw), 1 << 40))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "auth.shown_size")


async def test_what_is_sealed_anew_takes_the_place_and_a_day_later_nothing_is_left(
    desk: Desk, opening: Opening
) -> None:
    request = requested(opening)
    await desk.ask(request)
    for _ in range(2):
        assert isinstance(await show(desk, case_of(desk, request).raw()), PackageReply)
    store = desk.beside()
    (kept,) = await store.evidence.uploads()
    assert (kept.state, kept.number) == ("shown", 0)
    now = desk.central.clock.now()
    assert await store.evidence.forget_shown((now - timedelta(hours=1)).isoformat()) == 0
    assert await store.evidence.forget_shown((now + timedelta(hours=1)).isoformat()) == 1
    assert await store.evidence.uploads() == []
    assert (await desk.act("view")).files == []
