"""Rows that say something else than the papers kept with them, judged alone and at a running central."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from ordered_kit import OrderedKit, kinds
from pki import NOW, Pki, make_pki

from padkit_central.ca.revocation import Revocations, install_lists
from padkit_central.ca.shelf import Means, Shelf
from padkit_central.kits import ApprovalPaper, KeptPapers, OrderPaper, lifecycle, papers, sign_paper
from padkit_central.store import Approval, Asked, Placed, Target, TargetState, read_books
from padkit_contract.commands import AnyOrder, Cancel, Lock, Notify, Reauthenticate, SetPolicy, Unlock, Wipe
from padkit_contract.crypto import Suite, sm3
from padkit_contract.envelope import Identity
from padkit_contract.errors import Invalid
from padkit_contract.x509 import Role

ENTITY, COMMAND = "bank", "01234567-89ab-7def-8123-456789abcdef"
TAKEN_S = int(NOW.timestamp())
AT = NOW.isoformat()


@dataclass(frozen=True)
class Cabinet:
    """Papers of a small bank, and the rows that belong to them."""

    pki: Pki
    people: dict[str, Identity]

    def kept(self, trust: Any = None, lock_alone_max: int = 20) -> KeptPapers:
        return KeptPapers(trust or self.pki.trust(), lock_alone_max)

    def order(self, order: AnyOrder, *kits: str, by: str = "ann", **changed: Any) -> Placed:
        values: dict[str, Any] = {"id": COMMAND, "entity": ENTITY, "asked_at": TAKEN_S, "reason": "a test", **changed}
        paper = OrderPaper(kits=kits or ("k1",), order=order, **values)
        raw = sign_paper(paper, self.people[by], NOW)
        ends = lifecycle.expiry_of(order, max(TAKEN_S, paper.not_before)) if paper.expires is None else paper.expires
        asked = Asked(ENTITY, paper.id, order, paper.reason, by, raw, AT, paper.not_before, ends, 0)
        kind = lifecycle.kind_of(order)
        return Placed(Target(ENTITY, paper.id, "k1", kind, 1, TargetState.QUEUED, queued_at=AT), asked)

    def consent(self, placed: Placed, by: str = "bob", **changed: Any) -> Approval:
        digest = sm3(placed.asked.signature).hex()
        paper = msgspec.structs.replace(ApprovalPaper(ENTITY, COMMAND, digest, TAKEN_S), **changed)
        return Approval(by, sign_paper(paper, self.people[by], NOW), AT)


@pytest.fixture(scope="module")
def cabinet(suite: Suite) -> Cabinet:
    pki = make_pki(suite)
    people = {name: pki.identity(name, Role.OPERATOR) for name in ("ann", "bob", "cid")}
    return Cabinet(pki, people | {"kit": pki.identity("kit", Role.KIT)})


def why(kept: KeptPapers, placed: Placed, approvals: Sequence[Approval] = (), now: Any = NOW) -> str:
    with pytest.raises(Invalid) as caught:
        kept.check(placed, approvals, now)
    return str(caught.value)


@pytest.mark.parametrize(
    ("order", "changed"),
    [
        (Notify("one"), {}),
        (Lock(), {}),
        (Unlock(), {"not_before": TAKEN_S + 3600}),
        (SetPolicy(3), {"expires": TAKEN_S + 60}),
        (Cancel(COMMAND), {}),
        (Notify("for good"), {"expires": 0}),
    ],
)
def test_what_the_paper_says_may_go_also_days_later(cabinet: Cabinet, order: AnyOrder, changed: dict[str, Any]) -> None:
    assert cabinet.kept().check(cabinet.order(order, **changed), (), NOW + timedelta(days=5)) == ()


def test_who_consented_is_told(cabinet: Cabinet) -> None:
    wipe = cabinet.order(Wipe())
    assert cabinet.kept().check(wipe, (cabinet.consent(wipe),), NOW) == ("bob",)


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"order": Wipe()}, "order"),
        ({"order": Notify("two")}, "order"),
        ({"reason": "another"}, "reason"),
        ({"asked_by": "bob"}, "asked_by"),
        ({"not_before": 5}, "not_before"),
        ({"expires": 0}, "expires"),
        ({"command": COMMAND[:-1] + "0"}, "command"),
        ({"entity": "other"}, "entity"),
        ({"asked_at": "2026-11-22T08:30:00+00:00"}, "paper.time"),
        ({"asked_at": "yesterday"}, "asked_at"),
        ({"signature": b""}, "paper.form"),
    ],
)
def test_a_changed_row_of_an_order_does_not_fit(cabinet: Cabinet, changed: dict[str, Any], names: str) -> None:
    placed = cabinet.order(Notify("one"))
    assert names in why(cabinet.kept(), replace(placed, asked=replace(placed.asked, **changed)))


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"kit": "k2"}, "k2"),
        ({"kind": "wipe"}, "kind"),
        ({"queued_at": "x"}, "queued_at"),
        ({"queued_at": ""}, "queued"),
    ],
)
def test_a_changed_row_of_a_kit_does_not_fit_although_another_kit_had_it(
    cabinet: Cabinet, changed: dict[str, Any], names: str
) -> None:
    kept, placed = cabinet.kept(), cabinet.order(Notify("one"))
    kept.check(placed, (), NOW)
    assert names in why(kept, replace(placed, target=replace(placed.target, **changed)))


def test_a_row_that_changes_after_it_was_judged_is_judged_again(cabinet: Cabinet) -> None:
    kept, placed = cabinet.kept(), cabinet.order(Notify("one"))
    kept.check(placed, (), NOW)
    assert "order" in why(kept, replace(placed, asked=replace(placed.asked, order=Wipe())))


def test_a_wipe_needs_the_paper_of_another_operator(cabinet: Cabinet) -> None:
    kept, wipe = cabinet.kept(), cabinet.order(Wipe())
    assert "approv" in why(kept, wipe)
    assert "ann" in why(kept, wipe, (cabinet.consent(wipe, "ann"),))
    assert "paper.operator" in why(kept, wipe, (cabinet.consent(wipe, "kit"),))
    assert "paper.form" in why(kept, wipe, (Approval("bob", b"signed", AT),))
    assert "by" in why(kept, wipe, (replace(cabinet.consent(wipe), by="cid"),))
    assert "digest" in why(kept, wipe, (cabinet.consent(wipe, digest="0" * 64),))
    assert "command" in why(kept, wipe, (cabinet.consent(wipe, command="another"),))
    assert "paper.time" in why(kept, wipe, (cabinet.consent(wipe, asked_at=TAKEN_S - 601),))
    assert "twice" in why(kept, wipe, (cabinet.consent(wipe), cabinet.consent(wipe)))
    other = cabinet.order(Wipe(), "k1", reason="another")
    assert "digest" in why(kept, wipe, (cabinet.consent(other),))


def test_an_approval_that_is_gone_is_missed_although_it_was_there(cabinet: Cabinet) -> None:
    kept, wipe = cabinet.kept(), cabinet.order(Wipe())
    kept.check(wipe, (cabinet.consent(wipe),), NOW)
    assert "approv" in why(kept, wipe)


def test_a_lock_of_many_is_counted_by_its_paper(cabinet: Cabinet) -> None:
    lock = cabinet.order(Lock(), "k1", "k2")
    assert cabinet.kept(lock_alone_max=2).check(lock, (), NOW) == ()
    assert "approv" in why(cabinet.kept(lock_alone_max=1), lock)


def test_a_paper_for_something_else_is_none(cabinet: Cabinet) -> None:
    wipe = cabinet.order(Wipe())
    consent = cabinet.consent(wipe)
    assert "paper.form" in why(cabinet.kept(), replace(wipe, asked=replace(wipe.asked, signature=consent.signature)))
    assert "paper.form" in why(cabinet.kept(), wipe, (replace(consent, signature=wipe.asked.signature),))


@pytest.mark.parametrize("person", ["ann", "bob"])
def test_an_operator_revoked_since_orders_nothing_more(cabinet: Cabinet, person: str) -> None:
    wipe = cabinet.order(Wipe())
    lists = cabinet.pki.revocation_lists(cabinet.people[person].certificate)
    kept = cabinet.kept(cabinet.pki.trust(lists))
    assert "certificate.revoked" in why(kept, wipe, (cabinet.consent(wipe),))


def test_what_fitted_is_judged_again_when_the_certificate_is_over(cabinet: Cabinet) -> None:
    kept, lock = cabinet.kept(), cabinet.order(Lock())
    kept.check(lock, (), NOW)
    assert "paper.operator" in why(kept, lock, now=NOW + timedelta(days=91))


def test_an_order_for_many_kits_is_verified_once(cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch) -> None:
    kits = tuple(f"k{number}" for number in range(1000))
    kept, note = cabinet.kept(), cabinet.order(Notify("one"), *kits)
    believed, read = [], papers.believe_paper

    def counted(*args: Any) -> Any:
        believed.append(args)
        return read(*args)

    monkeypatch.setattr("padkit_central.kits.kept.believe_paper", counted)
    for kit in kits:
        kept.check(replace(note, target=replace(note.target, kit=kit)), (), NOW)
    assert len(believed) == 1


def change(central: Any, statement: str, *values: Any) -> None:
    """Write into central's database, as somebody who has the file."""
    connection = sqlite3.connect(central.config.database, isolation_level=None)
    try:
        assert connection.execute(statement, values).rowcount == 1
    finally:
        connection.close()


async def forged(central: Any, office: Any, store: Any, command: str, kit: str = "kit-1") -> str:
    """Ask for what the kit has to get, which is nothing; return what did not fit."""
    async with central.kit(kit) as speaker:
        assert await OrderedKit(speaker).poll() is None
    (target,) = (it for it in (await office.look(command)).kits if it.kit == kit)
    assert (target.state, target.code) == ("failed", "paper.row")
    lines = [it for it in central.log.lines if it["event"] == "order.forged"]  # a connection may find it, too
    assert {(line["kit"], line["command"]) for line in lines} == {(kit, command)}
    assert [it.reason for it in read_books(central.config.database).cases] == ["order.forged"]
    return str(target.detail)


async def test_a_wipe_made_of_a_note_does_not_leave(central: Any, office: Any, store: Any) -> None:
    note = await office.order(Notify("one"))
    change(central, "update command set kind='wipe',body=? where command=?", b'{"kind":"wipe"}', note.command)
    change(central, "update target set kind='wipe' where command=?", note.command)
    lock = await office.order(Lock())
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        await kit.apply(await kit.next())
        assert await office.state(lock.command) == "applied"
    assert "order" in await forged(central, office, store, note.command)


async def test_a_wipe_put_into_the_rows_does_not_leave_and_the_rest_goes_on(
    central: Any, office: Any, store: Any
) -> None:
    note = await office.order(Notify("one"))
    made = "00000000-0000-7000-8000-000000000001"
    change(
        central,
        "insert into command(id,entity,command,kind,body,reason,asked_by,asked_signature,asked_at,not_before,expires,needs)"
        " select ?,entity,?,'unlock','{\"kind\":\"unlock\"}',reason,asked_by,asked_signature,asked_at,0,0,0 from command",
        made,
        made,
    )
    change(
        central,
        "insert into target(id,entity,command,kit,kind,seq,state,code,detail,tries,next_try_at,asked_at,queued_at,"
        "sent_at,received_at,ended_at) select ?,entity,?,kit,'unlock',0,'queued',code,detail,tries,next_try_at,asked_at,"
        "queued_at,sent_at,received_at,ended_at from target",
        made,
        made,
    )
    change(central, "update target set seq=2 where command=?", note.command)
    change(central, "update target set seq=1 where command=?", made)
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        assert kinds([await kit.next()]) == ["notify"]
    assert "command" in await forged(central, office, store, made)


@pytest.mark.parametrize("body", [b"{", b"\xff\x00", b'{"kind":"of nobody"}', 7])
async def test_an_order_that_cannot_be_read_is_set_aside_and_the_rest_goes_on(
    central: Any, office: Any, store: Any, body: object
) -> None:
    spoilt, good = await office.order(Reauthenticate()), await office.order(Notify("two"))
    change(central, "update command set body=? where command=?", body, spoilt.command)
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        await kit.apply(await kit.next())
        assert await office.state(good.command) == "applied"
    assert "order" in await forged(central, office, store, spoilt.command)


async def test_a_moment_that_cannot_be_read_is_past(central: Any, office: Any, store: Any) -> None:
    note = await office.order(Notify("one"))
    change(central, "update target set next_try_at='in the evening' where command=?", note.command)
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        await kit.apply(await kit.next())
        assert await office.state(note.command) == "applied"


async def test_an_order_moved_to_another_kit_does_not_leave(central: Any, office: Any, store: Any) -> None:
    note = await office.order(Notify("one"))
    change(central, "update target set kit='kit-2' where command=?", note.command)
    assert "kit-2" in await forged(central, office, store, note.command, "kit-2")


async def test_a_wipe_whose_approval_is_taken_away_does_not_leave(central: Any, office: Any, store: Any) -> None:
    wipe = await approved_wipe(central, office)
    change(central, "delete from approval where command=?", wipe)
    assert "approv" in await forged(central, office, store, wipe)


async def test_a_wipe_that_its_asker_approved_in_the_rows_does_not_leave(central: Any, office: Any, store: Any) -> None:
    wipe = await approved_wipe(central, office)
    raw = (await store.orders.approvals("demo", wipe))[0].signature
    change(central, "update approval set approver='ann' where command=? and signature=?", wipe, raw)
    assert "by" in await forged(central, office, store, wipe)


async def test_what_an_operator_ordered_who_is_revoked_since_does_not_leave(
    start: Any, office_of: Any, store: Any, parties: Any, suite: Any, clock: Any, tmp_path: Any
) -> None:
    for name in ("ca", "central"):
        shutil.copytree(parties / name, tmp_path / "later" / name)
    async with start() as central, office_of(central) as office:
        anns, bobs = await office.order(Notify("one")), await office.order(Reauthenticate(), by="bob")
    shelf = Shelf(tmp_path / "later" / "ca", Means(suite, b"TEST ONLY", clock.now(), os.urandom))
    revocations = Revocations(shelf)
    revocations.revoke_file(parties / "ann" / "sign.crt.pem", "left")
    install_lists(tmp_path / "later" / "central", revocations.make_lists(30))
    async with start(party=tmp_path / "later" / "central") as central, office_of(central) as office:
        async with central.kit() as speaker:
            told = await OrderedKit(speaker).poll()
        assert told is not None
        assert told.id == bobs.command
        assert "certificate.revoked" in await forged(central, office, store, anns.command)


async def approved_wipe(central: Any, office: Any) -> str:
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        await office.order(Lock())
        await kit.apply(await kit.next())
    wipe = await office.order(Wipe())
    await office.approve(wipe)
    return str(wipe.command)
