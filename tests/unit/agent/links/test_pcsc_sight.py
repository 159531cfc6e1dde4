"""Looking for readers: they come and go, and the service with them; through the real pcscd."""

from __future__ import annotations

import asyncio
import sys
import threading
from pathlib import Path

import pytest
from card_kit import card_kit

from padkit_agent.links import pcsc_sight
from padkit_agent.links.pcsc import open_reader
from padkit_agent.links.pcsc_codes import Code, unsigned
from padkit_agent.links.pcsc_sight import Look, scard_module, see_readers, serial_in
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


class Late:
    """The real `scard`, whose list comes late once a reader went: when another one has come."""

    def __init__(self, scard):
        self._scard = scard
        self.gone, self.back = threading.Event(), threading.Event()

    def __getattr__(self, name):
        return getattr(self._scard, name)

    def SCardGetStatusChange(self, context, timeout_ms, asked):  # noqa: N802 - its name in PC/SC
        code, states = self._scard.SCardGetStatusChange(context, timeout_ms, asked)
        if unsigned(code) == Code.UNKNOWN_READER or any(state & self.SCARD_STATE_UNKNOWN for _, state, _ in states):
            self.gone.set()
        return code, states

    def SCardListReaders(self, context, groups):  # noqa: N802 - its name in PC/SC
        if self.gone.is_set():
            assert self.back.wait(30)
        return self._scard.SCardListReaders(context, groups)


async def test_a_reader_that_was_away_between_two_lists_is_another_one():
    async with card_kit() as kit:
        late = Late(scard_module())
        look = Look(late)
        (first,) = await changed(look)
        await kit.sight(readers=1)
        looking = asyncio.create_task(changed(look))
        await kit.unplug()
        await asyncio.to_thread(late.gone.wait, 30)
        await kit.sight(readers=0)
        await kit.plug()
        await kit.sight(readers=1)
        late.back.set()
        (again,) = await looking
        look.close()
        assert again.name == first.name
        assert again.instance != first.instance


async def changed(look):
    """What the next change is."""
    while (wires := await asyncio.to_thread(look.next)) is None:
        pass
    return wires


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
