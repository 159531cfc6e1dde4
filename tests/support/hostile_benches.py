"""Every driver before its simulated device, what it is asked for, and what it must give once the wire is good again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import xor

from eject_bench import EjectBox
from hostile_bench import CALL_S, Bench, OnLine, OnUsb
from saboteur import HostileCards

from padkit_back_clip.bank_card import open_bank_card_reader
from padkit_back_clip.driver import SamReader
from padkit_back_clip.pin_pad import Zt588
from padkit_card_dispenser.driver import open_driver
from padkit_fingerprint.r30x.driver import R30x
from padkit_fingerprint.uru4500.driver import Uru4500
from padkit_sdk import HiddenBytes
from padkit_sdk.ports import CardPlace, Finger, PinFormat, Slot
from padkit_sdk.secrets import Pan
from padkit_signature_pad.driver import open_pad

SELECT = bytes.fromhex("00A404000E315041592E5359532E444446303100")
GPO = bytes.fromhex("80A8000002830000")


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

    async def usual(self):
        box = self.driver
        await box.identify(timeout_s=5)
        await box.self_test(timeout_s=5)
        await box.prepare(timeout_s=CALL_S)
        await box.stage(timeout_s=CALL_S)
        await box.power_on(timeout_s=5)
        await box.transmit(SELECT, timeout_s=5)
        await box.power_off(timeout_s=5)
        await box.move(Slot.GATE, timeout_s=CALL_S)
        await box.move(Slot.BIN, timeout_s=CALL_S)
        await box.status(timeout_s=5)

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
            *[lambda: self._read(fingerprint=self.dice.random() < 0.5)] * 3,
        ]

    async def usual(self):
        await self.driver.module_number(timeout_s=5)
        await self._read(fingerprint=False)
        await self._read(fingerprint=True)
        await self.driver.reset(timeout_s=5)

    async def _read(self, *, fingerprint: bool):
        self.hand("lift_card")
        self.hand("lay_card", person="test_a")
        return await self.driver.read(fingerprint=fingerprint, timeout_s=CALL_S)

    async def good(self):
        card = await self._read(fingerprint=False)
        assert card.name.text == "测试甲"


class PinPad(OnLine):
    type = "pin_pad"
    seal = staticmethod(
        lambda frame: frame[:-2] + b"%02X" % reduce(xor, frame[1:-2], 0) if frame[:1] == b"\x02" else frame
    )

    async def opened(self):
        self.line.set_baud(115_200)  # a port that is opened has the rate of its offer
        pad = Zt588(self.line, self.context)
        await pad.start()
        return pad

    def asks(self):
        return [
            lambda: self.driver.status(timeout_s=5),
            lambda: self.driver.self_test(timeout_s=5),
            lambda: self.driver.identify(timeout_s=5),
            lambda: self.driver.loaded_keys(timeout_s=5),
            lambda: self.driver.load_working_key(
                key_id="11", under_id="01", cryptogram=HiddenBytes(bytes(16)), kcv="000000", timeout_s=5
            ),
            lambda: self._pin(twice=self.dice.random() < 0.2),
        ]

    async def usual(self):
        await self.driver.identify(timeout_s=5)
        await self.driver.self_test(timeout_s=5)
        await self.driver.status(timeout_s=5)
        await self.driver.loaded_keys(timeout_s=5)
        await self._pin(twice=False)

    async def _pin(self, *, twice: bool):
        self.soon(1.0, "press_keys", item="1234E")
        return await self.driver.read_pin(
            account=Pan("9999000000000000012"),
            key_id="30",
            format=PinFormat.ISO_0,
            min_length=4,
            max_length=6,
            twice=twice,
            timeout_s=CALL_S,
        )

    async def good(self):
        status = await self.driver.status(timeout_s=5)
        assert status.tampered is False


class Module(OnLine):
    type = "fingerprint_r30x"
    seal = staticmethod(lambda frame: frame[:-2] + (sum(frame[6:-2]) & 0xFFFF).to_bytes(2, "big"))

    async def opened(self):
        self.line.set_baud(57_600)
        module = R30x(self.line, self.context, "R30x")
        await module.start(timeout_s=5)
        return module

    def asks(self):
        return [
            lambda: self.driver.self_test(timeout_s=5),
            lambda: self.driver.identify(timeout_s=5),
            lambda: self.driver.count(timeout_s=5),
            lambda: self.driver.read_template(1, timeout_s=CALL_S),
            lambda: self.driver.search(timeout_s=5),
            *[lambda: self._touched(self.driver.search(timeout_s=5))] * 3,
            lambda: self._touched(self.driver.capture(Finger.RIGHT_INDEX, timeout_s=CALL_S)),
        ]

    async def usual(self):
        await self.driver.identify(timeout_s=5)
        await self.driver.self_test(timeout_s=5)
        self.soon(6.0, "touch_finger", item="right_index")
        await self._touched(self.driver.enrol(1, timeout_s=CALL_S))
        await self._touched(self.driver.search(timeout_s=5))
        await self.driver.read_template(1, timeout_s=CALL_S)
        await self.driver.delete(1, timeout_s=5)
        await self.driver.count(timeout_s=5)

    async def _touched(self, call):
        self.soon(1.0, "touch_finger", item="right_index")
        return await call

    async def good(self):
        assert (await self.driver.count(timeout_s=5)) >= 0


class Uru(OnUsb):
    type = "fingerprint_uru4500"
    few = 80

    async def opened(self):
        reader = Uru4500(self.link(), self.context, self.dice.getrandbits)
        await reader.start(timeout_s=5)
        return reader

    def asks(self):
        return [
            lambda: self.driver.self_test(timeout_s=5),
            *[lambda: self.driver.identify(timeout_s=5)] * 10,
            self._capture,  # rare: it takes a tenth of a second
        ]

    async def usual(self):
        await self.driver.identify(timeout_s=5)
        await self.driver.self_test(timeout_s=5)
        await self._capture()
        await self.driver.identify(timeout_s=5)

    async def _capture(self):
        self.soon(1.0, "touch_finger", item="right_index")
        return await self.driver.capture(Finger.RIGHT_INDEX, timeout_s=CALL_S)

    async def good(self):
        assert (await self.driver.identify(timeout_s=5)).model


class SigningPad(OnUsb):
    type = "signature_pad"

    async def opened(self):
        return await open_pad(self.link(), self.context)

    def asks(self):
        return [
            *[lambda: self.driver.self_test(timeout_s=5)] * 3,
            *[lambda: self.driver.identify(timeout_s=5)] * 3,
            *[lambda: self.driver.clear(timeout_s=5)] * 3,
            self._sign,
        ]

    async def usual(self):
        await self.driver.identify(timeout_s=5)
        await self.driver.self_test(timeout_s=5)
        await self._sign()

    async def _sign(self):
        self.soon(6.0, "sign", item="generated:1")
        self.soon(16.0, "press", item="confirm")
        return await self.driver.sign(bytes(32), timeout_s=30)

    async def good(self):
        await self.driver.clear(timeout_s=CALL_S)
        assert (await self.driver.identify(timeout_s=5)).model


class ChipReader(Bench):
    type = "card_reader"

    def stand(self):
        self.slot = HostileCards(self.saboteur, self.journal)
        self.slot.insert()

    async def opened(self):
        self.slot.closed = False  # each opening has a link of its own; the card stays in the slot
        return await open_bank_card_reader(self.slot, self.context)

    def asks(self):
        return [
            lambda: self.driver.power_on(timeout_s=5),
            lambda: self.driver.transmit(SELECT, timeout_s=5),
            lambda: self.driver.transmit(self.dice.randbytes(self.dice.randint(4, 5)), timeout_s=5),
            lambda: self.driver.power_off(timeout_s=5),
            lambda: self.driver.self_test(timeout_s=5),
        ]

    async def usual(self):
        await self.driver.self_test(timeout_s=5)
        await self.driver.power_on(timeout_s=5)
        for command in (SELECT, GPO):
            await self.driver.transmit(command, timeout_s=5)
        await self.driver.power_off(timeout_s=5)

    async def good(self):
        assert (await self.driver.power_on(timeout_s=5)).atr
        assert len(await self.driver.transmit(SELECT, timeout_s=5)) >= 2


BENCHES: Mapping[str, type[Bench]] = {
    bench.type: bench for bench in (CardBox, EjectBox, IdentityReader, PinPad, Module, Uru, SigningPad, ChipReader)
}
