"""Papers and who may hand them in, over the admin socket."""

from __future__ import annotations

import base64
import stat
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from padkit_central.commands.admin import AdminRefused, Operator
from padkit_central.kits import ApprovalPaper, OrderPaper
from padkit_central.store import first_break
from padkit_contract.cms import signed
from padkit_contract.commands import Cancel, Lock, Notify, Restrict, SetPolicy, Wipe
from padkit_contract.party import load_party


async def refused(awaitable: Any) -> str:
    with pytest.raises(AdminRefused) as caught:
        await awaitable
    return caught.value.code


async def test_the_socket_is_only_for_its_owner(central: Any) -> None:
    assert stat.S_IMODE(central.config.admin_socket.stat().st_mode) == 0o600


async def test_an_order_is_kept_with_its_whole_paper_and_a_line_in_the_trail(
    central: Any, office: Any, store: Any
) -> None:
    view = await office.order(Notify("one"), "kit-1", "kit-2")
    asked, targets, _ = await store.orders.order("demo", view.command)
    assert signed.decode(asked.signature).certificate.name == "ann"
    assert [it.kit for it in targets] == ["kit-1", "kit-2"]
    (row,) = await store.orders.trail("demo", 0, 10)
    assert (row.who, row.what) == ("ann", "order.asked")
    assert first_break([row]) is None


async def test_a_rehearsal_says_what_would_be_and_writes_nothing(central: Any, office: Any, store: Any) -> None:
    view = await office.hand_in(office.paper(Lock(), "kit-1", "kit-2"), dry_run=True)
    assert ([it.kit for it in view.kits], view.needs, view.dry_run) == (["kit-1", "kit-2"], 0, True)
    assert await store.orders.listed("demo", "", only_open=False) == []
    assert await refused(office.hand_in(office.paper(Wipe()), dry_run=True)) == "wipe.unlocked"


async def test_the_same_paper_twice_is_one_order_and_another_with_its_id_is_refused(central: Any, office: Any) -> None:
    paper = office.paper(Notify("one"))
    body = {"paper": office.people("ann").sign(paper)}
    first = await office.client.post("/v1/orders", body, msgspec.Raw)
    again = await office.client.post("/v1/orders", body, msgspec.Raw)
    assert bytes(first) == bytes(again)
    other = msgspec.structs.replace(paper, reason="something else")
    assert await refused(office.hand_in(other)) == "order.reused"


async def test_a_lock_of_many_waits_for_another_person(start: Any, office_of: Any, config: Any) -> None:
    careful = msgspec.structs.replace(config.commands, lock_alone_max=1)
    async with start(commands=careful) as central, office_of(central) as office:
        view = await office.order(Lock(), "kit-1", "kit-2")
        assert (view.waits_for, {it.state for it in view.kits}) == (1, {"asked"})
        assert await refused(office.approve(view, by="ann")) == "approval.same_person"
        assert await refused(office.approve(view, digest="0" * 64)) == "approval.digest"
        view = await office.approve(view)
        assert (view.approved_by, {it.state for it in view.kits}) == (("bob",), {"queued"})
        assert await refused(office.approve(view, by="cid")) == "approval.late"


async def test_a_cancel_is_an_order_of_its_own_and_who_asked_first_stays(central: Any, office: Any, store: Any) -> None:
    view = await office.order(Notify("one"))
    cancel = await office.cancel(view.command, by="bob")
    assert cancel.kits[0].state == "applied"
    shown = await office.look(view.command)
    assert (shown.asked_by, shown.kits[0].state, shown.kits[0].code) == ("ann", "cancelled", f"by.{cancel.command}")
    trail = await store.orders.trail("demo", 0, 10)
    assert [(row.who, row.what) for row in trail][:3] == [
        ("ann", "order.asked"),
        ("bob", "order.asked"),
        ("bob", "order.cancelled"),
    ]


async def test_a_cancel_of_nothing_or_of_another_order_is_refused(central: Any, office: Any) -> None:
    first, unknown = await office.order(Notify("one")), office.ids()
    assert await refused(office.cancel(unknown)) == "order.unknown"
    assert await refused(office.cancel(first.command, "kit-2")) == "order.unknown"
    paper = office.people("ann").sign(office.paper(Cancel(unknown)))
    route = f"/v1/orders/{first.command}/cancel"
    assert await refused(office.client.post(route, {"paper": paper}, msgspec.Raw)) == "order.form"
    assert await refused(office.order(Cancel(first.command))) == "order.form"
    cancel = await office.cancel(first.command)
    assert await refused(office.cancel(cancel.command)) == "order.form"


async def test_only_operators_of_the_entity_are_believed(central: Any, office: Any, parties: Any, suite: Any) -> None:
    kit = Operator(load_party(parties / "kit-1", suite, b"TEST ONLY").sign)
    body = {"paper": kit.sign(office.paper(Lock()))}
    assert await refused(office.client.post("/v1/orders", body, msgspec.Raw)) == "paper.operator"
    foreign = msgspec.structs.replace(office.paper(Lock()), entity="other")
    assert await refused(office.hand_in(foreign)) == "paper.operator"


async def test_a_paper_is_good_for_one_thing_only(central: Any, office: Any) -> None:
    consent = office.people("ann").sign(ApprovalPaper("demo", "x", "y", office.now_s()))
    assert await refused(office.client.post("/v1/orders", {"paper": consent}, msgspec.Raw)) == "paper.form"


async def test_a_changed_paper_is_refused(central: Any, office: Any) -> None:
    raw = bytearray(base64.b64decode(office.people("ann").sign(office.paper(Notify("one")))))
    raw[-1] ^= 1
    body = {"paper": base64.b64encode(raw).decode()}
    assert await refused(office.client.post("/v1/orders", body, msgspec.Raw)) in ("paper.signature", "paper.form")
    body = {"paper": base64.b64encode(raw.replace(b'"one"', b'"two"')).decode()}
    assert await refused(office.client.post("/v1/orders", body, msgspec.Raw)) in ("paper.signature", "paper.form")


async def test_an_old_paper_is_refused(central: Any, office: Any) -> None:
    old = office.paper(Notify("one"), asked_at=office.now_s() - 601)
    assert await refused(office.hand_in(old)) == "paper.time"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id": "7"}, "order.form"),
        ({"kits": ("kit-1", "kit-1")}, "order.form"),
        ({"kits": ("kit-9",)}, "kit.unknown"),
        ({"kits": ()}, "paper.form"),
        ({"kits": ("../kit",)}, "paper.form"),
        ({"reason": ""}, "paper.form"),
        ({"reason": " \t"}, "order.form"),
        ({"reason": "\x1b[2Jnothing to see"}, "order.form"),
        ({"reason": "two\nlines"}, "order.form"),
        ({"reason": "\u202etxet"}, "order.form"),
        ({"order": Notify("")}, "order.form"),
        ({"order": Notify("bell\x07")}, "order.form"),
        ({"order": Restrict(("",))}, "order.form"),
        ({"order": Restrict(("ACC-01", "ACC-1"))}, "order.business"),
        ({"order": SetPolicy(0)}, "order.form"),
        ({"expires": 5}, "order.form"),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused(
    central: Any, office: Any, changed: dict[str, Any], reason: str
) -> None:
    paper: OrderPaper = msgspec.structs.replace(office.paper(Notify("one")), **changed)
    assert await refused(office.hand_in(paper)) == reason


@pytest.mark.parametrize(
    ("method", "route", "body", "status", "code"),
    [
        ("POST", "/v1/orders", b"", 400, "body.form"),
        ("POST", "/v1/orders", b'{"paper":"%%"}', 400, "body.form"),
        ("POST", "/v1/orders", b'{"paper":"","more":1}', 400, "body.form"),
        ("POST", "/v1/orders", b'{"paper":""}', 400, "paper.form"),
        ("POST", "/v1/orders", b"x" * (600 << 10), 413, "http.413"),
        ("POST", "/v1/unlock-codes", b'{"papers":[]}', 403, "unlock.people"),
        ("GET", "/v1/orders/nothing", b"", 404, "order.unknown"),
        ("GET", "/v1/orders?more=1", b"", 400, "body.form"),
        ("GET", "/v1/orders?entity=other", b"", 400, "entity.unknown"),
        ("GET", "/v1/kits/kit-9", b"", 404, "kit.unknown"),
        ("GET", "/v1/kits/kit-1/support-bundle", b"", 404, "support.none"),
        ("GET", "/v1/nothing", b"", 404, "path.unknown"),
        ("DELETE", "/v1/orders", b"", 405, "http.405"),
    ],
)
async def test_every_refusal_has_the_one_shape(
    central: Any, office: Any, method: str, route: str, body: bytes, status: int, code: str
) -> None:
    async with office.client._session.request(method, f"http://central{route}", data=body) as response:
        assert (response.status, (await response.json())["error"]["code"]) == (status, code)


async def test_kits_are_listed_with_how_they_stand(central: Any, office: Any) -> None:
    await office.order(Lock())
    kits = msgspec.json.decode(await office.client.fetch("/v1/kits"))["kits"]
    assert [(it["kit"], it["shown"]) for it in kits] == [("kit-1", "lock pending"), ("kit-2", "unknown")]
    kit = msgspec.json.decode(await office.client.fetch("/v1/kits/kit-1"))
    assert (kit["pending"][0]["kind"], kit["pending"][0]["asked_by"]) == ("lock", "ann")


async def test_the_trail_names_the_first_line_that_was_changed_or_removed(
    central: Any, office: Any, store: Any
) -> None:
    for text in ("one", "two", "three"):
        view = await office.order(Notify(text), reason=text)
        await office.cancel(view.command)
    rows = await store.orders.trail("demo", 0, 100)
    assert first_break(rows) is None
    changed = [*rows[:3], replace(rows[3], who="eve"), *rows[4:]]
    found = first_break(changed)
    assert found is not None and found.number == 4
    found = first_break([*rows[:2], *rows[3:]])
    assert found is not None and found.number == 3
    found = first_break([rows[1], rows[0], *rows[2:]])
    assert found is not None and found.number == 1
