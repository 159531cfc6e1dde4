"""What each device is there for, done once by the driver that an agent would open: right, or an error of the SDK's own."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from recovery_stand import Door

from padkit_back_clip import plugin as back_clip
from padkit_card_dispenser import plugin as card_dispenser
from padkit_fingerprint import plugin as fingerprint
from padkit_sdk import BadFrame, DriverContext, HiddenBytes, LinkLost, PadkitError
from padkit_sdk.hookspecs import DriverOffer
from padkit_sdk.links import Ble, Pcsc, Usb, UsbSerial
from padkit_sdk.pboc import read_card
from padkit_sdk.ports import Finger, PinFormat
from padkit_sdk.secrets import Pan
from padkit_signature_pad import plugin as signature_pad
from padkit_sim.devices.pin_pad.secure import check_value, encrypt
from padkit_sim.devices.pin_pad.state import SAMPLE_MASTER
from padkit_sim.errors import SimRefused

T = 20.0
LONG_S = 60.0
PAUSE_S = 0.5  # of a person
BACK_OFF_S = 1.0
WIRES = {"tty": UsbSerial, "usb": (Usb, Pcsc), "ble": Ble}
OFFERS: Mapping[str, DriverOffer] = {
    offer.model: offer
    for plugin in (back_clip, card_dispenser, fingerprint, signature_pad)
    for offer in plugin.padkit_drivers()
}
OF_PICTURES = frozenset({"finger.bad", "r30x.silent", "r30x.packet_lost"})  # of those of an EF01 module
Parts = dict[str, Any]  # of a right answer, by name

PERSON = """
[[device.person]]
id = "test_a"
layout = "resident"
name = "测试甲"
sex = "1"
nation = "01"
birth = "19900307"
address = "虚构省样例市测试路1号"
number = "999999199003071234"
issuer = "样例市公安局"
valid_from = "20200101"
valid_to = "20400101"
new_address = "虚构省样例市新迁巷8号"
"""


class Work(ABC):
    """One device's usual work. `table` is the device in a kit file, `model` whose driver does it."""

    type = ""
    wire = "tty"
    model = ""
    table = ""
    settings: Mapping[str, Any] = {}
    usb_kinds = ("control",)  # of the transfers that the work is made of
    openings = 3  # tries to open it, until that counts as an error
    brief = False  # only the first event of the first row for each fault
    acknowledges = False  # whether the device says that it has heard, before it answers

    @classmethod
    def concerns(cls, fault: str) -> bool:
        """Whether this work is where that fault is tried."""
        return True

    @classmethod
    def table_in(cls, folder: Path) -> str:
        """Its table; `folder` is for what the table names."""
        return cls.table

    def __init__(self, door: Door) -> None:
        self.door = door
        self.driver: Any = None
        self.link: Any = None
        self._loop = asyncio.get_running_loop()
        self._offer = OFFERS[self.model]

    async def once(self) -> Parts | PadkitError:
        """Do the work as an agent has it done: a link that is lost is opened anew."""
        if self.link is not None and self.door.gone(self.link):
            await self.close()
        try:
            async with asyncio.timeout(600):
                if self.driver is None:
                    await self._open_again()
                await self.set_out()
                return await self.do()
        except (LinkLost, BadFrame) as exc:
            await self.close()
            return exc
        except PadkitError as exc:
            return exc

    async def _open_again(self) -> None:
        """As the agent does: a device that is not there is waited for."""
        for left in reversed(range(self.openings)):
            try:
                await self.open()
            except PadkitError:
                if not left:
                    raise
                await asyncio.sleep(BACK_OFF_S)
            else:
                break

    async def open(self) -> None:
        match = next(it for it in self._offer.matches if isinstance(it, WIRES[self.wire]))
        self.link = await self.door.open_link(match)
        context = DriverContext(self.type, self._loop.time, self.hear, {**self._offer.settings, **self.settings})
        try:
            self.driver = await self._offer.open(self.link, context)
        except PadkitError:
            await self.link.close()
            raise

    async def close(self) -> None:
        driver, self.driver, self.link = self.driver, None, None
        if driver is not None:
            await driver.close()

    async def touch(self, action: str) -> None:
        """Somebody does that."""
        await self.door.hand(action)

    async def try_to(self, action: str, **words: str) -> None:
        """A person acts, if that is possible now."""
        with suppress(SimRefused):
            await self.door.hand(action, **words)

    def hear(self, event) -> None:  # noqa: B027 - nothing, where a device needs nothing
        """What the driver tells meanwhile."""

    async def set_out(self) -> None:  # noqa: B027 - nothing, where a device needs nothing
        """What people do before."""

    async def settle(self) -> None:  # noqa: B027 - nothing, where a device needs nothing
        """What must hold of the device in the end."""

    @abstractmethod
    async def do(self) -> Parts:
        """The work: what came of it, by name."""


class IdentityReader(Work):
    type = "identity_reader"
    model = "SAM_V"
    table = f'type = "identity_reader"\n{PERSON}'

    async def set_out(self):
        await self.try_to("lay_card", person="test_a")

    async def do(self):
        card = await self.driver.read(fingerprint=True, timeout_s=T)
        return {name: getattr(card, name) for name in card.__slots__}


class IdentityReaderOnAir(IdentityReader):
    """The line behind the radio; what the air itself does is tried on a real bus."""

    wire = "ble"
    table = f'type = "identity_reader"\nwire = {{ kind = "ble" }}\n{PERSON}'

    @classmethod
    def concerns(cls, fault):
        return not fault.startswith("ble.")


class PinPad(Work):
    type = "pin_pad"
    model = "ZT588"
    table = 'type = "pin_pad"'
    KEY = bytes.fromhex("01" * 16)

    def hear(self, event):
        if event.name == "pin.entry":
            self.door.soon(PAUSE_S, "press_keys", item="123456E")

    async def do(self):
        status = await self.driver.status(timeout_s=T)
        key = await self.driver.load_working_key(
            key_id="31",
            under_id="20",
            cryptogram=HiddenBytes(encrypt(SAMPLE_MASTER, self.KEY)),
            kcv=check_value(self.KEY),
            timeout_s=T,
        )
        asked = {"format": PinFormat.ISO_0, "min_length": 6, "max_length": 6, "twice": False, "timeout_s": LONG_S}
        block = await self.driver.read_pin(account=Pan("6228480000000000018"), key_id="31", **asked)
        return {"tampered": status.tampered, "key": key, "block": block.block, "kcv": block.kcv}


class _Fingers(Work):
    settings: Mapping[str, Any] = {"templates": False}

    def hear(self, event):
        if event.name == "finger.waiting" and event.detail["for"] == "touch":
            self.door.soon(PAUSE_S, "touch_finger", item="right_index")

    async def set_out(self):
        await self.try_to("lift_finger")

    async def picture(self) -> Parts:
        sample = await self.driver.capture(Finger.RIGHT_INDEX, timeout_s=LONG_S)
        return {"size": (sample.width, sample.height, len(sample.image.data)), "good": sample.quality >= 40}


class Uru(_Fingers):
    type = "fingerprint_uru4500"
    wire = "usb"
    model = "U.are.U 4500"
    table = 'type = "fingerprint_uru4500"'
    usb_kinds = ("control", "bulk", "interrupt")

    async def do(self):
        identity = await self.driver.identify(timeout_s=T)
        return {"identity": identity} | await self.picture()


class Module(_Fingers):
    type = "fingerprint_r30x"
    model = "R30x"
    table = 'type = "fingerprint_r30x"'

    async def do(self):
        await self.driver.enrol(3, timeout_s=LONG_S)
        template = await self.driver.read_template(3, timeout_s=T)
        found = await self.driver.search(timeout_s=LONG_S)
        await self.driver.write_template(4, template, timeout_s=T)
        kept = await self.driver.count(timeout_s=T)
        for page in (3, 4):
            await self.driver.delete(page, timeout_s=T)
        return {"found": found, "template": template, "kept": kept}

    @classmethod
    def concerns(cls, fault):
        return fault not in OF_PICTURES


class ModuleWithPicture(Module):
    """A picture is three hundred packets: only what is about pictures is tried with one."""

    async def do(self):
        return await super().do() | await self.picture()

    @classmethod
    def concerns(cls, fault):
        return fault in OF_PICTURES


class Pad(Work):
    type = "signature_pad"
    wire = "usb"
    model = "STU"
    table = 'type = "signature_pad"\nmodel = "STU-430"'
    usb_kinds = ("control", "interrupt")

    def hear(self, event):
        if event.name == "signature.screen_progress" and event.detail["percent"] == "100":
            self.door.change_plans()
            for at_s, place in ((5.0, "90,60"), (7.0, "200,90"), (9.0, "confirm")):
                self.door.soon(at_s, "press", item=place)

    async def do(self):
        await self.driver.clear(timeout_s=T)
        seen = await self.driver.sign(bytes(range(32)), timeout_s=LONG_S)
        names = ("svg", "points", "strokes", "lost", "repeated")
        return {name: getattr(seen, name) for name in names}


async def read_chip(driver, now_mono_s):
    """A bank card's data, read as a flow reads it."""
    return await read_card(driver, today=date(2026, 11, 23), random_bytes=bytes, now_mono_s=now_mono_s, timeout_s=T)
