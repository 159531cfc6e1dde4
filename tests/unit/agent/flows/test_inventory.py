"""What central is told of the kit's devices."""

from __future__ import annotations

import pytest

from padkit_agent.devices import DeviceState, DeviceView
from padkit_agent.flows.inventory import MAX_DEVICES, device_words
from padkit_contract.contact import DeviceWord
from padkit_sdk.ports import DeviceIdentity

BOX = DeviceIdentity("CRT-591", "BX-1", "1.2")


def view(state: DeviceState, identity: DeviceIdentity | None = BOX, where: str = "1-3") -> DeviceView:
    return DeviceView("box", "card_dispenser", "crt591", state, where=where, identity=identity)


@pytest.mark.parametrize("state", list(DeviceState))
def test_a_device_is_told_of_while_it_is_plugged_and_the_right_one(state: DeviceState) -> None:
    there = state in (DeviceState.READY, DeviceState.OPENING, DeviceState.LOCKED)
    assert device_words([view(state)]) == (
        (DeviceWord("box", "card_dispenser", "CRT-591", "BX-1", "1.2"),) if there else ()
    )


def test_one_that_never_said_who_it_is_is_not_told_of() -> None:
    assert device_words([view(DeviceState.READY, None)]) == ()


def test_what_has_no_wire_is_no_peripheral() -> None:
    assert device_words([view(DeviceState.READY, where="")]) == ()


def test_what_a_device_says_of_itself_is_cut_to_a_plain_word() -> None:
    (told,) = device_words([view(DeviceState.READY, DeviceIdentity(" CRT\x00-591 ", "B" * 999, "\x1b[2J1.2"))])
    assert (told.model, len(told.serial), told.firmware) == ("CRT-591", 64, "[2J1.2")


def test_no_more_are_told_of_than_central_takes() -> None:
    assert len(device_words([view(DeviceState.READY)] * 100)) == MAX_DEVICES
