"""The host by itself: what it opens it closes, and a driver's bug stays the driver's."""

from __future__ import annotations

import asyncio
import sys
import types

import pytest

from padkit_agent.plugins import host as hosting
from padkit_agent.plugins.host import PluginHost
from padkit_agent.plugins.messages import Call, Open
from padkit_agent.plugins.ports import method_of
from padkit_sdk import DeviceEvent, DeviceFault, DriverOffer, LinkLost, Refused, UsbSerial, hookimpl
from padkit_sdk.manifest import Manifest

WIRE = UsbSerial(1, 2, 9_600)
TIMED = method_of("chip_card", "power_off").pack((), {"timeout_s": 1})[0]


class Link:
    def __init__(self):
        self.closed = 0

    async def close(self):
        self.closed += 1


class Driver:
    """A chip card that does what the test puts in."""

    def __init__(self, context):
        self.context = context
        self.closing = None
        self.powered_off = 0

    async def power_on(self, *, timeout_s):
        return "nonsense"

    async def transmit(self, command, *, timeout_s):
        return command

    async def power_off(self, *, timeout_s):
        self.powered_off += 1

    async def close(self):
        if self.closing is not None:
            raise self.closing


class Stage:
    """A host with one fake plugin; keeps the links and drivers it made, and what was told."""

    def __init__(self, monkeypatch):
        self.links, self.drivers, self.events, self.logs = [], [], [], []
        self.opening = None
        offer = DriverOffer("M", ("chip_card",), (WIRE,), self.open_driver, {"pace": 1.0, "label": ""})
        module = types.ModuleType("padkit_fake")
        module.offers = hookimpl(lambda: [offer], specname="padkit_drivers")
        monkeypatch.setitem(sys.modules, "padkit_fake", module)
        manifest = Manifest("fake", "1", 1, "padkit_fake", ("chip_card",), ("usb_serial",))
        self.host = PluginHost(manifest, {"usb_serial": self.open_link}, self, lambda: 5.0)
        self.host.load()

    def on_event(self, device, event):
        self.events.append((device, event.name))

    def on_log(self, event, fields):
        self.logs.append((event, fields))

    async def open_link(self, match, path):
        self.links.append(Link())
        return self.links[-1]

    async def open_driver(self, link, context):
        if self.opening is not None:
            await self.opening()
        self.drivers.append(Driver(context))
        return self.drivers[-1]

    async def open(self, model="M", **settings):
        await self.host.open(Open(1, "pad", model, WIRE, "/dev/x", settings))

    async def call(self, method="power_off", arguments=TIMED, port="chip_card"):
        return await self.host.call(Call(2, "pad", port, method, arguments))


@pytest.fixture
def stage(monkeypatch):
    return Stage(monkeypatch)


async def test_an_open_device_takes_calls_until_it_is_closed(stage):
    await stage.open()
    await stage.call()
    await stage.host.close("pad")
    assert (stage.drivers[0].powered_off, stage.links[0].closed) == (1, 1)
    with pytest.raises(LinkLost, match="pad is not open"):
        await stage.call()


async def test_opening_again_closes_first(stage):
    await stage.open()
    await stage.open()
    assert [link.closed for link in stage.links] == [1, 0]
    await stage.host.aclose()
    assert [link.closed for link in stage.links] == [1, 1]


async def test_a_driver_gets_its_settings_over_the_defaults_and_the_clock(stage):
    await stage.open(pace=2)
    context = stage.drivers[0].context
    assert (context.device, context.settings, context.now_mono_s()) == ("pad", {"pace": 2, "label": ""}, 5.0)
    context.emit(DeviceEvent("pad.touched"))
    assert stage.events == [("pad", "pad.touched")]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [({"speed": 1}, "setting.unknown"), ({"pace": True}, "setting.type"), ({"label": 1}, "setting.type")],
)
async def test_a_wrong_setting_opens_nothing(stage, settings, reason):
    with pytest.raises(Refused, match="plugin fake") as caught:
        await stage.open(**settings)
    assert caught.value.reason == reason
    assert not stage.links


async def test_an_unknown_model_names_those_that_are_offered(stage):
    with pytest.raises(Refused, match="no model X for pad; it offers M"):
        await stage.open("X")


async def test_a_driver_that_fails_to_open_leaves_no_link_open(stage):
    async def fail():
        raise DeviceFault("pad.tamper")

    stage.opening = fail
    with pytest.raises(DeviceFault):
        await stage.open()
    assert stage.links[0].closed == 1


async def test_a_driver_that_never_opens_is_a_lost_link(stage, monkeypatch):
    monkeypatch.setattr(hosting, "OPEN_S", 0.0)
    stage.opening = asyncio.Event().wait
    with pytest.raises(LinkLost, match="driver not open within"):
        await stage.open()
    assert stage.links[0].closed == 1


async def test_a_driver_without_a_method_of_its_port_is_refused(stage, monkeypatch):
    monkeypatch.delattr(Driver, "transmit")
    with pytest.raises(Refused, match="offers chip_card without transmit") as caught:
        await stage.open()
    assert caught.value.reason == "plugin.offer"
    assert stage.links[0].closed == 1


@pytest.mark.parametrize(
    ("failure", "event"), [(LinkLost("gone"), "driver.close_failed"), (ValueError(), "driver.bug")]
)
async def test_a_driver_that_fails_to_close_still_loses_its_link(stage, failure, event):
    await stage.open()
    stage.drivers[0].closing = failure
    await stage.host.aclose()
    assert stage.links[0].closed == 1
    assert [name for name, _ in stage.logs] == [event]


async def test_calls_to_one_device_take_turns(stage):
    await stage.open()
    order, gate = [], asyncio.Event()

    async def slow(*, timeout_s):
        order.append("start")
        await gate.wait()
        order.append("end")

    stage.drivers[0].power_off = slow
    calls = [asyncio.ensure_future(stage.call()) for _ in range(2)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*calls)
    assert order == ["start", "end", "start", "end"]


async def test_a_port_the_model_does_not_offer_is_refused(stage):
    await stage.open()
    with pytest.raises(Refused, match="pad offers chip_card, not card_dispenser") as caught:
        await stage.call(port="card_dispenser")
    assert caught.value.reason == "port.missing"


async def test_a_link_that_the_worker_has_not_is_refused(stage):
    stage.host._openers = {}
    with pytest.raises(Refused) as caught:
        await stage.open()
    assert caught.value.reason == "plugin.link"
