from __future__ import annotations

from pathlib import Path

import pytest

import padkit_back_clip
from padkit_back_clip import open_reader
from padkit_sdk import Ble, OutcomeUnknown, Pcsc, UsbSerial
from padkit_sdk.hookspecs import plugin_manager
from padkit_sdk.links import LINK_KINDS
from padkit_sdk.manifest import FILE_NAME, read_manifest
from padkit_sdk.ports import PORTS

MANIFEST = read_manifest(Path(padkit_back_clip.__file__).parent / FILE_NAME)


def offers():
    from padkit_back_clip import plugin

    manager = plugin_manager()
    manager.register(plugin)
    (made,) = manager.hook.padkit_drivers()
    return {it.model: it for it in made}


def offer():
    return offers()["SAM_V"]


def test_padkit_drivers_offers_the_readers_of_the_manifest():
    assert {name for it in offers().values() for name in it.ports} == set(MANIFEST.ports)
    assert set(MANIFEST.ports) <= set(PORTS)
    assert MANIFEST.module == "padkit_back_clip.plugin"


def test_every_reader_of_pcsc_can_be_the_bank_card_reader():
    assert offers()["PCSC"].matches == (Pcsc(reader=""),)
    assert {LINK_KINDS[type(match)] for it in offers().values() for match in it.matches} == set(MANIFEST.links)


def test_the_simulated_unit_and_the_serial_readers_of_the_market_match():
    matches = offer().matches
    assert UsbSerial(vid=0x1209, pid=0x1DCA, baud=115_200) in matches
    assert {match.baud for match in matches if isinstance(match, UsbSerial)} == {115_200}


def test_readers_that_are_not_serial_do_not_match():
    serial = [match for match in offer().matches if isinstance(match, UsbSerial)]
    assert not {(0x0400, 0xC35A), (0x0425, 0x8159)} & {(match.vid, match.pid) for match in serial}


def test_the_simulated_clip_and_the_one_of_the_manual_match_over_bluetooth():
    services = [match.service for match in offer().matches if isinstance(match, Ble)]
    assert services == ["6e400001-b5a3-f393-e0a9-e50e24dcca9e", "49535343-fe7d-4ae5-8fa9-9fafd205e455"]


def test_the_settings_are_offered_with_their_defaults():
    assert offer().settings == {"photo_decoder": "", "appended_address": True}


async def test_open_gives_the_ports_device(ready):
    reader = await offer().open(ready, ready.context())
    assert PORTS["identity_card_reader"] in type(reader).__mro__
    assert ready.asked() == ["11 FF", "12 FF"]


async def test_a_module_that_is_at_fault_opens_so_that_its_self_test_tells(ready, reply):
    ready.says("11 FF", reply(0x66)).says("12 FF", reply(0x66))
    reader = await open_reader(ready, ready.context())
    assert not (await reader.self_test(timeout_s=2)).passed


async def test_a_wire_without_reader_does_not_open(module):
    with pytest.raises(OutcomeUnknown):
        await open_reader(module, module.context())
