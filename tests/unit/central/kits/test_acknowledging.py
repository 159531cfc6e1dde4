"""What kits say: booked once, forwards, and what cannot be is a case."""

from __future__ import annotations

from typing import Any

import pytest
from ordered_kit import OrderedKit

from padkit_contract.commands import COMMAND_ACK, SUPPORT, Command, CommandAck, Lock, Mode, Notify, Progress, Standing
from padkit_contract.messages import Outcome


async def cases(central: Any, audit: Any) -> list[tuple[str, str]]:
    return [(it.kit, it.reason) for it in (await audit(central)).cases]


async def test_the_kits_own_word_is_kept_and_shown(central: Any, office: Any) -> None:
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        await office.order(Lock())
        await kit.apply(await kit.next())
    shown = await office.client.get("/v1/kits/kit-1", dict)
    assert (shown["shown"], shown["standing"]["mode"]) == ("locked", "locked")


async def test_a_word_that_comes_twice_or_late_changes_nothing(central: Any, office: Any, audit: Any) -> None:
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        view = await office.order(Notify("one"))
        command = await kit.next()
        bookings = [
            (await kit.say(command, progress)).fields["booking"]
            for progress in (Progress.APPLIED, Progress.APPLIED, Progress.RECEIVED)
        ]
    assert bookings == ["changed", "known", "known"]
    assert await office.state(view.command) == "applied"
    assert await cases(central, audit) == []


async def test_another_end_than_before_is_a_case(central: Any, office: Any, audit: Any) -> None:
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        view = await office.order(Notify("one"))
        command = await kit.next()
        await kit.say(command, Progress.APPLIED)
        await kit.say(command, Progress.REFUSED, "kit.locked")
    assert await office.state(view.command) == "applied"
    assert await cases(central, audit) == [("kit-1", "command.contradiction")]


async def test_a_command_that_was_never_given_is_a_case(central: Any, office: Any, audit: Any) -> None:
    await office.order(Notify("one"), "kit-2")
    async with central.kit() as speaker:
        invented = Command("no such", "demo", "kit-1", 1, Lock(), "", "", (), 0)
        reply = await OrderedKit(speaker).say(invented, Progress.APPLIED, mode=Mode.LOCKED)
    assert reply.fields == {"booking": "unknown"}
    assert await cases(central, audit) == [("kit-1", "command.unknown")]


async def test_an_older_word_does_not_replace_a_newer(central: Any, office: Any) -> None:
    async with central.kit() as speaker, OrderedKit(speaker) as kit:
        await office.order(Lock())
        command = await kit.next()
        await kit.apply(command)
        late = CommandAck(command.id, 1, Progress.RECEIVED, "2026-11-22T08:00:00Z", Standing(seq=0))
        await speaker.ask(COMMAND_ACK, late)
    assert (await office.client.get("/v1/kits/kit-1", dict))["shown"] == "locked"


@pytest.mark.parametrize("changed", [{"at": "yesterday"}, {"detail": "x" * 501}, {"standing": Standing(seq=-1)}])
async def test_a_word_that_makes_no_sense_is_invalid(central: Any, changed: dict[str, Any]) -> None:
    values: dict[str, Any] = {"at": "2026-11-22T08:00:00Z", "standing": Standing(), **changed}
    async with central.kit() as speaker:
        reply = await speaker.ask(COMMAND_ACK, CommandAck("c", 1, Progress.APPLIED, **values))
    assert (reply.outcome, reply.code) == (Outcome.INVALID, "message.form")


async def test_a_support_bundle_is_kept_as_it_came(central: Any, office: Any) -> None:
    sealed = b"sealed for the support desk" * 1000
    async with central.kit() as speaker:
        status, raw = await speaker.post(speaker.sealed(SUPPORT, sealed))
        assert status == 200
        assert speaker.opened(raw).outcome is Outcome.OK
    assert await office.client.fetch("/v1/kits/kit-1/support-bundle") == sealed
