from __future__ import annotations

from pathlib import Path

import padkit_card_dispenser
from padkit_card_dispenser import open_crt591, plugin
from padkit_sdk.hookspecs import plugin_manager
from padkit_sdk.manifest import FILE_NAME, read_manifest
from padkit_sdk.ports import CardDispenser, ChipCard


def offers():
    manager = plugin_manager()
    manager.register(plugin)
    (found,) = manager.hook.padkit_drivers()
    return found


def offer():
    return offers()[0]


def test_the_hook_padkit_drivers_offers_a_box_that_stages_on_the_simulated_adapter():
    (match,) = offer().matches
    assert offer().model == "CRT-591"
    assert (match.vid, match.pid, match.baud) == (0x1209, 0xCA4D, 38_400)
    assert offer().settings == {"baud": "38400", "address": 0}


def test_the_hook_padkit_drivers_offers_a_box_that_only_ejects_on_its_simulated_adapter():
    _, ejecting = offers()
    (match,) = ejecting.matches
    assert (ejecting.model, ejecting.ports) == ("CRT-541", ("card_dispenser",))
    assert (match.vid, match.pid, match.baud) == (0x1209, 0xE541, 9600)
    assert ejecting.settings == {"baud": "9600", "address": 0}


def test_the_manifest_says_the_same_as_the_index_card():
    manifest = read_manifest(Path(padkit_card_dispenser.__file__).parent / FILE_NAME)
    assert manifest.name == "card_dispenser"
    assert manifest.module == plugin.__name__
    assert manifest.ports == offer().ports
    assert manifest.links == ("usb_serial",)
    assert {"en", "zh-CN"} <= manifest.summary.keys()


async def test_the_opened_driver_is_both_ports_in_one(box):
    box.ack("status", "status 020")
    driver = await open_crt591(box, box.context(**offer().settings))
    assert {CardDispenser, ChipCard} <= set(type(driver).__mro__)
