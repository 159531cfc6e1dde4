"""Every driver before its simulated device, what it is asked for, and what it must give once the wire is good again."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping
from functools import reduce
from operator import xor

from saboteur import HostileCards, HostileLine, HostileUsb, Saboteur, SimEnd

from padkit_back_clip.bank_card import open_bank_card_reader
from padkit_back_clip.driver import SamReader
from padkit_back_clip.pin_pad import Zt588
from padkit_card_dispenser.driver import open_driver
from padkit_fingerprint.r30x.driver import R30x
from padkit_fingerprint.uru4500.driver import Uru4500
from padkit_sdk import DriverContext, HiddenBytes, LinkLost, PadkitError
from padkit_sdk.ports import CardPlace, Finger, PinFormat, Slot
from padkit_sdk.secrets import Pan
from padkit_signature_pad.driver import open_pad
from padkit_sim.attached import Attached
from padkit_sim.attached_usb import AttachedUsb
from padkit_sim.devices.device import HandAction
from padkit_sim.errors import SimRefused
from padkit_sim.faults import FaultBook
from padkit_sim.journal import Journal
from padkit_sim.kitfile import find_kit_file, load
from padkit_sim.kitfile.table import Source, Table
from padkit_sim.kitfile.types import TYPES
from padkit_sim.mechtime import MechanicalTime
from padkit_sim.wires import Line, MemoryPort

SETTLE_S = 60.0  # any motion, entry or wait of a device is over by then
CALL_S = 20.0
MOST_PICTURES = 60  # each takes a simulated device up to two seconds to draw
SELECT = bytes.fromhex("00A404000E315041592E5359532E444446303100")


class Deaf(Journal):
    """Keeps nothing: memory is what is measured."""

    def _add(self, device, direction, data, note):
        pass


class Bench:
    """One driver and its device. `events` are counted, not kept."""

    type = ""
    few = 150  # frames, when nobody asks for more
    seal: Callable[[bytes], bytes] = staticmethod(lambda frame: frame)

    def __init__(self, seed: int) -> None:
        loop = asyncio.get_running_loop()
        self.dice = random.Random(seed)
        self.saboteur = Saboteur(self.dice, type(self).seal)
        self.context = DriverContext("it", loop.time, lambda event: None, self.settings())
        self.time = MechanicalTime(loop.time, 1.0)
        self.driver = None
        self.asked = self.drawn = 0
        self.attached = self.stand()

    def settings(self) -> Mapping[str, object]:
        return {}

    def device(self):
        """The simulated device as the demo's kit file has it, else as an empty table gives it."""
        kind = TYPES[self.type]
        known = [entry.settings for entry in load(find_kit_file("demo")).devices if entry.type == self.type]
        settings = known[0] if known else kind.read(Table(Source("bench", {}), (), {}))
        self.dial = FaultBook({}, {"it": frozenset()}, 0).dial("it")
        return kind.make(settings, self.dial)

    def hand(self, action: str, **words: str) -> None:
        """A person acts, if that is possible now."""
        with contextlib.suppress(SimRefused):
            self.attached.hand(HandAction(action, **words))

    async def open(self) -> None:
        self.driver = await self.opened()

    async def close(self) -> None:
        if self.driver is not None:
            await self.driver.close()
        if self.attached is not None:
            self.attached.close()

    async def mishear(self) -> None:
        """Ask for something while the wire is bad: a value or a typed error, nothing else."""
        try:
            self.asked += 1
            async with asyncio.timeout(10 * CALL_S):
                await self.dice.choice(self.asks())()
        except LinkLost:
            await self.again()
        except PadkitError as exc:
            assert str(exc)

    async def again(self) -> None:
        """What the agent does with a lost link: close and open, until that works."""
        self.saboteur.on = False
        await asyncio.sleep(SETTLE_S)
        await self.driver.close()
        await self.open()

    async def recover(self) -> None:
        """The wire is good again: after a while the next answer is right."""
        self.saboteur.on = False
        await asyncio.sleep(SETTLE_S)
        await self.good()

    def may_draw(self) -> bool:
        """Whether a call that makes the device draw can still be paid for."""
        self.drawn += 1
        return self.drawn <= MOST_PICTURES

    # -- each bench says these

    def stand(self):
        raise NotImplementedError

    async def opened(self):
        raise NotImplementedError

    def asks(self) -> list[Callable[[], Awaitable[object]]]:
        raise NotImplementedError

    async def good(self) -> None:
        raise NotImplementedError

    def soon(self, seconds: float, action: str, **words: str) -> None:
        """A person acts a little later."""
        asyncio.get_running_loop().call_later(seconds, lambda: self.hand(action, **words))


class OnLine(Bench):
    def stand(self):
        device = self.device()
        self.line = HostileLine(self.saboteur)
        line = Line(self.dial, random.Random(0))
        attached = Attached(
            "it", device, SimEnd(self.line), line, self.time, Deaf(self.context.now_mono_s), paced=False
        )
        self.line.plug(attached._hear)
        return attached


class OnUsb(Bench):
    def stand(self):
        self.port = MemoryPort()
        attached = AttachedUsb("it", self.device(), self.port, self.dial, self.time, Deaf(self.context.now_mono_s))
        attached.plug()
        return attached


class CardBox(OnLine):
    type = "card_dispenser"
    seal = staticmethod(lambda frame: frame[:-1] + bytes([reduce(xor, frame[:-1], 0)]))

    async def opened(self):
        return await open_driver(self.line, self.context)

    def asks(self):
        box = self.driver
        return [
            lambda: box.status(timeout_s=5),
            lambda: box.identify(timeout_s=5),
            lambda: box.self_test(timeout_s=5),
            lambda: box.prepare(timeout_s=CALL_S),
            lambda: box.stage(timeout_s=CALL_S),
            lambda: box.move(self.dice.choice((Slot.GATE, Slot.BIN, Slot.READER)), timeout_s=CALL_S),
            lambda: box.power_on(timeout_s=5),
            lambda: box.transmit(SELECT, timeout_s=5),
            lambda: box.power_off(timeout_s=5),
        ]

    async def good(self):
        self.hand("remove_card")
        for card in self.attached.device.state(self.attached.now()).cards:
            self.attached.device.tamper(card.pan, "hopper")
        await self.driver.prepare(timeout_s=CALL_S)
        status = await self.driver.status(timeout_s=5)
        assert (status.card, status.ready) == (CardPlace.NONE, True)


class IdentityReader(OnLine):
    type = "identity_reader"
    seal = staticmethod(lambda frame: frame[:-1] + bytes([reduce(xor, frame[5:-1], 0)]))

    async def opened(self):
        reader = SamReader(self.line, self.context)
        await reader.self_test(timeout_s=5)
        return reader

    def asks(self):
        return [
            lambda: self.driver.self_test(timeout_s=5),
            lambda: self.driver.module_number(timeout_s=5),
            lambda: self.driver.reset(timeout_s=5),
            self._read,
            self._read,
            self._read,
        ]

    async def _read(self, *, fingerprint: bool | None = None):
        self.hand("lift_card")
        self.hand("lay_card", person="test_a")
        wanted = self.dice.random() < 0.5 if fingerprint is None else fingerprint
        return await self.driver.read(fingerprint=wanted, timeout_s=CALL_S)

    async def good(self):
        card = await self._read(fingerprint=False)
        assert card.name.text == "测试甲"


class PinPad(OnLine):
    type = "pin_pad"
    seal = staticmethod(
        lambda frame: frame[:-2] + b"%02X" % reduce(xor, frame[1:-2], 0) if frame[:1] == b"\x02" else frame
    )

    async def opened(self):
        pad = Zt588(self.line, self.context)
        await pad.start()
        return pad

    def asks(self):
        return [
            lambda: self.driver.status(timeout_s=5),
            lambda: self.driver.self_test(timeout_s=5),
            lambda: self.driver.identify(timeout_s=5),
            lambda: self.driver.load_working_key(
                key_id="11", under_id="01", cryptogram=HiddenBytes(bytes(16)), kcv="000000", timeout_s=5
            ),
            self._pin,
        ]

    async def _pin(self):
        self.soon(1.0, "press_keys", item="1234E")
        return await self.driver.read_pin(
            account=Pan("9999000000000000012"),
            key_id="11",
            format=PinFormat.ISO_0,
            min_length=4,
            max_length=6,
            twice=False,
            timeout_s=CALL_S,
        )

    async def good(self):
        status = await self.driver.status(timeout_s=5)
        assert status.tampered is False


class Module(OnLine):
    type = "fingerprint_r30x"
    few = 100
    seal = staticmethod(lambda frame: frame[:-2] + (sum(frame[6:-2]) & 0xFFFF).to_bytes(2, "big"))

    async def opened(self):
        self.line.set_baud(57_600)
        module = R30x(self.line, self.context)
        await module.start(timeout_s=5)
        return module

    def asks(self):
        return [
            lambda: self.driver.self_test(timeout_s=5),
            lambda: self.driver.identify(timeout_s=5),
            lambda: self.driver.count(timeout_s=5),
            lambda: self.driver.read_template(1, timeout_s=CALL_S),
            *[lambda: self.driver.search(timeout_s=5)] * 4,
            self._capture,  # rare: a picture takes a while to draw
        ]

    async def _capture(self):
        if not self.may_draw():
            return await self.driver.identify(timeout_s=5)
        self.soon(1.0, "touch_finger", item="right_index")
        return await self.driver.capture(Finger.RIGHT_INDEX, timeout_s=CALL_S)

    async def good(self):
        assert (await self.driver.count(timeout_s=5)) >= 0


class Uru(OnUsb):
    type = "fingerprint_uru4500"
    few = 60

    async def opened(self):
        reader = Uru4500(HostileUsb(self.port, self.saboteur), self.context, self.dice.getrandbits)
        await reader.start(timeout_s=5)
        return reader

    def asks(self):
        return [
            lambda: self.driver.self_test(timeout_s=5),
            *[lambda: self.driver.identify(timeout_s=5)] * 8,
            self._capture,  # rare: a picture takes a while to draw
        ]

    async def _capture(self):
        if not self.may_draw():
            return await self.driver.identify(timeout_s=5)
        self.soon(1.0, "touch_finger", item="right_index")
        return await self.driver.capture(Finger.RIGHT_INDEX, timeout_s=CALL_S)

    async def good(self):
        assert (await self.driver.identify(timeout_s=5)).model


class SigningPad(OnUsb):
    type = "signature_pad"
    few = 80

    async def opened(self):
        return await open_pad(HostileUsb(self.port, self.saboteur), self.context)

    def asks(self):
        return [
            lambda: self.driver.self_test(timeout_s=5),
            lambda: self.driver.identify(timeout_s=5),
            lambda: self.driver.clear(timeout_s=5),
            self._sign,
        ]

    async def _sign(self):
        if not self.may_draw():
            return await self.driver.self_test(timeout_s=5)
        self.soon(6.0, "sign", item="generated:1")
        self.soon(16.0, "press", item="confirm")
        return await self.driver.sign(bytes(32), timeout_s=30)

    async def good(self):
        await self.driver.clear(timeout_s=CALL_S)
        assert (await self.driver.identify(timeout_s=5)).model


class ChipReader(Bench):
    type = "card_reader"

    def stand(self):
        self.link = HostileCards(self.saboteur)
        self.link.insert()

    async def opened(self):
        return await open_bank_card_reader(self.link, self.context)

    async def close(self):
        await self.driver.close()

    def asks(self):
        return [
            lambda: self.driver.power_on(timeout_s=5),
            lambda: self.driver.transmit(SELECT, timeout_s=5),
            lambda: self.driver.transmit(self.dice.randbytes(self.dice.randint(4, 5)), timeout_s=5),
            lambda: self.driver.power_off(timeout_s=5),
            lambda: self.driver.self_test(timeout_s=5),
        ]

    async def good(self):
        assert (await self.driver.power_on(timeout_s=5)).atr
        assert len(await self.driver.transmit(SELECT, timeout_s=5)) >= 2


BENCHES: Mapping[str, type[Bench]] = {
    bench.type: bench for bench in (CardBox, IdentityReader, PinPad, Module, Uru, SigningPad, ChipReader)
}
