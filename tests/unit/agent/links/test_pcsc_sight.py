"""Looking for readers: they come and go, and the service with them; through the real pcscd."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from card_kit import card_kit

from padkit_agent.links import pcsc_sight
from padkit_agent.links.pcsc import open_reader
from padkit_agent.links.pcsc_sight import scard_module, see_readers, serial_in
from padkit_sdk.errors import Refused
from padkit_sdk.links import Pcsc


async def test_a_reader_that_is_plugged_again_is_another_one():
    async with card_kit() as kit:
        (first,) = await kit.sight(readers=1)
        assert (first.kind, first.serial, first.name) == ("pcsc", "CR-0001", first.path)
        await kit.unplug()
        assert await kit.sight(readers=0) == ()
        await kit.plug()
        (again,) = await kit.sight(readers=1)
        assert again.name == first.name
        assert again.instance != first.instance


async def test_a_card_that_comes_and_goes_is_no_news_of_readers():
    async with card_kit() as kit:
        await kit.sight(readers=1)
        await kit.insert()
        await kit.remove()
        await kit.unplug()
        assert await kit.sights.get() == ()


@pytest.mark.parametrize(
    ("name", "serial"),
    [
        ("hw_sim Card reader (CR-0001) 00 00", "CR-0001"),
        ("ACS ACR39U ICC Reader 00 00", ""),
        ("Vendor Reader [CCID Interface] (0A1B) 01 00", "0A1B"),
        ("Odd (name) without numbers", ""),
        ("", ""),
    ],
)
def test_the_serial_number_is_read_out_of_the_name(name, serial):
    assert serial_in(name) == serial


async def test_without_pyscard_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(Refused, match=r"padkit-agent\[pcsc\]") as caught:
        scard_module()
    assert caught.value.reason == "link.missing"
    with pytest.raises(Refused):
        await open_reader(Pcsc(""), Path("any"))
    monkeypatch.setattr(pcsc_sight, "MISSING_S", 0.0)
    seen = asyncio.Queue()
    with pytest.raises(Refused):
        await see_readers([], seen.put_nowait)
    assert seen.get_nowait() == ()
