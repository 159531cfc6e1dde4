"""Loading a plugin: its hook is called once, and its offers must be what its manifest says."""

from __future__ import annotations

import sys
import types

import pytest

from padkit_agent.plugins.loading import link_kind, load_offers, view_of
from padkit_sdk import DriverOffer, Refused, UsbSerial, hookimpl
from padkit_sdk.manifest import Manifest

WIRE = UsbSerial(1, 2, 9_600)


async def open_nothing(link, context):
    raise AssertionError


def offer(model="M", ports=("card_dispenser",), matches=(WIRE,)):
    return DriverOffer(model, ports, matches, open_nothing, {"pace": 1})


@pytest.fixture
def load(monkeypatch):
    def load(answer, *, hook="padkit_drivers", links=("usb_serial",), ports=("card_dispenser",)):
        module = types.ModuleType("padkit_fake")

        def implementation():
            if isinstance(answer, BaseException):
                raise answer
            return answer

        setattr(module, hook, hookimpl(implementation))
        monkeypatch.setitem(sys.modules, "padkit_fake", module)
        return load_offers(Manifest("fake", "1", 1, "padkit_fake", ports, links))

    return load


def test_offers_come_by_model(load):
    offers = load([offer("A"), offer("B")])
    assert [*offers] == ["A", "B"]
    assert view_of(offers["A"]).settings == {"pace": 1}
    assert link_kind(WIRE) == "usb_serial"


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [offer(), offer()],
        ["a string"],
        [offer(ports=("chip_card",))],
        [offer(ports=())],
        [offer(matches=())],
        [offer(matches=("tcp",))],
    ],
)
def test_offers_that_do_not_fit_the_manifest_are_refused(load, answer):
    with pytest.raises(Refused, match="plugin fake") as caught:
        load(answer)
    assert caught.value.reason == "plugin.offer"


def test_a_link_that_the_manifest_does_not_ask_for_is_refused(load):
    with pytest.raises(Refused, match=r"asks for links \['usb_serial'\]"):
        load([offer()], links=())


@pytest.mark.parametrize("failure", [ValueError("bad"), ImportError("libfoo"), SystemExit(3)])
def test_code_that_fails_is_the_plugins_failure(load, failure):
    with pytest.raises(Refused, match="plugin fake, module padkit_fake") as caught:
        load(failure)
    assert caught.value.reason == "plugin.import"


def test_a_hook_that_we_do_not_have_is_refused(load):
    with pytest.raises(Refused) as caught:
        load([], hook="padkit_coffee")
    assert caught.value.reason == "plugin.hook"


def test_a_module_that_is_not_there_is_the_plugins_failure():
    with pytest.raises(Refused, match="ModuleNotFoundError"):
        load_offers(Manifest("gone", "1", 1, "padkit_gone.plugin", ("card_dispenser",), ("usb_serial",)))
