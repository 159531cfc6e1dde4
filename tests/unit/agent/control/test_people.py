"""What people beside a locked kit may do: unlock it with a code, prove who they are, wipe it."""

from __future__ import annotations

import pytest

from padkit_contract.commands import Lock, Mode, Unlock
from padkit_contract.passcode import make_holder
from padkit_contract.unlock import read_challenge, unlock_code
from padkit_sdk.errors import Refused

from ..store.rows import message
from .government import ENTITY, KEY, KIT, Government


async def locked(kit: Government) -> None:
    await kit.store.put_fact("escrow", KEY)
    await kit.send(Lock(), 1)


def right(challenge: str) -> str:
    return unlock_code(KEY, ENTITY, KIT, read_challenge(challenge))


async def reason_of(doing: object) -> str:
    with pytest.raises(Refused) as refused:
        await doing  # type: ignore[misc]  # any coroutine
    return refused.value.reason


async def test_a_code_of_central_gives_restricted_use_and_is_reported(kit: Government) -> None:
    await locked(kit)
    shown = await kit.people.challenge()
    assert (shown.left_s, shown.tries) == (600, 5)
    code = right(shown.challenge)
    await kit.people.code(f"{code[:4]} {code[4:]}", "Li")
    standing = kit.gate.standing
    assert (standing.mode, standing.reauthenticate) == (Mode.RESTRICTED, True)
    last = (await kit.acks())[-1]
    assert (last.command, last.code, last.standing) == ("c-1", "unlock.offline", standing)
    await kit.restart()
    assert kit.gate.standing.mode is Mode.RESTRICTED
    await kit.control.heard(3600)
    assert kit.gate.standing.mode is Mode.OPEN


async def test_what_cannot_be_a_code_spends_no_try(kit: Government) -> None:
    await locked(kit)
    await kit.people.challenge()
    for typed in ("", "abc", "1234567", "123456789", "１２３４５６７８"):
        assert await reason_of(kit.people.code(typed, "Li")) == "unlock.code"
    assert (await kit.people.challenge()).tries == 5


async def test_the_challenge_knows_its_lock(kit: Government) -> None:
    await locked(kit)
    shown = read_challenge((await kit.people.challenge()).challenge)
    assert shown.is_for(ENTITY, KIT, "c-1")


async def test_wrong_codes_are_counted_before_they_are_looked_at_and_over_a_restart(kit: Government) -> None:
    await locked(kit)
    shown = await kit.people.challenge()
    wrong = "00000000" if right(shown.challenge) != "00000000" else "11111111"
    for _ in range(4):
        assert await reason_of(kit.people.code(wrong, "Li")) == "unlock.code"
    await kit.restart()
    assert (await kit.people.challenge()).tries == 1
    assert await reason_of(kit.people.code(wrong, "Li")) == "unlock.code"
    assert await reason_of(kit.people.code(right(shown.challenge), "Li")) == "unlock.wait"
    assert await reason_of(kit.people.challenge()) == "unlock.wait"
    kit.now_s += 61
    fresh = await kit.people.challenge()
    assert fresh.challenge != shown.challenge
    assert await reason_of(kit.people.code(right(shown.challenge), "Li")) == "unlock.code"
    await kit.people.code(right(fresh.challenge), "Li")
    assert len([it for it in await kit.acks() if it.code == "unlock.offline"]) == 1


async def test_a_pause_is_not_shortened_by_starting_the_machine_anew(kit: Government) -> None:
    await locked(kit)
    code = right((await kit.people.challenge()).challenge)
    for _ in range(5):
        await reason_of(kit.people.code(code[1:] + str(9 - int(code[0])), "Li"))
    kit.boot = "boot-2"
    await kit.restart()
    kit.now_s += 30
    assert await reason_of(kit.people.challenge()) == "unlock.wait"
    kit.now_s += 31
    await kit.people.challenge()


async def test_a_code_comes_too_late_after_ten_minutes(kit: Government) -> None:
    await locked(kit)
    shown = await kit.people.challenge()
    kit.now_s += 601
    assert await reason_of(kit.people.code(right(shown.challenge), "Li")) == "unlock.no_challenge"


async def test_without_a_key_there_is_no_challenge(kit: Government) -> None:
    await kit.send(Lock(), 1)
    assert await reason_of(kit.people.challenge()) == "unlock.no_key"


async def test_an_open_kit_has_nothing_to_unlock(kit: Government) -> None:
    await locked(kit)
    await kit.send(Unlock(), 2)
    assert await reason_of(kit.people.challenge()) == "unlock.not_locked"


async def test_the_holder_proves_who_he_is(kit: Government) -> None:
    kit.holder = make_holder("Li", "correct horse", b"0123456789abcdef", 10)
    await kit.control.change(lambda it, _: it)
    await kit.people.reauthenticate("Li", "correct horse")
    for name, passcode in (("Li", "wrong"), ("Wang", "correct horse"), ("Li", "")):
        assert await reason_of(kit.people.reauthenticate(name, passcode)) == "holder.passcode"


async def test_guessing_the_passcode_is_slowed_down(kit: Government) -> None:
    kit.holder = make_holder("Li", "correct horse", b"0123456789abcdef", 10)
    for _ in range(5):
        assert await reason_of(kit.people.reauthenticate("Li", "guess")) == "holder.passcode"
    assert await reason_of(kit.people.reauthenticate("Li", "correct horse")) == "holder.wait"


async def test_without_a_holder_it_says_what_next(kit: Government) -> None:
    assert await reason_of(kit.people.reauthenticate("Li", "x")) == "holder.none"


async def test_two_people_wipe_a_locked_kit(kit: Government) -> None:
    assert await reason_of(kit.people.wipe(("A", "B"), force=True, dry_run=False)) == "wipe.unlocked"
    await locked(kit)
    for one in (("A", "A"), ("A", " a "), ("A", "")):
        assert await reason_of(kit.people.wipe(one, force=True, dry_run=False)) == "wipe.people"
    plan = await kit.people.wipe(("A", "B"), force=False, dry_run=True)
    assert (plan.wiped, plan.unsent, plan.refused) == (False, {}, "")
    assert (await kit.people.wipe(("A", "B"), force=False, dry_run=False)).wiped
    assert kit.gate.standing.mode is Mode.WIPED
    await kit.turn()
    assert kit.erased


async def test_a_wipe_on_the_spot_says_what_would_be_lost(kit: Government) -> None:
    await locked(kit)
    await kit.store.queue(message("e1"))
    plan = await kit.people.wipe(("A", "B"), force=False, dry_run=True)
    assert (plan.unsent, "ACC-01 1" in plan.refused) == ({"ACC-01": 1}, True)
    assert await reason_of(kit.people.wipe(("A", "B"), force=False, dry_run=False)) == "wipe.unsent"
    assert (await kit.people.wipe(("A", "B"), force=True, dry_run=False)).wiped
